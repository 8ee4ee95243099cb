"""The database goes away: everybody is told so within three seconds, and it heals by itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import socketio

from chatserver.config import Config
from chatserver.live.server import NAMESPACES
from chatserver.store import presence
from tests.cast import CHEN, WANG
from tests.clients import PATIENCE, Running, Seat, ask, done, meet, running
from tests.line import Line

from .test_strangers import ON_A_TICKET, WITHOUT_A_TICKET

TOLD_WITHIN = 3.2


async def _timed(seat: Seat, event: str, payload: dict[str, Any]) -> tuple[str, Any, float]:
    start = time.monotonic()
    ack = await seat.raw(event, payload)
    return event, ack, time.monotonic() - start


async def _connect(server: Running, seat: Seat) -> tuple[dict[str, Any], float]:
    client = socketio.AsyncClient(reconnection=False)
    refused: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    client.on("connect_error", refused.set_result, namespace=seat.namespace)
    start = time.monotonic()
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(
            server.url,
            namespaces=[seat.namespace],
            auth={"token": seat.token},
            transports=["websocket"],
            wait_timeout=PATIENCE,
        )
    return await refused, time.monotonic() - start


@pytest.mark.parametrize("silent", [False, True], ids=["cut", "silent"])
async def test_everything_is_unavailable_in_time_and_nothing_is_stored_twice(
    config: Config, line: Line, silent: bool
) -> None:
    async with running(config, line.dsn) as server:
        wang, chen = await server.sit(WANG), await server.sit(CHEN)
        number = await meet(wang, chen)
        async with line.away(silent):
            calls = [
                _timed(seat, event, {"number": number} | ON_A_TICKET[event] | {})
                if event in ON_A_TICKET
                else _timed(seat, event, WITHOUT_A_TICKET[event])
                for seat in (wang, chen)
                for event in NAMESPACES[seat.namespace][1]
                if event in ON_A_TICKET or event in WITHOUT_A_TICKET
            ]
            told = await asyncio.gather(*calls)
            for event, ack, took in told:
                assert ack["ok"] is False, f"{event} was acknowledged without a database"
                assert ack["error"]["code"] == "unavailable", (event, ack)
                assert took < TOLD_WITHIN, f"{event} took {took:.1f} s"
            refusals = await asyncio.gather(_connect(server, wang), _connect(server, chen))
            for error, took in refusals:
                assert error.get("data", error)["code"] == "unavailable"
                assert took < TOLD_WITHIN, f"a CONNECT took {took:.1f} s"
        await done(wang, "message:send", **_line(number))
        again = await wang.ok("message:send", **_line(number))
        stored = (await wang.ok("ticket:sync", number=number, after_seq=0))["messages"]
        mine = [it for it in stored if it["id"] == "x" and it["author"]["kind"] == "citizen"]
        assert [it["seq"] for it in mine] == [again["seq"]]
        assert [it["seq"] for it in stored] == list(range(1, len(stored) + 1))
        # The router, the clocks and the pushes are back too.
        later = await ask(wang, "after")
        async with asyncio.timeout(5):
            await chen.ok("duty:set", status="on")
            await chen.wait("ticket:offer", lambda it: it["ticket"]["number"] == later)
        await chen.ok("ticket:accept", number=later)
        await chen.ok("message:send", number=later, id="l", body="您好")
        await wang.wait("message:new", lambda it: it["ticket"] == later and it["id"] == "l")


def _line(number: str) -> dict[str, Any]:
    return {"number": number} | ON_A_TICKET["message:send"]


@pytest.mark.slow
async def test_an_outage_longer_than_every_lease_takes_no_ticket_from_who_is_there(
    config: Config, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "TIME_TO_LIVE", timedelta(seconds=1))
    monkeypatch.setattr(presence, "RENEW_EVERY", 0.3)
    quick = replace(
        config, reconnect_grace=timedelta(seconds=1), offer_timeout=timedelta(seconds=1)
    )
    async with running(quick, line.dsn) as server:
        wang, chen = await server.sit(WANG), await server.sit(CHEN)
        number = await meet(wang, chen)
        async with line.away():
            await asyncio.sleep(3)
        await done(wang, "message:send", **_line(number))
        await asyncio.sleep(2.5)  # longer than the lease, the grace and the watch together
        held = (await chen.ok("ticket:sync", number=number, after_seq=0))["ticket"]
        assert (held["state"], held["assignee"]["staff_no"]) == ("active", "L0001")
        assert chen.heard("duty:update")[-1]["duty"]["status"] == "on"
        later = await ask(wang, "after")
        await chen.wait("ticket:offer", lambda it: it["ticket"]["number"] == later)
        await chen.wait("ticket:withdrawn_offer", lambda it: it["number"] == later)


async def test_a_listener_that_fails_hurts_neither_the_acknowledgement_nor_the_others(
    server: Running,
) -> None:
    def broken(batch: Any) -> None:
        raise RuntimeError("a listener is broken")

    server.server.casework.listeners.insert(0, broken)
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    await wang.ok("message:send", number=number, id="c", body="在吗")
    await chen.wait("message:new", lambda it: it["id"] == "c")
