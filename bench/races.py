"""Answers and lapses that race for the same clocks: each is kept or late, never both, never neither.

    python -m bench races [--count 10000] [--seconds 30]

Two processes' roads over one database, each with its timer. A lawyer answers every ticket by either road
within a few milliseconds of its due time, before or after. What happened is read from the journal.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import asyncpg

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import answering, routing
from chatserver.rules.articles import Refused
from chatserver.rules.people import SYSTEM, Citizen, Lawyer, actor_of
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from chatserver.store import people, sessions
from chatserver.store.database import Database
from chatserver.store.migrate import migrate
from chatserver.timers.deadlines import Deadlines

from .postgres import cluster

FIGURES = Policy(most_open=0)
#: How far from the due time an answer comes, in seconds, at most.
CLOSE = 0.06
#: Seconds before its time at which an answer is begun, to be sent as much earlier as the road is long.
AHEAD = 1.0
ANSWER = "可以向劳动监察部门投诉。"
#: Every rung before the end is behind these clocks.
SPREAD = """
update tickets set answer_due_at = d.due, next_due_at = d.due, rungs = '{half,warn,convert}',
    clock_from = d.due - interval '1 hour', accepted_at = d.due - interval '1 hour'
from (select number, date_trunc('milliseconds', $1::timestamptz
    + random() * $2::float8 * interval '1 second') as due from tickets) d
where tickets.number = d.number returning tickets.number, d.due
"""
#: The due time is what it was: an answer leaves it in the row's clock.
HAPPENED = """
select ticket, kind, at from journal where kind in ('lapsed', 'answered') order by ticket, entry
"""


@dataclass(frozen=True)
class Found:
    """`kept`: answered before the due time and never late; `late`: it lapsed, once, and was answered after.
    `both` and `neither` must not be."""

    races: int
    kept: int
    late: int
    both: int
    neither: int
    refused: int


async def held_tickets(dsn: str, count: int) -> Lawyer:
    """`count` live tickets that one lawyer has accepted."""
    db = Database(dsn, size=2)
    await db.open()
    now = datetime.now(UTC)
    asker, _ = await people.add(db, role="citizen", login="racing", password="racing-1", now=now)
    account, _ = await people.add(db, role="lawyer", login="racer", password="racer-12", now=now)
    await sessions.accept(db, asker.id, (await sessions.agreement(db))[0], now)
    citizen = Citizen(asker.id, verified=True, agreed=True)
    lawyer = actor_of(account)
    assert isinstance(lawyer, Lawyer)
    road = Casework(db, Clock(), FIGURES, "bench")
    await road.start()

    async def held(n: int) -> None:
        question = Question(f"q{n}", "live", "labour", f"第{n}个问题")
        opened = await road.open(citizen, question, sha256(repr(question).encode()).digest())
        number = opened.ticket.number
        hour = timedelta(hours=1)
        await road.act("offer", routing.offer, number, SYSTEM, lawyer.staff_no, hour)
        await road.act("accept", answering.accept, number, lawyer)

    for first in range(0, count, 400):
        await asyncio.gather(*(held(n) for n in range(first, min(count, first + 400))))
    await road.stop()
    await db.close()
    return lawyer


async def measure(dsn: str, *, count: int, seconds: float) -> Found:
    """`count` races within `seconds`."""
    lawyer = await held_tickets(dsn, count)
    owner = await asyncpg.connect(dsn)
    async with AsyncExitStack() as houses:
        houses.push_async_callback(owner.close)
        roads = [await _road(houses, dsn, f"bench-{n}") for n in range(2)]
        start = datetime.now(UTC) + timedelta(seconds=2)
        due = {row["number"]: row["due"] for row in await owner.fetch(SPREAD, start, seconds)}
        refused, travel = 0, 0.0

        async def answer(number: str, at: datetime) -> None:
            """Sent so that it arrives at `at`, if the road is as busy as it was for the last ones."""
            nonlocal refused, travel
            await asyncio.sleep((at - datetime.now(UTC)).total_seconds() - travel)
            sent = time.monotonic()
            said = f"a-{number}", "answered", ANSWER
            rule, args = answering.answer, (said[0], ANSWER)
            try:
                await random.choice(roads).act("answer", rule, number, lawyer, *args, said=said)
            except Refused:
                refused += 1
            travel += (time.monotonic() - sent - travel) / 10

        answers = []
        for number, at in sorted(due.items(), key=lambda one: one[1]):
            moment = at + random.uniform(-1, 1) * timedelta(seconds=CLOSE)
            early = (moment - datetime.now(UTC)).total_seconds() - AHEAD
            await asyncio.sleep(max(0.0, early))
            answers.append(asyncio.create_task(answer(number, moment)))
        await asyncio.gather(*answers)
        return _judge(due, await owner.fetch(HAPPENED), refused)


async def _road(houses: AsyncExitStack, dsn: str, process: str) -> Casework:
    """A process's road with its timer, until the end."""
    db = Database(dsn, size=2)
    await db.open()
    houses.push_async_callback(db.close)
    road = Casework(db, Clock(), FIGURES, process)
    await road.start()
    houses.push_async_callback(road.stop)
    timer = Deadlines(db, road, Clock())
    road.listeners.append(timer.heard)
    running = asyncio.create_task(timer.run())
    houses.callback(running.cancel)
    return road


def _judge(due: dict[str, datetime], rows: list[Any], refused: int) -> Found:
    happened: dict[str, list[tuple[str, datetime]]] = {number: [] for number in due}
    for row in rows:
        happened[row["ticket"]].append((row["kind"], row["at"]))
    kept = late = both = neither = 0
    for number, steps in happened.items():
        kinds = [kind for kind, _ in steps]
        in_time = steps and steps[0][0] == "answered" and steps[0][1] < due[number]
        if kinds == ["answered"] and in_time:
            kept += 1
        elif kinds == ["lapsed", "answered"] and steps[0][1] >= due[number]:
            late += 1
        elif "lapsed" in kinds:
            both += 1
        else:
            neither += 1
    return Found(len(due), kept, late, both, neither, refused)


def main(arguments: list[str]) -> dict[str, Any]:
    """Prints the figures and returns them."""
    parser = argparse.ArgumentParser(prog="python -m bench races")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args(arguments)
    with cluster() as server:
        dsn = server.create("races")

        async def run() -> Found:
            await migrate(dsn)
            return await measure(dsn, count=given.count, seconds=given.seconds)

        found = asdict(asyncio.run(run()))
    print(found)
    return found
