"""Our own server as a contender: set up and filled through the product's own doors."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiohttp
from argon2 import PasswordHasher

from chatserver.rules.people import Account
from chatserver.store import people, sessions
from chatserver.store.database import Database

from .client import Link
from .contenders import HERE, HOST, Contender, Seat
from .postgres import Cluster, free_port

PASSWORD = secrets.token_urlsafe(16)
SETTINGS = {
    "CHATSERVER_CONNECTIONS_PER_ADDRESS": "0",
    "CHATSERVER_CONNECTS_PER_SECOND": "0",
    "CHATSERVER_MESSAGES_PER_SECOND": "0",
    "CHATSERVER_LOGINS_PER_MINUTE": "0",
    "CHATSERVER_STAFF_OTP": "optional",
    "CHATSERVER_IDENTITY": "none",
    "LOG_LEVEL": "warning",
}
QUESTION = "公司拖欠三个月工资，我应该先去劳动仲裁还是直接起诉？"
T = TypeVar("T")


async def in_turns(jobs: Iterable[Awaitable[T]], at_once: int = 20) -> list[T]:
    """The results in order, with at most `at_once` jobs under way."""
    room = asyncio.Semaphore(at_once)

    async def one(job: Awaitable[T]) -> T:
        async with room:
            return await job

    return await asyncio.gather(*(one(job) for job in jobs))


async def add_accounts(
    dsn: str, role: str, logins: Iterable[str], capacity: int = 5, skills: Iterable[str] = ()
) -> list[Account]:
    """Accounts as `chatserver account add` makes them, but for a password hash that costs nothing:
    what a log-in costs is not what is measured here. The password is random, and nobody learns it."""
    careful, people.HASHER = people.HASHER, PasswordHasher(1, 8, 1)
    database = Database(dsn)
    await database.open()
    try:
        return [
            (
                await people.add(
                    database,
                    role=role,
                    login=login,
                    password=PASSWORD,
                    capacity=capacity,
                    skills=skills,
                    now=datetime.now(UTC),
                )
            )[0]
            for login in logins
        ]
    finally:
        people.HASHER = careful
        await database.close()


async def open_sessions(dsn: str, accounts: Iterable[Account]) -> list[str]:
    """Session tokens made straight in the database."""
    database = Database(dsn)
    await database.open()
    try:
        now = datetime.now(UTC)
        return [(await sessions.open(database, account, now))[0] for account in accounts]
    finally:
        await database.close()


@dataclass
class OurServer(Contender):
    """`chatserver serve` on a database of its own, with the limits off."""

    dsn: str = ""
    _seats: list[Seat] = field(default_factory=list)

    @classmethod
    def create(cls, cluster: Cluster) -> OurServer:
        dsn, port = cluster.create("bench_ours"), free_port()
        environ = SETTINGS | {"DATABASE_URL": dsn, "PORT": str(port), "HOST": HOST}
        command = (sys.executable, "-m", "chatserver", "serve")
        return cls("ours", port, command, environ, dsn=dsn)

    async def start(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "chatserver", "migrate"],
            env=os.environ | self.environ,
            cwd=HERE.parent,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        await super().start()

    async def link(self, token: str, *, deflate: bool = False) -> Link:
        """A citizen's connection."""
        return await self._connect("/citizen", token, deflate)

    async def _connect(self, namespace: str, token: str, deflate: bool = False) -> Link:
        return await Link.open(HOST, self.port, namespace, {"token": token}, deflate=deflate)

    async def seat(self, tickets: int, lawyers: int) -> list[Seat]:
        """Everybody signs in, lawyers go on duty, citizens accept the agreement and ask, the router
        offers, lawyers accept and greet."""
        citizens = [f"c{n:05d}" for n in range(tickets)]
        staff = [f"l{n:05d}" for n in range(lawyers)]
        await add_accounts(self.dsn, "citizen", citizens)
        await add_accounts(self.dsn, "lawyer", staff, capacity=-(-tickets // lawyers))
        async with aiohttp.ClientSession(
            f"http://{HOST}:{self.port}", cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            staff_tokens = await in_turns(sign_in(http, login, PASSWORD) for login in staff)
            tokens = await in_turns(sign_in(http, login, PASSWORD) for login in citizens)
            await in_turns(agree(http, token) for token in tokens)
        offers: asyncio.Queue[tuple[str, Link]] = asyncio.Queue()
        for token in staff_tokens:
            lawyer = await self._connect("/lawyer", token)
            _watch_offers(lawyer, offers)
            _ok(await lawyer.call("duty:set", {"status": "on"}))
        links = {}
        for place, token in enumerate(tokens):
            citizen = await self._connect("/citizen", token)
            question = {
                "id": f"open-{place}",
                "kind": "live",
                "category": "labour",
                "body": f"{QUESTION}（{place}）",
                "on_behalf_of": "self",
                "in_litigation": False,
            }
            links[_ok(await citizen.call("ticket:open", question))["ticket"]["number"]] = citizen
        held: dict[str, Link] = {}
        async with asyncio.timeout(120):
            while len(held) < tickets:
                number, lawyer = await offers.get()
                answer = await lawyer.call("ticket:accept", {"number": number})
                if answer["ok"]:
                    held[number] = lawyer
        for number, lawyer in held.items():
            greeting = {"number": number, "id": "greeting", "body": "您好，我来为您解答。"}
            _ok(await lawyer.call("message:send", greeting))
        self._seats = [Seat(number, links[number], held[number]) for number in links]
        return self._seats

    async def stored(self) -> int | None:
        """Messages in the archive, as the tickets themselves count them."""

        async def count(seat: Seat) -> int:
            page = {"number": seat.number, "after_seq": 0, "limit": 1}
            number: int = _ok(await seat.citizen.call("ticket:sync", page))["ticket"]["last_seq"]
            return number

        return sum(await in_turns(count(seat) for seat in self._seats))


def _ok(answer: Any) -> Any:
    if not answer.get("ok"):
        raise SystemExit(f"refused: {json.dumps(answer, ensure_ascii=False)}")
    return answer


async def sign_in(http: aiohttp.ClientSession, login: str, password: str) -> str:
    """A session token by log-in and password."""
    who = {"login": login, "password": password}
    async with http.post("/api/v1/sessions", json=who) as answer:
        if answer.status not in (200, 201):
            raise SystemExit(f"no session for {login}: {answer.status} {await answer.text()}")
        token: str = (await answer.json())["token"]
        return token


async def agree(http: aiohttp.ClientSession, token: str) -> None:
    """Accepts the service agreement in force (35)."""
    bearer = {"Authorization": f"Bearer {token}"}
    async with http.get("/api/v1/agreement", headers=bearer) as answer:
        version = (await answer.json())["version"]
    async with http.post(
        "/api/v1/agreement/acceptances", json={"version": version}, headers=bearer
    ) as answer:
        if answer.status not in (200, 201):
            raise SystemExit(f"agreement: {answer.status} {await answer.text()}")


def _watch_offers(lawyer: Link, offers: asyncio.Queue[tuple[str, Link]]) -> None:
    def heard(packet: bytes) -> None:
        if packet.startswith(b'["ticket:offer"'):
            offers.put_nowait((json.loads(packet)[1]["ticket"]["number"], lawyer))

    lawyer.on_event = heard
