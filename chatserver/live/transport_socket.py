"""One engine.io session: engineio's socket with bounds, a strict reader and a direct way to the wire.

While a session polls, and while it upgrades, packets wait in the library's queue. With the upgrade the queue is
written out first and from then on every packet goes straight to the TCP transport, so order is kept.
"""

from __future__ import annotations

import asyncio
import socket as tcp
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType
from engineio import async_socket, packet
from engineio.exceptions import QueueEmpty

from chatserver.live.transport_packets import Frame, Malformed, websocket_frame

if TYPE_CHECKING:
    from chatserver.live.transport_connections import Connection
    from chatserver.live.transport_engine import Engine

MAX_PACKETS_OUT = 256
MAX_BYTES_OUT = 1024 * 1024
MAX_PENDING_IN = 64
#: A burst written in one turn of the loop may pass MAX_PACKETS_OUT; waiting this long it may not (seconds).
BURST_PATIENCE = 0.5
#: Seconds between the end of a session and the end of its TCP connection at the latest.
LINGER = 1.0
#: Seconds for an upgrade's handshake, and for a new session to have a CONNECT accepted.
CONNECT_WITHIN = 10.0

PING = Frame(b"2")
CLOSE = Frame(b"1")
PROBE = b"2probe"
PROBE_ANSWER = websocket_frame(b"3probe")


class EngineSocket(async_socket.AsyncSocket):  # type: ignore[misc]
    """A session of engine.io protocol 4; all methods but those of the library are synchronous."""

    server: Engine

    def __init__(self, server: Engine, sid: str, address: str, language: str) -> None:
        super().__init__(server, sid)
        self.address = address
        self.language = language
        self.connections: dict[bytes, Connection] = {}
        self.wire: Any = None
        self.refusals = 0
        self.pending = 0
        self.lag: float | None = None
        self._room: asyncio.Future[None] | None = None
        self._queued_bytes = 0
        self._unsent = 0
        self._unsent_since = 0.0
        self._polls = 0
        now = server.wheel.now()
        self.nameless_since: float | None = now
        self._ping_at = now + server.ping_interval
        self._pinged_at: float | None = None
        server.wheel.add(self, min(now + server.connect_within, self._ping_at))

    # -- out ---------------------------------------------------------------------------------------------------

    def push(self, frame: Frame) -> None:
        """Sends now, or queues for the next poll; a peer that does not read is cut off."""
        if self.closed:
            return
        if self.wire is not None:
            self.write(frame.wire)
            return
        self._queued_bytes += len(frame.message)
        if self.queue.qsize() >= MAX_PACKETS_OUT or self._queued_bytes > MAX_BYTES_OUT:
            self.overflow()
            return
        self.queue.put_nowait(frame.packet)

    def write(self, wire: bytes) -> None:
        """Writes one whole WebSocket frame and watches what the peer leaves unread."""
        transport = self.wire
        waiting = transport.get_write_buffer_size()
        transport.write(wire)
        if not waiting:
            self._unsent = 0
            return
        if not self._unsent:
            self._unsent_since = self.server.wheel.now()
        self._unsent += 1
        if waiting + len(wire) > MAX_BYTES_OUT or (
            self._unsent > MAX_PACKETS_OUT
            and self.server.wheel.now() - self._unsent_since > BURST_PATIENCE
        ):
            self.overflow()

    def overflow(self) -> None:
        """Cuts a peer that does not read; it comes back and asks for what it missed."""
        self.server.quiet.warn("slow", "A client did not read what it was sent; connection cut.")
        self.end(self.server.reason.TRANSPORT_ERROR, abort=True, later=True)

    async def send(self, pkt: Any) -> None:
        """The library's way to send; it is ours, except that there is no queue without end."""
        if isinstance(pkt.data, bytes):
            raise ValueError("no binary packets")
        self.push(Frame(pkt.encode().encode()))

    # -- in ----------------------------------------------------------------------------------------------------

    def take(self, data: bytes) -> bool:
        """The fast way in: handles an event or a heartbeat at once and tells whether it did."""
        if data[:2] == b"42":
            if self.pending >= MAX_PENDING_IN or self.closed:
                return False
            self.server.on_event(self, data)
            return True
        if data == b"3":
            self.pong()
            return True
        return False

    async def receive_text(self, data: bytes) -> None:
        """The slow way in, for polling and for all that is not usual; raises Malformed."""
        kind = data[:1]
        if kind == b"4":
            if data[:2] == b"42":
                while self.pending >= MAX_PENDING_IN and not self.closed:
                    await self._wait_for_room()
                self.server.on_event(self, data)
            else:
                await self.server.on_message(self, data)
        elif data == b"3":
            self.pong()
        elif data == b"1":
            self.end(self.server.reason.CLIENT_DISCONNECT)
        elif not (data == b"6" and self.wire is not None):
            raise Malformed("not an engine.io packet")

    async def _wait_for_room(self) -> None:
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._room)

    def answered(self) -> None:
        """One event has its reply; half of the room free again lets the peer go on."""
        self.pending -= 1
        if self._room is not None and self.pending <= MAX_PENDING_IN // 2:
            self._give_room()

    def _give_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    # -- polling -----------------------------------------------------------------------------------------------

    async def poll(self) -> list[Any]:
        """The library's poll; what it takes no longer counts against the bounds."""
        packets: list[Any] = await super().poll()
        self._queued_bytes = 0
        return packets

    async def handle_get_request(self, environ: dict[str, Any]) -> Any:
        """A poll or an upgrade. A second poll beside an open one ends the session (protocol, "HTTP long-polling")."""
        if environ.get("HTTP_UPGRADE"):
            return await super().handle_get_request(environ)
        if self._polls:
            self.end(self.server.reason.TRANSPORT_ERROR)
            raise QueueEmpty
        self._polls += 1
        try:
            packets = await super().handle_get_request(environ)
        finally:
            self._polls -= 1
        if environ["aiohttp.request"].transport is None:
            # The poll's own connection is gone and with it what was taken for it.
            self.end(self.server.reason.TRANSPORT_ERROR)
        return packets

    # -- websocket ---------------------------------------------------------------------------------------------

    async def _websocket_handler(self, ws: Any) -> None:
        """Runs one WebSocket: the upgrade's probe if the session polled before, then frames until the end."""
        try:
            if self.connected:
                if not await self._upgrade(ws):
                    _shut(ws.transport)
                    return
            self.connected = self.upgraded = True
            self._go_direct(ws)
            while not self.closed:
                await self._receive_message(await ws.frames.next())
        except Malformed as error:
            self.reject(str(error))
        except (EOFError, ConnectionError, asyncio.TimeoutError):
            pass
        except Exception as error:
            if type(error).__name__ not in ("EofStream", "WebSocketError"):
                self.server.quiet.warn("fault", "A connection failed.", fault=True)
        finally:
            self.upgrading = False
            if self.upgraded:
                self.end(self.server.reason.TRANSPORT_CLOSE)

    async def _upgrade(self, ws: Any) -> bool:
        """The probe and the upgrade packet (engine.io protocol 4, "Upgrading")."""
        self.upgrading = True
        async with asyncio.timeout(CONNECT_WITHIN):
            if (await ws.frames.next())[1] != PROBE:
                return False
            ws.transport.write(PROBE_ANSWER)
            self.queue.put_nowait(packet.Packet(packet.NOOP))
            return bool((await ws.frames.next())[1] == b"5") and not self.closed

    def _go_direct(self, ws: Any) -> None:
        """Writes out what waits in the queue and sends directly from now on, all in one step."""
        self.wire = ws.transport
        self.upgrading = False
        raw = self.wire.get_extra_info("socket")
        if raw is not None and raw.family in (tcp.AF_INET, tcp.AF_INET6):
            timeout = int((self.server.ping_interval + self.server.ping_timeout) * 1000)
            raw.setsockopt(tcp.IPPROTO_TCP, getattr(tcp, "TCP_USER_TIMEOUT", 18), timeout)
        while not self.queue.empty():
            waiting = self.queue.get_nowait()
            if waiting is not None and waiting.packet_type != packet.NOOP:
                self.write(websocket_frame(waiting.encode().encode()))
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
        if code is not None:
            self.server.quiet.warn("frame", f"A WebSocket frame was refused, close code {code}.")
        self.end(self.server.reason.TRANSPORT_CLOSE, code=code)

    # -- heartbeat ---------------------------------------------------------------------------------------------

    def schedule_ping(self) -> None:
        """The library's heartbeat is replaced by the wheel."""

    async def check_ping_timeout(self) -> bool:
        """As above; what is closed is closed."""
        return not self.closed

    def pong(self) -> None:
        """The peer answered the ping; how long that took is its `lag` (seconds)."""
        if self._pinged_at is not None:
            now = self.server.wheel.now()
            self.lag = now - self._pinged_at
            self._pinged_at = None
            self._ping_at = now + self.server.ping_interval

    def beat(self, now: float) -> float | None:
        """Pings, and ends a session whose ping is not answered or that never said who it is."""
        if self.closed:
            return None
        limits = [self._ping_at if self._pinged_at is None else self._pinged_at]
        if self.nameless_since is not None:
            if now - self.nameless_since >= self.server.connect_within:
                self.end(self.server.reason.SERVER_DISCONNECT, code=1008)
                return None
            limits.append(self.nameless_since + self.server.connect_within)
        if self._pinged_at is not None:
            limits[0] = self._pinged_at + self.server.ping_timeout
            if now >= limits[0]:
                self.end(self.server.reason.PING_TIMEOUT)
                return None
        elif now >= self._ping_at:
            self._pinged_at = now
            self.push(PING)
            limits[0] = now + self.server.ping_timeout
        return min(limits)

    # -- the end -----------------------------------------------------------------------------------------------

    def reject(self, reason: str) -> None:
        """The peer sent what no client sends: it is closed, and one line in the log tells why."""
        self.server.quiet.warn("malformed", f"A connection was closed: {reason}.")
        self.end(self.server.reason.TRANSPORT_ERROR, code=1008)

    def end(
        self, reason: str, *, code: int | None = None, abort: bool = False, later: bool = False
    ) -> None:
        """Ends the session, once. The handlers hear of it now, or `later` in the next turn of the loop.

        `code` is the close code of RFC 6455, section 7.4; `abort` drops what is still to be sent.
        """
        if self.closed:
            return
        self.closed = self.closing = True
        if self.wire is None:
            self.queue.put_nowait(CLOSE.packet)
            self.queue.put_nowait(None)
        elif abort:
            self.wire.abort()
        else:
            _shut(self.wire, code or 1000)
        self._give_room()
        if later:
            asyncio.get_running_loop().call_soon(self.server.on_end, self, reason)
        else:
            self.server.on_end(self, reason)

    async def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """The library's way to close; it never waits for a peer."""
        self.end(reason or self.server.reason.SERVER_DISCONNECT, abort=abort)


def _shut(transport: Any, code: int | None = None) -> None:
    """Sends a close frame and closes; a peer that does not take it is cut after LINGER seconds."""
    if transport.is_closing():
        return
    if code is not None:
        transport.write(websocket_frame(code.to_bytes(2, "big"), WSMsgType.CLOSE))
    transport.close()
    if transport.get_write_buffer_size():
        asyncio.get_running_loop().call_later(LINGER, transport.abort)
