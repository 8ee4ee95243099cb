"""Clocks. `pending` says what will fall due, `next_due` when the next of it does, `lapse` what then happens.

A rule about time is one function, one line in `pending`, one test; the column `next_due_at`, the timer
and the journal need nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import notices
from .answering import ending
from .articles import article, policy
from .events import Event, IdleWarned, OfferEnded
from .people import System
from .policy import WRITTEN_CLOSES_AFTER
from .ticket import Ticket


@dataclass(frozen=True)
class Deadline:
    """`due`: when the rule `then` is to be applied; `article` when the regulation asks for it."""

    kind: str
    due: datetime
    then: Callable[[Ticket, datetime], list[Event]]
    article: int | None = None


def pending(ticket: Ticket) -> list[Deadline]:
    """Everything that time alone will do to this ticket, if nothing else happens."""
    found = []
    if ticket.offer_expires_at is not None:
        found.append(Deadline("offer", ticket.offer_expires_at, miss_offer))
    if ticket.kind == "live" and _idles(ticket) and ticket.spoke_at is not None:
        idle = timedelta(seconds=ticket.idle_close)
        if ticket.warned_at is None:
            found.append(Deadline("idle_warning", ticket.spoke_at + idle * 2 / 3, warn_idle))
        else:
            found.append(Deadline("idle_close", ticket.warned_at + idle / 3, close_idle))
    if ticket.kind == "message" and ticket.state == "answered" and ticket.answered_at is not None:
        due = ticket.answered_at + WRITTEN_CLOSES_AFTER
        found.append(Deadline("written_close", due, close_written))
    return found


def next_due(ticket: Ticket) -> datetime | None:
    """The one column that drives all timers."""
    if ticket.kind == "live" and ticket.offer_expires_at is None and not _idles(ticket):
        return None  # what most lines of talk leave behind
    return min((deadline.due for deadline in pending(ticket)), default=None)


def lapse(ticket: Ticket, now: datetime, system: System) -> list[Event]:
    """What has fallen due by `now`: the first of it, or nothing. Never early; harmless when repeated."""
    due = [deadline for deadline in pending(ticket) if deadline.due <= now]
    if not due:
        return []
    return min(due, key=lambda deadline: deadline.due).then(ticket, now)


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


@dataclass(frozen=True)
class Clock:
    """The statutory clock that runs now, as both sides see it (contract, `clock`)."""

    article: int
    kind: str
    due_at: datetime
    late: bool
    next: str


@article(23)
def clock(ticket: Ticket, now: datetime) -> Clock | None:
    """留言咨询……5小时内；在线即时咨询……1小时内: until an answer, or None when none runs."""
    if ticket.state not in ("queued", "active") or ticket.answer_due_at is None:
        return None
    kind = "live_answer" if ticket.kind == "live" else "message_answer"
    due = ticket.answer_due_at
    return Clock(23, kind, due, due <= now, "experts")


def _idles(ticket: Ticket) -> bool:
    return ticket.state == "answered" or (ticket.state == "active" and ticket.spoke == "staff")
