"""One consultation. Everything that decides about its state lives in this file.

A change of state is a cell of `TRANSITIONS`; a missing cell is `WrongState`. The picture in
ARCHITECTURE.md is drawn from this table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import events as happened
from .articles import WrongState
from .events import (
    Accepted,
    Answered,
    Asked,
    Closed,
    Converted,
    Corrected,
    DropNoticed,
    Event,
    HandedOver,
    IdleWarned,
    Message,
    Noticed,
    Offered,
    OfferEnded,
    Opened,
    Rated,
    Read,
    Reopened,
    Sent,
)

STATES = ("queued", "active", "scheduled", "answered", "closed")

TRANSITIONS: dict[tuple[str, type[Event]], str] = {
    ("new", Opened): "queued",
    ("queued", Sent): "queued",
    ("queued", Noticed): "queued",
    ("queued", Offered): "queued",
    ("queued", OfferEnded): "queued",
    ("queued", Converted): "queued",
    ("queued", Accepted): "active",
    ("queued", Read): "queued",
    ("queued", Closed): "closed",
    ("active", Sent): "active",
    ("active", Noticed): "active",
    ("active", Answered): "answered",
    ("active", HandedOver): "queued",
    ("active", IdleWarned): "active",
    ("active", DropNoticed): "active",
    ("active", Read): "active",
    ("active", Closed): "closed",
    ("scheduled", Sent): "scheduled",
    ("scheduled", Noticed): "scheduled",
    ("scheduled", Answered): "answered",
    ("scheduled", HandedOver): "queued",
    ("scheduled", Read): "scheduled",
    ("scheduled", Closed): "closed",
    ("answered", Sent): "answered",
    ("answered", Noticed): "answered",
    ("answered", Answered): "answered",
    ("answered", Reopened): "active",
    ("answered", IdleWarned): "answered",
    ("answered", DropNoticed): "answered",
    ("answered", Rated): "answered",
    ("answered", Read): "answered",
    ("answered", Closed): "closed",
    ("closed", Noticed): "closed",
    ("closed", Rated): "closed",
    ("closed", Read): "closed",
    ("queued", Answered): "answered",
    ("closed", Answered): "answered",
    ("queued", happened.Resumed): "queued",
    ("active", Asked): "active",
    ("active", happened.Resumed): "active",
    ("active", happened.Scheduled): "scheduled",
    ("scheduled", happened.Scheduled): "scheduled",
    ("closed", happened.CallbackBegun): "active",
    ("answered", happened.CallbackBegun): "active",
    ("active", Corrected): "active",
    ("scheduled", Corrected): "scheduled",
    ("answered", Corrected): "answered",
    ("closed", Corrected): "closed",
}

#: What may happen in any state and changes none.
ANYWHERE = (
    happened.Warned,
    happened.Lapsed,
    happened.Escalated,
    happened.EscalationClaimed,
    happened.EscalationResolved,
    happened.Reviewed,
    happened.ReviewSettled,
    happened.TurnedDown,
    happened.AbuseProposed,
    happened.AbuseDecided,
    happened.Appealed,
    happened.AppealDecided,
    happened.Noted,
    happened.CallbackOpened,
    happened.CallbackChosen,
    happened.CallbackAttempted,
    happened.CallbackDone,
)
#: The ladder of a clock, whose steps each happen once (deadlines.py).
ALL_RUNGS = ("half", "warn", "convert", "lapse", "operator")
TRANSITIONS |= {(state, event): state for state in STATES for event in ANYWHERE}


@dataclass(frozen=True)
class Ticket:
    """A ticket as it stands after `entry` events. Times are UTC; spans are seconds.

    `head` is the hash of the newest journal row; `former` tells, for each lawyer who lost the
    ticket, up to which `seq` they may still read; `offered_before` who ever had an offer.
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
    abuse: str | None = None
    callback: str | None = None
    callback_provisional: bool = False
    callback_at: datetime | None = None
    callback_who: str | None = None
    callback_attempts: int = 0
    appeal: str | None = None

    def having(self, **changes: Any) -> Ticket:
        """A copy with `changes`; what dataclasses.replace does, several times faster."""
        copy = object.__new__(Ticket)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        return copy

    def after(self, event: Event, now: datetime) -> Ticket:
        """The ticket once `event` has happened at `now`; raises `WrongState` if it cannot."""
        state = TRANSITIONS.get((self.state, type(event)))
        if state is None:
            raise WrongState(self.state)
        changes = _CHANGES[type(event)](self, event, now)
        changes["state"] = state
        changes["entry"] = self.entry + 1
        if event.visible:
            changes["last_seq"] = self.last_seq + 1
        return self.having(**changes)


def _opened(ticket: Ticket, event: Opened, now: datetime) -> dict[str, Any]:
    return {
        "kind": event.ticket_kind,
        "category": event.category,
        "title": event.title,
        "on_behalf_of": event.on_behalf_of,
        "answer_within": event.answer_within,
        "idle_close": event.idle_close,
        "warn_at": event.warn_at,
        "opened_at": now,
        "answer_due_at": now + timedelta(seconds=event.answer_within),
        "clock_from": now,
    }


def _said(ticket: Ticket, event: Message, now: datetime) -> dict[str, Any]:
    return {
        "spoke": event.by,
        "spoke_at": now,
        "warned_at": None,
        "drop_noticed": ticket.drop_noticed and event.by == "citizen",
    }


def _answered(ticket: Ticket, event: Answered, now: datetime) -> dict[str, Any]:
    return _said(ticket, event, now) | {
        "answered_at": now,
        "promised_at": None,
        "suspended_at": None,
        "outcome": None,
        "closed_at": None,
        "answers": (*ticket.answers, (ticket.last_seq + 1, event.author)),
    }


def _asked(ticket: Ticket, event: Asked, now: datetime) -> dict[str, Any]:
    return _said(ticket, event, now) | {"asks": ticket.asks + 1, "suspended_at": now}


def _resumed(ticket: Ticket, event: happened.Resumed, now: datetime) -> dict[str, Any]:
    assert ticket.suspended_at is not None
    stood = now - ticket.suspended_at
    clock = "callback_due_at" if ticket.callback == "begun" else "answer_due_at"
    due: datetime = getattr(ticket, clock)
    return {
        "suspended_at": None,
        clock: due + stood,
        "clock_from": ticket.clock_from and ticket.clock_from + stood,
    }


def _scheduled(ticket: Ticket, event: happened.Scheduled, now: datetime) -> dict[str, Any]:
    return {
        "promised_at": event.promised_at,
        "promises": ticket.promises + 1,
        "suspended_at": None,
        "clock_from": now,
        "rungs": (),
        "lapsed_at": None,
    }


def _warned(ticket: Ticket, event: happened.Warned, now: datetime) -> dict[str, Any]:
    return {"rungs": (*ticket.rungs, event.rung)}


def _lapsed(ticket: Ticket, event: happened.Lapsed, now: datetime) -> dict[str, Any]:
    return {"rungs": (*ticket.rungs, "lapse"), "lapsed_at": now}


def _escalated(ticket: Ticket, event: happened.Escalated, now: datetime) -> dict[str, Any]:
    return {
        "escalations": ticket.escalations + 1,
        "escalation": event.id,
        "escalation_state": "open",
        "escalation_reason": event.reason,
        "escalated_to": None,
    }


def _claimed(ticket: Ticket, event: happened.EscalationClaimed, now: datetime) -> dict[str, Any]:
    return {"escalation_state": "claimed", "escalated_to": event.staff_no}


def _callback_opened(
    ticket: Ticket, event: happened.CallbackOpened, now: datetime
) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "callback_due_at": event.due_at,
        "callback_provisional": event.provisional,
    }
    if ticket.callback not in ("open", "begun"):
        changes |= {"callback": "open", "clock_from": now, "rungs": (), "lapsed_at": None}
    return changes


def _callback_begun(ticket: Ticket, event: happened.CallbackBegun, now: datetime) -> dict[str, Any]:
    former = tuple(f for f in ticket.former if f[0] not in (event.staff_no, ticket.assignee))
    if ticket.assignee is not None and ticket.assignee != event.staff_no:
        former = (*former, (ticket.assignee, ticket.last_seq))
    return {
        "callback": "begun",
        "former": former,
        "assignee": event.staff_no,
        "profession": event.profession,
        "epoch": ticket.epoch + 1,
        "accepted_at": now,
        "outcome": None,
        "closed_at": None,
        "spoke": "citizen",
        "warned_at": None,
        "drop_noticed": False,
    }


def _noticed(ticket: Ticket, event: Noticed, now: datetime) -> dict[str, Any]:
    return {"disclaimed": ticket.disclaimed or event.notice == "disclaimer"}


def _offered(ticket: Ticket, event: Offered, now: datetime) -> dict[str, Any]:
    before = ticket.offered_before
    return {
        "offered_to": event.staff_no,
        "offer_expires_at": event.expires_at,
        "offered_before": before if event.staff_no in before else (*before, event.staff_no),
    }


def _offer_ended(ticket: Ticket, event: OfferEnded, now: datetime) -> dict[str, Any]:
    passed = tuple(no for no in ticket.passed_by if no != event.staff_no)
    return {
        "offered_to": None,
        "offer_expires_at": None,
        "passed_by": ticket.passed_by if event.how == "withdrawn" else (*passed, event.staff_no),
        "retry_at": event.retry_at or ticket.retry_at,
    }


def _accepted(ticket: Ticket, event: Accepted, now: datetime) -> dict[str, Any]:
    return {
        "assignee": event.staff_no,
        "profession": event.profession,
        "epoch": ticket.epoch + 1,
        "accepted_at": now,
        "offered_to": None,
        "offer_expires_at": None,
        "passed_by": (),
        "retry_at": None,
        "front": False,
        "former": tuple(f for f in ticket.former if f[0] != event.staff_no),
        "spoke": "citizen",
        "drop_noticed": False,
    }


def _handed_over(ticket: Ticket, event: HandedOver, now: datetime) -> dict[str, Any]:
    former = tuple(f for f in ticket.former if f[0] != event.staff_no)
    return {
        "assignee": None,
        "profession": None,
        "epoch": ticket.epoch + 1,
        "front": event.why in ("connection_lost", "stand_in"),
        "category": event.category or ticket.category,
        # What was promised to the citizen stays the clock, whoever keeps it.
        "answer_due_at": ticket.promised_at or ticket.answer_due_at,
        "promised_at": None,
        "former": (*former, (event.staff_no, ticket.last_seq)),
        "warned_at": None,
        "drop_noticed": False,
    }


def _reopened(ticket: Ticket, event: Reopened, now: datetime) -> dict[str, Any]:
    return {
        "answer_due_at": now + timedelta(seconds=ticket.answer_within),
        "clock_from": now,
        "promises": 0,
        "asks": 0,
        "rungs": (),
        "lapsed_at": None,
        "warned_at": None,
    }


def _converted(ticket: Ticket, event: Converted, now: datetime) -> dict[str, Any]:
    # From the opening; of what was asked on, from then, and without the time that stood still.
    begun = ticket.clock_from or ticket.opened_at
    return {
        "kind": "message",
        "answer_within": event.answer_within,
        "answer_due_at": begun + timedelta(seconds=event.answer_within),
        "rungs": (),
    }


def _closed(ticket: Ticket, event: Closed, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "outcome": event.outcome,
        "closed_at": now,
        "warned_at": None,
        "suspended_at": None,
    }
    if ticket.callback in ("open", "begun"):
        if event.outcome not in ("answered", "expired"):
            changes["callback"] = "done"
        elif ticket.callback == "open" and ticket.state == "active":
            # The clock of what was asked on is over; what the call-back's had told stays told.
            due = ticket.callback_due_at
            late = due is not None and due <= now
            changes |= {"clock_from": now, "rungs": ALL_RUNGS if late else ()}
    return changes


def _rated(ticket: Ticket, event: Rated, now: datetime) -> dict[str, Any]:
    return {
        "satisfied": event.satisfied,
        "score": event.score,
        "rated_at": ticket.rated_at or now,
    }


def _read(ticket: Ticket, event: Read, now: datetime) -> dict[str, Any]:
    return {f"{event.by}_read": event.seq}


_CHANGES: dict[type[Event], Any] = {
    Opened: _opened,
    Sent: _said,
    Answered: _answered,
    Noticed: _noticed,
    Offered: _offered,
    OfferEnded: _offer_ended,
    Accepted: _accepted,
    HandedOver: _handed_over,
    Reopened: _reopened,
    Converted: _converted,
    IdleWarned: lambda ticket, event, now: {"warned_at": now},
    DropNoticed: lambda ticket, event, now: {"drop_noticed": True},
    Closed: _closed,
    Rated: _rated,
    Read: _read,
    Asked: _asked,
    Corrected: lambda ticket, event, now: {
        "answers": (*ticket.answers, (ticket.last_seq + 1, event.author))
    },
    happened.Resumed: _resumed,
    happened.Scheduled: _scheduled,
    happened.Warned: _warned,
    happened.Lapsed: _lapsed,
    happened.Escalated: _escalated,
    happened.EscalationClaimed: _claimed,
    happened.EscalationResolved: lambda ticket, event, now: {"escalation_state": "resolved"},
    happened.Reviewed: lambda ticket, event, now: {"reviews": ticket.reviews + 1},
    happened.ReviewSettled: lambda ticket, event, now: {},
    happened.TurnedDown: lambda ticket, event, now: {},
    happened.AbuseProposed: lambda ticket, event, now: {"abuse": "proposed"},
    happened.AbuseDecided: lambda ticket, event, now: {
        "abuse": "upheld" if event.upheld else "dismissed"
    },
    happened.Appealed: lambda ticket, event, now: {"appeal": "open"},
    happened.AppealDecided: lambda ticket, event, now: {
        "appeal": "upheld" if event.upheld else "dismissed"
    },
    happened.Noted: lambda ticket, event, now: {"notes": ticket.notes + 1},
    happened.CallbackOpened: _callback_opened,
    happened.CallbackChosen: lambda ticket, event, now: {
        "callback_at": event.at,
        "callback_who": event.who,
    },
    happened.CallbackBegun: _callback_begun,
    happened.CallbackAttempted: lambda ticket, event, now: {
        "callback_attempts": ticket.callback_attempts + 1
    },
    happened.CallbackDone: lambda ticket, event, now: {"callback": "done"},
}
