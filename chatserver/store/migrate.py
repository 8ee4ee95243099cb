"""Brings the schema up to date: numbered files, forward only, each in one transaction."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg

from chatserver.resources import SQL

#: pg_advisory_lock key: two migrations at once wait for each other.
LOCK = 0x626A_6677
PARTITIONED = ("journal", "messages", "details")
MONTHS_AHEAD = 3
#: What `server_version_num` must be at least: PostgreSQL 14.
OLDEST = 140_000


class SchemaError(Exception):
    """The schema and this program do not fit; the message says in one line what to do."""


#: Rights on a table do not reach its partitions when these are named themselves.
GIVE_UP = "revoke update, delete, truncate on {} from current_user"
EXISTS = "select to_regclass($1) is not null"
KEPT_BY_A_ROLE = """
select coalesce(pg_has_role(current_user, to_regrole('chatserver_serving'), 'member'), false)
"""


def files() -> list[Path]:
    """The migrations in order."""
    return sorted((SQL / "migrations").glob("[0-9]*.sql"))


async def migrate(dsn: str) -> list[str]:
    """Applies what is missing and returns the names; safe to run twice and from two places at once."""
    connection = await asyncpg.connect(dsn)
    try:
        _new_enough(await connection.fetchval("show server_version_num"))
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await connection.execute(
            "create table if not exists schema_migrations (name text primary key,"
            " sha256 text not null, applied_at timestamptz not null)"
        )
        missing = await _missing(connection)
        for path in missing:
            async with connection.transaction():
                await connection.execute(path.read_text("utf-8"))
                await connection.execute(
                    "insert into schema_migrations values ($1, $2, $3)",
                    path.name,
                    _sha256(path),
                    datetime.now(UTC),
                )
        await make_partitions(connection, datetime.now(UTC).date())
        return [path.name for path in missing]
    finally:
        await connection.close()


async def pending(dsn: str) -> list[str]:
    """The names of migrations not yet applied; raises `SchemaError` when the schema is not ours."""
    connection = await asyncpg.connect(dsn)
    try:
        _new_enough(await connection.fetchval("show server_version_num"))
        if await connection.fetchval("select to_regclass('schema_migrations')") is None:
            return [path.name for path in files()]
        return [path.name for path in await _missing(connection)]
    finally:
        await connection.close()


async def make_partitions(connection: Any, today: date) -> None:
    """The partitions from last month's to three months ahead (the month of Beijing may be ahead).

    Where no serving role keeps the record, the owner gives up changing them, as of their parents."""
    kept = await connection.fetchval(KEPT_BY_A_ROLE)
    for ahead in range(-1, MONTHS_AHEAD + 1):
        months = today.year * 12 + today.month - 1 + ahead
        month = months // 12 * 100 + months % 12 + 1
        for table in PARTITIONED:
            await _make_partition(connection, table, month)
            if not kept:
                await connection.execute(GIVE_UP.format(f"{table}_{month}"))


async def _make_partition(connection: Any, table: str, month: int) -> None:
    """Made apart and then attached, which waits for no reader. Made as a partition it would wait for all who read
    the record (a verification, a dump), and all who write would wait behind it."""
    part = f"{table}_{month}"
    async with connection.transaction():
        if await connection.fetchval(EXISTS, part):
            return
        await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
        if await connection.fetchval(EXISTS, part):
            return
        await connection.execute(f"create table {part} (like {table} including all)")
        await connection.execute(
            f"alter table {table} attach partition {part} for values in ({month})"
        )


def _new_enough(version: str) -> None:
    if int(version) < OLDEST:
        raise SchemaError(
            f"the database is PostgreSQL {int(version) // 10_000}: 14 or newer is needed"
        )


async def _missing(connection: Any) -> list[Path]:
    rows = await connection.fetch("select name, sha256 from schema_migrations")
    applied = {row["name"]: row["sha256"] for row in rows}
    known = {path.name: path for path in files()}
    for name, digest in applied.items():
        if name not in known:
            raise SchemaError(
                f"the database is newer than this program ({name}): update chatserver"
            )
        if _sha256(known[name]) != digest:
            raise SchemaError(
                f"migration {name} was changed after it was applied: restore the file"
            )
    return [path for name, path in known.items() if name not in applied]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
