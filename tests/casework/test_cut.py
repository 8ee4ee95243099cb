"""The line to PostgreSQL breaks, at the COMMIT above all: nothing is lost and nothing is stored twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chatserver.rules.articles import Refused
from chatserver.store import archive
from tests.casework.proxy import FATES, Proxy, proxied
from tests.casework.road import Road, refused, road
from tests.cast import CHEN, LI, WANG

CUTS = int(os.environ.get("CUTS", "45"))
#: Within this a caller must hear something, and the road must be back after the database.
TOLD_WITHIN, BACK_WITHIN = 3.0, 5.0


@pytest.fixture
async def proxy(dsn: str) -> AsyncIterator[Proxy]:
    with tempfile.TemporaryDirectory(prefix="cut-") as folder:
        async with proxied(dsn, Path(folder)) as one:
            yield one


@pytest.fixture
async def one(dsn: str, proxy: Proxy) -> AsyncIterator[Road]:
    """A road that reaches the database through the proxy; the tests look at it directly."""
    async with road(dsn, away=proxy.away) as only:
        yield only


async def stubborn(call: Callable[[], Awaitable[Any]]) -> Any:
    """What a client does: the same call under the same id until it is acknowledged."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await call()
            except Refused as error:
                if error.code != "unavailable":
                    raise
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("fate", FATES)
async def test_a_message_whose_commit_is_cut_is_settled(one: Road, proxy: Proxy, fate: str) -> None:
    number = await one.ask(WANG)
    proxy.fates.append(fate)
    said = await one.say(WANG, number, "c-1", "补充")
    assert said.own is not None and said.own.seq == 2 and proxy.befell[fate] == 1
    assert await one.seqs(number) == [1, 2], "acknowledged and not stored"
    assert (await one.say(WANG, number, "c-1", "补充")).own == said.own
    assert await one.seqs(number) == [1, 2]


@pytest.mark.parametrize("fate", FATES)
async def test_an_opening_whose_commit_is_cut_is_settled(
    one: Road, proxy: Proxy, fate: str
) -> None:
    proxy.fates.append(fate)
    first = (await stubborn(lambda: one.open(WANG))).ticket.number
    assert (await one.open(WANG)).ticket.number == first
    assert (await one.ask(LI))[11:17] == "000002"
    assert not await archive.verify(one.db)


@pytest.mark.parametrize("fate", FATES)
async def test_an_act_without_an_id_is_settled_too(one: Road, proxy: Proxy, fate: str) -> None:
    """A second try would say `conflict` of what the first has done."""
    number = await one.ask(WANG)
    await one.offer(CHEN, number)
    proxy.fates.append(fate)
    accepted = await one.accept(CHEN, number)
    assert accepted.ticket.assignee == CHEN.staff_no and proxy.befell[fate] == 1
    rows = await one.fetch("select kind from journal where ticket = $1", number)
    assert [row["kind"] for row in rows].count("accepted") == 1


async def test_what_cannot_be_settled_is_unavailable_and_not_tried_again(
    one: Road, proxy: Proxy
) -> None:
    number = await one.ask(WANG)
    await one.offer(CHEN, number)
    proxy.fates.extend(["swallowed", "lost"])  # the commit, and then the question after it
    said = one.say_later(WANG, number, "c-1", "补充")
    accepting = one.accept(CHEN, number)
    told = [await refused(call) for call in (accepting, said)]
    assert [error.code for error in told] == ["unavailable", "unavailable"]
    assert not proxy.fates
    assert (await one.say(WANG, number, "c-1", "补充")).replayed
    assert (await refused(one.accept(CHEN, number))).code == "conflict"
    assert await one.seqs(number) == [1, 2]


@pytest.mark.slow
async def test_many_cuts_under_load_lose_nothing_and_store_nothing_twice(
    one: Road, proxy: Proxy
) -> None:
    chance = random.Random(23)
    numbers = [await one.meet(WANG, CHEN, f"q-{turn}") for turn in range(3)]
    acknowledged: dict[str, dict[str, int]] = {number: {} for number in numbers}

    async def client(name: str, number: str) -> None:
        for turn in range(CUTS):
            id = f"{name}-{turn}"
            person = chance.choice((WANG, CHEN))
            said = await stubborn(lambda: one.say(person, number, id, f"第{id}句"))  # noqa: B023
            assert said.own is not None and said.own.seq is not None
            acknowledged[number][id] = said.own.seq

    async def asker() -> None:
        for turn in range(CUTS // 5):
            await stubborn(lambda: one.open(LI, f"li-{turn}"))  # noqa: B023

    clients = [client(f"m{turn}", number) for turn, number in enumerate(numbers * 2)]
    work = asyncio.gather(asker(), *clients)
    for _ in range(CUTS):
        if work.done():
            break
        proxy.fates.append(chance.choice(FATES))
        while proxy.fates and not work.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await asyncio.sleep(chance.random() * 0.01)
    await work

    assert all(proxy.befell[fate] for fate in FATES)
    for number in numbers:
        rows = await one.fetch("select id, seq from messages where ticket = $1", number)
        stored = {row["id"]: row["seq"] for row in rows}
        assert len(stored) == len(rows), "an id stored twice"
        assert acknowledged[number].items() <= stored.items()
        assert await one.seqs(number) == list(range(1, len(rows) + 1))
    opened = await one.fetch("select number from tickets order by number")
    assert [int(row["number"][11:17]) for row in opened] == list(range(1, 4 + CUTS // 5))
    assert not await archive.verify(one.db)


async def test_a_storm_of_terminated_connections_loses_nothing(dsn: str) -> None:
    async with road(dsn) as one:
        number = await one.ask(WANG)
        owner = await asyncpg.connect(dsn)
        seqs: list[int] = []

        async def client() -> None:
            for turn in range(60):
                said = await stubborn(lambda: one.say(WANG, number, f"c-{turn}", "补充"))  # noqa: B023
                assert said.own is not None and said.own.seq is not None
                seqs.append(said.own.seq)

        work = asyncio.create_task(client())
        terminated = 0
        chance = random.Random(5)
        while not work.done():
            terminated += await owner.fetchval(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
                " and backend_type = 'client backend'"
            )
            await asyncio.wait([work], timeout=chance.random() * 0.1)
            # Every other cut waits for a message to come through, or a slow machine only connects.
            got, until = len(seqs), time.monotonic() + 3 * (terminated % 2)
            while len(seqs) == got and time.monotonic() < until and not work.done():
                await asyncio.sleep(0.005)
        await work
        await owner.close()
        assert terminated > 1
        # The last cut may have met idle connections of the pool, whose next user is told `unavailable`.
        stored = await stubborn(lambda: one.seqs(number))
        assert seqs == list(range(2, 62)) and stored == [1, *seqs]
        assert not await stubborn(lambda: archive.verify(one.db))


async def test_a_database_that_hangs_is_told_within_three_seconds_and_used_again_within_five(
    one: Road, proxy: Proxy
) -> None:
    number = await one.ask(WANG)
    proxy.stall()

    async def told(turn: int) -> float:
        await asyncio.sleep(turn * 0.3)
        begun = time.monotonic()
        assert (await refused(one.say(WANG, number, f"c-{turn}", "x"))).code == "unavailable"
        return time.monotonic() - begun

    spans = await asyncio.gather(*(told(turn) for turn in range(8)))
    assert max(spans) < TOLD_WITHIN, spans
    proxy.resume()
    begun = time.monotonic()
    for turn in range(8):
        await stubborn(lambda: one.say(WANG, number, f"c-{turn}", "x"))  # noqa: B023
    assert time.monotonic() - begun < BACK_WITHIN
    assert await one.seqs(number) == list(range(1, 10))
    assert not await archive.verify(one.db)


async def test_a_stopped_backend_holds_nobody_up_for_long(dsn: str) -> None:
    async with road(dsn) as one:
        number = await one.ask(WANG)
        pid = one.casework.transactions.connection.get_server_pid()
        try:
            os.kill(pid, signal.SIGSTOP)
        except (ProcessLookupError, PermissionError):
            pytest.skip("the database runs elsewhere")
        try:
            begun = time.monotonic()
            try:
                await one.say(WANG, number, "c-1", "x")
            except Refused as error:
                if error.code != "unavailable":
                    raise
            assert time.monotonic() - begun < TOLD_WITHIN
            said = await stubborn(lambda: one.say(WANG, number, "c-1", "x"))
            assert time.monotonic() - begun < BACK_WITHIN
        finally:
            os.kill(pid, signal.SIGCONT)
        assert said.own is not None and said.own.seq == 2
        assert await one.seqs(number) == [1, 2]


async def test_a_database_that_is_away_is_told_at_once_and_nothing_is_pretended(
    dsn: str, proxy: Proxy
) -> None:
    async with road(dsn, away=proxy.away) as one:
        number = await one.ask(WANG)
        proxy.socket.rename(proxy.socket.with_suffix(".away"))
        one.casework.transactions.connection.terminate()
        begun = time.monotonic()
        assert (await refused(one.say(WANG, number, "c-1", "x"))).code == "unavailable"
        assert (await refused(one.open(LI))).code == "unavailable"
        assert time.monotonic() - begun < TOLD_WITHIN
        proxy.socket.with_suffix(".away").rename(proxy.socket)
        assert (await one.say(WANG, number, "c-1", "x")).own is not None
        assert await one.seqs(number) == [1, 2]
