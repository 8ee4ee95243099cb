"""A server with a tiny handler, and clients that can misbehave, for the tests of the transport."""

from __future__ import annotations

import asyncio
import json
import os
import socket as tcp
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop
from aiohttp import web

from chatserver.live.transport import (
    Connection,
    Frame,
    Reply,
    Transport,
    check_strict,
    runner_options,
    site_options,
)
from chatserver.rules.articles import Refused

NAMESPACES = ("/citizen", "/lawyer", "/expert")


#: The tests run on the loop that the server runs on.
AS_SERVED = pytest.mark.filterwarnings("ignore:Overriding the .event_loop_policy.")


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """pytest-asyncio's newer way would change the loop of all other tests too."""
    return uvloop.EventLoopPolicy()


class Echo:
    """Lets in whoever says the token "good" and answers a few events; notes all that happens."""

    def __init__(self) -> None:
        self.transport: Transport
        self.connected: list[Connection] = []
        self.gone: list[Connection] = []
        self.heard: list[tuple[str, bytes]] = []
        self.held: list[Reply] = []
        self.door = asyncio.Event()
        self.door.set()

    async def connect(self, connection: Connection, auth: dict[str, Any] | None) -> None:
        await self.door.wait()
        token = (auth or {}).get("token")
        if token == "broken":
            raise TypeError("a fault in the handler")
        if token != "good":
            raise Refused("unauthenticated")
        connection.account = token
        self.connected.append(connection)
        self.transport.join(connection, "all")

    def receive(self, connection: Connection, name: str, payload: bytes, reply: Reply) -> None:
        check_strict(payload)  # this handler reads no payload as a type, so it owes the check
        self.heard.append((name, payload))
        if name == "say":
            frames = {ns: Frame.event(ns, "echo", payload) for ns in NAMESPACES}
            self.transport.publish(["all"], frames)
            reply(b'{"ok":true}')
        elif name == "length":
            reply(b'{"ok":true,"n":%d}' % len(json.loads(payload)["body"]))
        elif name == "hold":
            self.held.append(reply)
        elif name == "flood":
            for _ in range(json.loads(payload)["n"]):
                connection.send(Frame.event(connection.namespace, "push", payload))
            reply(b'{"ok":true}')
        elif name == "kick":
            reply(b'{"ok":true}')
            connection.close()
        elif name == "fault":
            raise RuntimeError("a fault in the handler")
        else:
            reply(b'{"ok":false,"error":{"code":"unknown_event"}}')

    def disconnect(self, connection: Connection) -> None:
        self.gone.append(connection)


class World:
    """A running server."""

    def __init__(self, transport: Transport, handler: Echo, port: int) -> None:
        self.transport = transport
        self.handler = handler
        self.port = port
        self.peers: list[Peer] = []

    @property
    def heard(self) -> list[tuple[str, bytes]]:
        return self.handler.heard

    async def until(self, holds: Callable[[], Any], seconds: float = 5.0) -> None:
        """Waits until something holds, at most so long."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not holds():
            assert loop.time() < end, "it did not come about in time"
            await asyncio.sleep(0.005)

    async def peer(self, receive_buffer: int = 0) -> Peer:
        """A bare TCP connection to the server."""
        sock = tcp.socket()
        if receive_buffer:
            sock.setsockopt(tcp.SOL_SOCKET, tcp.SO_RCVBUF, receive_buffer)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        limit = receive_buffer or 2**20
        reader, writer = await asyncio.open_connection(sock=sock, limit=limit)
        peer = Peer(reader, writer)
        self.peers.append(peer)
        return peer

    async def request(
        self, method: str, query: str = "", body: bytes | None = None, headers: str = ""
    ) -> Answer:
        """One HTTP request to /socket.io/ on a connection of its own."""
        peer = await self.peer()
        await peer.ask(method, query, body, headers)
        answer = await peer.answer()
        peer.writer.close()
        return answer

    async def websocket(self, headers: str = "", receive_buffer: int = 0, query: str = "") -> Peer:
        """A WebSocket with its OPEN packet read, or with `query` one for an upgrade."""
        peer = await self.peer(receive_buffer)
        await peer.ask("GET", query or "EIO=4&transport=websocket", None, HANDSHAKE + headers)
        answer = await peer.answer(body=False)
        peer.handshake = answer.head
        assert answer.status == 101, answer
        if not query:
            assert (await peer.text())[:1] == "0"
        return peer

    async def citizen(self, namespace: str = "/citizen", **options: Any) -> Peer:
        """A WebSocket whose CONNECT was accepted."""
        peer = await self.websocket(**options)
        await peer.send(f'40{namespace},{{"token":"good"}}')
        assert (await peer.text()).startswith(f"40{namespace},")
        return peer

    async def poller(self, connect: bool = True) -> str:
        """The sid of a session that polls."""
        answer = await self.request("GET", "EIO=4&transport=polling")
        assert answer.status == 200, answer
        sid: str = json.loads(answer.body[1:])["sid"]
        if connect:
            posted = await self.post(sid, b'40/citizen,{"token":"good"}')
            assert posted.status == 200
            assert (await self.poll(sid)).body.startswith(b"40/citizen,")
        return sid

    async def post(self, sid: str, body: bytes) -> Answer:
        return await self.request("POST", f"EIO=4&transport=polling&sid={sid}", body)

    async def poll(self, sid: str) -> Answer:
        return await self.request("GET", f"EIO=4&transport=polling&sid={sid}")


HANDSHAKE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    # As every browser offers it.
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
)


class Answer:
    """An HTTP response."""

    def __init__(self, status: int, head: str, body: bytes) -> None:
        self.status, self.head, self.body = status, head, body

    def __repr__(self) -> str:
        return f"{self.status} {self.body!r}"


class Closed(Exception):
    """The server closed the connection, with this code of RFC 6455 or None."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class Peer:
    """The other end of one TCP connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.handshake = ""

    async def ask(self, method: str, query: str, body: bytes | None, headers: str = "") -> None:
        if body is not None:
            headers += f"Content-Length: {len(body)}\r\n"
        head = f"{method} /socket.io/?{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n"
        self.writer.write(head.encode() + (body or b""))

    async def answer(self, body: bool = True) -> Answer:
        async with asyncio.timeout(5):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            status = int(head.split(" ", 2)[1])
            length = [ln for ln in head.lower().split("\r\n") if ln.startswith("content-length:")]
            content = b""
            if body and length:
                content = await self.reader.readexactly(int(length[0].partition(":")[2]))
        return Answer(status, head, content)

    async def send(self, data: str | bytes, opcode: int | None = None) -> None:
        """Sends one masked frame (RFC 6455, section 5.3)."""
        payload = data.encode() if isinstance(data, str) else data
        if opcode is None:
            opcode = 1 if isinstance(data, str) else 2
        self.writer.write(masked(payload, opcode))

    async def frame(self) -> tuple[int, bytes]:
        async with asyncio.timeout(5):
            try:
                first, size = await self.reader.readexactly(2)
                if size == 126:
                    size = int.from_bytes(await self.reader.readexactly(2), "big")
                elif size == 127:
                    size = int.from_bytes(await self.reader.readexactly(8), "big")
                payload = await self.reader.readexactly(size)
            except (asyncio.IncompleteReadError, ConnectionError):
                raise Closed(None) from None
        if first & 15 == 8:
            raise Closed(int.from_bytes(payload[:2], "big"))
        return first & 15, payload

    async def text(self, *, pings: bool = False) -> str:
        """The next text message; raises Closed. Heartbeats are answered on the way."""
        while True:
            _, payload = await self.frame()
            if payload == b"2" and not pings:
                await self.send("3")
                continue
            return payload.decode()

    async def closed(self) -> int | None:
        """Reads until the end and returns the close code."""
        while True:
            try:
                await self.frame()
            except Closed as end:
                return end.code


def masked(payload: bytes, opcode: int, first: int = 0x80) -> bytes:
    """One frame as clients send it."""
    size = len(payload)
    head = bytes((first | opcode,))
    if size < 126:
        head += bytes((0x80 | size,))
    elif size < 65536:
        head += bytes((0x80 | 126,)) + size.to_bytes(2, "big")
    else:
        head += bytes((0x80 | 127,)) + size.to_bytes(8, "big")
    return head + bytes(4) + payload


@asynccontextmanager
async def world(
    runner: dict[str, Any] | None = None, port: int = 0, gentle: bool = False, **options: Any
) -> AsyncIterator[World]:
    """A server on a free port; `gentle` gives clients the time to hear of its end.

    Anything the event loop complains about fails the test.
    """
    complaints: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    handler = Echo()
    transport = Transport(
        handler,
        **{
            "allowed_origins": ["https://good.example"],
            "connections_per_address": 0,
            "connects_per_second": 0,
            "trusted_proxies": (),
            **options,
        },
    )
    handler.transport = transport
    app = web.Application()
    transport.attach(app)
    apprunner = web.AppRunner(app, **{**runner_options(), **(runner or {})})
    await apprunner.setup()
    site = web.TCPSite(apprunner, "127.0.0.1", port, **site_options())
    await site.start()
    assert site._server is not None
    here = World(transport, handler, site._server.sockets[0].getsockname()[1])
    try:
        yield here
    finally:
        for peer in here.peers:
            peer.writer.close()
        if not gentle:
            transport._end(lambda _: True)
        await transport.drain(10)
        await apprunner.cleanup()
    assert not complaints, complaints
    assert transport.sockets() == 0
    assert sorted(map(id, handler.gone)) == sorted(map(id, handler.connected)), "each once"


def open_files() -> int:
    """File descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))
