"""How a command reaches its database: the one named by DATABASE_URL, else the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatserver.cli.stop import Stop
from chatserver.config import Config
from chatserver.store import migrate
from chatserver.store.database import Database
from chatserver.store.embedded import embedded


@asynccontextmanager
async def reached(config: Config) -> AsyncIterator[str]:
    """The database's address, its schema up to date.

    The embedded database is brought up to date; in another's it stops the command, since there
    someone decides when to migrate.
    """
    if config.database_url is None:
        async with embedded(config.data) as dsn:
            await migrate.migrate(dsn)
            yield dsn
        return
    missing = await migrate.pending(config.database_url)
    if missing:
        raise Stop(
            f"the database's schema is not up to date ({len(missing)} migrations missing):"
            " run `chatserver migrate` first"
        )
    yield config.database_url


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Database]:
    """The database itself, for a command that does one thing."""
    async with reached(config) as dsn:
        database = Database(dsn, size=2)
        await database.open()
        try:
            yield database
        finally:
            await database.close()
