"""What can happen to a ticket: one frozen class per thing, in the past tense.

The same object is the journal's row, the push to the browsers and what a test asserts.
`kind` names it in the journal; `visible` ones are messages, numbered by `seq` for the citizen.
The classes are in `events_talk` and `events_desks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple


class Event:
    """Something that happened."""

    kind: ClassVar[str] = ""
    visible: ClassVar[bool] = False


@dataclass(frozen=True)
class Message(Event):
    """What the citizen may see. `by` is citizen, staff, expert or system; `id` is the author's own."""

    by: str
    body: str
    id: str
    staff_no: str | None = None
    profession: str | None = None
    visible: ClassVar[bool] = True
    type: ClassVar[str] = "text"

    @property
    def author(self) -> str:
        """The key under which `id` is unique: `citizen`, a staff number or `system`."""
        return self.staff_no or self.by


class Record(NamedTuple):
    """An event in its place: `entry` counts everything of a ticket, `seq` only its messages."""

    entry: int
    seq: int | None
    at: datetime
    actor: str
    event: Event
