"""What must be done now and then: partitions ahead of time, and rows that have served."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.store import hints
from chatserver.store.database import UNREACHABLE, Database, queries
from chatserver.store.migrate import make_partitions

EVERY = timedelta(minutes=10).total_seconds()
log = logging.getLogger(__name__)


async def housekeeping(db: Database, clock: Clock) -> None:
    """For ever: every ten minutes, and once at the start."""
    while True:
        try:
            await sweep(db, clock)
        except (Refused, *UNREACHABLE) as error:
            log.warning("housekeeping waits for the database: %s", type(error).__name__)
        except Exception:
            log.exception("housekeeping failed")
        await asyncio.sleep(EVERY)


async def sweep(db: Database, clock: Clock) -> None:
    """The months to come have their partitions; ended sessions, old hints and dead leases are gone."""
    now = clock.now()
    owner = await db.owner()
    try:
        await make_partitions(owner, now.date())
    finally:
        await owner.close()
    await hints.drop_old(db, now)
    async with db.use() as connection:
        await queries("sessions").drop_expired(connection, now=now)
        await connection.execute(
            queries("presence").drop_lost_presence.sql, now - timedelta(days=7)
        )
