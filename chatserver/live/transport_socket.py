"""What a session receives: by polling, through the upgrade, and over the WebSocket."""

from __future__ import annotations

import asyncio
import socket as tcp
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType
from aiohttp.http import WebSocketError
from aiohttp.streams import EofStream
from engineio import packet
from engineio.exceptions import QueueEmpty

from chatserver.live.transport_packets import Malformed, websocket_frame
from chatserver.live.transport_session import Session

if TYPE_CHECKING:
    from chatserver.live.transport_engine import Engine

MAX_PENDING_IN = 64
#: With so many packets waiting for a client that polls, its own events wait too.
ENOUGH_QUEUED = 64
#: After this many packets of one POST others get their turn.
TURN = 64
#: Seconds for the two packets of an upgrade.
UPGRADE_WITHIN = 10.0

PROBE = b"2probe"
PROBE_ANSWER = websocket_frame(b"3probe")


class EngineSocket(Session):
    """A session of engine.io protocol 4 with all its transports."""

    def __init__(self, server: Engine, sid: str, address: str, language: str) -> None:
        super().__init__(server, sid, address, language)
        self.pending = 0
        self.refusals = 0
        self._room: asyncio.Future[None] | None = None
        self._polling = False
        #: Whether a POST is under way; there may be one at a time.
        self.posting = False
        self._heard = 0
        self._turn = 0

    # -- in ------------------------------------------------------------------------------------

    def take(self, data: bytes) -> bool:
        """The fast way in: handles an event or a heartbeat at once and tells whether it did."""
        if data[:2] == b"42":
            if self.pending >= MAX_PENDING_IN or self._is_too_fast():
                return False
            self._heard += 1
            try:
                self.server.on_event(self, data)
            except Malformed as error:
                self.reject(str(error))
            return True
        if data == b"3":
            self.pong()
            return True
        return False

    async def receive_text(self, data: bytes) -> None:
        """The slow way in, for polling and for all that is not usual; raises Malformed."""
        if data[:2] == b"42":
            while not self.closed and self._is_full():
                if self._room is None:
                    self._room = asyncio.get_running_loop().create_future()
                await asyncio.shield(self._room)
            self._heard += 1
            self.server.on_event(self, data)
        elif data[:1] == b"4":
            await self.server.on_message(self, data)
        elif data == b"3":
            self.pong()
        elif data == b"1":
            self.end(self.server.reason.CLIENT_DISCONNECT)
        elif not (data == b"6" and self.wire is not None):
            raise Malformed("not an engine.io packet")

    def _is_full(self) -> bool:
        """While upgrading nobody polls, and the upgrade waits for the POST."""
        return (
            self.pending >= MAX_PENDING_IN
            or (self.wire is None and not self.upgrading and self.queue.qsize() >= ENOUGH_QUEUED)
            or self._is_too_fast()
        )

    def _is_too_fast(self) -> bool:
        """Whether it has said its share of this turn of the wheel; then it waits for the next."""
        server = self.server
        if not server.events_per_turn:
            return False
        if self._turn != server.turn:
            self._turn, self._heard = server.turn, 0
        if self._heard < server.events_per_turn:
            return False
        server.waiting.add(self)
        return True

    def answered(self) -> None:
        """One event has its reply; with half of the room free again the peer may go on."""
        self.pending -= 1
        if self._room is not None and self.pending <= MAX_PENDING_IN // 2:
            self.released()

    def released(self) -> None:
        """Wakes whoever waits in `receive_text`."""
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    # -- polling -------------------------------------------------------------------------------

    async def receive_body(self, body: bytes) -> None:
        """All packets of one POST (engine.io protocol 4, "HTTP long-polling"); raises Malformed."""
        for count, data in enumerate(body.split(b"\x1e"), 1):
            if self.closed:
                return
            await self.receive_text(data)
            if count % TURN == 0:
                await asyncio.sleep(0)

    async def poll(self) -> list[Any]:
        """The library's poll; what it takes no longer counts against the bounds."""
        packets: list[Any] = await super().poll()
        self._queued_bytes = 0
        self.released()
        return packets

    async def handle_get_request(self, environ: dict[str, Any]) -> Any:
        """A poll or an upgrade. A second poll beside an open one ends the session (protocol 4)."""
        if environ.get("HTTP_UPGRADE"):
            return await super().handle_get_request(environ)
        if self._polling:
            self.end(self.server.reason.TRANSPORT_ERROR)
            raise QueueEmpty
        self._polling = True
        try:
            packets = await super().handle_get_request(environ)
        finally:
            self._polling = False
        if environ["aiohttp.request"].transport is None:
            # The poll's own connection is gone and with it what was taken for it.
            self.end(self.server.reason.TRANSPORT_ERROR)
        return packets

    # -- websocket -----------------------------------------------------------------------------

    async def _websocket_handler(self, ws: Any) -> None:
        """Runs one WebSocket: the probe if the session polled before, then frames until the end."""
        self.server.websockets += 1
        direct = False
        try:
            if self.connected and not await self._upgrade(ws):
                return
            if not self.closed:
                self._go_direct(ws)
                direct = True
            while not self.closed:
                await self._receive_message(await ws.frames.next())
        except Malformed as error:
            self.reject(str(error))
        except (EofStream, WebSocketError, ConnectionError, TimeoutError):
            pass
        except Exception:
            self.server.quiet.warn("fault", "A connection failed.", fault=True)
        finally:
            self.upgrading = False
            if direct:
                self.end(self.server.reason.TRANSPORT_CLOSE)
                await ws.frames.gone()
            self.server.websockets -= 1

    async def _upgrade(self, ws: Any) -> bool:
        """The probe and the upgrade packet (engine.io protocol 4, "Upgrading")."""
        self.upgrading = True
        self.released()
        async with asyncio.timeout(UPGRADE_WITHIN):
            if (await ws.frames.next())[1] != PROBE:
                return False
            ws.transport.write(PROBE_ANSWER)
            self.queue.put_nowait(packet.Packet(packet.NOOP))
            return bool((await ws.frames.next())[1] == b"5") and not self.closed

    def _go_direct(self, ws: Any) -> None:
        """Writes out what waits in the queue and sends directly from now on, all in one step."""
        self.connected = self.upgraded = True
        self.upgrading = False
        self.wire = ws.transport
        raw = self.wire.get_extra_info("socket")
        option = getattr(tcp, "TCP_USER_TIMEOUT", None)  # Linux only
        if option and raw is not None and raw.family in (tcp.AF_INET, tcp.AF_INET6):
            timeout = int((self.server.ping_interval + self.server.ping_timeout) * 1000)
            raw.setsockopt(tcp.IPPROTO_TCP, option, timeout)
        while not self.queue.empty():
            waiting = self.queue.get_nowait()
            if waiting is not None and waiting.packet_type != packet.NOOP:
                self.write(websocket_frame(waiting.encode().encode()))
        if self._polling:
            # A client that did not wait for its last poll gets that ended too.
            self.queue.put_nowait(packet.Packet(packet.NOOP))
        else:
            self.queue = None
        ws.frames.take = self.take
        ws.frames.ended = self._peer_ended

    async def _receive_message(self, message: Any) -> None:
        kind, data = message[0], message[1]
        if kind is WSMsgType.TEXT:
            await self.receive_text(data)
        elif kind is WSMsgType.PING:
            self.write(websocket_frame(data, WSMsgType.PONG))
        elif kind is WSMsgType.CLOSE:
            self.end(self.server.reason.TRANSPORT_CLOSE, code=data or 1000)
        elif kind is not WSMsgType.PONG:
            raise Malformed("a binary frame")

    def _peer_ended(self, code: int | None) -> None:
        if code is None:
            self.end(self.server.reason.TRANSPORT_CLOSE)
        else:
            self.server.quiet.warn("frame", f"A WebSocket frame was refused with {code}.")
            self.end(self.server.reason.TRANSPORT_ERROR, code=code)
