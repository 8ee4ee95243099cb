"""Routing: what one offer costs with 100 and with 10,000 tickets in the queue, from the rows to the pair.

Both queues stand in one PostgreSQL table; 40 lawyers with room for 200 talks. A round reads who is on duty
and the head of the queue, and pairs them; rounds of the two queues take turns. The figure is the ratio.

Usage: python -m bench routing
"""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from chatserver.rules import routing
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.numbers import ticket_number
from chatserver.rules.ticket import Ticket
from chatserver.store import people, presence
from chatserver.store.database import Database
from chatserver.store.migrate import migrate
from chatserver.store.tickets import INSERT, row_of

from .postgres import Cluster, cluster

QUEUES = (100, 10_000)
LAWYERS, SEATS = 40, 5
ROUNDS = 60


async def _filled(server: Cluster, waiting: int) -> Database:
    """A database with `waiting` live tickets and lawyers on duty."""
    dsn = server.create(f"bench_routing_{waiting}")
    await migrate(dsn)
    db = Database(dsn, size=2)
    await db.open()
    now = datetime.now(UTC)
    asker, _ = await people.add(db, role="citizen", login="asker", password="x" * 8, now=now)
    for place in range(LAWYERS):
        lawyer, _ = await people.add(
            db, role="lawyer", login=f"l{place}", password="x" * 8, capacity=SEATS, now=now
        )
        assert lawyer.staff_no is not None
        await presence.set_duty(db, lawyer.staff_no, "on", now)
        await presence.renew(db, "bench", {lawyer.staff_no: 1}, now + timedelta(hours=1))
    categories = list(CATEGORIES)
    rows = [
        row_of(
            Ticket(
                number=ticket_number("BJ", now.date(), place + 1),
                citizen=asker.id,
                state="queued",
                category=categories[place % len(categories)],
                opened_at=now - timedelta(seconds=waiting - place),
                head=b"\x00" * 32,
            )
        )
        for place in range(waiting)
    ]
    connection = await db.owner()
    await connection.set_type_codec(
        "jsonb", encoder=lambda _: "[]", decoder=str, schema="pg_catalog"
    )
    await connection.executemany(INSERT, rows)
    await connection.execute("analyze")
    await connection.close()
    return db


async def round_of(db: Database) -> tuple[float, int]:
    """Seconds and offers of one round of the router, without writing the offers."""
    began = time.perf_counter()
    now = datetime.now(UTC)
    lawyers = [lawyer for lawyer, _ in await presence.on_duty(db, now)]
    queue = await presence.waiting(db, routing.heads(CATEGORIES, lawyers, 20), lawyers, now)
    pairs = routing.assign(queue, lawyers, now)
    return time.perf_counter() - began, len(pairs)


async def measure() -> dict[str, Any]:
    """Median microseconds per offer for each length of the queue, and their ratio."""
    with cluster() as server:
        houses = {waiting: await _filled(server, waiting) for waiting in QUEUES}
        took: dict[int, list[float]] = {waiting: [] for waiting in QUEUES}
        for turn in range(ROUNDS):
            for waiting, db in houses.items():
                seconds, offers = await round_of(db)
                if turn:
                    took[waiting].append(seconds / offers * 1e6)
        for db in houses.values():
            await db.close()
    medians = {waiting: statistics.median(values) for waiting, values in took.items()}
    short, long = (medians[waiting] for waiting in QUEUES)
    return {"per_offer_us": medians, "ratio": long / short}


def main(arguments: list[str]) -> dict[str, Any]:
    """Prints the figures and returns them."""
    figures = asyncio.run(measure())
    for waiting, cost in figures["per_offer_us"].items():
        print(f"queue of {waiting:>6,}: {cost:8.1f} µs an offer")
    print(f"ratio: {figures['ratio']:.2f}")
    return figures
