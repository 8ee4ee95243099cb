"""`kill -9` of a server that is telling people: nothing is forgotten, and what may come twice is known and says so."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chatserver.clock import Clock
from chatserver.rules import answering
from chatserver.store import people, sessions
from chatserver.store.database import Database
from chatserver.timers import letters
from tests.casework.road import Road, road
from tests.cast import CHEN, Person
from tests.extent import extent
from tests.journeys.test_kill import Mortal
from tests.timers.sinks import Gateway, MailServer, Talk, gateway, mail_server

pytest.importorskip("aiosmtplib")
CHANNELS = ("mail", "webhook")
#: Where a mail's process is killed, in the order in which the letters reach the mail server.
MAIL_POINTS = ("banner", "rcpt", "handing", "data", "text", "recording", "done")
#: The same for the gateway; the last ones are left to go through.
CALL_POINTS = ("call", "taken", "recording", "done", "done", "done", "done")
TEXT = "公司拖欠工资，应当向哪里反映？"


@dataclass
class Scene:
    """A server process between a database and the receivers of what it sends."""

    road: Road
    server: Mortal
    mails: MailServer
    sms: Gateway
    locks: AsyncExitStack
    held: dict[str, str] = field(default_factory=dict)

    async def asked(self, n: int) -> None:
        """A citizen with an address, and the answer to their question."""
        who = Person(f"told{n}", "citizen", "某人")
        account, _ = await people.add(
            self.road.db, role="citizen", login=who.login, password=who.password, now=self.now
        )
        version, _, _ = await sessions.agreement(self.road.db)
        await sessions.accept(self.road.db, account.id, version, self.now)
        await self.road.fetch(
            "update accounts set email = $2 where id = $1", account.id, address(who.login)
        )
        self.road.accounts[who.login] = account
        number = await self.road.ask(who, kind="message", body=TEXT)
        await self.road.act("claim", answering.claim, number, self.road.actor(CHEN))
        await self.road.say(CHEN, number, "a-1", "可以投诉。", answer=True)

    @property
    def now(self) -> Any:
        return self.road.clock.now()

    async def lock(self, channel: str, login: str) -> None:
        """Holds this letter's row, so that what becomes of it cannot be recorded."""
        connection = await asyncpg.connect(self.road.db.dsn)
        self.locks.push_async_callback(connection.close)
        await connection.execute("begin")
        found = await connection.fetch(
            "select id from outbox where channel = $1 and account = $2 for update",
            channel,
            self.road.accounts[login].id,
        )
        assert len(found) == 1

    async def rows(self) -> list[Any]:
        return list(await self.road.fetch("select * from outbox order by id"))

    async def undone(self) -> int:
        return sum(row["done_at"] is None for row in await self.rows())

    async def time_of_the_lease_passes(self) -> None:
        await self.road.fetch("update outbox set leased_until = $1, due_at = $1", self.now)


def address(login: str) -> str:
    return f"{login}@example.test"


@asynccontextmanager
async def scene(db: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    async with (
        road(db.dsn, clock=Clock(), channels=CHANNELS) as one,
        mail_server() as mails,
        gateway() as sms,
        AsyncExitStack() as locks,
    ):
        server = Mortal(db.dsn, tmp_path / "server.log")
        server.environ |= {
            "CHATSERVER_SMTP_URL": mails.url,
            "CHATSERVER_MAIL_FROM": "no-reply@example.test",
            "CHATSERVER_WEBHOOK_URL": sms.url,
            "CHATSERVER_WEBHOOK_SECRET": "0123456789abcdef",
        }
        yield Scene(one, server, mails, sms, locks)
        if server.process is not None and server.process.poll() is None:
            server.kill()


async def until(holds: Callable[[], Any], server: Mortal, seconds: float = 30) -> None:
    for _ in range(int(seconds * 20)):
        found = holds()
        if await found if asyncio.iscoroutine(found) else found:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not in {seconds} s\n{server.told()}")


def hold(there: Scene) -> asyncio.Event:
    """Each letter gets stuck at a point of its own, as they come, until the event."""
    for_ever = asyncio.Event()

    async def mail(step: str, talk: Talk) -> None:
        point = MAIL_POINTS[talk.place]
        if step == point:
            there.held[f"mail {point}"] = talk.recipient
            await for_ever.wait()
        elif (point, step) in (("handing", "rcpt"), ("recording", "text")):
            await there.lock("mail", talk.recipient.partition("@")[0])
            there.held[f"mail {point}"] = talk.recipient
        elif point == "done" and step == "text":
            there.held["mail done"] = talk.recipient

    async def call(step: str, talk: Talk) -> None:
        point = CALL_POINTS[talk.place]
        if step == point:
            there.held[f"webhook {point}"] = talk.recipient
            await for_ever.wait()
        elif point == "recording" and step == "taken":
            await there.lock("webhook", talk.recipient)
            there.held["webhook recording"] = talk.recipient

    there.mails.at, there.sms.at = mail, call
    return for_ever


async def killed_at_each_point(there: Scene) -> None:
    stuck = len(MAIL_POINTS) + len(CALL_POINTS) - CALL_POINTS.count("done")

    async def all_stuck() -> bool:
        done = CALL_POINTS.count("done") + 1
        waiting = len(there.held) == stuck
        return waiting and len(MAIL_POINTS) + len(CALL_POINTS) - await there.undone() == done

    there.server.start()
    await until(all_stuck, there.server)
    await asyncio.sleep(0.3)  # what was answered last has been heard
    there.server.kill()
    # What the dead process had asked of the database and nobody waits for: it ends with its machine.
    waiting = (
        "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
    )
    owner = await there.road.db.owner()
    ended = await owner.fetch(f"{waiting} and datname = current_database()")
    assert len(ended) == 3
    await owner.close()
    await there.locks.aclose()


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_killed_at_each_step_it_forgets_nothing_and_doubles_only_what_it_cannot_know(
    db: Database, tmp_path: Path
) -> None:
    async with scene(db, tmp_path) as there:
        for n in range(len(MAIL_POINTS)):
            await there.asked(n)
        held = hold(there)
        await killed_at_each_point(there)
        held.set()
        before = {point: len(there.mails.to(to)) for point, to in there.held.items()}
        handed = {
            row["id"] for row in await there.rows() if row["handed_at"] and not row["done_at"]
        }
        there.mails.at = there.sms.at = free
        await there.time_of_the_lease_passes()
        there.server.start()
        await until(lambda: all_done(there), there.server)
        there.server.kill()

        # Nothing is forgotten; the gateway, which knows an id again, did each thing once.
        assert len(there.sms.sent) == len(MAIL_POINTS)
        assert {told["to"] for told in there.sms.sent.values()} == {
            login for login in there.road.accounts if login.startswith("told")
        }
        copies = {
            point.removeprefix("mail "): there.mails.to(to)
            for point, to in there.held.items()
            if point.startswith("mail")
        }
        copies |= {"banner": there.mails.to(the_silent_one(there))}
        assert {point: len(found) for point, found in copies.items()} == {
            "banner": 1,
            "rcpt": 1,
            "handing": 1,
            "data": 1,
            "text": 2,  # taken, and we did not live to hear it
            "recording": 2,  # heard, and we did not live to write it down
            "done": 1,
        }
        assert before["mail text"] == before["mail recording"] == 1 and before["mail data"] == 0
        # What may come twice was known before it went, is one message to programs, and says so to people.
        for point, found in copies.items():
            told = [letters.AGAIN in message.get_content() for message in found]
            in_doubt = point in ("data", "text", "recording")
            assert told == [False] * (len(found) - 1) + [in_doubt], point
            assert len({message["Message-ID"] for message in found}) == 1
        assert len([id for id in handed if id.endswith("mail")]) == 3


def the_silent_one(there: Scene) -> str:
    """Who was to be written to when the mail server had not even said its name."""
    named = {to for point, to in there.held.items() if point.startswith("mail")} - {""}
    everyone = {address(login) for login in there.road.accounts if login.startswith("told")}
    (one,) = everyone - named
    return one


async def free(step: str, talk: Talk) -> None:
    """Nothing in the way."""


async def all_done(there: Scene) -> bool:
    return await there.undone() == 0


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_killed_at_any_moment_it_tells_everyone_and_no_double_comes_unsaid(
    db: Database, tmp_path: Path
) -> None:
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    chance = random.Random(seed)
    people_told = extent(15, 30)
    async with scene(db, tmp_path) as there:

        async def slowly(step: str, talk: Talk) -> None:
            await asyncio.sleep(chance.uniform(0, 0.1))

        there.mails.at = there.sms.at = slowly
        for n in range(people_told):
            await there.asked(n)
        kills = int(os.environ.get("KILLS", extent("2", "4")))
        for _ in range(kills):
            begun = len(there.mails.talks) + there.sms.places
            there.server.start()
            if await there.undone():
                await until(
                    lambda: len(there.mails.talks) + there.sms.places > begun,  # noqa: B023
                    there.server,
                )
            await asyncio.sleep(chance.uniform(0, 0.5))
            there.server.kill()
            await there.time_of_the_lease_passes()
        there.server.start()
        await until(lambda: all_done(there), there.server, 60)
        there.server.kill()
        told = f"seed {seed}, {kills} kills, {len(there.mails.taken)} mails"
        assert len(there.sms.sent) == people_told, told
        for n in range(people_told):
            first, *more = there.mails.to(address(f"told{n}"))
            assert all(letters.AGAIN in copy.get_content() for copy in more), told
            assert {copy["Message-ID"] for copy in more} <= {first["Message-ID"]}, told
        print(told)


@pytest.mark.slow
@pytest.mark.timeout(60)
async def test_an_answer_acknowledged_just_before_the_end_is_told_after_it(
    db: Database, tmp_path: Path
) -> None:
    async with scene(db, tmp_path) as there:
        await there.asked(1)
        assert await there.undone() == 2
        there.server.start()
        there.server.kill()
        there.server.start()
        await until(lambda: all_done(there), there.server)
        there.server.kill()
        assert len(there.mails.taken) == len(there.sms.calls) == 1
