"""An expert's word on a ticket, as long as it is not settled (26, 27)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple


class Review(NamedTuple):
    """`seq` of the answer (0: none, an opinion), by when in milliseconds of Unix time (0: any time), and
    `open` or `accepted`, which a correction is to follow. What would do harm stays, and the citizen warned,
    until somebody has judged it: `contested` by its author, or `overdue`."""

    id: str
    seq: int
    due_ms: int
    state: str = "open"
    harmful: bool = False

    @property
    def due_at(self) -> datetime | None:
        """By when it is to be settled."""
        return datetime.fromtimestamp(self.due_ms / 1000, UTC) if self.due_ms else None

    @property
    def to_judge(self) -> bool:
        """Its author has had their say, or their time."""
        return self.state in ("contested", "overdue")


def doubted(reviews: Iterable[Review], *, to_judge: bool = False) -> tuple[int, ...]:
    """The `seq` of answers that the citizen is warned not to act on; with `to_judge`, those of them of which
    only an expert's word is still out."""
    found = {one.seq for one in reviews if one.harmful and (one.to_judge or not to_judge)}
    return tuple(sorted(found))
