"""What an institution's back office and the operator on duty see: lists over what the road wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatserver.rules import restraints
from chatserver.rules.events import Event
from chatserver.rules.events_desks import AbuseDecided
from chatserver.rules.ticket import Ticket

from .database import Database, queries
from .tickets import event_of, ticket_of

#: How far back missed offers and lapses are counted.
LOOKS_BACK = timedelta(days=30)
MOST = 200


@dataclass(frozen=True)
class ToDecide:
    """A ticket that waits for an operator, and the event (a proposal, an appeal) that asks for it; `found_by`
    the operator whose finding of abuse an appeal is against."""

    number: str
    title: str
    category: str
    outcome: str | None
    at: datetime
    actor: str
    event: Event
    found_by: str | None


async def lawyers(db: Database, institution: str, now: datetime) -> list[Any]:
    """Rows of the institution's lawyers: duty, load, missed offers and lapses of thirty days."""
    return await _rows(db, "lawyers_of", now - LOOKS_BACK, institution)


async def reasons(db: Database, institution: str, now: datetime) -> dict[str, int]:
    """What citizens were not satisfied with in thirty days (24): in how many consultations each."""
    rows = await _rows(db, "reasons_of", now - LOOKS_BACK, institution)
    return {row["reason"]: row["tickets"] for row in rows}


async def clocks(db: Database, institution: str) -> list[Ticket]:
    """The tickets of its lawyers whose clock runs, soonest first."""
    return [ticket_of(row) for row in await _rows(db, "clocks_of", institution, MOST)]


async def questions(db: Database, institution: str) -> list[Any]:
    """Rows of notes: its lawyers' questions that nobody has replied to."""
    return await _rows(db, "questions_of", institution, MOST)


async def questions_left(db: Database, now: datetime) -> list[Any]:
    """Rows of notes: questions that nobody has replied to in time, or that no house has anybody for."""
    return await _rows(db, "questions_left", now, MOST)


async def unanswered(
    db: Database, numbers: Sequence[str], institution: str | None = None
) -> dict[str, str]:
    """Of those tickets whose lawyers, of one house or of any, wait for a reply: number -> who has waited
    longest."""
    rows = await _rows(db, "unanswered", list(numbers), institution)
    return {row["ticket"]: row["by"] for row in rows}


async def due_after(db: Database, number: str, asker: str | None, now: datetime) -> datetime | None:
    """By when another house's question on this ticket is to be answered, after a reply to `asker`."""
    async with db.use() as connection:
        found: datetime | None = await connection.fetchval(_sql("due_after"), asker, number, now)
    return found


async def is_lawyer_of(db: Database, institution: str | None, staff_no: str | None) -> bool:
    """Whether this lawyer belongs to the institution; nobody belongs to none."""
    if not institution or not staff_no:
        return False
    async with db.use() as connection:
        found = await connection.fetchval(_sql("is_of"), institution, staff_no)
    return bool(found)


async def has_asked(db: Database, number: str, institution: str | None) -> bool:
    """Whether a lawyer of the institution waits for support on this ticket."""
    if not institution:
        return False
    async with db.use() as connection:
        return bool(await connection.fetchval(_sql("has_asked"), number, institution))


async def to_decide(db: Database, *kinds: str) -> list[ToDecide]:
    """What waits for an operator; `kinds`: `abuse_proposed`, `appealed`."""
    return [
        ToDecide(
            row["number"],
            row["title"],
            row["category"],
            row["outcome"],
            row["at"],
            row["actor"],
            event_of(row["kind"], row["body"]),
            row["found_by"],
        )
        for row in await _rows(db, "to_decide", list(kinds), MOST)
    ]


async def found_before(
    db: Database, number: str, now: datetime
) -> list[tuple[str, datetime, str, datetime | None]]:
    """`(number, at, step, until)` of what was found of this ticket's citizen before, oldest first (29)."""
    found = []
    for row in await _rows(db, "found_before", number, now - restraints.REMEMBERED):
        event = event_of(row["kind"], row["body"])
        if isinstance(event, AbuseDecided) and event.upheld:
            step = event.step or ("suspension" if event.blocked_until else "notice")
            found.append((row["number"], row["at"], step, event.blocked_until))
    return found


async def _rows(db: Database, name: str, *values: Any) -> list[Any]:
    async with db.use() as connection:
        return list(await connection.fetch(_sql(name), *values))


def _sql(name: str) -> str:
    sql: str = getattr(queries("backoffice"), name).sql
    return sql
