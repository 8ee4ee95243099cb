"""How many events an account may send: a bucket that fills at `rate` a second and holds twice as much."""

from __future__ import annotations

import math
from time import monotonic

from chatserver.rules.articles import Refused


class Buckets:
    """Token buckets by key, in the memory of this process; `rate` 0 is no limit."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.burst = max(1.0, rate * 2)
        self._left: dict[str, tuple[float, float]] = {}

    def spend(self, key: str) -> None:
        """One event; raises `rate_limited` with the seconds after which to try again."""
        if not self.rate:
            return
        now = monotonic()
        left, at = self._left.get(key, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.rate)
        if left < 1:
            wait = math.ceil((1 - left) / self.rate)
            raise Refused("rate_limited", details={"retry_after_s": max(1, wait)})
        self._left[key] = (left - 1, now)
        if len(self._left) > 50_000:
            full = self.burst / self.rate
            self._left = {k: v for k, v in self._left.items() if now - v[1] < full}
