"""What a database holds, for telling whether anything changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from chatserver.store.database import Database

#: What changes by itself: leases are renewed, and hints say that something else changed.
RESTLESS = ("presence", "hints", "sessions")


@asynccontextmanager
async def owner(db: Database) -> AsyncIterator[Any]:
    """A connection with all rights, for what no event can do."""
    connection = await db.owner()
    try:
        yield connection
    finally:
        await connection.close()


async def contents(db: Database) -> dict[str, list[str]]:
    """table -> its rows as text, in order."""
    async with owner(db) as connection:
        tables = await connection.fetch(
            "select tablename from pg_tables where schemaname = 'public' order by 1"
        )
        return {
            name: sorted(
                row[0] for row in await connection.fetch(f'select t::text from "{name}" t')
            )
            for (name,) in tables
            if name not in RESTLESS
        }
