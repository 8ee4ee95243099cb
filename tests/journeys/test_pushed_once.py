"""`kill -9` of a server that is telling browsers: none is forgotten, and what may come twice is one note."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from chatserver.clock import Clock
from chatserver.rules import answering
from chatserver.store import devices, people, sessions
from chatserver.store.database import Database
from chatserver.store.devices import Device
from tests.casework.road import Road, road
from tests.cast import CHEN, Person
from tests.journeys.test_kill import Mortal
from tests.journeys.test_told_once import TEXT, until
from tests.timers.sinks import PushService, Talk, push_service

#: Where each push's process is killed, in the order in which they reach the push service.
POINTS = ("call", "taken", "recording", "done")
KEY = "QEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEA"


async def asked(one: Road, service: PushService, n: int) -> None:
    """A citizen whose browser is to be told, and the answer to their question."""
    who = Person(f"told{n}", "citizen", "某人")
    now = one.clock.now()
    account, _ = await people.add(
        one.db, role="citizen", login=who.login, password=who.password, now=now
    )
    version, _, _ = await sessions.agreement(one.db)
    await sessions.accept(one.db, account.id, version, now)
    browser = service.subscribe(who.login)
    device = Device(browser.endpoint, browser.point, browser.auth, "zh")
    await devices.keep(one.db, account.id, b"", device, now)
    one.accounts[who.login] = account
    number = await one.ask(who, kind="message", body=TEXT)
    await one.act("claim", answering.claim, number, one.actor(CHEN))
    await one.say(CHEN, number, "a-1", "可以投诉。", answer=True)


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_killed_at_each_step_it_forgets_no_browser_and_a_double_is_the_same_note(
    db: Database, tmp_path: Path
) -> None:
    async with (
        road(db.dsn, clock=Clock(), channels=("browser",)) as one,
        push_service() as service,
    ):
        for n in range(len(POINTS)):
            await asked(one, service, n)
        server = Mortal(db.dsn, tmp_path / "server.log")
        server.environ["CHATSERVER_VAPID_KEY"] = KEY
        held: dict[str, str] = {}
        for_ever = asyncio.Event()
        lock = await asyncpg.connect(db.dsn)

        async def stick(step: str, talk: Talk) -> None:
            point = POINTS[talk.place]
            if step == "taken" and point == "recording":
                await lock.execute("begin")
                sql = "select id from outbox where device = $1 for update"
                browser = service.browsers[talk.recipient]
                device = Device(browser.endpoint, b"", b"", "")
                assert len(await lock.fetch(sql, device.id)) == 1
            if step == "taken" or point == "call":
                held[point] = talk.recipient.strip("/")
            if step == point:
                await for_ever.wait()

        async def undone() -> int:
            rows = await one.fetch("select id from outbox where done_at is null")
            return len(rows)

        async def all_stuck() -> bool:
            return len(held) == len(POINTS) and await undone() == len(POINTS) - 1

        async def all_done() -> bool:
            return await undone() == 0

        service.at = stick
        server.start()
        await until(all_stuck, server)
        await asyncio.sleep(0.3)  # what was answered last has been heard
        server.kill()
        # What the dead process had asked of the database ends with its machine.
        owner = await one.db.owner()
        ended = await owner.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        )
        assert len(ended) == 1
        await owner.close()
        await lock.close()
        for_ever.set()
        before = {point: len(service.told(name)) for point, name in held.items()}
        assert before == {"call": 0, "taken": 1, "recording": 1, "done": 1}

        service.at = free
        await one.fetch("update outbox set leased_until = $1, due_at = $1", one.clock.now())
        server.start()
        await until(all_done, server)
        server.kill()
        told = {point: service.told(name) for point, name in held.items()}
        assert {point: len(notes) for point, notes in told.items()} == {
            "call": 1,
            "taken": 2,  # taken, and we did not live to hear it
            "recording": 2,  # heard, and we did not live to write it down
            "done": 1,
        }
        for point, (first, *more) in told.items():
            assert all(note == first for note in more), point
            topics = {h["Topic"] for path, h, _ in service.calls if path == f"/{held[point]}"}
            assert len(topics) == 1, point


async def free(step: str, talk: Talk) -> None:
    """Nothing in the way."""
