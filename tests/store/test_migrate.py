"""Migrations: forward only, safe twice and from two places at once, and plain about what does not fit."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import pytest

from chatserver.store import archive, migrate
from chatserver.store.database import Database
from tests.store.describe import describe


def at(cluster: str, database: str, **settings: str) -> str:
    """The address of another database of the cluster."""
    parts = urlsplit(cluster)
    query = urlencode({**dict(parse_qsl(parts.query)), **settings})
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", query, ""))


@pytest.fixture
async def empty(cluster: str) -> AsyncIterator[str]:
    """The address of a database in which nothing is."""
    name = f"empty_{os.getpid()}_{os.urandom(4).hex()}"
    owner = await asyncpg.connect(cluster)
    await owner.execute(f"create database {name}")
    yield at(cluster, name)
    await owner.execute(f"drop database {name} with (force)")
    await owner.close()


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


async def test_the_second_time_nothing_is_left_to_do(empty: str) -> None:
    names = [path.name for path in migrate.files()]
    assert await migrate.pending(empty) == names
    assert await migrate.migrate(empty) == names
    assert await migrate.migrate(empty) == []
    assert await migrate.pending(empty) == []


async def test_two_at_once_do_it_once(empty: str) -> None:
    done = await asyncio.gather(*(migrate.migrate(empty) for _ in range(4)))
    assert sorted(map(len, done)) == [0, 0, 0, len(migrate.files())]


async def test_an_old_schema_is_told(dsn: str) -> None:
    last = migrate.files()[-1].name
    await execute(dsn, f"delete from schema_migrations where name = '{last}'")
    assert await migrate.pending(dsn) == [last]


async def test_a_newer_schema_stops_an_older_program(dsn: str) -> None:
    await execute(dsn, "insert into schema_migrations values ('9999_x.sql', '', '2030-01-01')")
    for ask in (migrate.pending, migrate.migrate):
        with pytest.raises(migrate.SchemaError, match="newer than this program"):
            await ask(dsn)


async def test_a_migration_changed_afterwards_is_found(dsn: str) -> None:
    await execute(dsn, "update schema_migrations set sha256 = 'x' where name like '0001%'")
    with pytest.raises(migrate.SchemaError, match=r"0001_.* was changed"):
        await migrate.migrate(dsn)


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "migrations").mkdir()
    good = tmp_path / "migrations" / "0001_good.sql"
    bad = tmp_path / "migrations" / "0002_bad.sql"
    good.write_text("".join(path.read_text("utf-8") for path in migrate.files()[:1]), "utf-8")
    bad.write_text("create table half (x int); create table half (x int);")
    monkeypatch.setattr(migrate, "SQL", tmp_path)
    with pytest.raises(asyncpg.DuplicateTableError):
        await migrate.migrate(empty)
    assert await migrate.pending(empty) == ["0002_bad.sql"]
    bad.write_text("create table half (x int)")
    assert await migrate.migrate(empty) == ["0002_bad.sql"]


async def test_partitions_are_there_from_last_month_to_three_ahead(empty: str) -> None:
    await migrate.migrate(empty)
    connection = await asyncpg.connect(empty)
    await migrate.make_partitions(connection, date(2027, 11, 30))
    await migrate.make_partitions(connection, date(2027, 11, 30))
    for table in migrate.PARTITIONED:
        rows = await connection.fetch(
            "select inhrelid::regclass::text as name from pg_inherits"
            " where inhparent = $1::text::regclass",
            table,
        )
        names = {row["name"] for row in rows}
        months = (202710, 202711, 202712, 202801, 202802)
        assert {f"{table}_{month}" for month in months} <= names
    await connection.close()


def test_a_postgresql_that_is_too_old_is_refused_in_one_line() -> None:
    migrate._new_enough("140000")
    with pytest.raises(migrate.SchemaError, match="is PostgreSQL 13: 14 or newer is needed"):
        migrate._new_enough("130014")


async def test_an_owner_who_may_make_no_roles_gives_the_rights_up_instead(cluster: str) -> None:
    """A rented database: the owner is no superuser, and still the record cannot be changed."""
    owner = f"owner_{os.getpid()}_{os.urandom(4).hex()}"
    admin = await asyncpg.connect(cluster)
    await admin.execute(f"create role {owner} login nosuperuser nocreaterole nocreatedb")
    await admin.execute(f"create database {owner} owner {owner}")
    dsn = at(cluster, owner, role=owner)
    try:
        assert await migrate.migrate(dsn)
        assert await migrate.migrate(dsn) == []
        db = Database(dsn, size=1)
        await db.open()
        assert not await archive.verify(db)
        month = f"{datetime.now(UTC):%Y%m}"
        parts = [f"{table}_{month}" for table in migrate.PARTITIONED]
        for table in (*migrate.PARTITIONED, *parts):
            for verb in (
                f"delete from {table}",
                f"truncate {table}",
                f"update {table} set month=1",
            ):
                async with db.use() as connection:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(verb)
        await db.close()
        connection = await asyncpg.connect(dsn)
        assert "chatserver_serving" not in await describe(connection)
        await connection.close()
    finally:
        await admin.execute(f"drop database if exists {owner} with (force)")
        await admin.execute(f"drop role {owner}")
        await admin.close()
