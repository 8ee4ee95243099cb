"""The desks' rows: escalations, reviews, notes, corrections; written with the events they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from chatserver.rules.events import Event, Record
from chatserver.rules.events_desks import (
    AbuseDecided,
    AppealDecided,
    CallbackDone,
    Escalated,
    EscalationClaimed,
    EscalationResolved,
    Noted,
    Reviewed,
    ReviewSettled,
    TurnedDown,
)
from chatserver.rules.events_panel import EscalationPassed, ReviewLapsed
from chatserver.rules.events_talk import (
    Answered,
    Closed,
    Corrected,
    CorrectionConfirmed,
    OfferEnded,
)
from chatserver.rules.people import Expert
from chatserver.rules.ticket import Ticket

from . import alerts, review_queue
from .database import Database, queries


def _topic() -> Any:
    return queries("desks")


_Row = tuple[str, tuple[Any, ...]]


def _escalated(ticket: Ticket, event: Escalated, seq: int | None, at: datetime) -> _Row:
    asked_by = ticket.assignee if event.reason == "lawyer" else None
    row = (event.id, ticket.number, event.reason, event.ground, event.question, asked_by, at)
    return "add_escalation", row


def _claimed(ticket: Ticket, event: EscalationClaimed, seq: int | None, at: datetime) -> _Row:
    return "claim_escalation", (event.staff_no, at, event.id)


def _passed(ticket: Ticket, event: EscalationPassed, seq: int | None, at: datetime) -> _Row | None:
    if not event.reopens:
        return None
    if ticket.escalation_state == "resolved":
        return "end_escalation", (at, event.id)
    return "return_escalation", (event.id,)


def _ended(ticket: Ticket, event: Event, seq: int | None, at: datetime) -> _Row | None:
    """An answer or the end of a talk may settle what the panel was asked (changes_talk)."""
    if ticket.escalation_state != "resolved":
        return None
    return "end_escalation", (at, ticket.escalation)


def _resolved(ticket: Ticket, event: EscalationResolved, seq: int | None, at: datetime) -> _Row:
    return "resolve_escalation", (at, event.ground, event.id)


def _reviewed(ticket: Ticket, event: Reviewed, seq: int | None, at: datetime) -> _Row:
    row = (
        event.id,
        ticket.number,
        event.seq,
        dict(ticket.answers).get(event.seq) if event.seq else None,
        event.staff_no,
        event.review,
        event.body,
        event.wording,
        event.severity,
        event.due_at,
        at,
    )
    return "add_review", row


def _settled(ticket: Ticket, event: ReviewSettled, seq: int | None, at: datetime) -> _Row:
    if event.how == "passed":
        return "pass_review", (ticket.number, event.staff_no, at)
    return "settle_review", (event.how, event.body, at, event.id)


def _noted(ticket: Ticket, event: Noted, seq: int | None, at: datetime) -> _Row:
    said = (event.staff_no, event.about, event.body)
    if event.about == "reply":
        return "add_reply", (at, ticket.number, event.place, event.to, *said)
    return "add_note", (ticket.number, event.place, *said, event.due_at, at)


def _corrected(ticket: Ticket, event: Corrected, seq: int | None, at: datetime) -> _Row:
    return "add_correction", (ticket.number, event.corrects, seq)


def _confirmed(ticket: Ticket, event: CorrectionConfirmed, seq: int | None, at: datetime) -> _Row:
    return "confirm_correction", (at, ticket.number, event.seq)


def _decided(ticket: Ticket, event: AbuseDecided, seq: int | None, at: datetime) -> _Row | None:
    if not event.upheld or event.blocked_until is None:
        return None
    of = (ticket.number, ticket.citizen, event.blocked_until, event.reason)
    if event.step == "weekly":
        return "limit_account", (*of, event.per_week, at)
    return "block_account", (*of, event.step or "suspension", at)


def _appeal(ticket: Ticket, event: AppealDecided, seq: int | None, at: datetime) -> _Row | None:
    if not event.upheld or ticket.abuse != "upheld":
        return None
    return "lift_block", (ticket.number, ticket.citizen)


def _missed(ticket: Ticket, event: OfferEnded, seq: int | None, at: datetime) -> _Row | None:
    if event.how != "missed":
        return None
    return "add_mark", (event.staff_no, "missed", ticket.number, at)


def _turned_down(ticket: Ticket, event: TurnedDown, seq: int | None, at: datetime) -> _Row | None:
    """Counted for whoever wanted it: abuse is decided by another than proposed it."""
    by = ticket.abuse_by if event.ground == "abuse" else ticket.assignee
    return None if by is None else ("add_refusal", (by, event.ground, ticket.number, at))


_ROWS: dict[type[Event], Callable[..., _Row | None]] = {
    Escalated: _escalated,
    EscalationClaimed: _claimed,
    EscalationPassed: _passed,
    Answered: _ended,
    Closed: _ended,
    CallbackDone: _ended,
    EscalationResolved: _resolved,
    Reviewed: _reviewed,
    ReviewSettled: _settled,
    ReviewLapsed: lambda ticket, event, seq, at: ("lapse_review", (event.id,)),
    Noted: _noted,
    Corrected: _corrected,
    CorrectionConfirmed: _confirmed,
    AbuseDecided: _decided,
    AppealDecided: _appeal,
    TurnedDown: _turned_down,
    OfferEnded: _missed,
}


#: Of what undoes each other, the last counts; the id is the last of a row's values.
_UNDONE_BY = {
    "claim_escalation": "return_escalation",
    "return_escalation": "claim_escalation",
}


async def write(connection: Any, happened: Iterable[tuple[Ticket, Record]]) -> None:
    """The rows of what `happened` to desks, all of one kind together; the caller commits."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for ticket, record in happened:
        make = _ROWS.get(type(record.event))
        found = make(ticket, record.event, record.seq, record.at) if make else None
        for name, row in (
            *([found] if found else ()),
            *alerts.rows_of(ticket, record),
            *review_queue.rows_of(ticket, record),
        ):
            rows.setdefault(name, []).append(row)
            if name in _UNDONE_BY:
                undone = rows.get(_UNDONE_BY[name], [])
                undone[:] = [one for one in undone if one[-1] != row[-1]]
    for name in sorted(rows, key=_rank):
        topic = _topic() if hasattr(_topic(), name) else queries("alerts")
        await connection.executemany(getattr(topic, name).sql, rows[name])


def _rank(name: str) -> int:
    """A thing is there before it is claimed or given back, and that before it is settled."""
    return 0 if name.startswith("add_") else 1 if name in _UNDONE_BY else 2


async def escalations(
    db: Database, state: str | None, expert: Expert, count: int = 200
) -> list[Any]:
    """Rows of escalations that are not kept from this expert (7), the oldest open one first."""
    async with db.use() as connection:
        return list(
            await connection.fetch(
                _topic().escalations.sql, state, expert.staff_no, expert.institution, count
            )
        )


async def escalation(db: Database, id: str) -> Any:
    """One escalation's row, or None."""
    async with db.use() as connection:
        return await connection.fetchrow(_topic().escalation.sql, id)


async def asked_since(db: Database, staff_no: str, since: datetime) -> int:
    """How often a lawyer has asked the panel since a time."""
    async with db.use() as connection:
        found: int = await connection.fetchval(_topic().asked_since.sql, staff_no, since)
    return found


async def review(db: Database, id: str) -> Any:
    """One review's row, or None."""
    async with db.use() as connection:
        return await connection.fetchrow(_topic().review.sql, id)


async def notes(db: Database, number: str) -> list[Any]:
    """The internal notes of a ticket, in order."""
    async with db.use() as connection:
        return list(await connection.fetch(_topic().notes_of.sql, number))


class Corrections(NamedTuple):
    """Of one ticket: seq of an answer -> seq of its correction, and seq of a correction -> when the citizen
    said to have seen it, or None."""

    by: dict[int, int]
    confirmed: dict[int, datetime | None]


NO_CORRECTIONS = Corrections({}, {})


async def corrections(db: Database, number: str) -> Corrections:
    """Which answers of a ticket were put right."""
    async with db.use() as connection:
        rows = await connection.fetch(_topic().corrections_of.sql, number)
    by = {row["seq"]: row["by_seq"] for row in rows}
    return Corrections(by, {row["by_seq"]: row["confirmed_at"] for row in rows})


async def restraints_of(db: Database, account: str, now: datetime) -> list[Any]:
    """Rows `(ticket, until, reason, per_week, appeal)` of what holds an account back now (29)."""
    async with db.use() as connection:
        return list(await connection.fetch(_topic().restraints_of.sql, account, now))
