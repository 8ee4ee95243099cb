"""What the HTTP API takes and gives about how a ticket stands, for the operator on duty; of the talk nothing (25)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatserver.rules.experts import Reason
from chatserver.rules.operating import LONGEST_REASON

from .api import Time
from .api_staff import ClockNow, Number, StaffNo


class Holder(Struct):
    """Who has it, since when, and whether that person is connected now."""

    staff_no: str
    since: Time | None
    connected: bool


class Asked(Struct):
    """Whom it is offered to, and until when."""

    staff_no: str
    until: Time


class Place(Struct):
    """The place in its queue, from 1, and how many suitable lawyers are on duty."""

    position: int
    on_duty: int


class Passed(Struct):
    """The question that the panel has (26). `reason` and `cause` as in a ticket."""

    id: str
    state: str
    reason: Reason
    opened_at: Time
    claimed: Holder | None
    offered: Asked | None
    cause: str


class Tries(Struct):
    """How often this lawyer was stopped from giving a private contact (22)."""

    staff_no: str
    tries: int


class Free(Struct):
    """A lawyer on duty and connected. `suits`: the category is theirs; `room` for so many live talks more."""

    staff_no: str
    suits: bool
    room: int


class Standing(Struct):
    """How a ticket stands. `may`: what can be done now, of `release`, `offer` and `forward` (to the head
    of the queue). `level` and `reasons`: the rating, in its fixed words (24).
    `referral_known_at`: when a citizen who was referred elsewhere said to know where to go (28)."""

    number: str
    kind: str
    category: str
    state: str
    outcome: str | None
    opened_at: Time
    clock: ClockNow | None
    holder: Holder | None
    offered: Asked | None
    queue: Place | None
    escalation: Passed | None
    contacts: list[Tries]
    may: list[str]
    lawyers: list[Free]
    level: str | None
    reasons: tuple[str, ...]
    referral_known_at: Time | None


class Release(Struct, forbid_unknown_fields=True):
    """`staff_no` is the expert whose claim ends."""

    number: Number
    staff_no: StaffNo
    reason: Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)] | None = None


class Offer(Struct, forbid_unknown_fields=True):
    """`staff_no` is the lawyer on duty who is asked; without it the ticket goes to the head of the queue."""

    number: Number
    staff_no: StaffNo | None = None
