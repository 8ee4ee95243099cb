"""Inner requests are answered in time, since what the citizen is told hangs on them (33)."""

from __future__ import annotations

from datetime import datetime

from .articles import article
from .changes_desks import SUPPORT_CLOCK
from .clocks import running
from .events import Event
from .events_desks import Warned
from .policy import SUPPORT_AT_LEAST, SUPPORT_WITHIN
from .ticket import Ticket


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
