"""What the HTTP API takes and gives for those who stand behind the talk: back office, operator, clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.rules.restraints import MOST_A_WEEK

from .api import Time

Number = Annotated[str, Meta(min_length=1, max_length=40, description="a ticket number (22)")]
StaffNo = Annotated[str, Meta(min_length=1, max_length=10)]
Text = Annotated[str, Meta(min_length=1, max_length=10_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=1_000)]


class ClockNow(Struct):
    """The clock that runs, as in the contract's ticket object."""

    article: int
    kind: str
    due_at: Time | None
    late: bool
    suspended: bool


class ClockStep(Struct):
    """`what`: started, stopped, suspended, resumed, changed, ran_out, reminded, owed or explained; `title` and
    `name` are that and the clock in words. `article` is null where the rule is the house's own; `basis` is
    that in words. `staff_no` and `answerable` tell staff whose a lapse is."""

    at: Time
    clock: str
    what: str
    due_at: Time | None
    article: int | None
    rule: str
    staff_no: str | None = None
    answerable: bool | None = None
    title: str = ""
    name: str = ""
    basis: str = ""


class Explained(Struct):
    """Every step of every clock of one ticket, in order, and in words where it stands."""

    number: str
    clock: ClockNow | None
    items: list[ClockStep]
    standing: str = ""


class OwnLawyer(Struct):
    """Of the last thirty days: `missed` offers, `lapses` that are the lawyer's own, private `contacts` that
    were refused, questions `refused` by their ground, ratings and how many of them `satisfied`, answers
    `corrected`, and cards on offline engagement that were `unasked` for (22)."""

    staff_no: str
    name: str | None
    profession: str | None
    duty: str
    duty_reason: str | None
    live: int
    written: int
    capacity: int
    missed: int
    lapses: int
    contacts: int
    refused: dict[str, int]
    rated: int
    satisfied: int
    corrected: int
    unasked: int


class OwnClock(Struct):
    """A clock that runs in the hands of an own lawyer; the talk itself is not the institution's to see."""

    number: str
    staff_no: str
    state: str
    clock: ClockNow


class Question(Struct):
    """A lawyer's question to those behind the talk (17), to be answered by `due_at` (33)."""

    number: str
    staff_no: str
    body: str
    at: Time
    due_at: Time | None
    late: bool


class Owed(Struct):
    """A delay that an own lawyer is still to explain to the citizen (23)."""

    number: str
    staff_no: str
    clock: str
    at: Time


class Alert(Struct):
    """What a desk is to know at once. `kind`: near, waiting, overdue, panel, contacts,
    support, unsupported (no reply in time), abuse, appeal or
    repeated (a repeat refused without an earlier answer);
    `settled`: what it asks for is done; `seen_by` is the staff number of who saw it first. `href`: where
    the desk deals with it, a path or a place on its page, or null."""

    id: str
    kind: str
    number: str
    text: str
    at: Time
    due_at: Time | None
    settled: bool
    seen_by: str | None
    seen_at: Time | None
    href: str | None


class Alerts(Struct):
    items: list[Alert]
    unseen: int


class SeenAlerts(Struct, forbid_unknown_fields=True):
    ids: Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(min_length=1, max_length=200)]


class Seen(Struct):
    """How many of them nobody had seen before."""

    seen: int


class BackOffice(Struct):
    """`reasons`: what citizens were not satisfied with in thirty days, in how many consultations each (24)."""

    institution: str | None
    lawyers: list[OwnLawyer]
    clocks: list[OwnClock]
    questions: list[Question]
    owed: list[Owed]
    reasons: dict[str, int]


class SupportReply(Struct, forbid_unknown_fields=True):
    number: Number
    body: Text


class StandIn(Struct, forbid_unknown_fields=True):
    """`staff_no` is the colleague of the same institution who is to take the ticket."""

    number: Number
    staff_no: StaffNo


class Line(Struct):
    """A line of the talk that an operator decides about."""

    seq: int
    by: str
    staff_no: str | None
    body: str
    at: Time


class Found(Struct):
    """What was found of the same citizen before, and not lifted by an appeal."""

    number: str
    at: Time
    step: str
    until: Time | None


class Proposal(Struct):
    """A lawyer's proposal that the service is abused (29), to be decided by `due_at` (33). `suggested`: the
    step that would follow on those taken `before`."""

    number: str
    title: str
    category: str
    staff_no: str
    note: str | None
    at: Time
    talk: list[Line]
    due_at: Time | None
    left_s: int | None
    before: list[Found]
    suggested: str


class Appeal(Struct):
    """A citizen's appeal against a refusal, to be decided by `due_at` (33); `left_s` is below 0 when late.
    `own`: it is against a finding of the caller's, so a second person decides (29)."""

    number: str
    title: str
    category: str
    outcome: str | None
    body: str
    at: Time
    talk: list[Line]
    due_at: Time | None
    left_s: int | None
    own: bool


class ToDecide(Struct):
    """`questions`: of lawyers whose house has nobody in its back office, and those left without a reply.
    A supervisor's are the appeals against findings of abuse alone."""

    abuse: list[Proposal]
    appeals: list[Appeal]
    questions: list[Question]


class AbuseFinding(Struct, forbid_unknown_fields=True):
    """`step`, only with `upheld`: notice, cool_down (a day), weekly (`per_week` questions in seven days) or
    suspension; the last two end at `blocked_until`, within a year. Without `step` the end alone tells."""

    number: Number
    upheld: bool
    reason: Reason
    blocked_until: datetime | None = None
    step: Literal["notice", "cool_down", "weekly", "suspension"] | None = None
    per_week: Annotated[int, Meta(ge=1, le=MOST_A_WEEK)] | None = None


class AppealFinding(Struct, forbid_unknown_fields=True):
    number: Number
    upheld: bool
    reason: Reason


class Decided(Struct):
    """What stands now of the ticket."""

    number: str
    state: str
    outcome: str | None
