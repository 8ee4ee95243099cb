"""Saving: the record, the rows of tickets and the hint to other processes, a statement each for a batch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

import asyncpg

from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Event, Message, Record
from chatserver.rules.events_talk import Opened, Read, Sent
from chatserver.rules.numbers import month_of
from chatserver.rules.ticket import Ticket

from . import chain, desks, outbox, presence
from .database import queries
from .tickets import INSERT, UPDATE, body_of, row_of

SAVE: str = queries("tickets").save_talk.sql


class Stale(Exception):
    """A ticket has grown since it was looked at: another process wrote."""


#: Events that only make a ticket grow: its counters and who spoke last.
GROWING = (Sent, Read)


@dataclass
class Journal:
    """The rows of one transaction, gathered while the rules decide and written by `write`."""

    process: str
    now: datetime
    channels: Sequence[str] = ()
    journal: list[tuple[Any, ...]] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, Ticket] = field(default_factory=dict)
    wholly: set[str] = field(default_factory=set)
    happened: list[tuple[Ticket, Record]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._at_us = chain.microseconds(self.now)
        self._salts, self._salted = b"", 0
        #: number -> which row of `journal` is its last, counted from 1.
        self._last: dict[str, int] = {}

    def record(
        self, ticket: Ticket, events: Sequence[Event], actor: str
    ) -> tuple[Ticket, list[Record]]:
        """Applies `events` and chains them; whatever it raises, it raises before anything is gathered."""
        now, number, at_us = self.now, ticket.number, self._at_us
        month = month_of(number)
        first, told_of_drop, head = ticket.entry, ticket.drop_noticed, ticket.head
        wholly = False
        rows: list[tuple[Any, ...]] = []
        records: list[Record] = []
        for event in events:
            ticket = ticket.after(event, now)
            entry, kind = ticket.entry, event.kind
            seq, by, id = None, actor, None
            if isinstance(event, Message):
                seq, by, id = ticket.last_seq, event.author, event.id
            if type(event) not in GROWING:
                wholly = True
            body, salt = body_of(event), self._salt()
            committed = chain.commitment(salt, body)
            head = head or chain.genesis(number, ticket.opened_at)
            head = chain.link(head, number, entry, seq, at_us, kind, by, committed)
            rows.append((month, number, entry, seq, kind, by, id, body, committed + head + salt))
            records.append(Record(entry, seq, now, by, event))
        ticket.__dict__["head"] = head  # fresh from `after`, nobody else has seen it
        self.journal += rows
        self._last[number] = len(self.journal)
        if number not in self.before:
            self.before[number] = 0 if type(events[0]) is Opened else first
        self.after[number] = ticket
        if wholly or told_of_drop != ticket.drop_noticed:
            self.wholly.add(number)
            self.happened += [(ticket, record) for record in records]
        return ticket, records

    def _salt(self) -> bytes:
        """Random bytes, asked of the system for many at a time."""
        at = self._salted
        if at == len(self._salts):
            self._salts, at = os.urandom(64 * chain.SALT_BYTES), 0
        self._salted = end = at + chain.SALT_BYTES
        return self._salts[at:end]

    @property
    def plain(self) -> bool:
        """Whether everything fits into one statement: no ticket is new or changed in its state."""
        return not self.wholly and all(self.before.values())

    async def write(self, connection: Any) -> None:
        """Every gathered row; the caller commits. Raises `Stale` if a ticket has grown meanwhile."""
        if not self.after:
            return
        opened = [row_of(t) for number, t in self.after.items() if not self.before[number]]
        changed = [
            (*row_of(t), self.now)
            for number, t in self.after.items()
            if self.before[number] and number in self.wholly
        ]
        if opened:
            await connection.executemany(INSERT, opened)
        if changed:
            await connection.executemany(UPDATE, changed)
        await self.write_plain(connection)
        await desks.write(connection, self.happened)
        records = [record for _, record in self.happened]
        await presence.count_offers(connection, records, self.now)
        await outbox.write(connection, self.happened, self.channels)

    async def write_plain(self, connection: Any) -> None:
        """The record, the counters of tickets that only grew, and the hint: one statement.

        Raises `Stale` unless every ticket still has the entry on which its events were decided.
        """
        touched = [
            _touch(ticket, self._last[number], self.before[number], self.now)
            for number, ticket in self.after.items()
            if number not in self.wholly
        ]
        grown = {number: [self.before[number], t.entry] for number, t in self.after.items()}
        *said, bodies, proofs = _columns(self.journal, SAID)
        sizes = [len(body) for body in bodies]
        places = list(accumulate(sizes, initial=1))[:-1]
        try:
            await connection.execute(
                SAVE,
                self.now,
                b"".join(bodies),
                b"".join(proofs),
                *said,
                _plain(places),
                _plain(sizes),
                *_columns(touched, TOUCHED),
                self.process,
                {"tickets": grown},
            )
        except asyncpg.DivisionByZeroError:
            raise Stale from None


def _touch(ticket: Ticket, last: int, before: int, now: datetime) -> tuple[Any, ...]:
    return (
        ticket.number,
        ticket.entry,
        ticket.last_seq,
        last,
        ticket.spoke if ticket.spoke_at == now else "null",
        ticket.citizen_read,
        ticket.staff_read,
        next_due(ticket),
        before,
    )


def _columns(rows: Sequence[tuple[Any, ...]], kinds: Sequence[Any]) -> list[Any]:
    """Rows turned into what `save_talk` unnests, a column each."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(kinds)
    return [kind(column) for kind, column in zip(kinds, columns, strict=True)]


# asyncpg asks of each element of an array whether it is a collection, which costs more than to write
# it; a literal it takes as it is, and PostgreSQL reads both as fast.
def _plain(values: Sequence[int | datetime | None]) -> str:
    return "{" + ",".join(map(str, values)).replace("None", "null") + "}"


def _words(values: Sequence[str]) -> str:
    """Of ticket and staff numbers and our own words, which need no quotes."""
    return "{" + ",".join(values) + "}"


#: How the columns of `Journal.journal` and of `_touch` are written.
SAID = (_plain, _words, _plain, _plain, _words, _words, list, list, list)
TOUCHED = (_words, _plain, _plain, _plain, _words, _plain, _plain, _plain, _plain)
