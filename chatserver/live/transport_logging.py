"""Log lines that a flood of bad input can neither multiply nor write into."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from aiohttp.http_exceptions import HttpProcessingError


class QuietLog:
    """Each kind of trouble at most once in `seconds`; the next line counts those left out."""

    def __init__(
        self,
        logger: logging.Logger,
        seconds: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.logger = logger
        self.seconds = seconds
        self.clock = clock
        self._last: dict[str, tuple[float, int]] = {}

    def warn(self, kind: str, message: str, *, fault: bool = False) -> None:
        """`kind` is one of a few fixed words; `fault` adds a traceback, for our own errors."""
        now = self.clock()
        last, left_out = self._last.get(kind, (float("-inf"), 0))
        if now - last < self.seconds:
            self._last[kind] = (last, left_out + 1)
            return
        self._last[kind] = (now, 0)
        more = f" ({left_out} more like it before)" if left_out else ""
        self.logger.log(
            logging.ERROR if fault else logging.WARNING, "%s%s", message, more, exc_info=fault
        )


class BadRequestFilter(logging.Filter):
    """aiohttp writes a traceback with the bytes it could not read; a line now and then is enough."""

    def __init__(self, seconds: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.seconds = seconds
        self.clock = clock
        self._last = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets our own faults through as they are."""
        if not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)):
            return True
        now = self.clock()
        if now - self._last < self.seconds:
            return False
        self._last = now
        record.msg, record.args = "A request was not HTTP and was refused.", ()
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
