"""Inner requests are answered in time, since what the citizen is told hangs on them (33)."""

from __future__ import annotations

from datetime import datetime

from .articles import article
from .changes_desks import ABUSE_CLOCK, APPEAL_CLOCK, SUPPORT_CLOCK
from .clocks import running
from .events import Event
from .events_desks import Warned
from .policy import LADDERS, SUPPORT_AT_LEAST, SUPPORT_WITHIN
from .ticket import Ticket
from .workdays import Calendar


@article(33)
def reply_due(ticket: Ticket, now: datetime) -> datetime:
    """相关处室应当配合做好……公共法律服务: by when a lawyer's question to those behind is to be answered.

    Half of the time that the citizen's clock has left, so that the lawyer has the other half; no longer
    than `SUPPORT_WITHIN`, and never so short that nobody could.
    """
    found = running(ticket)
    left = found[1] - now if found and ticket.suspended_at is None else 2 * SUPPORT_WITHIN
    return now + max(SUPPORT_AT_LEAST, min(SUPPORT_WITHIN, left / 2))


@article(33)
def overdue(ticket: Ticket, now: datetime) -> list[Event]:
    """应当配合做好: what has had no reply in its time is told to the operator on duty, who may reply too."""
    assert ticket.support_due_at is not None
    return [Warned("operator", SUPPORT_CLOCK, ticket.support_due_at)]


@article(29, 33)
def proposal_due(ticket: Ticket, now: datetime) -> datetime:
    """应当配合做好: by when the operator decides whether the service is abused, since the talk goes on meanwhile."""
    return now + LADDERS[ticket.ladder].abuse_within


@article(33)
def appeal_due(ticket: Ticket, now: datetime, calendar: Calendar) -> datetime:
    """应当配合做好: by when whoever was refused hears what a second person thinks of it."""
    return calendar.end_of(LADDERS[ticket.ladder].appeal_working_days, now)[0]


@article(33)
def undecided(ticket: Ticket, now: datetime) -> list[Event]:
    """应当配合做好: a proposal that nobody has decided in its time is told to the operator on duty again."""
    assert ticket.abuse_due_at is not None
    return [Warned("operator", ABUSE_CLOCK, ticket.abuse_due_at)]


@article(33)
def unheard(ticket: Ticket, now: datetime) -> list[Event]:
    """应当配合做好: and so is an appeal; the citizen goes on seeing by when it was to be decided."""
    assert ticket.appeal_due_at is not None
    return [Warned("operator", APPEAL_CLOCK, ticket.appeal_due_at)]
