"""What a request must be before anything looks at it: one limit, one reading of its framing."""

from __future__ import annotations

import asyncio

from aiohttp import web

from chatserver.rules.articles import Refused
from chatserver.store.sessions import Session

#: Bytes of any request's body. A route may lower it for itself, never raise it.
LIMIT = 128 * 1024
#: Seconds within which a body must have arrived.
PATIENCE = 10.0

#: What the layers tell each other of a request: its number, its session, a text that must not be lost.
ID = web.RequestKey("id", str)
SESSION = web.RequestKey("session", Session)
KEPT = web.RequestKey("kept", str)


class Turned(Refused):
    """Refused by HTTP itself: a status of its own, headers, and the connection closed or not."""

    def __init__(
        self,
        code: str,
        status: int,
        message: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        close: bool = True,
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.headers = headers or {}
        self.close = close


def too_large(limit: int) -> Turned:
    refused = Turned("too_large", 413)
    refused.details = {"limit": limit}
    return refused


def inspect_framing(request: web.BaseRequest) -> None:
    """Refuses framings that two parsers may read in two ways, and encoded bodies."""
    headers = request.headers
    if "Transfer-Encoding" in headers and "Content-Length" in headers:
        raise Turned("invalid", 400)
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Turned(
            "unsupported_type", 415, "不接受压缩过的内容。", headers={"Accept-Encoding": ""}
        )
    if "Upgrade" in headers and request.can_read_body:
        raise Turned("invalid", 400)


def inspect(request: web.BaseRequest, limit: int = LIMIT) -> None:
    """Refuses what says itself that it is too large."""
    if (request.content_length or 0) > limit:
        raise too_large(limit)


async def body(request: web.BaseRequest, limit: int = LIMIT) -> bytes:
    """The whole body, at most `limit` bytes, chunked or not; slower than `PATIENCE` is refused."""
    if not request.can_read_body:
        return b""
    allowed = min(limit, LIMIT)
    if (request.content_length or 0) > allowed:
        raise too_large(allowed)
    received = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            while piece := await request.content.readany():
                received += piece
                if len(received) > allowed:
                    raise too_large(allowed)
    except TimeoutError:
        raise Turned("invalid", 408, "内容没有在规定时间内传完。") from None
    return bytes(received)
