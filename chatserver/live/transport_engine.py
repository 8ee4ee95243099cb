"""The engine.io server: what a request must be before the library sees it, and its sessions.

engine.io protocol 4, "HTTP long-polling" and "WebSocket"; findings (F…) are named where closed.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

import engineio
from aiohttp import web
from engineio import packet

from chatserver.address import Network, bucket, client_address
from chatserver.live.transport_frames import FastWebSocket, can_upgrade
from chatserver.live.transport_heartbeat import Wheel
from chatserver.live.transport_limits import (
    MAX_UNAUTHENTICATED,
    ConnectLimits,
    Origins,
)
from chatserver.live.transport_logging import QuietLog
from chatserver.live.transport_posts import take_post
from chatserver.live.transport_requests import as_environ, language_of, over, refuse, with_cors
from chatserver.live.transport_socket import EngineSocket

if TYPE_CHECKING:
    from chatserver.live.transport_connections import Sessions

#: Bytes of one frame or one POST (contract, section 4).
LARGEST = 128 * 1024

#: The client's place in the limits, on its way from the request to the session.
BUCKET = web.RequestKey("transport_bucket", str)


class Engine(engineio.AsyncServer):
    """engineio's server with our sessions, our checks and one heartbeat for all."""

    sessions: Sessions
    wheel: Wheel
    quiet: QuietLog
    connect_within: float
    #: WebSockets whose coroutine has not ended.
    websockets: int
    _async: dict[str, Any]
    on_event: Callable[[EngineSocket, bytes], None]
    on_message: Callable[[EngineSocket, bytes], Awaitable[None]]
    on_close: Callable[[EngineSocket], None]

    def __init__(
        self,
        *,
        origins: Origins,
        trusted_proxies: Iterable[Network],
        limits: ConnectLimits,
        quiet: QuietLog,
        connect_within: float,
        events_per_second: float,
        **options: Any,
    ) -> None:
        super().__init__(
            async_mode="aiohttp",
            max_http_buffer_size=LARGEST,
            http_compression=False,
            cors_allowed_origins=list(origins.allowed),
            cors_credentials=False,
            monitor_clients=False,
            **options,
        )
        self._async = dict(self._async, websocket=FastWebSocket, translate_request=as_environ)
        self.origins = origins
        self.trusted = tuple(trusted_proxies)
        self.limits = limits
        self.quiet = quiet
        self.connect_within = connect_within
        self.draining = False
        self.unauthenticated = 0
        self.websockets = 0
        self._gathered: list[Any] = []
        tick = min(1.0, self.ping_interval / 8, self.ping_timeout / 8, connect_within / 8)
        self.wheel = Wheel(tick, self._each_turn)
        #: Of one client in a turn of the wheel, before it waits; 0: any.
        self.events_per_turn = math.ceil(events_per_second * tick)
        self.turn = 0
        #: Those who wait for the next turn.
        self.waiting: set[EngineSocket] = set()

    def _each_turn(self) -> None:
        self.turn += 1
        self.limits.forget()
        waiting, self.waiting = self.waiting, set()
        for socket in waiting:
            socket.released()

    def gathered(self, session: Any) -> None:
        """Has the session flushed at the end of this turn of the loop."""
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._flush)
        self._gathered.append(session)

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, []
        for session in gathered:
            session.flush()

    # -- requests ------------------------------------------------------------------------------

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Every request to /socket.io/."""
        origin = request.headers.get("Origin")
        if not self.origins.permits(origin):
            self.quiet.warn("origin", "A socket from an origin that is not allowed was refused.")
            return refuse(403, "origin not allowed")
        query = request.query
        if "j" in query:
            return refuse(400, "no JSONP")  # F13
        if request.method == "POST":
            return with_cors(await take_post(request, self.sockets, LARGEST), origin)
        if request.body_exists:
            return refuse(400, "no body here")
        upgrade = "Upgrade" in request.headers
        if upgrade and not can_upgrade(request, LARGEST):
            return refuse(400, "not a WebSocket handshake")
        if request.method == "GET":
            if "sid" in query:
                # The library would take a blank one for a new session.
                socket = self.sockets.get(query["sid"])
                if socket is None or (upgrade and socket.upgrading):
                    return with_cors(refuse(400, "no such session"), origin)
            elif (refused := self._admit(request)) is not None:
                return with_cors(refused, origin)
        try:
            response: web.StreamResponse = await super().handle_request(request)
        finally:
            # Still there if the library refused the request; else the session has it.
            unused = request.pop(BUCKET, None)
            if unused is not None:
                self.limits.leave(unused)
        return response

    def _admit(self, request: web.Request) -> web.Response | None:
        """Whether a new session may begin; nothing was allocated for it yet."""
        if self.draining or self.unauthenticated >= MAX_UNAUTHENTICATED:
            return over("unavailable", request, retry_after_s=2)
        place = bucket(self.address_of(request))
        wait = self.limits.enter(place)
        if wait:
            self.quiet.warn("flood", "More sockets from one address than allowed; refused.")
            return over("rate_limited", request, retry_after_s=math.ceil(wait))
        request[BUCKET] = place
        return None

    def address_of(self, request: web.Request) -> str:
        """The client's address (F12)."""
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
        return client_address(request.remote, forwarded, self.trusted)

    # -- sessions ------------------------------------------------------------------------------

    async def _handle_connect(
        self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None
    ) -> Any:
        """A new session: its OPEN packet, then the first poll or the WebSocket."""
        request: web.Request = environ["aiohttp.request"]
        bucket = request.pop(BUCKET, None)
        if bucket is None:
            return self._bad_request("not admitted")
        address = self.address_of(request)
        socket = EngineSocket(self, self.generate_id(), address, language_of(request))
        self.sockets[socket.sid] = socket
        socket.bucket = bucket
        self.unauthenticated += 1
        opening = {
            "sid": socket.sid,
            "upgrades": self._upgrades(socket.sid, transport),
            "pingTimeout": int(self.ping_timeout * 1000),
            "pingInterval": int(self.ping_interval * 1000),
            "maxPayload": self.max_http_buffer_size,
        }
        await self.handlers["connect"](socket.sid, socket)
        await socket.send(packet.Packet(packet.OPEN, opening))
        if transport == "polling":
            socket.connected = True
            return self._ok(await socket.poll())
        try:
            return await socket.handle_get_request(environ)
        finally:
            socket.end(self.reason.TRANSPORT_CLOSE)

    def named(self, socket: EngineSocket) -> None:
        """A session has a CONNECT accepted."""
        if socket.nameless_since is not None:
            socket.nameless_since = None
            socket.was_named = True
            self.unauthenticated -= 1

    def unnamed(self, socket: EngineSocket) -> None:
        """A session has left its last namespace."""
        if socket.nameless_since is None and not socket.closed:
            socket.nameless_since = self.wheel.now()
            self.unauthenticated += 1

    def on_end(self, socket: EngineSocket, reason: str) -> None:
        """A session is over: its place is free, and whoever used it hears of it."""
        self.sockets.pop(socket.sid, None)
        if socket.nameless_since is not None:
            self.unauthenticated -= 1
        if socket.bucket is not None:
            self.limits.leave(socket.bucket)
        self.on_close(socket)

    async def disconnect(self, sid: str | None = None) -> None:
        """The library's way to end one session, or all."""
        for socket in list(self.sockets.values()) if sid is None else [self.sockets.get(sid)]:
            if socket is not None:
                socket.end(self.reason.SERVER_DISCONNECT)
