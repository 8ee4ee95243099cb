"""Which statutory clock of a ticket runs now, and how both sides see it (23, 24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .articles import article
from .ticket import Ticket


@dataclass(frozen=True)
class Clock:
    """The statutory clock that runs now, as both sides see it (contract, `clock`).

    `due_at` is None while a question to the citizen suspends it."""

    article: int
    kind: str
    due_at: datetime | None
    late: bool
    next: str


@article(23, 24)
def running(ticket: Ticket) -> tuple[str, datetime] | None:
    """留言咨询……5小时内；在线即时咨询……1小时内；约期答复；三个工作日内在线回访.

    `(kind, due)` of the clock that runs: one at most, a promise in place of the answer's, and the
    answer's in place of a call-back's while the citizen has asked on.
    """
    calls = ticket.callback == "begun" or (
        ticket.callback == "open" and ticket.state in ("answered", "closed")
    )
    if calls and ticket.callback_due_at is not None:
        return "callback", ticket.callback_due_at
    if ticket.state == "scheduled" and ticket.promised_at is not None:
        return "promise", ticket.promised_at
    if ticket.state in ("queued", "active") and ticket.answer_due_at is not None:
        return f"{ticket.kind}_answer", ticket.answer_due_at
    return None


def clock(ticket: Ticket, now: datetime) -> Clock | None:
    """The clock to show, or None when none runs."""
    found = running(ticket)
    if found is None:
        return None
    kind, due = found
    late = "lapse" in ticket.rungs or (ticket.suspended_at is None and due <= now)
    shown = None if ticket.suspended_at is not None else due
    follows = "operator" if late else "experts"
    return Clock(24 if kind == "callback" else 23, kind, shown, late, follows)
