"""The outbox: written with its cause, delivered once, retried until it is; to real receivers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiohttp import web

from chatserver.config import Config
from chatserver.rules import experts
from chatserver.store import outbox
from chatserver.timers.outbox import TEXTS, Post
from chatserver.timers.webhook import Undelivered, Webhook, permitted, signature
from tests.casework.road import Road, SetClock, road
from tests.cast import CHEN, WANG

SECRET = "0123456789abcdef"
ANSWER = "可以向劳动监察部门投诉。"


@dataclass
class Gateway:
    """What came to it; `status` is what it answers."""

    url: str = ""
    status: int = 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.calls.append((dict(request.headers), await request.read()))
        headers = {"Location": "/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, headers=headers)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    one = Gateway()
    app = web.Application()
    app.router.add_post("/{path:.*}", one.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    one.url = f"http://127.0.0.1:{port}/sms"
    yield one
    await runner.cleanup()


@asynccontextmanager
async def mail_server() -> AsyncIterator[tuple[int, list[bytes]]]:
    """The least that a client of SMTP can talk to."""
    taken: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            word = line.strip().upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                taken.append(await reader.readuntil(b"\r\n.\r\n"))
            if word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            writer.write(b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], taken
    server.close()


async def answered(one: Road) -> str:
    """The number of a ticket of Wang's that has just been answered."""
    number = await one.meet(WANG, CHEN)
    await one.say_later(CHEN, number, "a-1", ANSWER, answer=True)
    return number


async def rows(one: Road) -> list[Any]:
    return list(await one.fetch("select * from outbox order by created_at, id"))


def post(one: Road, config: Config, **settings: Any) -> Post:
    return Post(one.db, one.clock, replace(config, **settings))


async def test_nothing_is_written_while_nothing_is_configured(dsn: str) -> None:
    async with road(dsn) as one:
        await answered(one)
        assert await rows(one) == []


async def test_an_answer_and_a_correction_are_written_with_their_cause(dsn: str) -> None:
    async with road(dsn, channels=("mail", "webhook")) as one:
        number = await answered(one)
        (first,) = await rows(one)  # no e-mail address is known
        assert (first["channel"], first["kind"], first["recipient"]) == (
            "webhook",
            "answer",
            "wang",
        )
        await one.act(
            "correct", experts.correct, number, one.actor(CHEN), "a-2", "更正", 3, "引用有误"
        )
        assert [row["kind"] for row in await rows(one)] == ["answer", "correction"]


async def test_a_signed_call_tells_a_number_and_a_link_and_nothing_else(
    dsn: str, config: Config
) -> None:
    async with road(dsn, channels=("webhook",)) as one, gateway() as sms:
        number = await answered(one)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        assert await there.deliver() == 1 and await there.deliver() == 0
        ((headers, body),) = sms.calls
        told = json.loads(body)
        assert (told["number"], told["kind"], told["to"]) == (number, "answer", "wang")
        assert number in told["text"] and ANSWER not in body.decode() and "王" not in body.decode()
        assert headers["X-Chatserver-Id"] == told["id"]
        stamp = headers["X-Chatserver-Timestamp"]
        assert abs(int(stamp) - one.clock.now().timestamp()) <= 1
        right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["X-Chatserver-Signature"] == f"sha256={right}"
        assert signature(SECRET, int(stamp) + 1, body) != headers["X-Chatserver-Signature"]


@pytest.mark.parametrize("status", [302, 400, 500])
async def test_what_is_not_taken_is_tried_again_later_under_the_same_id(
    dsn: str, config: Config, status: int
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        await answered(one)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        sms.status = status
        assert await there.deliver() == 1 and await there.deliver() == 0
        clock.move(timedelta(seconds=5))
        assert await there.deliver() == 1
        clock.move(timedelta(seconds=9))
        assert await there.deliver() == 0
        clock.move(timedelta(seconds=1))
        sms.status = 200
        assert await there.deliver() == 1
        clock.move(timedelta(days=1))
        assert await there.deliver() == 0
        assert len(sms.calls) == 3 and len({h["X-Chatserver-Id"] for h, _ in sms.calls}) == 1


async def test_two_processes_send_it_once_and_a_dead_ones_share_is_taken_over(
    dsn: str, config: Config
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        await answered(one)
        both = [post(one, config, webhook_url=sms.url, webhook_secret=SECRET) for _ in range(2)]
        (died,) = await outbox.claim(one.db, clock.now(), 10)
        assert [await there.deliver() for there in both] == [0, 0]
        clock.move(outbox.LEASE + timedelta(seconds=1))
        assert sum(await asyncio.gather(*(there.deliver() for there in both))) == 1
        assert [headers["X-Chatserver-Id"] for headers, _ in sms.calls] == [died.id]


async def test_a_letter_goes_by_smtp_to_who_left_an_address(dsn: str, config: Config) -> None:
    pytest.importorskip("aiosmtplib")
    async with road(dsn, channels=("mail",)) as one, mail_server() as (port, taken):
        await one.fetch("update accounts set email = 'wang@example.test' where login = 'wang'")
        number = await answered(one)
        there = post(
            one, config, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="no-reply@example.test"
        )
        assert await there.deliver() == 1 and await there.deliver() == 0
        message = message_from_bytes(taken[0], policy=policy.default)
        text = message.get_content()
        assert message["To"] == "wang@example.test" and number in message["Subject"]
        assert number in text and "/consult" in text and ANSWER not in text
        assert message["Message-ID"].startswith(f"<{number}.")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("93.184.216.34", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_only_public_addresses_are_called(address: str, good: bool) -> None:
    assert permitted(address, loopback=False) is good


async def test_a_name_that_leads_home_is_not_called() -> None:
    async with gateway() as sms:
        port = sms.url.split(":")[2]
        for url in (
            sms.url,
            f"https://localhost:{port}",
            f"https://127.0.0.1:{port}",
            "https://[::1]/",
        ):
            with pytest.raises(Undelivered):
                await Webhook(url, SECRET).send("1", b"{}", 0)
        with pytest.raises(Undelivered):
            await Webhook(f"http://localhost:{port}", SECRET).send("1", b"{}", 0)
        assert sms.calls == []


def test_every_kind_has_its_words() -> None:
    assert set(TEXTS) == set(outbox.KINDS.values())
