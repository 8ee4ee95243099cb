"""A signed call to the gateway for SMS or WeChat, and nowhere else.

POST, JSON `{"id", "kind", "number", "url", "text", "to"}`; `to` is the telephone, in the text is no
personal data. Headers: `X-Chatserver-Id` (the same at every attempt: what was taken once must not be
sent again), `X-Chatserver-Timestamp` (Unix seconds) and `X-Chatserver-Signature`, `sha256=` and the hex
HMAC-SHA256 of `timestamp.body` under the shared secret. The receiver refuses a timestamp more than five
minutes off, and answers 2xx once it has taken the message; anything else is tried again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

WITHIN = aiohttp.ClientTimeout(total=15)


class Undelivered(Exception):
    """The gateway did not take it; it is tried again."""


def permitted(address: str, loopback: bool) -> bool:
    """Whether we may connect to `address`: a public one, or this machine where that is permitted."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return (found.is_global and not found.is_multicast) or (loopback and found.is_loopback)


class PublicOnly(AbstractResolver):
    """Resolves names, and fails if any of the addresses is not a public one; what is checked is what
    is connected to."""

    def __init__(self, loopback: bool) -> None:
        self.loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found: Sequence[tuple[int, int, int, str, tuple[object, ...]]]
        found = await asyncio.get_running_loop().getaddrinfo(  # type: ignore[assignment]
            host, port, type=socket.SOCK_STREAM
        )
        addresses = [(str(one[4][0]), one[0]) for one in found]
        if not addresses or not all(permitted(address, self.loopback) for address, _ in addresses):
            raise OSError(f"{host} is not a public address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address, kind in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept."""


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `X-Chatserver-Signature`."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


class Webhook:
    """The gateway at `url`. `loopback`: plain http to this machine is permitted (development)."""

    def __init__(self, url: str, secret: str, *, loopback: bool = False) -> None:
        self.url = url
        self.secret = secret
        self.loopback = loopback

    async def send(self, id: str, body: bytes, timestamp: int) -> None:
        """One attempt; raises `Undelivered`. Never follows a redirection."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        try:
            literal = permitted(host, self.loopback)
        except ValueError:
            literal = True  # a name: the resolver looks
        plain = parts.scheme == "http" and self.loopback
        if not literal or not (parts.scheme == "https" or plain):
            raise Undelivered("the gateway's address is not permitted")
        headers = {
            "Content-Type": "application/json",
            "X-Chatserver-Id": id,
            "X-Chatserver-Timestamp": str(timestamp),
            "X-Chatserver-Signature": signature(self.secret, timestamp, body),
        }
        connector = aiohttp.TCPConnector(resolver=PublicOnly(self.loopback), use_dns_cache=False)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=WITHIN) as session,
                session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                if not 200 <= answer.status < 300:
                    raise Undelivered(f"the gateway answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Undelivered(type(error).__name__) from error
