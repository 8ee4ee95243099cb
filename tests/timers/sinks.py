"""Receivers on real sockets: a mail server and a gateway that can be held, cut or bad-tempered at each step."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass
class Talk:
    """One dialogue with the mail server, the `place`-th that was begun."""

    place: int
    recipient: str = ""


async def go_on(step: str, talk: Any) -> None:
    """Nothing in the way."""


@dataclass
class MailServer:
    """The least that a client of SMTP can talk to. `at` is waited for at `banner`, `rcpt`, `data` (asked
    for, not yet permitted) and `text` (taken for good, not yet said so); `says` answers a step otherwise."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    at: Callable[[str, Talk], Awaitable[None]] = go_on
    says: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, recipient: str) -> list[EmailMessage]:
        """What arrived for one person."""
        return [message for message in self.taken if message["To"] == recipient]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Talk(len(self.talks))
        self.talks.append(talk)
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._talk(talk, reader, writer)
        writer.close()

    async def _talk(
        self, talk: Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        async def answer(step: str, words: bytes) -> None:
            await self.at(step, talk)
            writer.write(self.says.get(step, words) + b"\r\n")
            await writer.drain()

        await answer("banner", b"220 test")
        while line := await reader.readline():
            word = line[:4].upper().strip()
            if word == b"RCPT":
                talk.recipient = line.split(b"<")[1].split(b">")[0].decode()
                await answer("rcpt", b"250 ok")
            elif word == b"DATA":
                await answer("data", b"354 go on")
                if "data" in self.says:
                    continue
                text = await reader.readuntil(b"\r\n.\r\n")
                if "text" not in self.says:
                    self.taken.append(message_from_bytes(text[:-3], policy=policy.default))
                await answer("text", b"250 taken")
            elif word == b"QUIT":
                await answer("quit", b"221 bye")
                return
            else:
                await answer("other", b"250 ok")


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    sink = MailServer()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    yield sink
    server.close()


@dataclass
class Gateway:
    """What came to it; `status` is what it answers. `at` is waited for at `call` (nothing read yet) and
    `taken`. It does what is asked once for each id, as our documentation wants."""

    url: str = ""
    status: int = 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: int = 0
    at: Callable[[str, Talk], Awaitable[None]] = go_on

    async def take(self, request: web.Request) -> web.Response:
        talk = Talk(self.places)
        self.places += 1
        await self.at("call", talk)
        body = await request.read()
        self.calls.append((dict(request.headers), body))
        told = json.loads(body)
        talk.recipient = told.get("to", "")
        self.sent.setdefault(told.get("id", ""), told)
        await self.at("taken", talk)
        headers = {"Location": "/elsewhere"} if self.status in (301, 302, 307, 308) else {}
        return web.Response(status=self.status, headers=headers)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    one = Gateway()
    async with listening(one.take) as url:
        one.url = f"{url}/sms"
        yield one


def mac(key: bytes, *parts: bytes) -> bytes:
    one = hmac.HMAC(key, hashes.SHA256())
    one.update(b"".join(parts))
    return one.finalize()


def url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """A browser that has subscribed: it alone can read what is pushed to it. It opens a message step by step,
    as RFC 8291 (3.4) and RFC 8188 (2.2, 2.3) spell it out, with none of the server's own code."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = secrets.token_bytes(16)

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        keys = {"p256dh": url_safe(self.point), "auth": url_safe(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def opened(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size and len(body) <= 4096
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        agreed = mac(self.auth, self.key.exchange(ec.ECDH(), peer))
        agreed = mac(agreed, b"WebPush: info\x00", self.point, sender, b"\x01")
        prk = mac(salt, agreed)
        key = mac(prk, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = mac(prk, b"Content-Encoding: nonce\x00\x01")[:12]
        cipher = Cipher(algorithms.AES(key), modes.GCM(nonce, sealed[-16:])).decryptor()
        plain = cipher.update(sealed[:-16]) + cipher.finalize()
        padded = plain.rstrip(b"\x00")
        assert padded[-1:] == b"\x02"  # the last record
        return padded[:-1]


@dataclass
class PushService:
    """Passes on what it cannot read; `status` is what it answers, `at` is waited for as at the gateway."""

    url: str = ""
    status: int = 201
    browsers: dict[str, Browser] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    places: int = 0
    at: Callable[[str, Talk], Awaitable[None]] = go_on

    def subscribe(self, name: str) -> Browser:
        one = self.browsers[f"/{name}"] = Browser(f"{self.url}/{name}")
        return one

    def told(self, name: str) -> list[dict[str, Any]]:
        """What this browser was told."""
        browser = self.browsers[f"/{name}"]
        return [
            json.loads(browser.opened(body)) for path, _, body in self.calls if path == f"/{name}"
        ]

    async def take(self, request: web.Request) -> web.Response:
        talk = Talk(self.places, request.path)
        self.places += 1
        await self.at("call", talk)
        body = await request.read()
        if self.status == 201:
            self.calls.append((request.path, dict(request.headers), body))
        await self.at("taken", talk)
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    one = PushService()
    async with listening(one.take) as url:
        one.url = url
        yield one


@asynccontextmanager
async def listening(take: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """The address at which `take` hears every call."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()
