"""Where outgoing calls may lead: public addresses only, whatever a name or a number claims to be."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

#: Seconds for one call.
WITHIN = aiohttp.ClientTimeout(total=15)


class Undelivered(Exception):
    """The receiver did not take it; it is tried again."""


def permitted(address: str, loopback: bool) -> bool:
    """Whether we may connect to `address`: a public one, or this machine where that is permitted."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if loopback and found.is_loopback:
        return True
    if isinstance(found, IPv6Address) and (found.sixtofour or found.teredo):
        return False  # names an IPv4 address inside; the other such forms (::/96, 64:ff9b::) are reserved
    if isinstance(found, IPv6Address) and found.is_site_local:
        return False  # of old, and still in houses: the library calls them global
    return found.is_global and not found.is_multicast and not found.is_reserved


class PublicOnly(AbstractResolver):
    """Resolves a name once, and fails if any of its addresses is not a public one. `socket` looks again
    at the very address that is connected to, which numbers in odd spellings reach unresolved."""

    def __init__(self, loopback: bool) -> None:
        self.loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found: Sequence[tuple[int, int, int, str, tuple[object, ...]]]
        found = await asyncio.get_running_loop().getaddrinfo(  # type: ignore[assignment]  # typeshed: also without IPv6
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

    def socket(self, info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        """A socket for this address, if we may connect to it."""
        family, kind, protocol, _, address = info
        if not permitted(str(address[0]), self.loopback):
            raise OSError("not a public address")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    async def close(self) -> None:
        """Nothing is kept."""


async def post(url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool) -> int:
    """One call over https, and what was answered; raises `Undelivered` if nobody did. Never follows a
    redirection. `loopback`: plain http to this machine is permitted (development)."""
    parts = urlsplit(url)
    try:
        literal = permitted(parts.hostname or "", loopback)
    except ValueError:
        literal = True  # a name: the resolver looks
    plain = parts.scheme == "http" and loopback
    if not literal or not (parts.scheme == "https" or plain):
        raise Undelivered("the address is not permitted")
    public = PublicOnly(loopback)
    connector = aiohttp.TCPConnector(
        resolver=public, use_dns_cache=False, socket_factory=public.socket, force_close=True
    )
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=WITHIN) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Undelivered(type(error).__name__) from None
