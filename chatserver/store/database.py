"""The way to PostgreSQL: a pool that serves with few rights, and single connections for what needs more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any

import aiosql
import asyncpg
import msgspec

from chatserver.resources import SQL
from chatserver.rules.articles import Refused

SERVING = "chatserver_serving"
PROBE = """
select exists (select from pg_roles where rolname = $1 and pg_has_role(current_user, oid, 'member')),
    current_setting('fsync'), current_setting('synchronous_commit')
"""
log = logging.getLogger(__name__)
#: Seconds after which a statement is given up: a caller hears `unavailable` within three.
COMMAND_TIMEOUT = 2.5
CONNECT_TIMEOUT = 2.0
PATIENCE = 2.7

#: What the server itself sees to, since a process that is stopped, or whose machine is gone, cannot: locks are
#: given up by who goes silent in a transaction (all of ours take less than `PATIENCE`), and who waits for one
#: is told before the statement is given up.
SETTINGS = {
    "application_name": "chatserver",
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "2s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

#: What a lost, hanging, restarting or full database raises.
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InternalClientError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.LockNotAvailableError,
)

#: What a statement raises that waits for somebody, or works, for too long.
SLOW = (TimeoutError, asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)

#: What two processes that did the same thing at once raise for the later one.
RACED = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


@cache
def queries(topic: str) -> Any:
    """The named queries of `sql/queries/TOPIC.sql`; each file by itself, so that names never meet.

    A query's signature lists its parameters in the order in which they first appear, so that `query.sql`
    can be run with positional arguments; a test holds every query to that."""
    return aiosql.from_path(SQL / "queries" / f"{topic}.sql", "asyncpg")


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
        schema="pg_catalog",
    )


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """No query here leaves a setting, a cursor or a session's lock behind, and an open transaction is
    rolled back in any case; the default asks the database once more after every use."""


class Database:
    """`dsn` is a PostgreSQL address; every method raises `Refused("unavailable")` while it is away."""

    def __init__(self, dsn: str, *, size: int = 8) -> None:
        self.dsn = dsn
        self.size = size
        self.pool: Any = None
        self._settings: dict[str, str] = {}

    async def open(self) -> None:
        """Connects; serving connections take the role that may not change the record."""
        probe = await asyncpg.connect(self.dsn, timeout=CONNECT_TIMEOUT * 5)
        try:
            granted, fsync, commit = await probe.fetchrow(PROBE, SERVING)
        finally:
            await probe.close()
        self._settings = SETTINGS | ({"role": SERVING} if granted else {})
        if commit == "off":
            self._settings["synchronous_commit"] = "on"  # acknowledged means stored
        if fsync == "off":
            log.warning("fsync is off in this database: a crash of its machine can lose messages")
        self.pool = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self.size,
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            server_settings=self._settings,
            init=_prepare,
            reset=_nothing_to_reset,
        )

    async def close(self) -> None:
        """Closes every connection, by force if they do not end within two seconds."""
        try:
            await asyncio.wait_for(self.pool.close(), 2)
        except (TimeoutError, *UNREACHABLE):
            self.pool.terminate()

    async def connect(self) -> Any:
        """A serving connection of one's own, outside the pool."""
        connection = await asyncpg.connect(
            self.dsn,
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            server_settings=self._settings,
        )
        await _prepare(connection)
        return connection

    async def owner(self) -> Any:
        """A connection with the owner's rights, for migrations and partitions."""
        return await asyncpg.connect(self.dsn, timeout=CONNECT_TIMEOUT)

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Any]:
        """A pooled connection for what takes moments; `unavailable` after `PATIENCE` at the latest."""
        try:
            async with asyncio.timeout(PATIENCE), self.pool.acquire() as connection:
                yield connection
        except UNREACHABLE as error:
            raise Refused("unavailable") from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """A pooled connection inside one transaction."""
        async with self.use() as connection, connection.transaction():
            yield connection

    async def clock(self) -> datetime:
        """What time the database thinks it is: a second opinion, which decides no business."""
        async with self.use() as connection:
            found: datetime = await connection.fetchval("select clock_timestamp()")
        return found

    async def reachable(self) -> bool:
        """Whether a statement comes back now."""
        try:
            async with self.use() as connection:
                return bool(await connection.fetchval("select true"))
        except Refused:
            return False
