"""What pending deadlines cost: 1,000,000 against 1,000, in one run on one PostgreSQL.

    python -m bench pending [--count 1000000] [--seconds 30] [--rounds 100]

Two databases that differ in nothing but the number of tickets whose times are still to come: half are written
messages that wait, half answered ones that close by themselves. In turns the same talks go on in both, an answer and
a question in each round, so that every ticket is saved with another due time; the figure is the median of the rounds'
ratios, with the interval in which it lies in 95 of 100 draws of these rounds.
Then a server on each has nothing to do; the figure is its CPU, and PostgreSQL's beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import answering, asking
from chatserver.rules.people import Citizen, Lawyer
from chatserver.rules.question import Question
from chatserver.store.database import Database
from chatserver.store.migrate import migrate
from chatserver.store.tickets import FIELDS

from .deadlines import Process
from .meter import cpu_seconds
from .postgres import Cluster, cluster
from .races import FIGURES, held_tickets

FEW = 1_000
TALKS = 200
ANSWER, QUESTION = "可以向劳动监察部门投诉。", "还需要准备什么材料？"
#: Copies of a ticket under other numbers, due at some time of the next days.
FILL = """
insert into tickets ({names}) select {values}
from tickets t cross join generate_series(1, $2::int) n
cross join lateral (select $3::timestamptz + random() * n / n * interval '3 days' as due) d
where t.number = $1
"""
OURS = {"number": "t.number || '-' || n", "next_due_at": "d.due", "answer_due_at": "d.due"}


class House:
    """A database with `count` deadlines to come, and the talks that go on in it."""

    def __init__(self, dsn: str, count: int) -> None:
        self.dsn, self.count = dsn, count
        self.took: list[float] = []
        self.cpu: list[float] = []

    async def fill(self) -> None:
        """Everything but the rounds."""
        await migrate(self.dsn)
        self.lawyer = await held_tickets(self.dsn, TALKS)
        owner = await asyncpg.connect(self.dsn)
        rows = await owner.fetch("select number, citizen from tickets order by number")
        self.numbers = [row["number"] for row in rows]
        self.citizen = Citizen(rows[0]["citizen"], verified=True, agreed=True)
        self.db = Database(self.dsn, size=2)
        await self.db.open()
        self.road = Casework(self.db, Clock(), FIGURES, "bench")
        await self.road.start()
        names = ("month", "next_due_at", *FIELDS)
        values = (OURS.get(name, f"t.{name}") for name in names)
        fill = FILL.format(names=", ".join(names), values=", ".join(values))
        later = datetime.now(UTC) + timedelta(hours=6)
        for number in (await self._written("q-1"), await self._written("q-2", answered=True)):
            await owner.execute(fill, number, self.count // 2, later, timeout=900)
        await owner.execute("vacuum analyze", timeout=900)
        await owner.execute("checkpoint", timeout=900)
        await owner.close()

    async def _written(self, id: str, *, answered: bool = False) -> str:
        """A written message; `answered`, it is to close by itself."""
        asked = Question(id, "message", "labour", f"{id}：如何维权？")
        opened = await self.road.open(self.citizen, asked, sha256(repr(asked).encode()).digest())
        number = opened.ticket.number
        if answered:
            await self.road.act("claim", answering.claim, number, self.lawyer)
            await self._say(number, self.lawyer, "a-1", ANSWER, answering.answer)
        return number

    async def _say(
        self, number: str, actor: Citizen | Lawyer, id: str, body: str, rule: Any
    ) -> None:
        act, kind = ("answer", "answered") if rule is answering.answer else ("send", "sent")
        await self.road.act(act, rule, number, actor, id, body, said=(id, kind, body))

    async def round(self, turn: int, postgres: int) -> None:
        """Each talk is answered, and asked on."""
        began, spent = time.perf_counter(), time.process_time() + cpu_seconds(postgres)
        for who, rule, body in (
            (self.lawyer, answering.answer, ANSWER),
            (self.citizen, asking.send, QUESTION),
        ):
            id = f"{rule.__name__}-{turn}"
            await asyncio.gather(*(self._say(n, who, id, body, rule) for n in self.numbers))
        saves = 2 * len(self.numbers)
        self.took.append((time.perf_counter() - began) / saves * 1e6)
        spent = time.process_time() + cpu_seconds(postgres) - spent
        self.cpu.append(spent / saves * 1e6)

    async def end(self) -> None:
        """The talks are over: nobody is missed by the server that follows."""
        for number in self.numbers:
            await self._say(number, self.lawyer, "last", ANSWER, answering.answer)
            await self.road.act("close", answering.close, number, self.lawyer)

    async def close(self) -> None:
        """Its road and its connections."""
        await self.road.stop()
        await self.db.close()


async def measure(server: Cluster, count: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Microseconds of a save with few and with many pending, and the share of a core of an idle server."""
    few, many = houses = [
        House(server.create(f"pending_{number}"), number) for number in (FEW, count)
    ]
    async with AsyncExitStack() as stack:
        for house in houses:
            await house.fill()
            stack.push_async_callback(house.close)
        for turn in range(rounds + 2):
            # Whoever comes second meets what the first left to be written: each does as often as the other.
            for house in houses if turn % 2 else reversed(houses):
                await house.round(turn, server.pid)
        for house in houses:
            await house.end()
    save = {house.count: statistics.median(house.took[2:]) for house in houses}
    cpu = {house.count: statistics.mean(house.cpu[2:]) for house in houses}
    idle = {house.count: await _idle(server, house.dsn, seconds) for house in houses}
    return {
        "save_us": save,
        "save_ratio": statistics.median(ratios := _ratios(few.took[2:], many.took[2:])),
        "save_ratio_95": _interval(ratios),
        "save_cpu_us": cpu,
        "save_cpu_ratio": cpu[many.count] / cpu[few.count],
        "idle": idle,
    }


def _ratios(few: list[float], many: list[float]) -> list[float]:
    return [b / a for a, b in zip(few, many, strict=True)]


def _interval(ratios: list[float], draws: int = 2_000) -> tuple[float, float]:
    """Between which two values the median lies in 95 of 100 draws with replacement (the bootstrap)."""
    chance = random.Random(0)
    medians = [statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(draws)]
    parts = statistics.quantiles(medians, n=40)
    return parts[0], parts[-1]


async def _idle(server: Cluster, dsn: str, seconds: float) -> dict[str, float]:
    """Percent of a core that a server and PostgreSQL use while nobody does anything."""
    with tempfile.TemporaryDirectory() as folder:
        process = Process(dsn, Path(folder) / "log")
        try:
            while not process.ready():  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            await asyncio.sleep(3)  # what a start brings with it is over
            pids = {"server": process.running.pid, "postgres": server.pid}
            before = {name: cpu_seconds(pid) for name, pid in pids.items()}
            await asyncio.sleep(seconds)
            return {
                name: 100 * (cpu_seconds(pid) - before[name]) / seconds
                for name, pid in pids.items()
            }
        finally:
            process.kill()


def main(arguments: list[str]) -> dict[str, Any]:
    """Prints the figures and returns them."""
    parser = argparse.ArgumentParser(prog="python -m bench pending")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=30, help="how long the servers are idle")
    given = parser.parse_args(arguments)
    with cluster() as server:
        found = asyncio.run(measure(server, given.count, given.rounds, given.seconds))
    for count, cost in found["save_us"].items():
        idle = found["idle"][count]
        print(
            f"{count:>9,} pending: {cost:7.0f} µs a save, {found['save_cpu_us'][count]:6.0f} µs of CPU;"
            f" idle: server {idle['server']:.2f} %, PostgreSQL {idle['postgres']:.2f} % of a core"
        )
    low, high = found["save_ratio_95"]
    print(
        f"a save: {found['save_ratio']:.3f} x ({low:.3f} to {high:.3f} in 95 of 100 draws);"
        f" its CPU: {found['save_cpu_ratio']:.3f} x"
    )
    return found
