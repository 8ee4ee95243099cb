"""What the events of a talk change of a ticket's fields; its state is `transitions.py`'s."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import retries
from .changes_panel import OWED, had_a_hand, off_the_panel, outlives
from .custody import taken
from .events import Event, Message
from .events_talk import (
    Accepted,
    Answered,
    Asked,
    Closed,
    Converted,
    Corrected,
    CorrectionConfirmed,
    DelayExplained,
    Doubted,
    DropNoticed,
    EngagementDirected,
    HandedOver,
    IdleWarned,
    Noticed,
    Offered,
    OfferEnded,
    Opened,
    Rated,
    Read,
    Reopened,
    Resumed,
    Scheduled,
    Sent,
    Upheld,
)
from .instants import instant

if TYPE_CHECKING:
    from .ticket import Ticket


#: Why a question that the lawyer has answered after all is no longer the panel's.
OVERDUE = ("live_overdue", "message_overdue", "promise_overdue", "callback_overdue")
#: The ladder of a clock, whose steps each happen once (ladder.py).
ALL_RUNGS = ("half", "warn", "convert", "lapse", "operator")


def _opened(ticket: Ticket, event: Opened, now: datetime) -> dict[str, Any]:
    return {
        "kind": event.ticket_kind,
        "category": event.category,
        "title": event.title,
        "on_behalf_of": event.on_behalf_of,
        "answer_within": event.answer_within,
        "idle_close": event.idle_close,
        "warn_at": event.warn_at,
        "ladder": event.ladder,
        "earlier": event.earlier,
        "because": event.because,
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
        **off_the_panel(
            ticket,
            now,
            settled=event.by == "staff" and ticket.escalation_reason in OVERDUE,
            clock_stops=ticket.state not in ("answered", "closed") and ticket.callback not in OWED,
        ),
    }


def _asked(ticket: Ticket, event: Asked, now: datetime) -> dict[str, Any]:
    return _said(ticket, event, now) | {"asks": ticket.asks + 1, "suspended_at": now}


def _resumed(ticket: Ticket, event: Resumed, now: datetime) -> dict[str, Any]:
    assert ticket.suspended_at is not None
    stood = now - ticket.suspended_at
    clock = "callback_due_at" if ticket.callback == "begun" else "answer_due_at"
    due: datetime = getattr(ticket, clock)
    return {
        "suspended_at": None,
        clock: due + stood,
        "clock_from": ticket.clock_from and ticket.clock_from + stood,
    }


def _scheduled(ticket: Ticket, event: Scheduled, now: datetime) -> dict[str, Any]:
    return {
        "promised_at": event.promised_at,
        "promises": ticket.promises + 1,
        "suspended_at": None,
        "clock_from": now,
        "rungs": (),
        "lapsed_at": None,
        **retries.remembered(
            ticket,
            "promise",
            ticket.assignee,
            event.id,
            instant(event.promised_at),
            event.explanation,
        ),
    }


def _delay_explained(ticket: Ticket, event: DelayExplained, now: datetime) -> dict[str, Any]:
    return {"owing": tuple(no for no in ticket.owing if no != event.staff_no)}


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
        # Whose turn it is: still the citizen's, if a question stops the clock, whoever asked it.
        "spoke": "citizen" if ticket.suspended_at is None else "staff",
        "spoke_at": ticket.spoke_at if ticket.suspended_at is None else now,
        "drop_noticed": False,
        **taken(ticket, ticket.answer_due_at, now),
        **had_a_hand(ticket, event.institution),
    }


def _handed_over(ticket: Ticket, event: HandedOver, now: datetime) -> dict[str, Any]:
    former = tuple(f for f in ticket.former if f[0] != event.staff_no)
    # Who gave it away comes last when it is offered again; who lost the line may have it back.
    given = () if event.why == "connection_lost" else (event.staff_no,)
    return {
        "passed_by": (*(no for no in ticket.passed_by if no not in given), *given),
        "assignee": None,
        "profession": None,
        "epoch": ticket.epoch + 1,
        "front": event.why in ("connection_lost", "stand_in", "operator"),
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
        "escalation_how": None,
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
        "readers": (),
        "readers_until": None,
    }
    called = event.outcome != "withdrawn" and ticket.callback in OWED
    changes |= off_the_panel(
        ticket,
        now,
        settled=not outlives(ticket),
        clock_stops=ticket.state != "answered" and not called,
    )
    if event.outcome == "withdrawn" and ticket.callback in OWED:
        changes |= {"callback": "done", "callback_how": "withdrawn"}
    elif ticket.callback == "open" and ticket.state == "active":
        # The clock of what was asked on is over, and the call-back's runs again.
        changes |= _owed_again(ticket, now)
    return changes


def _corrected(ticket: Ticket, event: Corrected, now: datetime) -> dict[str, Any]:
    return {
        "answers": (*ticket.answers, (ticket.last_seq + 1, event.author)),
        "open_reviews": tuple(one for one in ticket.open_reviews if one.seq != event.corrects),
    }


def _upheld(ticket: Ticket, event: Upheld, now: datetime) -> dict[str, Any]:
    stands = event.about
    return {
        "open_reviews": tuple(
            one for one in ticket.open_reviews if one.seq != stands or not one.to_judge
        )
    }


def _owed_again(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """What the call-back's clock had told stays told; what ran out beneath the talk is still to be."""
    due = ticket.callback_due_at
    if due is None or due > now:
        return {"clock_from": now, "rungs": ()}
    told = ticket.clock_from is None or due <= ticket.clock_from
    return {"rungs": ALL_RUNGS if told else ("half", "warn", "convert")}


def _rated(ticket: Ticket, event: Rated, now: datetime) -> dict[str, Any]:
    return {
        "satisfied": event.satisfied,
        "score": event.score,
        "comment": event.comment or ticket.comment,
        "level": event.level,
        # Whoever is to call back knows what for, also when the rating has been changed since.
        "reasons": event.reasons or (ticket.reasons if ticket.callback in OWED else ()),
        "rated_at": ticket.rated_at or now,
    }


def _read(ticket: Ticket, event: Read, now: datetime) -> dict[str, Any]:
    return {f"{event.by}_read": event.seq}


#: event -> the fields of a ticket that it changes, and to what.
CHANGES: dict[type[Event], Any] = {
    Opened: _opened,
    Sent: _said,
    Answered: _answered,
    Noticed: _noticed,
    EngagementDirected: _noticed,
    DelayExplained: _delay_explained,
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
    Corrected: _corrected,
    CorrectionConfirmed: lambda ticket, event, now: {},
    Doubted: lambda ticket, event, now: {},
    Upheld: _upheld,
    Resumed: _resumed,
    Scheduled: _scheduled,
}
