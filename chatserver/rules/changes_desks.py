"""What the events around a talk change of a ticket's fields; its state is `transitions.py`'s."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import retries
from .changes_panel import NO_OFFER, PANEL_CLOCK, had_a_hand, off_the_panel
from .custody import taken
from .events import Event
from .events_desks import (
    AbuseDecided,
    AbuseProposed,
    AppealDecided,
    Appealed,
    BroughtForward,
    CallbackAttempted,
    CallbackBegun,
    CallbackChosen,
    CallbackConfirmed,
    CallbackDone,
    CallbackEntrusted,
    CallbackOpened,
    ContactRefused,
    Escalated,
    EscalationClaimed,
    EscalationResolved,
    Lapsed,
    Noted,
    ReferralKnown,
    Reviewed,
    ReviewSettled,
    TurnedDown,
    Warned,
)
from .policy import LADDERS
from .review import Review

if TYPE_CHECKING:
    from .ticket import Ticket


#: The clock of a lawyer's question to those behind the talk.
SUPPORT_CLOCK = "support"
#: Those of what waits for the operator: a proposal of abuse, an appeal.
ABUSE_CLOCK, APPEAL_CLOCK = "abuse", "appeal"
#: clock -> what is left to remember once somebody has been told that its time is over. None of them is the
#: citizen's own, whose ladder they leave alone.
TOLD: dict[str, dict[str, Any]] = {
    PANEL_CLOCK: {"escalation_due_at": None},
    SUPPORT_CLOCK: {"support_due_at": None},
    ABUSE_CLOCK: {"abuse_due_at": None},
    APPEAL_CLOCK: {"appeal_late": True},
}


def _warned(ticket: Ticket, event: Warned, now: datetime) -> dict[str, Any]:
    return TOLD.get(event.clock) or {"rungs": (*ticket.rungs, event.rung)}


def _lapsed(ticket: Ticket, event: Lapsed, now: datetime) -> dict[str, Any]:
    owing = (*ticket.owing, *(no for no in event.asked if no not in ticket.owing))
    changes = {"rungs": (*ticket.rungs, "lapse"), "lapsed_at": now, "owing": owing}
    # Everyone is asked anew, those who passed it by as well.
    return changes | {"passed_by": (), "retry_at": None}


def _noted(ticket: Ticket, event: Noted, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"notes": ticket.notes + 1}
    changes |= retries.remembered(ticket, event.about, event.staff_no, event.id, event.body)
    if event.about == "support":
        changes["support_due_at"] = ticket.support_due_at or event.due_at
    elif event.about == "reply":
        changes["support_due_at"] = event.due_at
    return changes


def _contact_refused(ticket: Ticket, event: ContactRefused, now: datetime) -> dict[str, Any]:
    tries = dict(ticket.contact_tries) | {event.staff_no: event.tries}
    return {"contact_tries": tuple(tries.items())}


def _escalated(ticket: Ticket, event: Escalated, now: datetime) -> dict[str, Any]:
    return {
        "escalations": ticket.escalations + 1,
        "escalation": event.id,
        "escalation_state": "open",
        "escalation_reason": event.reason,
        "escalated_to": None,
        "escalation_due_at": event.due_at,
        # Asked again, it is known that it was sent back, which happens once (panel.bounce).
        "escalation_how": ticket.escalation_how
        if (event.reason, ticket.escalation_how) == ("lawyer", "bounced")
        else None,
        "escalation_seq": event.seq,
        "panel_passed": (),
        "panel_again_at": None,
        **NO_OFFER,
    }


def _reviewed(ticket: Ticket, event: Reviewed, now: datetime) -> dict[str, Any]:
    due_ms = int(event.due_at.timestamp() * 1000) if event.due_at else 0
    review = Review(event.id, event.seq or 0, due_ms, harmful=event.severity == "harmful")
    # What an expert says now is the judgement that was waited for, and has a time of its own.
    others = (
        one._replace(due_ms=0) if one.seq == event.seq and one.to_judge else one
        for one in ticket.open_reviews
    )
    return {"reviews": ticket.reviews + 1, "open_reviews": (*others, review)}


def _settled(ticket: Ticket, event: ReviewSettled, now: datetime) -> dict[str, Any]:
    """An accepted suggestion is done with the correction that follows, and a contested one of which the
    citizen was warned with an expert's word; all else is done now."""
    kept = []
    for one in ticket.open_reviews:
        if one.id != event.id:
            kept.append(one)
        elif event.how == "accepted" and one.seq:
            kept.append(one._replace(state="accepted"))
        elif event.how == "contested" and one.harmful:
            due_at = now + LADDERS[ticket.ladder].settle_harm_within
            kept.append(one._replace(state="contested", due_ms=int(due_at.timestamp() * 1000)))
    return {"open_reviews": tuple(kept)}


def _claimed(ticket: Ticket, event: EscalationClaimed, now: datetime) -> dict[str, Any]:
    return {"escalation_state": "claimed", "escalated_to": event.staff_no, **NO_OFFER}


def _resolved(ticket: Ticket, event: EscalationResolved, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "escalation_state": "resolved",
        "escalation_due_at": None,
        "escalation_how": event.how,
        **NO_OFFER,
    }
    if ticket.state == "active" and event.how != "answer":
        # Silence is counted anew: the citizen's after a question that stops the clock, or nobody's,
        # since it is the lawyer's turn.
        spoke = "citizen" if ticket.suspended_at is None else "staff"
        changes |= {"spoke": spoke, "spoke_at": now, "warned_at": None}
    return changes


def _callback_opened(ticket: Ticket, event: CallbackOpened, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "callback_due_at": event.due_at,
        "callback_provisional": event.provisional,
    }
    if ticket.callback not in ("open", "begun"):
        changes |= {"callback": "open", "clock_from": now, "rungs": (), "lapsed_at": None}
    return changes


def _callback_entrusted(ticket: Ticket, event: CallbackEntrusted, now: datetime) -> dict[str, Any]:
    former = tuple(f for f in ticket.former if f[0] not in (event.to, event.staff_no))
    return {
        "callback_who": "colleague",
        "former": (*former, (event.staff_no, ticket.last_seq)),
        "assignee": event.to,
        "profession": event.profession,
        "epoch": ticket.epoch + 1,
        "accepted_at": now,
        **taken(ticket, ticket.callback_due_at, now),
    }


def _callback_begun(ticket: Ticket, event: CallbackBegun, now: datetime) -> dict[str, Any]:
    former = tuple(f for f in ticket.former if f[0] not in (event.staff_no, ticket.assignee))
    if ticket.assignee is not None and ticket.assignee != event.staff_no:
        former = (*former, (ticket.assignee, ticket.last_seq))
    return {
        "callback": "begun",
        "asks": 0,  # of another clock: this one may be stopped as often as any
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
        **taken(ticket, ticket.callback_due_at, now),
        **had_a_hand(ticket, event.institution),
    }


_OVERDUE = ("callback_overdue",)
#: How a call-back ended -> which questions of the panel end with it; who wished for an expert still has one.
_ENDED_WITH = {"refused": ("callback_overdue", "callback")}

#: event -> the fields of a ticket that it changes, and to what.
CHANGES: dict[type[Event], Any] = {
    Warned: _warned,
    Lapsed: _lapsed,
    Escalated: _escalated,
    EscalationClaimed: _claimed,
    EscalationResolved: _resolved,
    Reviewed: _reviewed,
    ReviewSettled: _settled,
    TurnedDown: lambda ticket, event, now: {"referral_known_at": None},
    ReferralKnown: lambda ticket, event, now: {"referral_known_at": now},
    AbuseProposed: lambda ticket, event, now: {
        "abuse": "proposed",
        "abuse_by": event.staff_no,
        "abuse_due_at": event.due_at,
    },
    AbuseDecided: lambda ticket, event, now: {
        "abuse": "upheld" if event.upheld else "dismissed",
        "abuse_found_by": event.staff_no,
        "abuse_due_at": None,
    },
    Appealed: lambda ticket, event, now: {"appeal": "open", "appeal_due_at": event.due_at},
    AppealDecided: lambda ticket, event, now: {
        "appeal": "upheld" if event.upheld else "dismissed",
        "appeal_due_at": None,
    },
    BroughtForward: lambda ticket, event, now: {"front": True, "passed_by": (), "retry_at": None},
    Noted: _noted,
    CallbackOpened: _callback_opened,
    CallbackChosen: lambda ticket, event, now: {
        "callback_at": event.at,
        "callback_who": event.who,
        "rungs": tuple(rung for rung in ticket.rungs if rung not in ("chosen", "missed")),
    },
    CallbackBegun: _callback_begun,
    CallbackEntrusted: _callback_entrusted,
    CallbackAttempted: lambda ticket, event, now: {
        "callback_attempts": ticket.callback_attempts + 1,
        "callback_tried": (*ticket.callback_tried, now),
        **retries.remembered(ticket, "attempt", event.staff_no, event.id, event.note),
    },
    ContactRefused: _contact_refused,
    # What the citizen thinks of the second advice is a rating of its own, with its own seven days.
    CallbackDone: lambda ticket, event, now: {
        "callback": "done",
        "callback_how": event.how,
        "rated_at": None,
        **off_the_panel(
            ticket,
            now,
            settled=ticket.escalation_reason in _ENDED_WITH.get(event.how, _OVERDUE),
            clock_stops=ticket.state in ("answered", "closed"),
        ),
    },
    CallbackConfirmed: lambda ticket, event, now: {"callback_provisional": False},
}
