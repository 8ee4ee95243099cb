"""How often a log-in may be tried: per address and per account, in a window of one minute."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from chatserver.rules.articles import Refused

WINDOW = 60.0
#: Keys remembered at most, so that a flood of made-up log-ins cannot fill the memory.
MOST_KEYS = 100_000


class Attempts:
    """`per_minute` attempts for each key, 0 for no limit. `now` is a monotonic clock in seconds."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._now = now
        self._tried: dict[str, deque[float]] = {}

    def take(self, *keys: str) -> None:
        """Counts one attempt for all of `keys`, or raises `rate_limited` and counts nothing."""
        if self._most == 0:
            return
        now = self._now()
        wait = max(self._wait(key, now) for key in keys)
        if wait > 0:
            raise Refused(
                "rate_limited",
                "尝试登录过于频繁，请稍后再试。",
                details={"retry_after_s": math.ceil(wait)},
            )
        for key in keys:
            self._tried.setdefault(key, deque()).append(now)
        if len(self._tried) > MOST_KEYS:
            self._forget(now)

    def _wait(self, key: str, now: float) -> float:
        tried = self._tried.get(key)
        if tried is None:
            return 0.0
        while tried and tried[0] <= now - WINDOW:
            tried.popleft()
        if not tried:
            del self._tried[key]
        return tried[0] + WINDOW - now if len(tried) >= self._most else 0.0

    def _forget(self, now: float) -> None:
        """Drops what is over; if that is not enough, the keys that came first."""
        for key in [key for key, tried in self._tried.items() if tried[-1] <= now - WINDOW]:
            del self._tried[key]
        for key in list(self._tried)[: max(0, len(self._tried) - MOST_KEYS)]:
            del self._tried[key]
