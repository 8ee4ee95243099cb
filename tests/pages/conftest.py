"""A browser in front of a whole server, on a database cloned for the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from chatserver.app import Server
from chatserver.config import Config
from chatserver.live.transport import runner_options
from tests.cast import Person

SESSIONS = "/api/v1/sessions"


def wish(person: Person, **more: str) -> dict[str, str]:
    """What this person signs in with."""
    return {"login": person.login, "password": person.password, **more}


@dataclass
class Desk:
    """A running server and the ways to call it."""

    server: Server
    client: TestClient[Any, Any]

    @property
    def origin(self) -> str:
        return str(self.client.make_url("/")).rstrip("/")

    async def call(self, method: str, path: str, **more: Any) -> ClientResponse:
        return await self.client.request(method, path, allow_redirects=False, **more)

    async def bearer(self, person: Person) -> dict[str, str]:
        """The Authorization header of a new session; the cookie that came with it is thrown away."""
        answer = await self.call("POST", SESSIONS, json=wish(person))
        assert answer.status == 201, await answer.text()
        self.client.session.cookie_jar.clear()
        return {"Authorization": f"Bearer {(await answer.json())['token']}"}

    async def cookie(self, person: Person) -> dict[str, str]:
        """Signs the browser in; the headers with which its pages then change things."""
        answer = await self.call("POST", SESSIONS, json=wish(person))
        assert answer.status == 201, await answer.text()
        return {"Origin": self.origin, "X-CSRF-Token": (await answer.json())["csrf"]}


class Desks:
    """Makes servers with other settings in the same test; all share its database."""

    def __init__(self, config: Config, dsn: str) -> None:
        self.config = replace(config, identity="none")
        self.dsn = dsn
        self.clients: list[TestClient[Any, Any]] = []

    async def __call__(self, dsn: str = "", **settings: Any) -> Desk:
        server = Server(replace(self.config, **settings), dsn or self.dsn)
        listening = TestServer(server.app)
        await listening.start_server(**runner_options())
        client = TestClient(listening, cookie_jar=CookieJar(unsafe=True))
        self.clients.append(client)
        await client.start_server()
        return Desk(server, client)


@pytest.fixture
async def desks(config: Config, dsn: str) -> AsyncIterator[Desks]:
    made = Desks(config, dsn)
    yield made
    for client in made.clients:
        await client.close()


@pytest.fixture
async def desk(desks: Desks) -> Desk:
    return await desks()
