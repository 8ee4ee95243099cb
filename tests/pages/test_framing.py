"""Requests that two readers may read in two ways, sent byte by byte."""

from __future__ import annotations

import asyncio
import re

import pytest

from .conftest import Desk

BODY = b'{"login":"wang","password":"wrong wrong"}'


async def raw(desk: Desk, *lines: str, body: bytes = b"", path: str = "/api/v1/sessions") -> bytes:
    """What the server says to these bytes until it closes or falls silent."""
    url = desk.client.make_url("/")
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = [f"POST {path} HTTP/1.1", f"Host: {url.host}:{url.port}", *lines]
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    said = b""
    try:
        async with asyncio.timeout(0.7):
            while piece := await reader.read(65536):
                said += piece
    except (TimeoutError, ConnectionError):
        pass
    writer.close()
    return said


JSON = "Content-Type: application/json"
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: +5",),
        ("Content-Length: 0x5",),
        ("Connection: Upgrade", "Upgrade: h2c", f"Content-Length: {len(SMUGGLED)}"),
        ("Connection: Upgrade", "Upgrade: websocket", f"Content-Length: {len(SMUGGLED)}"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/sessions", "/socket.io/?EIO=4&transport=polling"])
async def test_an_ambiguous_request_is_refused_and_nothing_behind_it_is_served(
    desk: Desk, lines: tuple[str, ...], path: str
) -> None:
    said = await raw(desk, JSON, *lines, body=b"0\r\n\r\n" + SMUGGLED, path=path)
    assert re.match(rb"HTTP/1\.[01] 4\d\d ", said), said[:200]
    assert said.count(b"HTTP/1.") == 1 and b'"alive"' not in said
    assert b"Traceback" not in said


async def test_a_whole_request_is_served_and_the_connection_kept(desk: Desk) -> None:
    said = await raw(desk, JSON, f"Content-Length: {len(BODY)}", body=BODY + SMUGGLED)
    assert said.count(b"HTTP/1.1 ") == 2 and b'"alive"' in said


async def test_a_chunked_body_is_read_whole(desk: Desk) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (1, BODY[i : i + 1]) for i in range(len(BODY)))
    said = await raw(desk, JSON, "Transfer-Encoding: chunked", body=chunks + b"0\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 401") and b"unauthenticated" in said


async def test_a_giant_that_says_so_is_refused_before_it_is_sent(desk: Desk) -> None:
    said = await raw(desk, JSON, f"Content-Length: {10**9}", body=b"{")
    assert said.startswith(b"HTTP/1.1 413") and b'"too_large"' in said


async def test_broken_requests_are_refused_without_a_word_of_our_insides(desk: Desk) -> None:
    for line in ("X-Odd: \x01\x00", "X" * 9000 + ": y", "no colon here"):
        said = await raw(desk, line)
        assert re.match(rb"HTTP/1\.[01] 400 ", said) and b"Traceback" not in said
        assert b"site-packages" not in said
