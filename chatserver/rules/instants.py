"""How a moment is written, wherever it is told."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache


@lru_cache(maxsize=512)
def instant(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def optional(at: datetime | None) -> str | None:
    """`instant`, or null."""
    return None if at is None else instant(at)
