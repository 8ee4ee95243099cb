"""The live transport: Socket.IO for any 4.x client, hardened and fast. Its public face.

    transport = Transport(handler, allowed_origins=…, connections_per_address=60, …)
    transport.attach(app)                       # serves /socket.io/
    transport.join(connection, "account:…")     # in the handler's connect
    transport.publish(["account:…"], Frames("message:new", body))
    await transport.drain(reconnect_in_ms=500)

The parts: `packets` (bytes to packets and back), `frames` (WebSocket frames in), `session` and
`socket` (one engine.io session), `engine` (requests and sessions), `connections` (namespaces,
rooms), `server` (socket.io), `heartbeat`, `limits`, `requests`, `logging`, `libraries` (the private
names used and the versions they are pinned to).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, KeysView, Mapping
from typing import Any

from aiohttp import web

from chatserver.address import Network
from chatserver.live.transport_connections import Connection, Handler, Reply
from chatserver.live.transport_libraries import check_libraries
from chatserver.live.transport_limits import ConnectLimits, Origins
from chatserver.live.transport_logging import BadRequestFilter, QuietLog
from chatserver.live.transport_packets import Frame, Frames, check_strict, encode
from chatserver.live.transport_server import ErrorObject, Server, plain_error
from chatserver.live.transport_session import LINGER
from chatserver.live.transport_socket import EngineSocket

__all__ = [
    "Connection",
    "Frame",
    "Frames",
    "Handler",
    "Reply",
    "Transport",
    "check_strict",
    "runner_options",
    "site_options",
]

PATH = "/socket.io/"
NAMESPACES = ("/citizen", "/lawyer", "/expert")
#: Seconds in which a client that polls has asked again.
NEXT_POLL = 0.25
log = logging.getLogger("chatserver.live")


class Transport:
    """All live connections of this process."""

    def __init__(
        self,
        handler: Handler,
        *,
        namespaces: Iterable[str] = NAMESPACES,
        allowed_origins: Iterable[str],
        connections_per_address: int,
        connects_per_second: float,
        trusted_proxies: Iterable[Network],
        ping_interval: float = 15,
        ping_timeout: float = 10,
        connect_within: float = 10,
        events_per_second: float = 0,
        error_object: ErrorObject = plain_error,
    ) -> None:
        """Raises WrongLibrary unless the libraries are those it was tested with.

        `allowed_origins` are compared exactly and must hold our own. 0 as a limit means none.
        Times are in seconds. A client that sends more than `events_per_second` is read more slowly,
        not refused. `error_object(refused, language)` words the `data` of a connect
        error.
        """
        check_libraries()
        self._server = Server(
            handler,
            tuple(namespaces),
            error_object,
            QuietLog(log),
            origins=Origins(allowed_origins),
            trusted_proxies=trusted_proxies,
            limits=ConnectLimits(connections_per_address, connects_per_second),
            ping_interval=ping_interval,
            ping_timeout=ping_timeout,
            connect_within=connect_within,
            events_per_second=events_per_second,
        )
        self._sessions = self._server.sessions
        self._engine = self._server.eio
        #: The rooms that anyone is in: what nobody would hear need not be encoded.
        self.occupied: KeysView[str] = self._sessions.members.keys()
        #: `publish(rooms, frames)` sends everyone in the rooms the frame of their namespace; never
        #: waits, never raises.
        self.publish: Callable[[Iterable[str], Mapping[str, Frame]], None] = self._sessions.publish

    def attach(self, app: web.Application) -> None:
        """Mounts /socket.io/ on an aiohttp application that is not running yet."""
        for method in ("GET", "POST", "OPTIONS"):
            app.router.add_route(method, PATH, self._engine.handle_request)

    def join(self, connection: Connection, room: str) -> None:
        """Puts a connection into a room; it leaves by itself when it ends."""
        self._sessions.join(connection, room)

    def leave(self, connection: Connection, room: str) -> None:
        """Takes a connection out of a room."""
        self._sessions.leave(connection, room)

    def members(self, room: str) -> Iterable[Connection]:
        """Who is in the room: a copy."""
        return tuple(self._sessions.members.get(room, ()))

    def connections(self) -> Iterable[Connection]:
        """All connections that were let in, as a copy."""
        return tuple(c for c in self._sessions.all() if c.accepted)

    def sockets(self) -> int:
        """How many clients are connected, those that did not say who they are included."""
        return len(self._engine.sockets)

    async def drain(self, reconnect_in_ms: int) -> None:
        """Tells all clients to move (`server:draining`) and closes with 1012, which they survive.

        New connections get 503 from now on. Returns when all are gone, after LINGER seconds at the
        latest.
        """
        self._engine.draining = True
        body = encode({"reconnect_in_ms": reconnect_in_ms})
        frames = Frames("server:draining", body)
        for connection in self.connections():
            connection.send(frames[connection.namespace])
        polling = self._end(lambda socket: socket.wire is not None)
        if polling:
            # socket.io-client forgets an event that comes in one answer with the end.
            await asyncio.sleep(NEXT_POLL)
            self._end(lambda _: True)
        loop = asyncio.get_running_loop()
        until = loop.time() + LINGER + 0.5
        while self._engine.websockets and loop.time() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self._engine.wheel.stop()

    def _end(self, which: Callable[[EngineSocket], bool]) -> int:
        """Ends some sessions in the way that brings the clients back; returns how many are left."""
        for socket in list(self._engine.sockets.values()):
            if which(socket):
                socket.end(self._engine.reason.SERVER_DISCONNECT, code=1012)
        return len(self._engine.sockets)


def runner_options() -> dict[str, Any]:
    """What `aiohttp.web.AppRunner` should be given beside the application (F19 and slow requests).

    A silent connection and one that drips its headers end after `keepalive_timeout` seconds.
    """
    requests = logging.getLogger("chatserver.http")
    if not any(isinstance(known, BadRequestFilter) for known in requests.filters):
        requests.addFilter(BadRequestFilter())
    return {
        "logger": requests,
        "keepalive_timeout": 15.0,
        "lingering_time": 2.0,
        "max_headers": 64,
        "shutdown_timeout": 3.0,
        "access_log": None,
        "auto_decompress": False,
    }


def site_options() -> dict[str, Any]:
    """What `aiohttp.web.TCPSite` should be given: with a backlog of 128 reconnects stall."""
    return {"backlog": 4096}
