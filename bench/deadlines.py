"""Deadlines that fall due while server processes are killed: each once, none early, how late.

    python -m bench deadlines [--count 20000] [--seconds 30] [--kills 25] [--any]

Three `chatserver serve` on one database; one after the other, by chance, gets SIGKILL and is started again.
The last one that works is spared, since with none nothing can be in time; with `--any` it is not.
What happened is read from the journal.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules.people import Citizen
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from chatserver.store import people, sessions
from chatserver.store.database import Database
from chatserver.store.migrate import migrate

from .postgres import cluster

ROOT = Path(__file__).parents[1]
#: What writing one time takes, at most: the first must not be late because of it.
LEAD = timedelta(milliseconds=0.4)
SETTINGS = {"CHATSERVER_STAFF_OTP": "optional", "LOG_LEVEL": "warning"}
#: Not more: the live clock's own hour, of which nothing but the end is left to come.
SPREAD = """
update tickets set answer_due_at = d.due, next_due_at = d.due, rungs = '{warn,convert}',
    clock_from = d.due - interval '1 hour', opened_at = d.due - interval '1 hour'
from (select number, date_trunc('milliseconds', $1::timestamptz
    + random() * $2::float8 * interval '1 second') as due from tickets) d
where tickets.number = d.number
"""
FIRED = """
select count(j.at) as fired, t.answer_due_at as due, min(j.at) as at
from tickets t left join journal j on j.ticket = t.number and j.kind = 'lapsed'
group by t.number
"""


@dataclass(frozen=True)
class Found:
    """Lateness in seconds: from the due time to the journal's. `served_p99` and `served_worst` count it
    from the moment at which a server was ready again, when none was meanwhile; `down` is how long that was.
    `kills` are those that happened within the time."""

    deadlines: int
    kills: int
    down: float
    never: int
    twice: int
    early: int
    p50: float
    p99: float
    worst: float
    served_p99: float
    served_worst: float


class Process:
    """One `chatserver serve`."""

    def __init__(self, dsn: str, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        self.environ = os.environ | SETTINGS | {"DATABASE_URL": dsn, "PORT": port}
        self.log = log
        self.start()

    def start(self) -> None:
        self.log.write_bytes(b"")
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "chatserver", "serve"],
                env=self.environ,
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def ready(self) -> bool:
        return "Ready:" in self.log.read_text("utf-8", "replace")

    def kill(self) -> None:
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()


async def open_tickets(dsn: str, count: int) -> None:
    """`count` waiting live tickets of one citizen."""
    db = Database(dsn, size=2)
    await db.open()
    now = datetime.now(UTC)
    asker, _ = await people.add(
        db, role="citizen", login="deadlines", password="deadlines", now=now
    )
    await sessions.accept(db, asker.id, (await sessions.agreement(db))[0], now)
    citizen = Citizen(asker.id, verified=True, agreed=True)
    road = Casework(db, Clock(), Policy(most_open=0), "bench")
    await road.start()
    for first in range(0, count, 400):
        payloads = [
            Question(f"q{n}", "live", "labour", f"第{n}个问题")
            for n in range(first, min(count, first + 400))
        ]
        digest = sha256
        await asyncio.gather(
            *(road.open(citizen, one, digest(repr(one).encode()).digest()) for one in payloads)
        )
    await road.stop()
    await db.close()


async def measure(
    dsn: str,
    folder: Path,
    *,
    count: int,
    seconds: float,
    kills: int,
    anyone: bool = False,
    processes: int = 3,
) -> Found:
    """Fires `count` deadlines within `seconds`, with `kills` SIGKILLs meanwhile."""
    await open_tickets(dsn, count)
    owner = await asyncpg.connect(dsn)
    servers = [Process(dsn, folder / f"server{n}.log") for n in range(processes)]
    try:
        until = time.monotonic() + 40
        while not all(server.ready() for server in servers):
            assert time.monotonic() < until, servers[0].log.read_text("utf-8", "replace")
            await asyncio.sleep(0.1)
        first = datetime.now(UTC) + timedelta(seconds=1) + count * LEAD
        await owner.execute(SPREAD, first, seconds)
        left = (first - datetime.now(UTC)).total_seconds()
        assert left > 0, "the times were not written before the first of them"
        await asyncio.sleep(left)
        down: list[tuple[datetime, datetime]] = []
        watch = asyncio.create_task(_watch(servers, down))
        begun, done = time.monotonic(), 0
        for moment in sorted(random.uniform(0, seconds) for _ in range(kills)):
            await asyncio.sleep(begun + moment - time.monotonic())
            victim = await _victim(servers, anyone, begun + seconds)
            if victim is not None:
                victim.kill()
                victim.start()
                done += 1
        await asyncio.sleep(begun + seconds - time.monotonic())
        open_yet = "select count(*) from tickets where lapsed_at is null"
        until = time.monotonic() + 60
        while await owner.fetchval(open_yet) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        watch.cancel()
        return _found(await owner.fetch(FIRED), done, down)
    finally:
        for server in servers:
            server.kill()
        await owner.close()


async def _victim(servers: list[Process], anyone: bool, until: float) -> Process | None:
    """One by chance, of all or of those besides which another one works; None when the time is over."""
    while time.monotonic() < until:
        ready = [server for server in servers if server.ready()]
        spared = ready[0] if len(ready) == 1 else None
        if anyone or ready:
            return random.choice([server for server in servers if server is not spared or anyone])
        await asyncio.sleep(0.02)
    return None


async def _watch(servers: list[Process], down: list[tuple[datetime, datetime]]) -> None:
    """Notes the spans in which no server was ready."""
    began = None
    while True:
        now = datetime.now(UTC)
        if any(server.ready() for server in servers):
            began = None
        elif began is None:
            began = now
            down.append((began, now))
        else:
            down[-1] = began, now
        await asyncio.sleep(0.02)


def _found(rows: list[Any], kills: int, down: list[tuple[datetime, datetime]]) -> Found:
    fired = [(row["due"], row["at"]) for row in rows if row["at"] is not None]
    late = sorted((at - due).total_seconds() for due, at in fired) or [float("inf")]
    served = sorted((at - _owed(due, at, down)).total_seconds() for due, at in fired) or late
    return Found(
        deadlines=len(rows),
        kills=kills,
        down=round(sum((end - begin).total_seconds() for begin, end in down), 2),
        never=sum(row["fired"] == 0 for row in rows),
        twice=sum(row["fired"] > 1 for row in rows),
        early=sum(one < 0 for one in late),
        p50=round(late[len(late) // 2], 3),
        p99=round(late[int(len(late) * 0.99)], 3),
        worst=round(late[-1], 3),
        served_p99=round(served[int(len(served) * 0.99)], 3),
        served_worst=round(served[-1], 3),
    )


def _owed(due: datetime, at: datetime, down: list[tuple[datetime, datetime]]) -> datetime:
    """The due time, or the end of the last span without a server that lay before `at`."""
    return max([due, *(min(end, at) for begin, end in down if end > due and begin < at)])


def main(arguments: list[str]) -> dict[str, Any]:
    """Prints the figures and returns them."""
    parser = argparse.ArgumentParser(prog="python -m bench deadlines")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--any", action="store_true", help="kill the last one that works too")
    given = parser.parse_args(arguments)
    with cluster() as server:
        dsn = server.create("deadlines")

        async def run(folder: str) -> Found:
            await migrate(dsn)
            return await measure(
                dsn,
                Path(folder),
                count=given.count,
                seconds=given.seconds,
                kills=given.kills,
                anyone=given.any,
            )

        with tempfile.TemporaryDirectory() as folder:
            found = asdict(asyncio.run(run(folder)))
    print(found)
    return found
