"""One consultation. Everything that decides about its state lives in this file.

A change of state is a cell of `TRANSITIONS`; a missing cell is `WrongState`. The picture in
ARCHITECTURE.md is drawn from this table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .articles import WrongState
from .events import (
    Accepted,
    Answered,
    Closed,
    Converted,
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
}


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
        "opened_at": now,
        "answer_due_at": now + timedelta(seconds=event.answer_within),
    }


def _said(ticket: Ticket, event: Message, now: datetime) -> dict[str, Any]:
    return {
        "spoke": event.by,
        "spoke_at": now,
        "warned_at": None,
        "drop_noticed": ticket.drop_noticed and event.by == "citizen",
    }


def _answered(ticket: Ticket, event: Answered, now: datetime) -> dict[str, Any]:
    return _said(ticket, event, now) | {"answered_at": now}


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
        "front": True,
        "former": (*former, (event.staff_no, ticket.last_seq)),
        "warned_at": None,
        "drop_noticed": False,
    }


def _reopened(ticket: Ticket, event: Reopened, now: datetime) -> dict[str, Any]:
    return {
        "answer_due_at": now + timedelta(seconds=ticket.answer_within),
        "warned_at": None,
    }


def _converted(ticket: Ticket, event: Converted, now: datetime) -> dict[str, Any]:
    return {
        "kind": "message",
        "answer_within": event.answer_within,
        "answer_due_at": ticket.opened_at + timedelta(seconds=event.answer_within),
    }


def _closed(ticket: Ticket, event: Closed, now: datetime) -> dict[str, Any]:
    return {"outcome": event.outcome, "closed_at": now, "warned_at": None}


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
}
