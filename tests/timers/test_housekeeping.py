"""Housekeeping: months to come have their partitions in time, and rows that have served are gone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from chatserver.config import Config
from chatserver.store import hints
from chatserver.store.database import Database
from chatserver.store.migrate import PARTITIONED
from chatserver.timers.housekeeping import sweep
from tests.casework.road import SetClock, road
from tests.cast import WANG
from tests.clients import running

NOW = datetime.now(UTC)


async def months(dsn: str, table: str) -> set[str]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "select inhrelid::regclass::text as part from pg_inherits"
            " where inhparent = $1::text::regclass",
            table,
        )
        return {row["part"].removeprefix(f"{table}_") for row in rows}
    finally:
        await connection.close()


def month(days: int) -> str:
    return f"{NOW + timedelta(days=days):%Y%m}"


async def test_a_year_passes_month_by_month_and_each_has_its_partitions_before_it_begins(
    dsn: str, db: Database
) -> None:
    clock = SetClock(NOW)
    for days in range(0, 366, 28):
        clock.instant = NOW + timedelta(days=days)
        await sweep(db, clock)
        for table in PARTITIONED:
            assert {month(days), month(days + 28), month(days + 60)} <= await months(dsn, table)


async def test_a_month_is_made_while_somebody_reads_the_whole_record_and_others_write(
    dsn: str,
) -> None:
    async with road(dsn) as one:
        number = await one.ask(WANG)
        reader = await one.db.connect()
        async with reader.transaction(), asyncio.timeout(5):
            for table in PARTITIONED:
                await reader.fetch(f"select count(*) from {table}")  # noqa: S608
            work = asyncio.create_task(sweep(one.db, SetClock(NOW + timedelta(days=400))))
            for n in range(20):
                await one.say(WANG, number, f"c-{n}", "x")
            await work
        await reader.close()
        for table in PARTITIONED:
            assert month(400) in await months(dsn, table)
            assert await one.fetch(
                "select from pg_inherits where inhrelid = $1::text::regclass"
                " and inhparent = $2::text::regclass",
                *(f"{table}_{month(400)}_pkey", f"{table}_pkey"),
            )


async def test_the_record_of_a_month_made_ahead_cannot_be_changed_either(db: Database) -> None:
    await sweep(db, SetClock(NOW + timedelta(days=200)))
    async with db.use() as connection:
        for table in PARTITIONED:
            part = f"{table}_{month(200)}"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"delete from {part}")


async def test_what_has_served_goes_and_what_still_serves_stays(db: Database) -> None:
    async with db.use() as connection:
        account = await connection.fetchval("select id from accounts where login = $1", WANG.login)
        for token, ends in ((b"over", -1), (b"lasts", 1)):
            await connection.execute(
                "insert into sessions (token, account, kind, created_at, expires_at)"
                " values ($1, $2, 'session', $3, $4)",
                *(token, account, NOW - timedelta(days=9), NOW + timedelta(hours=ends)),
            )
        for process, days in (("dead", 8), ("here", 0)):
            await connection.execute(
                "insert into presence values ('L0001', $1, 1, $2)",
                *(process, NOW - timedelta(days=days)),
            )
    await hints.post(db, "old", NOW - timedelta(minutes=11), {})
    await hints.post(db, "new", NOW - timedelta(minutes=9), {})
    await sweep(db, SetClock(NOW))
    async with db.use() as connection:
        for query, left in (
            ("select token from sessions", b"lasts"),
            ("select process from presence", "here"),
            ("select process from hints", "new"),
        ):
            assert [row[0] for row in await connection.fetch(query)] == [left]


async def test_a_server_that_starts_keeps_house_by_itself(config: Config, dsn: str) -> None:
    ahead = month(85)
    connection = await asyncpg.connect(dsn)
    for table in PARTITIONED:
        await connection.execute(f"drop table {table}_{ahead}")
    await connection.close()
    async with running(config, dsn), asyncio.timeout(10):
        for table in PARTITIONED:
            while ahead not in await months(dsn, table):
                await asyncio.sleep(0.05)
