"""Clocks. `pending` says what will fall due, `next_due` when the next of it does, `lapse` what then happens.

A rule about time is one function, one line in `pending`, one test; the column `next_due_at`, the timer
and the journal need nothing more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from . import cooperation, notices, panel, reviewing, routing, supervising
from .answering import ending
from .articles import policy
from .changes_panel import outlives
from .events import Event
from .events_desks import Lapsed
from .events_talk import IdleWarned, OfferEnded
from .ladder import Deadline, ladder, to_come
from .people import System
from .policy import LADDERS
from .ticket import MEMO, STEADY, Ticket


def pending(ticket: Ticket) -> list[Deadline]:
    """Everything that time alone will do to this ticket, if nothing else happens."""
    found = []
    if ticket.offer_expires_at is not None:
        found.append(Deadline("offer", ticket.offer_expires_at, miss_offer))
    if ticket.panel_offer_expires_at is not None:
        found.append(Deadline("panel_offer", ticket.panel_offer_expires_at, panel.miss))
    if ticket.escalation_due_at is not None:
        found.append(Deadline("panel", ticket.escalation_due_at, panel.overdue))
    if ticket.support_due_at is not None:
        found.append(Deadline("support", ticket.support_due_at, cooperation.overdue, 33))
    if ticket.abuse_due_at is not None:
        found.append(Deadline("abuse", ticket.abuse_due_at, cooperation.undecided, 33))
    if ticket.appeal_due_at is not None and not ticket.appeal_late:
        found.append(Deadline("appeal", ticket.appeal_due_at, cooperation.unheard, 33))
    if (review := reviewing.first_due(ticket)) is not None:
        found.append(Deadline("review", review, reviewing.overdue))
    if ticket.readers_until is not None:
        found.append(Deadline("reading", ticket.readers_until, supervising.end_reading))
    if ticket.kind == "live" and (silence := _silence(ticket)) is not None:
        kind, at = silence
        found.append(Deadline(kind, at, warn_idle if kind == "idle_warning" else close_idle))
    found += ladder(ticket)
    if ticket.kind == "message" and ticket.state == "answered" and ticket.answered_at is not None:
        due = ticket.answered_at + LADDERS[ticket.ladder].written_closes_after
        found.append(Deadline("written_close", due, close_written))
    return found


def next_due(ticket: Ticket) -> datetime | None:
    """The one column that drives all timers; found once for each state of a ticket."""
    held = ticket.__dict__
    if MEMO not in held:
        held[MEMO] = _next_due(ticket)
    due: datetime | None = held[MEMO]
    return due


def _next_due(ticket: Ticket) -> datetime | None:
    held = ticket.__dict__
    if STEADY not in held:
        held[STEADY] = _steady(ticket)
    plain, rung = held[STEADY]
    if not plain:
        return min((deadline.due for deadline in pending(ticket)), default=None)
    silence = _silence(ticket)
    if silence is None:
        at: datetime | None = rung
        return at
    return silence[1] if rung is None else min(rung, silence[1])


def _steady(ticket: Ticket) -> tuple[bool, datetime | None]:
    """Whether nothing but a clock and a silence can fall due, and the clock's next rung."""
    others = ticket.offer_expires_at or ticket.panel_offer_expires_at
    others = others or ticket.readers_until or ticket.escalation_due_at
    others = others or ticket.support_due_at or ticket.abuse_due_at or ticket.appeal_due_at
    if ticket.kind != "live" or others or reviewing.first_due(ticket) is not None:
        return False, None
    rungs = to_come(ticket)
    return True, rungs[0][1] if rungs else None


def lapse(
    ticket: Ticket,
    now: datetime,
    system: System,
    to: str | None = None,
    timeout: timedelta = timedelta(),
) -> list[Event]:
    """What has fallen due by `now`: the first of it, or nothing. Never early; harmless when repeated.

    `to` is a lawyer who has room: a clock that has run out while nobody holds the ticket is offered
    there at once, for `timeout`."""
    due = [deadline for deadline in pending(ticket) if deadline.due <= now]
    if not due:
        return []
    events = min(due, key=lambda deadline: deadline.due).then(ticket, now)
    if to is None or not any(isinstance(event, Lapsed) for event in events):
        return events
    for event in events:
        ticket = ticket.after(event, now)
    return [*events, *routing.offer(ticket, now, system, to, timeout)]


@policy("an offered lawyer must accept within the time-out")
def miss_offer(ticket: Ticket, now: datetime) -> list[Event]:
    """The offer ends and the next lawyer is asked."""
    assert ticket.offered_to is not None
    return [OfferEnded(ticket.offered_to, "missed", retry_at=now)]


@policy("a silent talk is warned at two thirds and closed at the end")
def warn_idle(ticket: Ticket, now: datetime) -> list[Event]:
    """Said before it is done."""
    closes = now + timedelta(seconds=ticket.idle_close) / 3
    return [notices.idle_warning(closes, ticket.entry + 1), IdleWarned()]


@policy("a silent talk is warned at two thirds and closed at the end")
def close_idle(ticket: Ticket, now: datetime) -> list[Event]:
    """`answered` if an answer exists, else `expired`."""
    return ending(ticket, "answered" if ticket.answered_at else "expired")


@policy("a written ticket closes three days after its answer")
def close_written(ticket: Ticket, now: datetime) -> list[Event]:
    """By itself, since nobody sits and waits in a written talk."""
    return ending(ticket, "answered")


def _silence(ticket: Ticket) -> tuple[str, datetime] | None:
    """What a live talk's silence leads to and when, while it is the citizen's turn: not while the panel
    has a question that would end with the talk, unread."""
    theirs = ticket.state == "active" and ticket.spoke in ("staff", "expert")
    if theirs and ticket.escalation_state in ("open", "claimed"):
        theirs = outlives(ticket)
    idles = ticket.state == "answered" or theirs
    if not idles or ticket.spoke_at is None:
        return None
    if ticket.warned_at is None:
        return "idle_warning", ticket.spoke_at + _span(ticket.idle_close * 2 / 3)
    return "idle_close", ticket.warned_at + _span(ticket.idle_close / 3)


@lru_cache(maxsize=256)
def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
