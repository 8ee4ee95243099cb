"""From the WebSocket frame to the socket without a task, a future or a queue.

aiohttp's reader hands every message to a queue from which a coroutine takes it. Our queue first
offers the message to the socket, which handles the usual ones (events, heartbeats) at once; all
others, and all that come while the coroutine is busy with one of them, go through the queue in
their order, with its limits and its pausing of the peer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiohttp import WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from engineio.async_drivers.aiohttp import WebSocket as LibraryWebSocket

TEXT: Final = WSMsgType.TEXT
CLOSE: Final = WSMsgType.CLOSE
#: aiohttp pauses the peer when twice this many bytes wait to be read.
READ_AHEAD = 32 * 1024


class FrameQueue(WebSocketDataQueue):
    """The queue between aiohttp's frame reader and one socket."""

    def __init__(self, protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(protocol, READ_AHEAD, loop=loop)
        #: Takes the bytes of a text message and tells whether that was all; None until the socket
        #: is ready.
        self.take: Callable[[bytes], bool] | None = None
        #: Called when the peer is gone, or broke RFC 6455 (then with the close code).
        self.ended: Callable[[int | None], None] | None = None
        self._parked = False
        self._discarding = False
        self._is_gone = False
        self._gone: asyncio.Future[None] | None = None

    async def next(self) -> Any:
        """The next message that nobody took; raises EofStream or WebSocketError at the end."""
        if not self._buffer:
            self._parked = True
        return await self.read()

    async def gone(self, seconds: float = 1.0) -> None:
        """Waits for the peer's close frame or end, so that ours arrives (RFC 6455, section 7.1.1).

        Whatever else still comes is read and forgotten.
        """
        self._discarding = True
        while self._buffer:
            # Taking out what waits lets a paused peer, and a stalled parser, go on.
            await self.read()
        if not self._is_gone:
            self._gone = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._gone,), timeout=seconds)
        # Without these nothing keeps the connection but its own end: no work for the collector.
        self.take = self.ended = self._gone = None

    def _let_go(self) -> None:
        self._is_gone = True
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def feed_data(self, data: Any, size: int) -> None:
        """aiohttp's reader calls this for each whole message, from within data_received."""
        if self._parked:
            # Parked means: nothing waits before this one, and the coroutine is not in the middle
            # of something.
            if self.take is not None and data[0] is TEXT and self.take(data[1]):
                return
            self._parked = False
        if data[0] is CLOSE:
            self._let_go()
        if not self._discarding:
            super().feed_data(data, size)

    def feed_eof(self) -> None:
        """The TCP connection is gone."""
        super().feed_eof()
        self._let_go()
        if self.ended is not None:
            self.ended(None)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """The reader met a frame that RFC 6455 forbids, or one over the limit (close code 1009)."""
        super().set_exception(exc, *cause)
        if self.ended is not None:
            self.ended(getattr(exc, "code", None))


class FastWebSocketResponse(web.WebSocketResponse):
    """A WebSocket without permessage-deflate (97 KB per browser), read through a FrameQueue."""

    frames: FrameQueue

    def __init__(self, largest: int) -> None:
        # aiohttp refuses from max_msg_size on, so one more lets `largest` itself pass.
        super().__init__(compress=False, max_msg_size=largest + 1, decode_text=False)

    def _post_start(self, request: Any, protocol: str | None, writer: Any) -> None:
        self._ws_protocol = protocol
        self._writer = writer
        self.frames = FrameQueue(request._protocol, request._loop)
        self._reader = self.frames
        self._parser = WebSocketReader(
            self.frames, self._max_msg_size, compress=False, decode_text=False
        )
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)

    async def write_eof(self, data: bytes = b"") -> None:
        """The socket has closed by itself; aiohttp's own closing would wait for the peer."""
        self._eof_sent = True
        self._parser = None


def can_upgrade(request: web.Request, largest: int) -> bool:
    """Whether it is a WebSocket handshake; aiohttp logs a subprotocol that is asked for, and we have none."""
    if "Sec-WebSocket-Protocol" in request.headers:
        return False
    return bool(FastWebSocketResponse(largest).can_prepare(request))


class FastWebSocket(LibraryWebSocket):
    """What engineio calls to make a WebSocket of a request, with our response class in it."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self.transport: Any = None

    @property
    def frames(self) -> FrameQueue:
        """The queue of this connection's frames."""
        frames: FrameQueue = self._sock.frames
        return frames

    async def __call__(self, environ: dict[str, Any]) -> Any:
        """Answers the handshake (RFC 6455, section 4.2.2) and runs the handler until it ends."""
        request = environ["aiohttp.request"]
        self._sock = FastWebSocketResponse(self.server.max_http_buffer_size)
        await self._sock.prepare(request)
        self.transport = request.transport
        if self.transport is not None:
            await self.handler(self)
        return self._sock
