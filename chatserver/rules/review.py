"""An expert's word on a ticket, as long as it is not settled (26, 27)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple


class Review(NamedTuple):
    """`seq` of the answer (0: none, an opinion), by when in milliseconds of Unix time (0: any time), and
    `open` or `accepted`, which a correction is to follow."""

    id: str
    seq: int
    due_ms: int
    state: str = "open"

    @property
    def due_at(self) -> datetime | None:
        """By when it is to be settled."""
        return datetime.fromtimestamp(self.due_ms / 1000, UTC) if self.due_ms else None
