"""Tickets as rows, and the shelf on which a process keeps those it used last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec

from chatserver.rules import repeats
from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Event, Record
from chatserver.rules.numbers import month_of
from chatserver.rules.people import Actor, Citizen, Expert, Lawyer, Staff
from chatserver.rules.retries import Done
from chatserver.rules.review import Review
from chatserver.rules.ticket import Ticket
from chatserver.rules.transitions import KINDS

from .database import Database, queries

FIELDS = tuple(field.name for field in fields(Ticket))
_COLUMNS = ("month", "next_due_at", *FIELDS)
_PLACES = ", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 1))
# The names are those of our own dataclass; what people give us is a parameter.
INSERT = f"insert into tickets ({', '.join(_COLUMNS)}) values ({_PLACES})"  # noqa: S608
_AT = {name: f"${place}" for place, name in enumerate(_COLUMNS, 1)} | {
    "now": f"${len(_COLUMNS) + 1}"
}
#: Talk mostly puts a ticket's time off. The earlier time to look at it stays then: `next_due_at` is in an index, and
#: written anew it would take every other index along, as they are when a ticket changes hands.
_DUE = (
    "case when next_due_at > {now} and next_due_at <= {next_due_at}"
    " and (assignee, offered_to) is not distinct from ({assignee}, {offered_to})"
    " then next_due_at else {next_due_at} end"
).format(**_AT)
_SET = {name: _DUE if name == "next_due_at" else _AT[name] for name in _COLUMNS if name != "number"}
UPDATE = (
    "update tickets set "  # noqa: S608
    + ", ".join(f"{name} = {value}" for name, value in _SET.items())
    + f" where number = {_AT['number']}"
)


def row_of(ticket: Ticket) -> tuple[Any, ...]:
    """The values of `INSERT`, and of `UPDATE` but for the time of business."""
    held = ticket.__dict__
    return (month_of(ticket.number), next_due(ticket), *(held[name] for name in FIELDS))


def ticket_of(row: Any) -> Ticket:
    """The ticket in a row of `tickets`."""
    values = {name: row[name] for name in FIELDS}
    values["offered_before"] = tuple(values["offered_before"])
    values["passed_by"] = tuple(values["passed_by"])
    values["open_reviews"] = tuple(Review(*one) for one in values["open_reviews"])
    values["lately"] = tuple(Done(*one) for one in values["lately"])
    for name in (
        "institutions",
        "panel_passed",
        "readers",
        "joined",
        "panel_houses",
        "callback_tried",
        "reasons",
    ):
        values[name] = tuple(values[name])
    values["former"] = tuple((staff_no, seq) for staff_no, seq in values["former"])
    values["custody"] = tuple((staff_no, held_ms) for staff_no, held_ms in values["custody"])
    values["rungs"] = tuple(values["rungs"])
    values["owing"] = tuple(values["owing"])
    values["contact_tries"] = tuple((by, tries) for by, tries in values["contact_tries"])
    values["answers"] = tuple((seq, author) for seq, author in values["answers"])
    return Ticket(**values)


#: An event as the bytes that the chain commits to.
body_of: Callable[[Event], bytes] = msgspec.json.Encoder().encode


def event_of(kind: str, body: bytes) -> Event:
    """The event back from its bytes."""
    return msgspec.json.decode(body, type=KINDS[kind])


def record_of(row: Any) -> Record:
    """A journal row with its body."""
    event = event_of(row["kind"], row["body"])
    return Record(row["entry"], row["seq"], row["at"], row["actor"], event)


async def find(db: Database, number: str) -> Ticket | None:
    """The ticket `number` as it stands; a malformed number is `invalid`."""
    month_of(number)
    return next(iter(await find_all(db, [number])), None)


async def find_all(db: Database, numbers: list[str]) -> list[Ticket]:
    """Those of `numbers` that exist, as they stand."""
    async with db.use() as connection:
        rows = await connection.fetch(queries("tickets").tickets_by_number.sql, numbers)
    return [ticket_of(row) for row in rows]


async def several(db: Database, numbers: list[str]) -> dict[str, Ticket]:
    """Those of these tickets that exist, by number."""
    async with db.use() as connection:
        rows = await connection.fetch(queries("tickets").tickets_by_number.sql, numbers)
    return {row["number"]: ticket_of(row) for row in rows}


class _Said(msgspec.Struct):
    body: str


_said = msgspec.json.Decoder(_Said)


async def before(
    connection: Any, accounts: list[str], now: datetime
) -> dict[str, list[repeats.Before]]:
    """Account -> the tickets that a new question of that citizen is compared with (29)."""
    found: dict[str, list[repeats.Before]] = {}
    sql = queries("tickets").before.sql
    for row in await connection.fetch(sql, accounts, now - repeats.WITHIN, repeats.MOST):
        one = repeats.Before(
            row["number"],
            _said.decode(row["asked"]).body,
            row["answered_at"],
            _said.decode(row["answer"]).body if row["answer"] else "",
            row["appeal"] == "upheld",
            tuple(author for _, author in row["answers"]),
            row["earlier"],
            row["because"],
            row["satisfied"],
        )
        found.setdefault(row["citizen"], []).append(one)
    return found


async def earlier_answer(
    db: Database, ticket: Ticket, staff_no: str, named: str | None, now: datetime
) -> repeats.Before | None:
    """What a refusal as a repeat rests on (29): the ticket that was named, or the likely one."""
    async with db.use() as connection:
        found = await before(connection, [ticket.citizen], now)
    asked = await talk(db, ticket, 0, 1, 1)
    body = getattr(asked[0].event, "body", "") if asked else ""
    return repeats.answered_before(ticket, body, staff_no, named, found.get(ticket.citizen, ()))


async def talk(
    db: Database, ticket: Ticket, after_seq: int, to_seq: int, count: int
) -> list[Record]:
    """The messages of a ticket after `after_seq` up to `to_seq`, at most `count`, in order."""
    async with db.use() as connection:
        rows = await connection.fetch(
            queries("tickets").talk.sql,
            month_of(ticket.number),
            ticket.number,
            after_seq,
            to_seq,
            count,
        )
    return [record_of(row) for row in rows]


async def records(
    db: Database,
    number: str,
    from_entry: int,
    to_entry: int,
    later_than: datetime | None = None,
) -> list[Record]:
    """The journal of a ticket from one entry to another, both inclusive, bodies and all; or of that only what
    happened after `later_than`."""
    stretch = (month_of(number), number, from_entry, to_entry, later_than)
    async with db.use() as connection:
        rows = await connection.fetch(queries("tickets").records.sql, *stretch)
    return [record_of(row) for row in rows]


async def listed(
    db: Database,
    actor: Actor,
    *,
    open_only: bool = False,
    after: tuple[datetime, str] | None = None,
    count: int = 200,
) -> list[Ticket]:
    """The tickets that `actor` is a party of, newest first; a supervisor's are all (25)."""
    topic = queries("tickets")
    at, number = after or (None, None)
    page = (open_only, at, number, count)
    async with db.use() as connection:
        if isinstance(actor, Citizen):
            rows = await connection.fetch(topic.tickets_of_citizen.sql, actor.account, *page)
        elif isinstance(actor, Lawyer):
            rows = await connection.fetch(topic.tickets_of_lawyer.sql, actor.staff_no, *page)
        elif isinstance(actor, Expert):
            rows = await connection.fetch(topic.tickets_of_expert.sql, actor.staff_no, *page)
        elif isinstance(actor, Staff) and actor.role == "supervisor":
            rows = await connection.fetch(topic.tickets_of_all.sql, *page)
        else:
            rows = []
    return [ticket_of(row) for row in rows]


async def pool(db: Database, category: str | None, count: int = 200) -> list[Ticket]:
    """Written messages that wait, soonest deadline first."""
    async with db.use() as connection:
        rows = await connection.fetch(queries("tickets").pool.sql, category, count)
    return [ticket_of(row) for row in rows]


async def callbacks_to_take(
    db: Database, staff_no: str, category: str | None, count: int = 200
) -> list[Ticket]:
    """Call-backs (24) that this lawyer may take, as another or as anybody, soonest first."""
    sql = queries("tickets").callbacks_to_take.sql
    async with db.use() as connection:
        rows = await connection.fetch(sql, staff_no, category, count)
    return [ticket_of(row) for row in rows]


async def callbacks_of(db: Database, staff_no: str, count: int = 200) -> list[Ticket]:
    """Call-backs (24) that this lawyer is to make, soonest first."""
    async with db.use() as connection:
        rows = await connection.fetch(queries("tickets").callbacks_of.sql, staff_no, count)
    return [ticket_of(row) for row in rows]


async def due(
    db: Database, now: datetime, count: int, left_out: Sequence[str] = ()
) -> list[tuple[str, int, str | None]]:
    """The numbers of tickets for which a time has come, each with its last entry, and with its category if
    its clock runs out while nobody holds it and nobody is asked."""
    async with db.use() as connection:
        rows = await connection.fetch(queries("tickets").due.sql, now, list(left_out), count)
    return [(row["number"], row["entry"], row["unheld"]) for row in rows]


async def put_off(db: Database, early: list[Ticket], now: datetime) -> int:
    """These tickets were looked at before their time, and will be again at it; how many of them that moved."""
    entries, dues = [ticket.entry for ticket in early], [next_due(ticket) for ticket in early]
    numbers = [ticket.number for ticket in early]
    async with db.use() as connection:
        moved = await connection.fetch(queries("tickets").put_off.sql, numbers, entries, dues, now)
    return len(moved)


async def next_due_at(db: Database, left_out: Sequence[str] = ()) -> datetime | None:
    """When the next ticket is to be looked at: never later than the earliest time to come, and earlier where
    talk has put a time off."""
    async with db.use() as connection:
        found: datetime | None = await connection.fetchval(
            queries("tickets").next_due.sql, list(left_out)
        )
    return found
