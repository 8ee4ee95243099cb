"""One engine.io session: what it sends, its heartbeat, its bounds and its end.

While a session polls, and while it upgrades, packets wait in the library's queue. With the upgrade
the queue is written out first and from then on every packet goes straight to the TCP transport, so
order is kept.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType
from engineio import async_socket

from chatserver.live.transport_packets import Frame, websocket_frame

if TYPE_CHECKING:
    from chatserver.live.transport_connections import Connection
    from chatserver.live.transport_engine import Engine

MAX_PACKETS_OUT = 256
MAX_BYTES_OUT = 1024 * 1024
#: A burst may pass MAX_PACKETS_OUT, but not wait this long (seconds).
BURST_PATIENCE = 0.5
#: Seconds between the end of a session and the end of its TCP connection at the latest.
LINGER = 1.0

PING = Frame(b"2")
CLOSE = Frame(b"1")


class Session(async_socket.AsyncSocket):
    """The outgoing half of a session of engine.io protocol 4; what is ours in it never waits."""

    server: Engine
    closed: bool
    #: The library's queue, for polls; None once the session has a WebSocket.
    queue: Any

    def __init__(self, server: Engine, sid: str, address: str, language: str) -> None:
        super().__init__(server, sid)
        self.address = address
        self.language = language
        #: What the limits count it under; None if they do not.
        self.bucket: str | None = None
        self.connections: dict[bytes, Connection] = {}
        #: The TCP transport of its WebSocket; None while it polls, and when it is over.
        self.wire: Any = None
        #: Seconds the last ping took to be answered.
        self.lag: float | None = None
        self._queued_bytes = 0
        self._out = b""
        self._unsent = 0
        self._unsent_since = 0.0
        now = server.wheel.now()
        #: Since when no namespace is connected; None while one is.
        self.nameless_since: float | None = now
        self.was_named = False
        # The first ping comes at a chance moment, so that clients who came together spread out.
        self._ping_at = now + server.ping_interval * (0.5 + 0.5 * random.random())  # noqa: S311
        self._pinged_at: float | None = None
        server.wheel.add(self, min(now + server.connect_within, self._ping_at))

    # -- out -----------------------------------------------------------------------------------

    def push(self, frame: Frame) -> None:
        """Sends now, or queues for the next poll; a peer that does not read is cut off."""
        if self.closed:
            return
        if self.wire is not None:
            self.write(frame.wire)
            return
        self._queued_bytes += frame.size
        full = self.queue.qsize() >= MAX_PACKETS_OUT and not self.upgrading
        if full or self._queued_bytes > MAX_BYTES_OUT:
            self.overflow()
            return
        self.queue.put_nowait(frame.packet)

    def write(self, wire: bytes) -> None:
        """Gathers what goes out in this turn of the loop, so that it costs one system call."""
        if not self._out:
            self.server.gathered(self)
        self._out += wire

    def flush(self) -> None:
        """Writes what was gathered and watches what the peer leaves unread."""
        wire, self._out = self._out, b""
        if not wire:
            return
        transport = self.wire
        if transport is None:
            return
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

    # -- heartbeat -----------------------------------------------------------------------------

    def schedule_ping(self) -> None:
        """The library's heartbeat is replaced by the wheel."""

    async def check_ping_timeout(self) -> bool:
        """As above; what is closed is closed."""
        return not self.closed

    def pong(self) -> None:
        """The peer answered the ping."""
        if self._pinged_at is not None:
            now = self.server.wheel.now()
            self.lag = now - self._pinged_at
            self._pinged_at = None
            self._ping_at = now + self.server.ping_interval

    def beat(self, now: float) -> float | None:
        """Pings, and ends a session whose ping is not answered or that never said who it is."""
        if self.closed:
            return None
        nameless = self.nameless_since
        if nameless is not None and now - nameless >= self.server.connect_within:
            self.end(self.server.reason.SERVER_DISCONNECT, code=1008)
            return None
        if self._pinged_at is None and now >= self._ping_at:
            self._pinged_at = now
            self.push(PING)
        if self._pinged_at is None:
            due = self._ping_at
        else:
            due = self._pinged_at + self.server.ping_timeout
            if now >= due:
                self.end(self.server.reason.PING_TIMEOUT)
                return None
        return due if nameless is None else min(due, nameless + self.server.connect_within)

    # -- the end -------------------------------------------------------------------------------

    def reject(self, reason: str) -> None:
        """The peer sent what no client sends: it is closed, and one line in the log tells why."""
        self.server.quiet.warn("malformed", f"A connection was closed: {reason}.")
        self.end(self.server.reason.TRANSPORT_ERROR, code=1008)

    def end(
        self, reason: str, *, code: int = 1000, abort: bool = False, later: bool = False
    ) -> None:
        """Ends the session, once. The handlers hear of it now, or `later`: in the loop's next turn.

        `code` is the close code of RFC 6455, section 7.4; `abort` drops what is still to be sent.
        """
        if self.closed:
            return
        self.closed = self.closing = True
        if self.wire is not None and not abort and not self.wire.is_closing():
            self.flush()
        wire, self.wire = self.wire, None
        if wire is None:
            self.queue.put_nowait(CLOSE.packet)
            self.queue.put_nowait(None)
        elif abort:
            wire.abort()
        elif not wire.is_closing():
            wire.write(websocket_frame(code.to_bytes(2, "big"), WSMsgType.CLOSE))
            asyncio.get_running_loop().call_later(LINGER, wire.abort)
        self.released()
        if later:
            asyncio.get_running_loop().call_soon(self.server.on_end, self, reason)
        else:
            self.server.on_end(self, reason)

    def released(self) -> None:
        """Whoever waits for this session wakes up, since it has ended."""

    async def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """The library's way to close; it never waits for a peer."""
        self.end(reason or self.server.reason.SERVER_DISCONNECT, abort=abort)
