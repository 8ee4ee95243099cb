"""Running servers, and people in front of them: a real HTTP client and real Socket.IO clients."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import socketio
from aiohttp import web

from chatserver.app import Server
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.live.transport import runner_options
from chatserver.rules import deadlines
from chatserver.rules.people import SYSTEM
from tests.cast import Person

#: How long anything may take before a test gives up; nothing is slept through.
PATIENCE = 10.0
NAMESPACE = {"citizen": "/citizen", "lawyer": "/lawyer", "expert": "/expert"}


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Seat:
    """One connection of one person: `call` an event, `wait` for a push."""

    person: Person
    client: socketio.AsyncClient
    token: str
    pushes: list[tuple[str, Any]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def namespace(self) -> str:
        return NAMESPACE[self.person.role]

    async def call(self, event: str, **payload: Any) -> dict[str, Any]:
        """The acknowledgement, whatever it says."""
        ack: dict[str, Any] = await self.client.call(
            event, payload, namespace=self.namespace, timeout=PATIENCE
        )
        return ack

    async def ok(self, event: str, **payload: Any) -> dict[str, Any]:
        """The acknowledgement, which must be a good one."""
        ack = await self.call(event, **payload)
        assert ack["ok"], ack
        return ack

    async def refused(self, event: str, **payload: Any) -> dict[str, Any]:
        """The error object of an acknowledgement, which must be a refusal."""
        ack = await self.call(event, **payload)
        assert not ack["ok"], ack
        error: dict[str, Any] = ack["error"]
        return error

    async def raw(self, event: str, *arguments: Any) -> dict[str, Any]:
        """The acknowledgement of an event with none, one or several arguments of any kind."""
        given = arguments if len(arguments) != 1 else arguments[0]
        ack: dict[str, Any] = await self.client.call(
            event, given, namespace=self.namespace, timeout=PATIENCE
        )
        return ack

    def heard(self, name: str) -> list[Any]:
        """The pushes of this name until now, in order."""
        return [body for event, body in self.pushes if event == name]

    async def wait(self, name: str, fits: Callable[[Any], bool] = lambda body: True) -> Any:
        """The first push of this name, past or to come, that `fits`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._news.clear()
                for event, body in self.pushes:
                    if event == name and fits(body):
                        return body
                await self._news.wait()

    async def leave(self) -> None:
        """Closes the connection."""
        await self.client.disconnect()

    def hear(self, event: str, body: Any) -> None:
        self.pushes.append((event, body))
        self._news.set()


@dataclass
class Running:
    """A server that runs, and who came to it."""

    server: Server
    url: str
    http: aiohttp.ClientSession
    seats: list[Seat] = field(default_factory=list)

    async def sign_in(self, person: Person) -> str:
        """A session token."""
        body = {"login": person.login, "password": person.password}
        async with self.http.post(f"{self.url}/api/v1/sessions", json=body) as response:
            assert response.status == 201, await response.text()
            token: str = (await response.json())["token"]
            return token

    async def settled(self) -> None:
        """Returns when everything that was asked is decided, stored, pushed and heard.

        What nobody hears by then was not said: a round trip comes after all pushes before it.
        """
        server = self.server
        async with asyncio.timeout(PATIENCE):
            await server.casework.rest()
            while tasks := [*server.push._tasks, *server.live._tasks]:
                await asyncio.wait(tasks)
            for seat in self.seats:
                if seat.client.connected:
                    await seat.raw("ticket:list", {})

    async def sit(
        self, person: Person, token: str | None = None, lang: str | None = None, **options: Any
    ) -> Seat:
        """A connection of this person; `options` go to the client, e.g. `transports`."""
        token = token or await self.sign_in(person)
        auth = {"token": token} | ({"lang": lang} if lang else {})
        client = socketio.AsyncClient(reconnection=False)
        seat = Seat(person, client, token)
        client.on("*", seat.hear, namespace=seat.namespace)
        options = {"transports": ["websocket"], "wait_timeout": PATIENCE} | options
        await client.connect(self.url, namespaces=[seat.namespace], auth=auth, **options)
        self.seats.append(seat)
        return seat


async def until(holds: Callable[[], Any], within: float = PATIENCE) -> float:
    """Waits for `holds()`, and fails after `within` seconds; returns the seconds it took."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < within, f"not within {within} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - start


async def done(seat: Seat, event: str, within: float = 5.0, **payload: Any) -> dict[str, Any]:
    """What a client does that is told `unavailable`: the same again, until it is done."""
    async with asyncio.timeout(within):
        while True:
            ack = await seat.raw(event, payload)
            if ack["ok"]:
                return ack
            assert ack["error"]["code"] == "unavailable", ack
            await asyncio.sleep(0.05)


QUESTION = {
    "kind": "live",
    "category": "labour",
    "body": "公司拖欠两个月工资，应当向哪里反映？",
    "on_behalf_of": "self",
    "in_litigation": False,
}


async def ask(citizen: Seat, id: str = "q-1", **changes: Any) -> str:
    """Opens a ticket and returns its number."""
    ack = await citizen.ok("ticket:open", id=id, **(QUESTION | changes))
    number: str = ack["ticket"]["number"]
    return number


async def meet(citizen: Seat, lawyer: Seat, id: str = "q-1", **changes: Any) -> str:
    """A live ticket that this lawyer, the only one on duty, has accepted."""
    await lawyer.ok("duty:set", status="on")
    number = await ask(citizen, id, **changes)
    await lawyer.wait("ticket:offer", lambda body: body["ticket"]["number"] == number)
    await lawyer.ok("ticket:accept", number=number)
    return number


SHORT = {
    "CHATSERVER_CONNECTIONS_PER_ADDRESS": "0",
    "CHATSERVER_CONNECTS_PER_SECOND": "0",
    "CHATSERVER_MESSAGES_PER_SECOND": "0",
    "CHATSERVER_LOGINS_PER_MINUTE": "0",
    "CHATSERVER_STAFF_OTP": "optional",
    "CHATSERVER_OFFER_TIMEOUT": "5s",
    "CHATSERVER_RECONNECT_GRACE": "2s",
}


@dataclass
class Serving(Running):
    """`chatserver serve` as a process of its own; it has no `server` to look into."""

    process: subprocess.Popen[bytes] | None = None
    log: Path = Path()

    def signal(self, number: int) -> None:
        """Sends the process a signal."""
        assert self.process is not None
        self.process.send_signal(number)


@asynccontextmanager
async def serving(dsn: str, log: Path, **settings: str) -> AsyncIterator[Serving]:
    """A server process on a free port, killed at the end if it still runs; `log` gets what it says."""
    port = free_port()
    environ = os.environ | SHORT | settings | {"DATABASE_URL": dsn, "PORT": str(port)}
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "chatserver", "serve"],
            env=environ,
            cwd=Path(__file__).parents[1],
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    async with aiohttp.ClientSession() as http:
        one = Serving(None, f"http://127.0.0.1:{port}", http, process=process, log=log)
        try:
            await until(lambda: "Ready:" in log.read_text("utf-8", "replace"), 40)
            yield one
        finally:
            for seat in one.seats:
                await seat.leave()
            if process.poll() is None:
                process.kill()
            process.wait()


async def let_pass(server: Server, number: str, span: timedelta, turns: int = 4) -> None:
    """What time will do to one ticket, as if `span` had passed; real time stays what it is."""
    clock, then = server.casework.transactions.clock, Clock().now() + span

    class Ahead(Clock):
        def now(self) -> datetime:
            return then

    server.casework.transactions.clock = Ahead()
    try:
        for _ in range(turns):
            await server.casework.act("lapse", deadlines.lapse, number, SYSTEM)
    finally:
        server.casework.transactions.clock = clock


@asynccontextmanager
async def running(config: Config, dsn: str) -> AsyncIterator[Running]:
    """A server in this process on a free port; everybody leaves at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = replace(
        config, port=port, public_url=url, allowed_origins=(*config.allowed_origins, url)
    )
    server = Server(config, dsn)
    runner = web.AppRunner(server.app, **runner_options())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as http:
        one = Running(server, url, http)
        try:
            yield one
        finally:
            for seat in one.seats:
                await seat.leave()
            await server.drain()
            await runner.cleanup()
