"""Which given answers wait for a look, and why (7): rows written with the events that they come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chatserver.rules import reviewing
from chatserver.rules.events import Record
from chatserver.rules.events_desks import Reviewed, ReviewSettled
from chatserver.rules.events_panel import ReviewLapsed
from chatserver.rules.events_talk import Answered, Rated
from chatserver.rules.people import Expert
from chatserver.rules.policy import NEW_LAWYER_ANSWERS
from chatserver.rules.review import doubted
from chatserver.rules.ticket import Ticket

from .database import Database, queries
from .tickets import ticket_of

_Row = tuple[str, tuple[Any, ...]]


def rows_of(ticket: Ticket, record: Record) -> Iterator[_Row]:
    """What an event puts into the queue, or takes out of it."""
    event = record.event
    why = []
    if isinstance(event, (Reviewed, ReviewSettled)) and event.scores and ticket.answers:
        # What was passed without a remark is the answer that stands last.
        seq = event.seq if isinstance(event, Reviewed) and event.seq else ticket.answers[-1][0]
        marks = (mark or None for mark in event.scores)
        author = dict(ticket.answers)[seq]
        yield "add_scorecard", (ticket.number, author, event.staff_no, *marks, record.at)
    if isinstance(event, Answered):
        if event.by == "staff":
            row = (ticket.number, record.at, event.staff_no, NEW_LAWYER_ANSWERS)
            yield "add_new_lawyers", row
        if "lapse" in ticket.rungs:
            why.append("late")
        if reviewing.drawn(ticket):
            why.append("drawn")
    elif (
        isinstance(event, Rated) and ticket.answers and reviewing.low(event.satisfied, event.score)
    ):
        why.append("low_rating")
    elif isinstance(event, ReviewSettled) and event.how == "contested":
        why.append("contested")
        if doubted(ticket.open_reviews, to_judge=True):
            why.append("harmful")
    elif isinstance(event, ReviewLapsed):
        if not reviewing.panel_has(ticket, event.seq):
            why.append("overdue")
        if event.seq in doubted(ticket.open_reviews):
            why.append("harmful")
    elif (isinstance(event, ReviewSettled) and event.how == "passed") or (
        isinstance(event, Reviewed) and event.review == "suggestion"
    ):
        yield "end_look", (ticket.number,)
    if why:
        yield "add_to_review", (ticket.number, why, record.at)


async def waiting(db: Database, expert: Expert, count: int = 100) -> list[tuple[Ticket, list[str]]]:
    """Tickets that this expert may look at, each with why; what the citizen is warned of first."""
    async with db.use() as connection:
        rows = await connection.fetch(
            queries("desks").to_review.sql, expert.institution, expert.staff_no, count
        )
    return [(ticket_of(row), list(row["why"])) for row in rows]
