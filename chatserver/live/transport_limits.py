"""Who may connect: origins, and limits for each address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

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
