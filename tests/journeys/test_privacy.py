"""What a citizen can get holds nothing of a staff member but the number (22), and logs hold no one's words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatserver.config import Config
from chatserver.store.database import Database
from tests.cast import CHEN, EVERYBODY, LI, LIU, WANG, ZHAO
from tests.clients import QUESTION, Running, Seat, meet, running

from .tables import owner

SECRET = "李明欠我八万三千元"


def texts(value: Any) -> Iterator[str]:
    """Every text in a payload, keys included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


class Recorder(Seat):
    """A seat that keeps every acknowledgement too."""

    acks: list[Any]

    async def raw(self, event: str, *arguments: Any) -> dict[str, Any]:
        ack = await super().raw(event, *arguments)
        self.acks.append(ack)
        return ack

    async def call(self, event: str, **payload: Any) -> dict[str, Any]:
        return await self.raw(event, payload)


async def sit(server: Running, person: Any) -> Recorder:
    seat = await server.sit(person)
    seat.__class__ = Recorder
    seat.acks = []
    return seat


async def _whole_journey(server: Running) -> tuple[Recorder, str]:
    wang, chen, liu = await sit(server, WANG), await sit(server, CHEN), await sit(server, LIU)
    number = await meet(wang, chen, body=SECRET)
    await wang.raw("message:send", {"number": number, "id": "s", "body": SECRET + "\ud800"})
    await chen.ok("message:send", number=number, id="l", body="请说明借款时间。")
    await chen.ok("message:typing", number=number, on=True)
    await chen.ok("message:read", number=number, seq=1)
    await chen.leave()
    await wang.wait("message:new", lambda it: it["notice"] == "transferred")
    await liu.ok("duty:set", status="on")
    await wang.call("message:send", number=number, id="c", body=SECRET)
    chen = await sit(server, CHEN)
    await chen.ok("duty:set", status="on")
    await chen.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)
    await chen.ok("ticket:accept", number=number)
    await chen.ok("ticket:answer", number=number, id="a", body="可以起诉。")
    await chen.ok("ticket:close", number=number)
    await wang.call("ticket:rate", number=number, satisfied=True, comment=SECRET)
    written = await wang.call("ticket:open", id="w", **(QUESTION | {"kind": "message"}))
    await liu.ok("pool:claim", number=written["ticket"]["number"])
    await liu.ok("ticket:answer", number=written["ticket"]["number"], id="a", body="可以。")
    await wang.call("ticket:list")
    await wang.call("ticket:sync", number=number, after_seq=0)
    await wang.call("message:send", number=number, id="z", body="已结束")
    await wang.call("ticket:open", id="lit", **(QUESTION | {"in_litigation": True}))
    await wang.call("no:such")
    await server.settled()
    return wang, number


@pytest.fixture
async def quick(config: Config, dsn: str):
    short = replace(config, reconnect_grace=timedelta(seconds=1))
    async with running(short, dsn) as server:
        yield server


async def test_a_citizen_sees_of_the_staff_only_their_numbers(quick: Running, db: Database) -> None:
    wang, number = await _whole_journey(quick)
    payloads: list[Any] = [*wang.acks, *wang.pushes]
    bearer = {"Authorization": f"Bearer {wang.token}"}
    for path in ("/api/v1/me", "/api/v1/tickets", f"/api/v1/tickets/{number}"):
        async with quick.http.get(f"{quick.url}{path}", headers=bearer) as response:
            payloads.append(await response.json())
    async with owner(db) as connection:
        ids = [row[0] for row in await connection.fetch("select id from accounts")]
        mine = await connection.fetchval("select id from accounts where login = $1", WANG.login)
    seen = set(texts(payloads))
    assert {"L0001", "L0002"} <= seen
    hidden = [*(set(ids) - {mine})]
    for person in EVERYBODY:
        if person is not WANG:
            hidden += [person.name, person.login]
    for text in seen:
        for word in hidden:
            assert word not in text, f"{word} in {text!r}"


async def test_nobody_sees_a_citizens_name_log_in_or_account(quick: Running, db: Database) -> None:
    await _whole_journey(quick)
    async with owner(db) as connection:
        account = await connection.fetchval("select id from accounts where login = $1", WANG.login)
    for seat in quick.seats:
        if seat.person.role == "lawyer":
            for text in texts([*seat.acks, *seat.pushes]):
                assert WANG.name not in text and account not in text and text != WANG.login


async def test_logs_of_a_whole_journey_hold_nobodys_words_names_or_tokens(
    quick: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wang, _ = await _whole_journey(quick)
    zhao = await quick.sit(ZHAO)
    await zhao.leave()
    ours = [
        record
        for record in caplog.records
        if not record.name.startswith(("socketio.client", "engineio.client", "asyncio"))
    ]
    tokens = [seat.token for seat in quick.seats]
    words = [SECRET, "请说明借款时间", "可以起诉", *tokens]
    words += [p.name for p in (WANG, LI, CHEN, LIU)] + [p.password for p in (WANG, CHEN, LIU)]
    for record in ours:
        told = record.getMessage()
        for word in words:
            assert word not in told, f"{record.name}: {told}"
        assert "Traceback" not in (record.exc_text or "")
    assert wang.acks
