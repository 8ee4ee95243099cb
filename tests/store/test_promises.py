"""A migration over open tickets, fields that come back as they were, and rows that go with their events."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from chatserver.rules import answering, backstage, callback, experts, feedback, panel, promising
from chatserver.rules.articles import Refused
from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Record
from chatserver.rules.events_desks import Escalated, Lapsed
from chatserver.rules.people import Lawyer
from chatserver.rules.ticket import Ticket
from chatserver.store import alerts, desks, migrate, tickets
from tests.casework.road import START, Road, road
from tests.cast import CHEN, QIAN, WANG
from tests.rules.life import HAN
from tests.store.test_migrate import empty  # noqa: F401 - a fixture

OPEN = """
insert into accounts (id, login, role, password, created_at)
    values ('w', 'w', 'citizen', 'x', now());
insert into tickets (number, month, citizen, state, kind, category, title, on_behalf_of,
    answer_within, idle_close, opened_at, answer_due_at, entry, last_seq, head,
    epoch, offered_before, passed_by, front, former, drop_noticed, disclaimed, citizen_read,
    staff_read)
    values ('BJ20261123-000001-1', 202611, 'w', 'queued', 'live', 'labour', '', 'self',
    3600, 900, '2026-11-23 02:00Z', '2026-11-23 03:00Z', 2, 1, ''::bytea,
    0, '{}', '{}', false, '[]', false, false, 0, 0)
"""


async def test_open_tickets_of_the_older_schema_get_their_clock(
    empty: str,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "migrations").mkdir()
    for path in migrate.files()[:3]:
        (tmp_path / "migrations" / path.name).write_bytes(path.read_bytes())
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "SQL", tmp_path)
        assert len(await migrate.migrate(empty)) == 3
    connection = await asyncpg.connect(empty)
    await connection.execute(OPEN)
    assert len(await migrate.migrate(empty)) == len(migrate.files()) - 3
    row = await connection.fetchrow(
        "select clock_from, warn_at, rungs, opened_at, callback, promises from tickets"
    )
    assert row["clock_from"] == row["opened_at"]
    assert (row["warn_at"], row["rungs"], row["callback"], row["promises"]) == (0.8, [], None, 0)
    await connection.close()


async def everything(one: Road) -> str:
    """A ticket with something in every new field."""
    chen, qian, wang = one.actor(CHEN), one.actor(QIAN), one.actor(WANG)
    number = await one.meet(WANG, CHEN)
    await one.act("ask", promising.ask, number, chen, "ask", "何时？")
    await one.say(WANG, number, "c", "三月")
    at = START + timedelta(hours=9, microseconds=123)
    await one.act("schedule", promising.schedule, number, chen, at, "原因")
    await one.act("escalate", experts.escalate, number, chen, "unclear", "如何？")
    id = f"{number}.1"
    await one.act("panel", experts.claim, number, qian, id)
    await one.act("panel", experts.opinion, number, qian, id, "意见")
    await one.say(CHEN, number, "a", "可以。", answer=True)
    await one.act("rate", feedback.rate, number, wang, False, None, "没有说到期限")
    chosen = START + timedelta(hours=30)
    await one.act("callback_choose", callback.choose, number, wang, chosen, "same")
    await one.act("callback_attempt", callback.attempt, number, chen, "未接通")
    return number


async def test_every_field_comes_back_as_it_was(dsn: str) -> None:
    async with road(dsn, warn_at=0.7) as one, road(dsn, process="two") as other:
        number = await everything(one)
        here = one.casework.transactions.shelf.get(number).ticket
        there = await tickets.find(other.db, number)
        assert there is not None
        for field in fields(Ticket):
            assert getattr(there, field.name) == getattr(here, field.name), field.name
        assert next_due(there) == next_due(here)
        after = await other.act(
            "callback_attempt", callback.attempt, number, other.actor(CHEN), "又未接通"
        )
        assert after.ticket.callback_attempts == 2


async def test_a_desks_row_comes_with_its_event(dsn: str) -> None:
    async with road(dsn) as one:
        number = await everything(one)
        row = await desks.escalation(one.db, f"{number}.1")
        assert (row["state"], row["claimed_by"], row["reason"]) == ("resolved", "E0001", "lawyer")
        assert (await desks.review(one.db, f"{number}.1.o"))["kind"] == "opinion"


def spoils(ticket: Ticket, now: object, lawyer: Lawyer) -> list[object]:
    """An escalation that the database refuses: its id is taken."""
    return [Escalated(f"{ticket.number}.1", "lawyer", "unclear", "再问")]


async def test_and_goes_with_it_when_the_database_refuses_it(dsn: str) -> None:
    async with road(dsn) as one:
        number = await everything(one)
        before = await one.fetch("select count(*) from journal")
        with pytest.raises(Refused) as refused:
            await one.act("escalate", spoils, number, one.actor(CHEN))
        assert refused.value.code == "unavailable"
        assert await one.fetch("select count(*) from journal") == before
        assert len(await desks.escalations(one.db, None, HAN)) == 1


async def test_many_rows_of_one_batch_are_written_in_their_order(dsn: str) -> None:
    async with road(dsn, message_answer_within=timedelta(seconds=1)) as one:
        numbers = [await one.ask(WANG, f"q-{n}", kind="message") for n in range(5)]
        one.clock.move(timedelta(seconds=1))
        while [number for number in numbers if await due(one, number)]:
            for number in numbers:
                await one.lapse(number)
        found = await desks.escalations(one.db, "open", HAN)
        assert {row["ticket"] for row in found} == set(numbers)


async def test_what_is_given_back_and_claimed_in_one_batch_is_the_last_ones(dsn: str) -> None:
    async with road(dsn) as one:
        number = await one.meet(WANG, CHEN)
        qian, id = one.actor(QIAN), f"{number}.1"
        await one.act("escalate", experts.escalate, number, one.actor(CHEN), "unclear", "如何？")
        await one.act("panel", experts.claim, number, qian, id)
        await asyncio.gather(
            one.act("panel", panel.pass_on, number, qian, id),
            one.act("panel", experts.claim, number, HAN, id),
        )
        row = await desks.escalation(one.db, id)
        assert (row["state"], row["claimed_by"]) == ("claimed", "E0002")
        await asyncio.gather(
            one.act("panel", panel.pass_on, number, HAN, id),
            one.act("panel", experts.claim, number, qian, id),
            one.act("panel", panel.pass_on, number, qian, id),
        )
        row = await desks.escalation(one.db, id)
        assert (row["state"], row["claimed_by"]) == ("open", None)


async def test_a_question_given_back_after_the_end_is_settled_on_every_desk(dsn: str) -> None:
    async with road(dsn) as one:
        number = await one.meet(WANG, CHEN)
        qian, chen, id = one.actor(QIAN), one.actor(CHEN), f"{number}.1"
        await one.act("escalate", experts.escalate, number, chen, "unclear", "如何？")
        await one.act("panel", experts.claim, number, qian, id)
        await one.say(CHEN, number, "a", "可以。", answer=True)
        await one.act("close", answering.close, number, chen)
        await one.act("panel", panel.pass_on, number, qian, id)
        assert (await desks.escalation(one.db, id))["state"] == "resolved"


def test_who_only_holds_it_is_asked_to_explain_and_marked_for_nothing() -> None:
    lapsed = Lapsed("live_answer", "L0002", 60, False, ("L0001",), "L0002")
    record = Record(9, None, START, "system", lapsed)
    rows = alerts.rows_of(Ticket("BJ20261123-000001-1", "w"), record)
    of: dict[str, list[str]] = {"add_explanation": [], "add_mark": []}
    for name, row in rows:
        of[name].append(row[2] if name == "add_explanation" else row[0])
    assert of == {"add_explanation": ["L0001", "L0002"], "add_mark": ["L0001"]}


async def due(one: Road, number: str) -> bool:
    ticket = await tickets.find(one.db, number)
    assert ticket is not None
    at = next_due(ticket)
    return at is not None and at <= one.clock.now()


async def test_the_pool_is_in_the_order_of_the_clock_that_runs_or_of_the_time_chosen(
    dsn: str,
) -> None:
    async with road(dsn) as one:
        wang, chen, hour = one.actor(WANG), one.actor(CHEN), timedelta(hours=1)

        async def called_back(number: str) -> None:
            await one.say(CHEN, number, "a", "可以。", answer=True)
            await one.act("rate", feedback.rate, number, wang, False)

        waits = await one.ask(WANG, "q-1", kind="message")
        await one.act("claim", answering.claim, number := waits, chen)
        await called_back(number)
        await one.act("callback_begin", callback.begin, number, chen)
        await one.say(CHEN, number, "a-2", "可以。", answer=True)  # its due time counts no more
        await one.say(WANG, number, "c", "还有")
        to_queue = (None, "labour", None, hour)
        await one.act("transfer", backstage.transfer, number, chen, *to_queue)
        chosen = {}
        for at in (8, 4):
            chosen[at] = number = await one.meet(WANG, CHEN, f"q-{at}")
            await called_back(number)
            choice = (START + at * hour, "another")
            await one.act("callback_choose", callback.choose, number, wang, *choice)
        one.clock.move(hour)
        fresh = await one.ask(WANG, "q-9", kind="message")
        pool = [ticket.number for ticket in await tickets.pool(one.db, None)]
        assert pool == [waits, fresh]
        for lawyer, found in (("L0002", [chosen[4], chosen[8]]), ("L0001", [])):
            to_take = await tickets.callbacks_to_take(one.db, lawyer, None)
            assert [ticket.number for ticket in to_take] == found, (
                "whose answer it was is not another"
            )


async def test_what_nobody_holds_is_in_the_pool_unless_an_expert_is_asked_for_it(dsn: str) -> None:
    async with road(dsn) as one:
        wang, qian, hour = one.actor(WANG), one.actor(QIAN), timedelta(hours=1)
        number = await one.ask(WANG)
        one.clock.move(hour)
        while await due(one, number):
            await one.lapse(number)

        async def wished(who: str) -> None:
            at = one.clock.now() + hour
            await one.act("callback_choose", callback.choose, number, wang, at, who)

        async def pool() -> list[str]:
            found = await tickets.callbacks_to_take(one.db, "L0001", None)
            return [ticket.number for ticket in found]

        await one.act("panel", experts.claim, number, qian, f"{number}.1")
        direct = ("e-1", "可以。", f"{number}.1")
        await one.act("panel", experts.answer_directly, number, qian, *direct)
        assert await pool() == []
        await one.act("rate", feedback.rate, number, wang, False)
        assert await pool() == [number]
        await wished("expert")
        assert await pool() == []
        await one.act("panel", experts.claim, number, HAN, f"{number}.2")
        assert await pool() == []
        await wished("same")
        assert await pool() == [number]
        await wished("expert")
        await one.act("panel", experts.opinion, number, HAN, f"{number}.2", "可以再谈一次。")
        assert await pool() == [number]
        await one.act("claim", callback.take, number, one.actor(CHEN))
        assert await pool() == []
