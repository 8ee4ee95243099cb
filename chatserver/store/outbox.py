"""The outbox: who is to be told of what, kept with its cause: a crash sends nothing twice, forgets nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatserver.rules.events import Event, Record
from chatserver.rules.events_desks import CallbackBegun, CallbackOpened, Lapsed
from chatserver.rules.events_talk import Answered, Corrected
from chatserver.rules.ticket import Ticket

from .database import Database, queries

#: What a citizen is told of, outside the page too.
KINDS: dict[type[Event], str] = {
    Answered: "answer",
    Corrected: "correction",
    Lapsed: "delay",
    CallbackOpened: "callback",
    CallbackBegun: "callback",
}
#: How long a process may take to deliver one; after it another may try.
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=6)
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Letter:
    """One notification. `id` is the same at every attempt, so that a receiver knows it again."""

    id: str
    channel: str
    ticket: str
    kind: str
    recipient: str
    attempts: int


async def write(
    connection: Any, happened: Iterable[tuple[Ticket, Record]], channels: Sequence[str]
) -> None:
    """A row for each channel of what a citizen is to be told; the caller commits."""
    for ticket, record in happened if channels else ():
        kind = KINDS.get(type(record.event))
        if kind is None:
            continue
        for channel in channels:
            id = f"{ticket.number}.{record.entry}.{channel}"
            row = (id, channel, ticket.number, kind, record.at, ticket.citizen)
            await connection.execute(queries("outbox").add.sql, *row)


async def claim(db: Database, now: datetime, count: int) -> list[Letter]:
    """The next that are due; nobody else gets them until the lease ends."""
    async with db.use() as connection:
        rows = await connection.fetch(queries("outbox").claim.sql, now + LEASE, now, count)
    names = Letter.__dataclass_fields__
    return [Letter(**{name: row[name] for name in names}) for row in rows]


async def done(db: Database, id: str, now: datetime) -> None:
    """Delivered."""
    async with db.use() as connection:
        await queries("outbox").done(connection, now=now, id=id)


async def put_off(db: Database, letter: Letter, now: datetime) -> None:
    """Not delivered: tried again after a pause that doubles, and never given up."""
    pause = min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 20), LONGEST_PAUSE)
    async with db.use() as connection:
        await queries("outbox").put_off(connection, due_at=now + pause, id=letter.id)


async def drop_done(db: Database, now: datetime) -> None:
    """Forgets what was delivered long ago."""
    async with db.use() as connection:
        await queries("outbox").drop_done(connection, before=now - KEPT)
