"""Hints from process to process: "these tickets have grown". Latency hangs on them, truth does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .database import Database, queries

KEPT_FOR = timedelta(minutes=10)


async def post(db: Database, process: str, now: datetime, body: Mapping[str, Any]) -> None:
    """A hint outside the road; `process` "*" is nobody's own, so that everyone hears it."""
    async with db.use() as connection:
        await connection.execute(queries("tickets").add_hint.sql, process, now, dict(body))


async def bound(db: Database) -> int:
    """The oldest transaction still under way: everything before it is known to be visible."""
    async with db.use() as connection:
        return int(await connection.fetchval(queries("presence").snapshot.sql))


async def since(
    db: Database, xid: int, process: str, seen: set[int]
) -> tuple[list[Mapping[str, Any]], int, set[int]]:
    """`(bodies, next bound, ids seen at or after it)` of other processes' hints."""
    async with db.use() as connection:
        following = int(await connection.fetchval(queries("presence").snapshot.sql))
        rows = await connection.fetch(queries("presence").hints_since.sql, xid, process)
    fresh = [row["body"] for row in rows if row["id"] not in seen]
    return fresh, following, {row["id"] for row in rows if row["xid"] >= following}


async def drop_old(db: Database, now: datetime) -> None:
    """Hints that every process has long heard."""
    async with db.use() as connection:
        await connection.execute(queries("presence").drop_hints.sql, now - KEPT_FOR)
