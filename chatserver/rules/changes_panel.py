"""What the panel's events change of a ticket's fields; its state is `transitions.py`'s."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .events import Event
from .events_panel import (
    EscalationOffered,
    EscalationPassed,
    Joined,
    ReadAlong,
    ReadingEnded,
    ReviewLapsed,
)
from .policy import LADDERS, PANEL_ASKED_AGAIN_AFTER

if TYPE_CHECKING:
    from .ticket import Ticket

#: The clock of a question for the panel while none of the ticket's own runs.
PANEL_CLOCK = "panel"
#: What an offer leaves behind when it is over.
NO_OFFER: dict[str, Any] = {"panel_offered_to": None, "panel_offer_expires_at": None}
#: A call-back that is still to be made, or to be finished.
OWED = ("open", "begun")
#: Why a question stays the panel's after the end of the talk.
OUTLIVING = ("callback", "review_overdue")


def outlives(ticket: Ticket) -> bool:
    """Whether the panel's question is still to be answered when the talk is over."""
    return ticket.callback in OWED or ticket.escalation_reason in OUTLIVING


def off_the_panel(
    ticket: Ticket, now: datetime, *, settled: bool, clock_stops: bool
) -> dict[str, Any]:
    """Nobody is asked any more to take what has found its end; who has claimed it may go on. What stays
    has a time of its own once the clock stops that told until when."""
    if ticket.escalation_state not in ("open", "claimed"):
        return {}
    if settled and ticket.escalation_state == "open":
        return {"escalation_state": "resolved", "escalation_due_at": None, **NO_OFFER}
    if not clock_stops:
        return {}
    due_at = ticket.escalation_due_at or now + LADDERS[ticket.ladder].panel_within
    return {"escalation_due_at": due_at}


def _offered(ticket: Ticket, event: EscalationOffered, now: datetime) -> dict[str, Any]:
    changes = {"panel_offered_to": event.staff_no, "panel_offer_expires_at": event.expires_at}
    if event.staff_no in ticket.panel_passed:
        # Everyone had passed it on: a new round begins.
        changes["panel_passed"] = ()
    return changes


def _passed(ticket: Ticket, event: EscalationPassed, now: datetime) -> dict[str, Any]:
    changes = NO_OFFER | {
        "panel_passed": (*ticket.panel_passed, event.staff_no),
        "panel_again_at": now + PANEL_ASKED_AGAIN_AFTER,
    }
    if event.reopens:
        # What nobody may answer any more finds its end, and goes round the panel for ever otherwise.
        over = ticket.state == "closed" and not outlives(ticket)
        changes |= {"escalation_state": "resolved" if over else "open", "escalated_to": None}
        changes |= {"escalation_due_at": None} if over else {}
    return changes


def _reads(ticket: Ticket, event: ReadAlong, now: datetime) -> dict[str, Any]:
    others = tuple(no for no in ticket.readers if no != event.staff_no)
    until = max(event.until, ticket.readers_until or event.until)
    return {"readers": (*others, event.staff_no), "readers_until": until}


def _reading_ended(ticket: Ticket, event: ReadingEnded, now: datetime) -> dict[str, Any]:
    others = tuple(no for no in ticket.readers if no != event.staff_no)
    return {"readers": others, "readers_until": ticket.readers_until if others else None}


def _joined(ticket: Ticket, event: Joined, now: datetime) -> dict[str, Any]:
    houses = ticket.panel_houses
    if event.institution is not None and event.institution not in houses:
        houses = (*houses, event.institution)
    return {"joined": (*ticket.joined, event.staff_no), "panel_houses": houses}


def had_a_hand(ticket: Ticket, institution: str | None) -> dict[str, Any]:
    """The house of someone who works on the ticket: its experts keep out from here on (7)."""
    if institution is None or institution in ticket.institutions:
        return {}
    return {"institutions": (*ticket.institutions, institution)}


def _review_lapsed(ticket: Ticket, event: ReviewLapsed, now: datetime) -> dict[str, Any]:
    """What the citizen was warned of stays so until the panel has judged it."""
    kept = tuple(
        one._replace(state="overdue", due_ms=0) if one.id == event.id else one
        for one in ticket.open_reviews
        if one.id != event.id or one.harmful
    )
    return {"open_reviews": kept}


CHANGES: dict[type[Event], Any] = {
    EscalationOffered: _offered,
    EscalationPassed: _passed,
    ReadAlong: _reads,
    ReadingEnded: _reading_ended,
    Joined: _joined,
    ReviewLapsed: _review_lapsed,
}
