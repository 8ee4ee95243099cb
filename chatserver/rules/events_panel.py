"""What happens between the panel and a ticket: offers of escalations, reading along, stepping in, late reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from .events import Event


@dataclass(frozen=True)
class EscalationOffered(Event):
    """An expert is asked to take an escalation; anyone else may still claim it."""

    id: str
    staff_no: str
    expires_at: datetime
    kind: ClassVar[str] = "escalation_offered"


@dataclass(frozen=True)
class EscalationPassed(Event):
    """`how`: `passed` (said so), `missed` (time-out), `returned` (had claimed it, and gives it back) or
    `released` (had claimed it, and the operator on duty took it back)."""

    id: str
    staff_no: str
    how: str
    reason: str | None = None
    kind: ClassVar[str] = "escalation_passed"

    @property
    def reopens(self) -> bool:
        """Whether a claim ends with it, and not only an offer."""
        return self.how in ("returned", "released")


@dataclass(frozen=True)
class ReadAlong(Event):
    """An expert reads along in a talk (7, 25); it is on record, and the talk's people see it."""

    staff_no: str
    until: datetime
    kind: ClassVar[str] = "read_along"


@dataclass(frozen=True)
class ReadingEnded(Event):
    """No more reading along: `how` is `left` or `lapsed`."""

    staff_no: str
    how: str
    kind: ClassVar[str] = "reading_ended"


@dataclass(frozen=True)
class Joined(Event):
    """An expert speaks in a talk for the first time, under the own number; the citizen is told with it."""

    staff_no: str
    institution: str | None = None
    kind: ClassVar[str] = "joined"


@dataclass(frozen=True)
class ReviewLapsed(Event):
    """A suggestion that its lawyer has not settled, or accepted and not put into effect, in time."""

    id: str
    seq: int
    kind: ClassVar[str] = "review_lapsed"
