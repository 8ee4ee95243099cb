"""The whole road against a model, with two processes and restarts in between."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chatserver.calls import Outcome
from chatserver.rules import answering, asking
from chatserver.rules.articles import Refused
from chatserver.rules.people import SYSTEM
from chatserver.store import archive, tickets
from tests.casework.road import Road, SetClock, road
from tests.cast import CHEN, LI, LIU, WANG, Person
from tests.conftest import _address
from tests.extent import extent

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
WHO = st.sampled_from([0, 1])
PEOPLE = st.sampled_from([WANG, LI, CHEN, CHEN, LIU])
LAWYERS = st.sampled_from([CHEN, LIU])


class Roads(RuleBasedStateMachine):
    """Two processes, three tickets; the model is what was acknowledged."""

    dsn = ""
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.clock = SetClock()
        self.roads: list[Road] = []
        self.stacks: list[AsyncExitStack] = []
        self.numbers: list[str] = []
        self.acknowledged: dict[tuple[str, str, str], tuple[int, str]] = {}
        self.ids = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def _start(self) -> tuple[AsyncExitStack, Road]:
        stack = AsyncExitStack()
        process = f"p{len(self.stacks)}"
        one = await stack.enter_async_context(
            road(self.dsn, process=process, clock=self.clock, size=1)
        )
        return stack, one

    @initialize()
    def two_processes_start(self) -> None:
        for _ in range(2):
            stack, one = self.run(self._start())
            self.stacks.append(stack)
            self.roads.append(one)
        self.run(self._clean())
        for person in (WANG, WANG, LI):
            self.ids += 1
            self.numbers.append(self.run(self.roads[0].ask(person, f"q-{self.ids}")))

    async def _clean(self) -> None:
        owner = await self.roads[0].db.owner()
        await owner.execute(
            "truncate tickets, journal, messages, details, openings, serials, hints cascade"
        )
        await owner.close()

    def teardown(self) -> None:
        if self.numbers:
            self.run(self._compare())
        for stack in self.stacks:
            self.run(stack.aclose())

    @rule(which=WHO)
    def a_process_is_started_anew(self, which: int) -> None:
        self.run(self.stacks[which].aclose())
        self.stacks[which], self.roads[which] = self.run(self._start())

    @rule(span=st.sampled_from([1, 30, 600, 900]))
    def time_passes(self, span: int) -> None:
        self.clock.move(timedelta(seconds=span))

    @rule(which=WHO, ticket=st.integers(0, 2), lawyer=LAWYERS)
    def a_ticket_is_offered_and_accepted(self, which: int, ticket: int, lawyer: Person) -> None:
        number = self.numbers[ticket]
        self.tried(self.roads[which].offer(lawyer, number))
        self.tried(self.roads[1 - which].accept(lawyer, number))

    @rule(
        calls=st.lists(
            st.tuples(WHO, st.integers(0, 2), PEOPLE, st.booleans()), min_size=1, max_size=8
        )
    )
    def several_speak_at_once(self, calls: list[tuple[int, int, Person, bool]]) -> None:
        async def speak() -> None:
            said = []
            for which, ticket, person, answer in calls:
                self.ids += 1
                answer = answer and person.role == "lawyer"
                line = (person, self.numbers[ticket], f"m-{self.ids}", f"第{self.ids}句")
                said.append((line, self.roads[which].say_later(*line, answer=answer)))
            outcomes = await asyncio.gather(*(w for _, w in said), return_exceptions=True)
            for (line, _), outcome in zip(said, outcomes, strict=True):
                self.keep(line, outcome)

        self.run(speak())

    @precondition(lambda self: self.acknowledged)
    @rule(which=WHO, data=st.data())
    def somebody_sends_again(self, which: int, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.acknowledged)))
        seq, body = self.acknowledged[key]
        number, login, id = key
        person = next(p for p in (WANG, LI, CHEN, LIU) if p.login == login)
        for answer in (False, True):
            outcome = self.tried(
                self.roads[which].say(person, number, id, body, answer=answer), "id_reused"
            )
            if outcome is not None:
                assert outcome.own is not None and outcome.own.seq == seq and outcome.replayed

    @rule(which=WHO, ticket=st.integers(0, 2), late=st.integers(0, 1))
    def a_lawyer_is_lost(self, which: int, ticket: int, late: int) -> None:
        number = self.numbers[ticket]
        found = self.run(tickets.find(self.roads[0].db, number))
        self.tried(
            self.roads[which].act(
                "hand_over", answering.hand_over, number, SYSTEM, found.epoch - late
            )
        )

    @rule(which=WHO, ticket=st.integers(0, 2))
    def the_clock_looks(self, which: int, ticket: int) -> None:
        self.tried(self.roads[which].lapse(self.numbers[ticket]))

    @rule(which=WHO, ticket=st.integers(0, 2), lawyer=LAWYERS)
    def a_talk_ends(self, which: int, ticket: int, lawyer: Person) -> None:
        self.tried(self.roads[which].close(lawyer, self.numbers[ticket]))

    @rule(which=WHO, ticket=st.integers(0, 2))
    def a_citizen_withdraws(self, which: int, ticket: int) -> None:
        one = self.roads[which]
        number, person = self.numbers[ticket], (WANG, WANG, LI)[ticket]
        self.tried(one.act("withdraw", asking.withdraw, number, one.actor(person)))

    def tried(self, call: Coroutine[Any, Any, Outcome], *codes: str) -> Outcome | None:
        try:
            outcome: Outcome = self.run(call)
        except Refused as error:
            if error.code not in ("conflict", "not_found", *codes):
                raise
            return None
        return outcome

    def keep(self, line: tuple[Person, str, str, str], outcome: Outcome | BaseException) -> None:
        person, number, id, body = line
        if isinstance(outcome, BaseException):
            if not isinstance(outcome, Refused) or outcome.code not in ("conflict", "not_found"):
                raise outcome
            return
        assert outcome.own is not None and outcome.own.seq is not None
        self.acknowledged[number, person.login, id] = (outcome.own.seq, body)

    async def _compare(self) -> None:
        """What is stored is what was acknowledged, gapless and chained, and gives each ticket back."""
        db = self.roads[0].db
        assert not await archive.verify(db)
        for number in self.numbers:
            ticket = await tickets.find(db, number)
            assert ticket is not None
            records = await tickets.records(db, number, 1, ticket.entry)
            assert [record.entry for record in records] == list(range(1, ticket.entry + 1))
            seqs = [record.seq for record in records if record.seq is not None]
            assert seqs == list(range(1, ticket.last_seq + 1))
            stored = {
                getattr(record.event, "id", None): (record.seq, getattr(record.event, "body", None))
                for record in records
            }
            told = {id: kept for (n, _, id), kept in self.acknowledged.items() if n == number}
            assert told.items() <= stored.items()
            said = [id for id in stored if id and id.startswith("m-")]
            assert set(said) == set(told), "stored and never acknowledged"
            again = tickets.Ticket(number, ticket.citizen)
            for record in records:
                again = again.after(record.event, record.at)
            assert again.having(head=ticket.head) == ticket


def test_the_road_agrees_with_the_model(cluster: str, template: str) -> None:

    name = f"roads_{os.getpid()}_{os.urandom(3).hex()}"

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(cluster)
        await connection.execute(statement)
        await connection.close()

    with asyncio.Runner() as runner:
        runner.run(execute(f"create database {name} template {template}"))
        machine = type("RoadsHere", (Roads,), {"dsn": _address(cluster, name), "runner": runner})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=400 if LONG else extent(4, 8),
                    stateful_step_count=25,
                    deadline=None,
                    derandomize=False,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(execute(f"drop database {name} with (force)"))
