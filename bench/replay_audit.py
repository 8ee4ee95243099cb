"""Every promise of a day, from the journal: how each statutory clock ended, and nothing taken on trust.

A clock begins when the record of a ticket makes one run and ends when another runs, or none. It was kept if an
answer ended it before its due time; it was passed on if it lapsed, not early, with a word to the citizen and an
escalation in the same moment; or it was put in another's place, paused or given up before it was due. What is none
of these lies between, and must not be.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatserver.rules.clocks import running
from chatserver.rules.events import Record
from chatserver.rules.ticket import Ticket
from chatserver.store import tickets
from chatserver.store.database import Database

#: What ends a clock in time: event -> the word of the report.
ENDS = {
    "answered": "kept",
    "callback_done": "kept",
    "scheduled": "promised",
    "converted": "made written",
    "asked": "paused",
    "reopened": "asked on",
    "sent": "asked on",
}
BETWEEN = "between"
#: Passed on in time, and closed by silence all the same.
UNANSWERED = "escalated, unanswered"


@dataclass
class Promises:
    """`ended`: clock -> how -> count; `late`: seconds from each due time to its lapse."""

    ended: dict[str, Counter[str]] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    escalations: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def count(self, clock: str, how: str, ticket: str) -> None:
        """One clock's end."""
        self.ended.setdefault(clock, Counter())[how] += 1
        if how == BETWEEN:
            self.wrong.append(f"{ticket}: {clock}")

    @property
    def between(self) -> int:
        """How many were neither kept nor passed on."""
        return sum(ends[BETWEEN] for ends in self.ended.values())


async def audit(db: Database, numbers: list[str], now: datetime) -> Promises:
    """The clocks of these tickets."""
    found = Promises()
    for number in numbers:
        ticket = await tickets.find(db, number)
        assert ticket is not None
        _follow(found, ticket, await tickets.records(db, number, 1, ticket.entry), now)
    return found


def _follow(found: Promises, last: Ticket, records: list[Record], now: datetime) -> None:
    ticket = Ticket(last.number, last.citizen)
    for record in records:
        before, lapsed = _clock(ticket), "lapse" in ticket.rungs
        kind = record.event.kind
        was, ticket = ticket, ticket.after(record.event, record.at)
        if kind == "escalated":
            found.escalations["opened"] += 1
        elif kind == "escalation_resolved":
            found.escalations["settled"] += 1
        if kind == "lapsed" and before is not None:
            found.late.append((record.at - before[1]).total_seconds())
            if not _told(records, record, was):
                found.count(before[0], BETWEEN, last.number)
        if before is None or _clock(ticket) == before:
            continue
        if lapsed:
            how = UNANSWERED if _gave_up(was, ticket) else "escalated"
        elif record.at >= before[1]:
            how = BETWEEN
        else:
            how = ENDS.get(kind) or (ticket.outcome or kind if kind == "closed" else kind)
        found.count(before[0], how, last.number)
    left = _clock(ticket)
    if left is not None:
        late = "lapse" in ticket.rungs
        due = left[1] + timedelta(seconds=5) <= now
        found.count(left[0], "escalated" if late else BETWEEN if due else "runs", last.number)


def _clock(ticket: Ticket) -> tuple[str, datetime] | None:
    return running(ticket) if ticket.suspended_at is None else None


def _gave_up(was: Ticket, ticket: Ticket) -> bool:
    """Whether a clock that had lapsed ended with its talk and brought the citizen no answer."""
    return was.state != "closed" and ticket.outcome == "expired"


def _told(records: list[Record], lapse: Record, was: Ticket) -> bool:
    """Whether the citizen was told in the same moment, and the experts have it."""
    moment = [record.event for record in records if record.at == lapse.at]
    told = any(getattr(event, "notice", "") == "delay_explained" for event in moment)
    passed_on = any(event.kind == "escalated" for event in moment)
    return told and (passed_on or was.escalation_state in ("open", "claimed"))
