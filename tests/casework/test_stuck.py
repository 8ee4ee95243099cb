"""Somebody holds a lock and has gone silent, or one ticket is slow: its neighbours are served all the same."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatserver.store import archive, database
from tests.casework.road import Road, refused, road
from tests.cast import LI, WANG

TOLD_WITHIN = 3.0
#: A process like ours that is stopped where it hurts most: after the lock, before the commit.
STOPPED = """
import asyncio, sys
from chatserver.store.database import Database

async def main():
    db = Database(sys.argv[1], size=1)
    await db.open()
    async with db.pool.acquire() as connection, connection.transaction():
        await connection.fetch(sys.argv[2])
        print("holds", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
SLOWLY = """
create function slowly() returns trigger language plpgsql as
$$ begin perform pg_sleep(30); return new; end $$;
create trigger slowly before update on tickets for each row when (new.number = '{}')
execute function slowly();
"""


@asynccontextmanager
async def stopped(dsn: str, lock: str) -> AsyncIterator[None]:
    """A process that has done `lock` in a transaction and runs no more."""
    held = asyncio.subprocess
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STOPPED, dsn, lock), stdout=held.PIPE, stderr=held.DEVNULL
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"holds\n"
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.kill()
        await process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix")
async def test_a_stopped_process_holds_up_its_tickets_alone_and_those_for_seconds(
    one: Road, dsn: str
) -> None:
    numbers = [await one.ask(person, f"q-{n}") for n in range(8) for person in (WANG, LI)]
    held = numbers[1::4]
    names = ", ".join(f"'{number}'" for number in held)
    lock = f"select 1 from tickets where number in ({names}) for update"  # noqa: S608
    async with stopped(dsn, lock):
        begun = time.monotonic()
        for turn, within in enumerate((TOLD_WITHIN, 1.0)):  # who holds is known the second time
            at = time.monotonic()
            outcomes = await asyncio.gather(
                *(
                    one.say_later((WANG, LI)[n % 2], number, f"c-{turn}-{k}", "x")
                    for n, number in enumerate(numbers)
                    for k in range(3)
                ),
                return_exceptions=True,
            )
            assert time.monotonic() - at < within
            assert [getattr(outcome, "code", "") for outcome in outcomes] == [
                "unavailable" if number in held else "" for number in numbers for _ in range(3)
            ]
        assert (await one.open(WANG, "q-9")).ticket.number
        while True:  # the lock ends although its process does not
            try:
                await one.say(LI, held[0], "again", "x")
                break
            except Exception:  # noqa: BLE001
                assert time.monotonic() - begun < 15
                await asyncio.sleep(0.2)
    assert not await archive.verify(one.db)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix")
async def test_a_process_stopped_while_it_draws_a_serial_holds_up_openings_alone(
    one: Road, dsn: str
) -> None:
    number = await one.ask(WANG)
    async with stopped(dsn, "update serials set last = last + 1"):
        opens = [asyncio.create_task(one.open(LI, f"q-{n}")) for n in range(4)]
        await asyncio.sleep(0)
        await one.say(WANG, number, "c-1", "x")
        for opening in opens:
            assert (await refused(opening)).code == "unavailable"
        begun = time.monotonic()
        await one.say(WANG, number, "c-2", "x")
        assert time.monotonic() - begun < 0.5
    assert await one.seqs(number) == [1, 2, 3]


async def test_who_sits_silent_in_a_transaction_is_put_out(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.SETTINGS, "idle_in_transaction_session_timeout", "300ms")
    async with road(dsn) as silent, road(dsn, process="two") as other:
        number = await silent.ask(WANG)
        own = await silent.db.connect()
        await own.execute("begin")
        await own.fetch("select 1 from tickets where number = $1 for update", number)
        await other.say(WANG, number, "c-1", "x")  # waits for its turn, and is not refused
        with pytest.raises(database.UNREACHABLE):
            await own.fetch("select 1")


@pytest.mark.parametrize("talked", [True, False])
async def test_a_slow_ticket_holds_up_itself_alone(one: Road, talked: bool) -> None:
    numbers = [await one.ask((WANG, LI)[n % 2], f"q-{n}") for n in range(20)]
    owner = await one.db.owner()
    await owner.execute(SLOWLY.format(numbers[7]))
    if not talked:  # not on the shelf: the rows are locked first
        one.casework.transactions.shelf.drop(numbers)
    for turn in range(3):
        calls = [
            one.say_later((WANG, LI)[n % 2], number, f"c-{turn}", "x")
            for n, number in enumerate(numbers)
        ]
        begun = time.monotonic()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert time.monotonic() - begun < (1.2 if turn else TOLD_WITHIN)  # apart, once it is known
        codes = [getattr(outcome, "code", "") for outcome in outcomes]
        assert codes == ["unavailable" if n == 7 else "" for n in range(20)]
    await owner.execute("drop trigger slowly on tickets")
    await owner.close()
    await asyncio.sleep(1.0)
    assert (await one.say(LI, numbers[7], "c-0", "x")).own is not None
    assert await one.seqs(numbers[7]) == [1, 2]
    assert await one.seqs(numbers[8]) == [1, 2, 3, 4]
    assert not await archive.verify(one.db)
    assert not one.casework.transactions._stuck
