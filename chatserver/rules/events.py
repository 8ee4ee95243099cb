"""What can happen to a ticket: one frozen class per thing, in the past tense.

The same object is the journal's row, the push to the browsers and what a test asserts.
`kind` names it in the journal; `visible` ones are messages, numbered by `seq` for the citizen.
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


@dataclass(frozen=True)
class Sent(Message):
    """A line of the talk. It stops no clock."""

    kind: ClassVar[str] = "sent"


@dataclass(frozen=True)
class Answered(Message):
    """解答 (23): the act that meets the clock."""

    kind: ClassVar[str] = "answered"
    type: ClassVar[str] = "answer"


@dataclass(frozen=True)
class Noticed(Message):
    """A notice of the service; `notice` says which (contract, section 4)."""

    notice: str = ""
    kind: ClassVar[str] = "noticed"
    type: ClassVar[str] = "notice"


@dataclass(frozen=True)
class Opened(Event):
    """A citizen asked. `answer_within` and `idle_close` are seconds, frozen with the ticket."""

    ticket_kind: str
    category: str
    title: str
    on_behalf_of: str
    answer_within: int
    idle_close: int
    earlier: str | None = None
    kind: ClassVar[str] = "opened"


@dataclass(frozen=True)
class Offered(Event):
    staff_no: str
    expires_at: datetime
    kind: ClassVar[str] = "offered"


@dataclass(frozen=True)
class OfferEnded(Event):
    """`how`: `missed` (time-out), `declined`, or `withdrawn` (the ticket went another way)."""

    staff_no: str
    how: str
    reason: str | None = None
    retry_at: datetime | None = None
    kind: ClassVar[str] = "offer_ended"


@dataclass(frozen=True)
class Accepted(Event):
    """接单: the ticket has one lawyer from here on; the epoch rises."""

    staff_no: str
    profession: str
    kind: ClassVar[str] = "accepted"


@dataclass(frozen=True)
class HandedOver(Event):
    """Lost by its lawyer and back at the front of the queue; the epoch rises."""

    staff_no: str
    why: str
    kind: ClassVar[str] = "handed_over"


@dataclass(frozen=True)
class Reopened(Event):
    """The citizen asked on after an answer: a new clock (23)."""

    kind: ClassVar[str] = "reopened"


@dataclass(frozen=True)
class Converted(Event):
    """A waiting live ticket became a written message; the clock counts from the opening."""

    answer_within: int
    kind: ClassVar[str] = "converted"


@dataclass(frozen=True)
class IdleWarned(Event):
    kind: ClassVar[str] = "idle_warned"


@dataclass(frozen=True)
class DropNoticed(Event):
    """The citizen was told that the lawyer's line is cut and being waited for."""

    kind: ClassVar[str] = "drop_noticed"


@dataclass(frozen=True)
class Closed(Event):
    outcome: str
    kind: ClassVar[str] = "closed"


@dataclass(frozen=True)
class Rated(Event):
    """满意度测评 (24)."""

    satisfied: bool
    score: int | None = None
    comment: str | None = None
    kind: ClassVar[str] = "rated"


@dataclass(frozen=True)
class Read(Event):
    """`by` (citizen or staff) has seen everything up to `seq`."""

    by: str
    seq: int
    kind: ClassVar[str] = "read"


KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        Sent,
        Answered,
        Noticed,
        Opened,
        Offered,
        OfferEnded,
        Accepted,
        HandedOver,
        Reopened,
        Converted,
        IdleWarned,
        DropNoticed,
        Closed,
        Rated,
        Read,
    )
}


class Record(NamedTuple):
    """An event in its place: `entry` counts everything of a ticket, `seq` only its messages."""

    entry: int
    seq: int | None
    at: datetime
    actor: str
    event: Event
