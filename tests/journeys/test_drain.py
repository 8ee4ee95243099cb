"""A server that is asked to stop, and readers who are too slow."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from typing import Any

from yarl import URL

from chatserver.store.database import Database
from tests.cast import CHEN, LI, WANG
from tests.clients import QUESTION, Running, Seat, meet, serving, until

from . import shapes
from .tables import owner


async def test_a_stop_tells_the_clients_and_keeps_every_acknowledged_message(
    db: Database,
    tmp_path,
) -> None:
    acked: dict[str, int] = {}
    codes: set[str] = set()

    async def talk(seat: Seat, number: str) -> None:
        for n in range(100_000):
            try:
                ack = await seat.client.call(
                    "message:send",
                    {"number": number, "id": f"{seat.person.login}{n}", "body": f"第{n}句"},
                    namespace=seat.namespace,
                    timeout=2,
                )
            except Exception:
                return  # cut off: nobody knows
            if ack["ok"]:
                acked[f"{seat.person.login}{n}"] = ack["seq"]
            else:
                codes.add(ack["error"]["code"])

    async with serving(db.dsn, tmp_path / "log") as server:
        wang, li, chen = [await server.sit(person) for person in (WANG, LI, CHEN)]
        numbers = [await meet(wang, chen), await meet(li, chen, "q-2")]
        poller = await server.sit(LI, transports=["polling"])
        talks = [
            asyncio.create_task(talk(seat, number))
            for seat, number in ((wang, numbers[0]), (chen, numbers[0]), (li, numbers[1]))
        ]
        await until(lambda: len(acked) > 60, 20)
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        process = server.process
        assert process is not None
        await until(lambda: process.poll() is not None, 10)
        assert process.returncode == 0, server.log.read_text("utf-8")[-2000:]
        assert time.monotonic() - started < 10
        await asyncio.gather(*talks)
        for seat in (wang, li, chen, poller):
            told = await seat.wait("server:draining")
            shapes.fits(told, shapes.PUSHES["server:draining"])
        assert codes <= {"unavailable"}
    async with owner(db) as connection:
        rows = await connection.fetch(
            "select ticket, id, seq from messages where author <> 'system' order by ticket, seq"
        )
    stored = {row["id"]: row["seq"] for row in rows}
    assert {id: stored.get(id) for id in acked} == acked
    assert "Traceback" not in server.log.read_text("utf-8")


async def test_while_a_server_drains_no_new_question_is_taken(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    server.server.live.draining = True
    error = await wang.refused("ticket:open", id="new", **QUESTION)
    assert error["code"] == "unavailable"
    await wang.ok("message:send", number=number, id="c", body="还能说完")
    server.server.live.draining = False


async def test_a_reader_who_does_not_read_is_cut_and_catches_up(server: Running) -> None:
    """The tab stops reading; the others do not notice; it comes back and fetches what it missed."""
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    slow = await _silent_tab(server, wang.token)
    room = f"citizen:{_account(server, wang)}"
    assert len(server.server.transport._sessions.members[room]) == 2
    last, sent = 2, 0
    start = time.monotonic()
    while len(server.server.transport._sessions.members[room]) == 2:
        for _ in range(20):
            sent += 1
            ack = await chen.ok("message:send", number=number, id=f"l{sent}", body="字" * 10_000)
            last = ack["seq"]
        assert time.monotonic() - start < 20, "a tab that does not read is still there"
    slow.close()
    await wang.wait("message:new", lambda it: it["seq"] == last)
    back = await server.sit(WANG, token=wang.token)
    found: list[int] = []
    more = True
    while more:
        page = await back.ok("ticket:sync", number=number, after_seq=len(found), limit=100)
        found += [it["seq"] for it in page["messages"]]
        more = page["more"]
    assert found == list(range(1, last + 1))


def _account(server: Running, seat: Seat) -> str:
    (found,) = {
        connection.account.actor.account
        for connection in server.server.transport.connections()
        if connection.namespace == seat.namespace
    }
    return str(found)


async def _silent_tab(server: Running, token: str) -> Any:
    """A WebSocket that connects to /citizen and then never reads again."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    port = URL(server.url).port
    await loop.sock_connect(raw, ("127.0.0.1", port))
    await loop.sock_sendall(
        raw,
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" % port,
    )
    got = b""
    while b'"sid"' not in got:
        got += await loop.sock_recv(raw, 4096)
    text = b"40/citizen," + json.dumps({"token": token}).encode()
    head = bytes([0x81, 0x80 | len(text)]) if len(text) < 126 else b""
    await loop.sock_sendall(raw, head + b"\0\0\0\0" + text)
    while b"40/citizen" not in got:
        got += await loop.sock_recv(raw, 4096)
    return raw
