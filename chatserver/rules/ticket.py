"""One consultation as it stands, and as it stands after an event (`transitions`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from . import custody
from .articles import WrongState
from .events import Event
from .events_talk import Read, Sent
from .policy import FIRST_LADDER
from .retries import Done
from .review import Review
from .transitions import CHANGES, TRANSITIONS

#: Where `deadlines.next_due` remembers, beside the fields, what it found for just this state, and what of
#: it lines of talk and read marks leave as it was.
MEMO, STEADY = "next_due", "steady"


@dataclass(frozen=True)
class Ticket:
    """A ticket as it stands after `entry` events. Times are UTC; spans are seconds.

    `head` is the hash of the newest journal row; `former` tells, for each lawyer who lost the
    ticket, up to which `seq` they may still read; `offered_before` who ever had an offer; `owing` who
    is still to explain a delay to the citizen; `institutions` the houses of all lawyers who worked on it,
    `panel_houses` of the experts who spoke;
    `readers` the experts who read along now, `joined` those who have spoken; `panel_*` whom the open
    escalation is or was offered to; `ladder` is the day of its terms (policy.LADDERS);
    `custody*` who held it for how long while its clock ran (custody.py);
    `because` is what the citizen said of `earlier` when asking anew; `comment` what the citizen last wrote
    with a rating, `reasons` what did not satisfy; `callback_tried` when nobody was reached, and
    `callback_how` the call-back ended; `abuse_due_at` until the operator has been told that a proposal is
    late, and of an appeal `appeal_late` whether that has happened; `abuse_by` proposed that there is abuse,
    `abuse_found_by` decided it; `lately` by what a retry is known (retries.py).
    """

    number: str
    citizen: str
    state: str = "new"
    kind: str = "live"
    category: str = "other"
    title: str = ""
    on_behalf_of: str = "self"
    answer_within: int = 3600
    idle_close: int = 900
    opened_at: datetime = field(default=datetime.min)
    answer_due_at: datetime | None = None
    promised_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    assignee: str | None = None
    profession: str | None = None
    epoch: int = 0
    accepted_at: datetime | None = None
    offered_to: str | None = None
    offer_expires_at: datetime | None = None
    offered_before: tuple[str, ...] = ()
    passed_by: tuple[str, ...] = ()
    retry_at: datetime | None = None
    front: bool = False
    former: tuple[tuple[str, int], ...] = ()
    entry: int = 0
    last_seq: int = 0
    head: bytes = b""
    spoke: str | None = None
    spoke_at: datetime | None = None
    warned_at: datetime | None = None
    drop_noticed: bool = False
    disclaimed: bool = False
    outcome: str | None = None
    satisfied: bool | None = None
    score: int | None = None
    rated_at: datetime | None = None
    callback_due_at: datetime | None = None
    citizen_read: int = 0
    staff_read: int = 0
    clock_from: datetime | None = None
    warn_at: float = 0.8
    ladder: date = FIRST_LADDER
    promises: int = 0
    asks: int = 0
    suspended_at: datetime | None = None
    rungs: tuple[str, ...] = ()
    lapsed_at: datetime | None = None
    escalations: int = 0
    escalation: str | None = None
    escalation_state: str | None = None
    escalation_reason: str | None = None
    escalated_to: str | None = None
    reviews: int = 0
    answers: tuple[tuple[int, str], ...] = ()
    notes: int = 0
    support_due_at: datetime | None = None
    abuse: str | None = None
    callback: str | None = None
    callback_provisional: bool = False
    callback_at: datetime | None = None
    callback_who: str | None = None
    callback_attempts: int = 0
    appeal: str | None = None
    owing: tuple[str, ...] = ()
    contact_tries: tuple[tuple[str, int], ...] = ()
    abuse_by: str | None = None
    escalation_due_at: datetime | None = None
    escalation_how: str | None = None
    escalation_seq: int | None = None
    open_reviews: tuple[Review, ...] = ()
    institutions: tuple[str, ...] = ()
    panel_offered_to: str | None = None
    panel_offer_expires_at: datetime | None = None
    panel_passed: tuple[str, ...] = ()
    panel_again_at: datetime | None = None
    readers: tuple[str, ...] = ()
    readers_until: datetime | None = None
    joined: tuple[str, ...] = ()
    panel_houses: tuple[str, ...] = ()
    custody: tuple[tuple[str, int], ...] = ()
    custody_from: datetime | None = None
    earlier: str | None = None
    because: str | None = None
    comment: str | None = None
    callback_tried: tuple[datetime, ...] = ()
    callback_how: str | None = None
    level: str | None = None
    reasons: tuple[str, ...] = ()
    abuse_due_at: datetime | None = None
    appeal_due_at: datetime | None = None
    appeal_late: bool = False
    referral_known_at: datetime | None = None
    abuse_found_by: str | None = None
    lately: tuple[Done, ...] = ()

    def having(self, **changes: Any) -> Ticket:
        """A copy with `changes`; what dataclasses.replace does, many times faster."""
        held = self.__dict__ | changes
        held.pop(MEMO, None)
        held.pop(STEADY, None)
        return _of(held)

    def after(self, event: Event, now: datetime) -> Ticket:
        """The ticket once `event` has happened at `now`; raises `WrongState` if it cannot."""
        kind = type(event)
        state = TRANSITIONS.get((self.state, kind))
        if state is None:
            raise WrongState(self.state)
        held = self.__dict__ | CHANGES[kind](self, event, now)
        held["state"] = state
        held["entry"] += 1
        if event.visible:
            held["last_seq"] += 1
        held.pop(MEMO, None)
        if kind is not Sent and kind is not Read:
            held.pop(STEADY, None)
            held |= custody.carried(self, held, now)
        return _of(held)


def _of(held: dict[str, Any]) -> Ticket:
    ticket = object.__new__(Ticket)
    object.__setattr__(ticket, "__dict__", held)
    return ticket
