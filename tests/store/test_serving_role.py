"""The serving role may add to the record and read it, and never change or remove a row of it (32)."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from chatserver.rules.articles import Refused
from chatserver.store.database import SERVING, Database
from chatserver.store.migrate import PARTITIONED
from tests.casework.road import road
from tests.cast import CHEN, WANG


async def test_connections_that_serve_take_the_role(db: Database) -> None:
    async with db.use() as connection:
        assert await connection.fetchval("select current_user") == SERVING
    own = await db.connect()
    assert await own.fetchval("select current_user") == SERVING
    await own.close()


VERBS = (
    "update {0} set month = month",
    "delete from {0}",
    "truncate {0}",
    "drop table {0}",
    "alter table {0} add column x int",
    "alter table {0} detach partition {0}_{1}",
    "delete from {0}_{1}",
    "update {0}_{1} set month = month",
)


async def test_the_record_cannot_be_changed(db: Database) -> None:
    month = f"{datetime.now(UTC):%Y%m}"
    verbs = [verb.format(table, month) for table in PARTITIONED for verb in VERBS]
    verbs += ["delete from tickets", "truncate tickets", "delete from serials"]
    async with db.use() as connection:
        for verb in verbs:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(verb)


async def test_a_ticket_lies_in_one_partition_whenever_it_is_written(dsn: str) -> None:
    async with road(dsn) as one:
        number = await one.meet(WANG, CHEN)
        one.clock.instant = one.clock.instant.replace(month=12)
        await one.say(CHEN, number, "l-1", "下个月的话")
        for table in PARTITIONED:
            rows = await one.fetch(
                f"select distinct tableoid::regclass::text as part from {table} where ticket = $1",
                number,
            )
            assert [row["part"] for row in rows] == [f"{table}_202611"]


async def test_a_database_that_hangs_up_is_unavailable(db: Database) -> None:
    owner = await db.owner()

    async def hang_up() -> None:
        await owner.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity where"
            " datname = current_database() and pid <> pg_backend_pid()"
        )

    async def ask() -> None:
        async with db.use() as connection:
            await hang_up()
            await connection.fetchval("select 1")

    with pytest.raises(Refused) as refused:
        await ask()
    assert refused.value.code == "unavailable"
    assert await db.reachable(), "the pool heals itself"
    await owner.close()


async def test_what_is_acknowledged_is_stored_even_where_a_database_would_not_wait(
    dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    owner = await asyncpg.connect(dsn)
    name = await owner.fetchval("select current_database()")
    await owner.execute(f"alter database {name} set synchronous_commit = off")
    await owner.close()
    database = Database(dsn, size=1)
    await database.open()
    async with database.use() as connection:
        assert await connection.fetchval("show synchronous_commit") == "on"
    await database.close()
    assert not caplog.messages
