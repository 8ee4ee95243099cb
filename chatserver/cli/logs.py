"""What a server writes to standard error: one line a record, JSON for programs, never without a bound."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

#: So many records of one kind in so many seconds; what is more is counted and told with the next one.
BURST = 10
SECONDS = 10.0


class Bounded(logging.Filter):
    """Keeps a fault, or someone who provokes one, from filling the disk."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; `left_out` tells how many of its kind were not before it."""
        kind = (record.name, str(record.msg)[:200])
        now = time.monotonic()
        since, count = self.kinds.get(kind, (now, 0))
        if now - since > SECONDS:
            record.left_out = max(0, count - BURST)
            since, count = now, 0
        if len(self.kinds) > 1000:
            self.kinds.clear()
        self.kinds[kind] = (since, count + 1)
        return count < BURST


class Lines(logging.Formatter):
    """One line of JSON a record: `at`, `level`, `logger`, `message`, and `trace` of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if left_out := getattr(record, "left_out", 0):
            told["left_out"] = left_out
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def write_logs(level: str, *, plain: bool) -> None:
    """Sends every log record from `level` on to standard error; `plain` is for a person's terminal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Bounded())
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s") if plain else Lines()
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
