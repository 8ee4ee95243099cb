"""The whole road without sockets: what a message costs the process and PostgreSQL, in batches."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from chatserver.calls import Call
from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import asking
from chatserver.rules.people import Citizen
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from chatserver.store import sessions
from chatserver.store.database import Database
from chatserver.store.migrate import migrate

from . import meter
from .house import add_accounts
from .postgres import cluster
from .talk import BODY

BATCH = 200
QUESTION = Question("open", "live", "labour", BODY)


async def road(messages: int) -> dict[str, float]:
    """CPU of process and database for `messages` through the road, `BATCH` callers at a time."""
    with cluster() as server:
        dsn = server.create("bench_budget")
        await migrate(dsn)
        accounts = await add_accounts(dsn, "citizen", [f"c{n}" for n in range(BATCH)])
        database = Database(dsn)
        await database.open()
        version, _, _ = await sessions.agreement(database)
        casework = Casework(database, Clock(), Policy(identity="none"), "bench")
        await casework.start()
        actors = [Citizen(account.id, agreed=True) for account in accounts]
        for actor in actors:
            await sessions.accept(database, actor.account, version, datetime.now(UTC))
        opened = [await casework.open(actor, QUESTION, b"") for actor in actors]

        async def talk(place: int, lines: int) -> None:
            number, actor = opened[place].ticket.number, actors[place]
            loop = asyncio.get_running_loop()
            for line in range(lines):
                done: asyncio.Future[Any] = loop.create_future()
                arguments = (f"{lines}-{line}", BODY, None)
                call = Call(
                    "send",
                    asking.send,
                    number,
                    actor,
                    arguments,
                    said=(arguments[0], "sent", BODY),
                    answer=done.set_result,
                )
                casework.submit(call)
                outcome = await done
                if isinstance(outcome, Exception):
                    raise outcome

        async def all_talk(lines: int) -> None:
            await asyncio.gather(*(talk(place, lines) for place in range(BATCH)))

        await all_talk(3)
        lines = max(5, messages // BATCH)
        cpu, store, start = time.process_time(), meter.cpu_seconds(server.pid), time.perf_counter()
        await all_talk(lines)
        total = lines * BATCH
        found = {
            "process": (time.process_time() - cpu) / total * 1e6,
            "database": (meter.cpu_seconds(server.pid) - store) / total * 1e6,
            "per_second": total / (time.perf_counter() - start),
        }
        await casework.stop()
        await database.close()
        return found
