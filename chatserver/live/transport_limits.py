"""Who may connect: origins, addresses, and limits for each address."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Connections open at a time that have not shown who they are.
MAX_UNAUTHENTICATED = 5_000


class Origins:
    """The sites that may open sockets, compared as scheme, host and port (RFC 6454, section 5)."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = frozenset(_origin(site) for site in allowed)

    def permits(self, origin: str | None) -> bool:
        """A missing header passes: no cookie authenticates a socket, so this is for browsers."""
        return origin is None or origin in self.allowed


def _origin(site: str) -> str:
    parts = urlsplit(site.strip().lower())
    port = parts.port
    if port is None or (parts.scheme, port) in (("http", 80), ("https", 443)):
        return f"{parts.scheme}://{_host(parts.hostname)}"
    return f"{parts.scheme}://{_host(parts.hostname)}:{port}"


def _host(name: str | None) -> str:
    return f"[{name}]" if name and ":" in name else name or ""


class Addresses:
    """Client addresses as our own proxies tell them; nobody else's X-Forwarded-For is believed."""

    def __init__(self, trusted_proxies: Iterable[Network]) -> None:
        self.trusted = tuple(trusted_proxies)

    def of(self, peer: str | None, forwarded: Iterable[str]) -> str:
        """The right-most address that no trusted proxy holds.

        `peer` is the address of the TCP connection, `forwarded` the values of all X-Forwarded-For
        headers in their order. What cannot be read ends the walk at the proxy that sent it.
        """
        address = peer or ""
        if not self.trusted or not self._trusts(address):
            return address
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        for hop in reversed(hops):
            try:
                address = str(ipaddress.ip_address(hop))
            except ValueError:
                return address
            if not self._trusts(address):
                return address
        return address

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        return any(parsed.version == net.version and parsed in net for net in self.trusted)


def bucket_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber holds."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False).network_address)


class ConnectLimits:
    """Open sockets and new sockets a second for each client address; 0 is no limit."""

    def __init__(
        self, most_open: int, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most_open = most_open
        self.per_second = per_second
        self.burst = max(per_second, 1.0)
        self.clock = clock
        self.open: dict[str, int] = {}
        self._tokens: dict[str, tuple[float, float]] = {}

    def enter(self, bucket: str) -> float:
        """Counts one more socket and returns 0, or returns after how many seconds to try again."""
        if self.most_open and self.open.get(bucket, 0) >= self.most_open:
            return 5.0
        if self.per_second:
            now = self.clock()
            tokens, seen = self._tokens.get(bucket, (self.burst, now))
            tokens = min(self.burst, tokens + (now - seen) * self.per_second)
            if tokens < 1.0:
                return (1.0 - tokens) / self.per_second
            self._tokens[bucket] = (tokens - 1.0, now)
        self.open[bucket] = self.open.get(bucket, 0) + 1
        return 0.0

    def leave(self, bucket: str) -> None:
        """A socket counted by `enter` is gone."""
        left = self.open.get(bucket, 0) - 1
        if left > 0:
            self.open[bucket] = left
        else:
            self.open.pop(bucket, None)

    def forget(self) -> None:
        """Drops what has filled up again, so that many addresses leave nothing behind."""
        now = self.clock()
        full = [
            bucket
            for bucket, (tokens, seen) in self._tokens.items()
            if tokens + (now - seen) * self.per_second >= self.burst
        ]
        for bucket in full:
            del self._tokens[bucket]
