"""Deadlines fire once, never early and in time: while processes are killed, and when clocks are set."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from bench.deadlines import FIRED, SPREAD, Process, measure, open_tickets
from chatserver.clock import Clock
from chatserver.timers.deadlines import Deadlines
from tests.casework.road import Road, road
from tests.cast import WANG
from tests.clients import until
from tests.extent import extent

COUNT, KILLS = int(os.environ.get("DEADLINES", "400")), extent(2, 4)


@pytest.mark.timeout(120)
async def test_each_fires_once_and_in_time_while_processes_are_killed(
    dsn: str, tmp_path: Path
) -> None:
    """Any process by chance; lateness counts while a server is there, since a start takes what it takes."""
    found = await measure(dsn, tmp_path, count=COUNT, seconds=1.5 * KILLS, kills=KILLS)
    assert (found.deadlines, found.kills) == (COUNT, KILLS)
    assert (found.never, found.twice, found.early) == (0, 0, 0), found
    assert found.served_p99 <= 2.0 and found.served_worst <= 5.0, found


async def test_what_fell_due_while_no_server_ran_fires_before_the_next_one_is_ready(
    dsn: str, tmp_path: Path
) -> None:
    await open_tickets(dsn, 50)
    owner = await asyncpg.connect(dsn)
    await owner.execute(SPREAD, datetime.now(UTC) - timedelta(hours=1), 60)
    server = Process(dsn, tmp_path / "server.log")
    try:
        await until(server.ready, 40)
        ready_at = datetime.now(UTC)
        rows = await owner.fetch(FIRED)
        assert [row["fired"] for row in rows] == [1] * 50
        assert all(row["at"] < ready_at for row in rows)
    finally:
        server.kill()
        await owner.close()


class Steps(Clock):
    """The system's clock, set by `by`."""

    by = timedelta()

    def wall(self) -> float:
        return super().wall() + self.by.total_seconds()


async def lapsed(one: Road) -> int:
    rows = await one.fetch("select count(*) from journal where kind = 'lapsed'")
    return int(rows[0][0])


async def fires(one: Road) -> None:
    async with asyncio.timeout(10):
        while not await lapsed(one):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("hours", [1.5, -1.5])
async def test_a_clock_that_is_set_fires_nothing_early_and_nothing_twice(
    dsn: str, hours: float
) -> None:
    clock = Steps()
    async with road(dsn, clock=clock, live_answer_within=timedelta(seconds=2)) as one:
        timer = Deadlines(one.db, one.casework, clock)
        task = asyncio.create_task(timer.run())
        number = await one.ask(WANG)
        await fires(one)
        one.casework.transactions.figures = one.figures.__class__(
            live_answer_within=timedelta(hours=1)
        )
        other = await one.ask(WANG, "q-2")
        clock.by = timedelta(hours=hours)
        await one.say(WANG, other, "c-1", "公司还没有回复。")
        for _ in range(4):
            timer._wake.set()
            await asyncio.sleep(0.3)
        assert await lapsed(one) == 1
        clock.by = timedelta()
        await asyncio.sleep(1.2)
        assert await lapsed(one) == 1
        task.cancel()
        rows = await one.fetch("select ticket, at from journal where kind = 'lapsed'")
        assert [row["ticket"] for row in rows] == [number]
        assert rows[0]["at"] <= datetime.now(UTC)


async def test_what_is_due_by_the_databases_clock_still_fires_while_the_systems_is_ahead(
    dsn: str,
) -> None:
    clock = Steps()
    async with road(dsn, clock=clock, live_answer_within=timedelta(seconds=3)) as one:
        task = asyncio.create_task(Deadlines(one.db, one.casework, clock).run())
        await one.ask(WANG)
        clock.by = timedelta(hours=1)
        await fires(one)
        task.cancel()
