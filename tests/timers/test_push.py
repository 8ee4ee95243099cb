"""Letters to browsers: sealed for one browser each, retried until its service has them, ended when it is gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chatserver.config import Config
from chatserver.rules import answering
from chatserver.store import devices, outbox
from chatserver.store.devices import Device
from chatserver.timers.outbox import Post
from tests.casework.road import Road, SetClock, road
from tests.cast import CHEN, LI, WANG, Person
from tests.timers.sinks import Browser, PushService, Talk, gateway, go_on, push_service
from tests.timers.test_outbox import ANSWER, answer, answered, read_up_to, rows

KEY = bytes(range(1, 33))
SESSION = b"s" * 32


async def subscribe(
    one: Road, service: PushService, name: str, person: Person = WANG, language: str = "zh"
) -> Device:
    """A browser of this person's that asked to be told."""
    browser = service.subscribe(name)
    device = Device(browser.endpoint, browser.point, browser.auth, language)
    await devices.keep(one.db, one.accounts[person.login].id, SESSION, device, one.clock.now())
    return device


def post(one: Road, config: Config, **settings: Any) -> Post:
    return Post(one.db, one.clock, replace(config, vapid_key=KEY, **settings))


async def test_each_browser_is_told_the_number_and_nothing_else(dsn: str, config: Config) -> None:
    async with road(dsn, channels=("browser",)) as one, push_service() as service:
        await subscribe(one, service, "phone")
        await subscribe(one, service, "desk", language="en")
        await subscribe(one, service, "lis", LI)
        number = await answered(one)
        there = post(one, config)
        assert await there.deliver() == 2 and await there.deliver() == 0
        (row, _) = await rows(one)
        assert service.told("phone") == [
            {"number": number, "seq": row["seq"], "title": "您的咨询有了回复"}
        ]
        (english,) = service.told("desk")
        assert english["title"] == "There is an answer to your question"
        assert service.told("lis") == []
        for _, headers, body in service.calls:
            assert headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) > 0
            assert headers["Authorization"].startswith("vapid t=")
            assert len(headers["Topic"]) == 32
            assert number.encode() not in body and ANSWER.encode() not in body


async def test_no_browser_no_letter_and_none_to_who_does_not_want_them(dsn: str) -> None:
    async with road(dsn, channels=("browser", "webhook")) as one, push_service() as service:
        await answered(one)
        assert [row["channel"] for row in await rows(one)] == ["webhook"]
        await subscribe(one, service, "phone")
        await one.fetch("update accounts set not_told_by = '{browser}'")
        await answered(one, "q-2")
        assert "browser" not in [row["channel"] for row in await rows(one)]


async def test_what_was_read_meanwhile_is_not_pushed(dsn: str, config: Config) -> None:
    async with road(dsn, channels=("browser",)) as one, push_service() as service:
        await subscribe(one, service, "phone")
        number = await answered(one)
        await read_up_to(one, number, (await rows(one))[0]["seq"])
        assert await post(one, config).deliver() == 1 and service.calls == []


@pytest.mark.parametrize("status", [302, 400, 403, 429, 500])
async def test_what_a_service_does_not_take_is_tried_again_and_waits_there_once(
    dsn: str, config: Config, status: int
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("browser",)) as one, push_service() as service:
        for name in ("phone", "desk"):
            await subscribe(one, service, name)
        await answered(one)
        there = post(one, config)

        async def bad(step: str, talk: Talk) -> None:
            service.status = status if talk.recipient == "/phone" and talk.place < 4 else 201

        service.at = bad
        assert await there.deliver() == 2 and await there.deliver() == 0
        clock.move(timedelta(seconds=5))
        assert await there.deliver() == 1
        clock.move(timedelta(seconds=9))
        assert await there.deliver() == 0
        clock.move(timedelta(seconds=1))
        service.at = go_on
        service.status = 201
        assert await there.deliver() == 1
        assert len(service.told("phone")) == len(service.told("desk")) == 1
        assert all(row["done_at"] for row in await rows(one)) and service.places == 4
        assert len({headers["Topic"] for _, headers, _ in service.calls}) == 2


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_never_called_again(
    dsn: str, config: Config, status: int
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("browser",)) as one, push_service() as service:
        await subscribe(one, service, "phone")
        await answered(one)
        service.status = status
        there = post(one, config)
        assert await there.deliver() == 1 and service.places == 1
        assert await rows(one) == [] == await one.fetch("select * from devices")
        service.status = 201
        await answered(one, "q-2")
        clock.move(timedelta(days=1))
        assert await there.deliver() == 0 and service.places == 1


async def test_what_waits_for_a_browser_goes_with_it(dsn: str, config: Config) -> None:
    async with road(dsn, channels=("browser",)) as one, push_service() as service:
        device = await subscribe(one, service, "phone")
        await answered(one)
        await subscribe(one, service, "phone", LI)  # the same browser, now another person's
        assert await rows(one) == []
        assert await devices.own(one.db, one.accounts["wang"].id) == []
        assert await devices.own(one.db, one.accounts["lili"].id) == [device.id]
        assert await post(one, config).deliver() == 0 and service.calls == []


async def test_a_duplicate_has_the_name_of_the_first(dsn: str, config: Config) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("browser",)) as one, push_service() as service:
        await subscribe(one, service, "phone")
        number = await one.ask(WANG, kind="message")
        await answer(one, number)
        there = post(one, config)
        (letter,) = await outbox.claim(one.db, clock.now(), 1, ["browser"])
        assert await outbox.hand_over(one.db, letter, clock.now())
        await there._push(letter, _nothing)  # and then the process dies
        clock.move(outbox.LEASE + timedelta(seconds=1))
        assert await there.deliver() == 1
        first, second = service.told("phone")
        assert first == second
        assert len({headers["Topic"] for _, headers, _ in service.calls}) == 1
        assert len({body[:16] for _, _, body in service.calls}) == 2  # sealed anew


async def _nothing() -> None:
    """It was recorded."""


async def test_only_public_services_are_called_where_people_come_over_tls(
    dsn: str, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    async with road(dsn, channels=("browser",)) as one, push_service() as service:
        await subscribe(one, service, "phone")
        inside = Browser(service.url.replace("http:", "https:") + "/desk")
        device = Device(inside.endpoint, inside.point, inside.auth, "zh")
        await devices.keep(one.db, one.accounts["wang"].id, SESSION, device, one.clock.now())
        await answered(one)
        assert await post(one, config, public_url="https://law.example").deliver() == 2
        assert service.places == 0 and caplog.text.count("was not delivered") == 2
        assert service.url not in caplog.text and inside.endpoint not in caplog.text


async def test_a_slow_service_holds_up_no_other_channel(dsn: str, config: Config) -> None:
    channels = ("browser", "webhook")
    async with (
        road(dsn, channels=channels) as one,
        push_service() as service,
        gateway() as sms,
    ):
        await subscribe(one, service, "phone")
        stuck = asyncio.Event()

        async def wait(step: str, talk: Talk) -> None:
            await stuck.wait()

        service.at = wait
        settings = {"webhook_url": sms.url, "webhook_secret": "0123456789abcdef"}
        running = asyncio.create_task(post(one, config, **settings).run())
        for id in ("q-1", "q-2"):
            await answered(one, id)
            async with asyncio.timeout(10):
                while len(sms.calls) < int(id[-1]):
                    await asyncio.sleep(0.05)
        assert service.places >= 1 and service.calls == []
        stuck.set()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_a_host_that_never_answers_holds_up_itself_alone(dsn: str, config: Config) -> None:
    async with road(dsn, channels=("browser",)) as one, push_service() as service:
        held, taken = asyncio.Event(), 0

        async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal taken
            taken += 1
            await held.wait()
            writer.close()

        async with await asyncio.start_server(never, "127.0.0.1", 0) as silent:
            port = silent.sockets[0].getsockname()[1]
            keys = [(await subscribe(one, service, f"w-{n}")) for n in range(devices.MOST)]
            places = [f"http://127.0.0.1:{port}/{n}" for n in range(devices.MOST)]
            await one.fetch(
                "update devices d set endpoint = u.there from"
                " unnest($1::text[], $2::text[]) u (endpoint, there) where d.endpoint = u.endpoint",
                *([key.endpoint for key in keys], places),
            )
            await subscribe(one, service, "lis", LI)
            await answered(one)
            await answered(one, "q-2")
            number = await one.ask(LI, "q-3", kind="message")
            await one.act("claim", answering.claim, number, one.actor(CHEN))
            await one.say_later(CHEN, number, "a-3", ANSWER, answer=True)
            assert len(await rows(one)) == 2 * devices.MOST + 1
            work = asyncio.create_task(post(one, config).run())
            async with asyncio.timeout(5):
                while not service.told("lis"):
                    await asyncio.sleep(0.02)
            # What comes later is not held up either, although nobody has answered yet.
            await one.say_later(CHEN, number, "a-4", ANSWER, answer=True)
            async with asyncio.timeout(5):
                while len(service.told("lis")) < 2:
                    await asyncio.sleep(0.02)
            assert 1 <= taken <= outbox.PER_ACCOUNT
            held.set()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def test_many_accounts_at_one_host_leave_room_for_others(dsn: str, config: Config) -> None:
    async with road(dsn, channels=("browser",)) as one, push_service() as service:
        await subscribe(one, service, "phone")
        await answered(one)
        (letter,) = await outbox.claim(one.db, one.clock.now(), 20, ["browser"])
        assert letter.host == urlsplit(letter.recipient).netloc
        busy = [replace(letter, account=f"a-{n}") for n in range(outbox.PER_HOST - 1)]
        await one.fetch("update outbox set leased_until = null")
        (again,) = await outbox.claim(one.db, one.clock.now(), 20, ["browser"], busy)
        await one.fetch("update outbox set leased_until = null")
        busy.append(replace(again, account="a-9"))
        assert await outbox.claim(one.db, one.clock.now(), 20, ["browser"], busy) == []
