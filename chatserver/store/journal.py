"""Saving: the record, the rows of tickets and the hint to other processes, a statement each for a batch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
NOTHING: tuple[tuple[Any, ...], ...] = ((),) * 11


class Stale(Exception):
    """A ticket has grown since it was looked at: another process wrote."""


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
    random: bytes = b""

    def record(
        self, ticket: Ticket, events: Sequence[Event], actor: str
    ) -> tuple[Ticket, list[Record]]:
        """Applies `events` and chains them; whatever it raises, it raises before anything is gathered."""
        now = self.now
        number = ticket.number
        first, told_of_drop = ticket.entry, ticket.drop_noticed
        stages = []
        for event in events:
            ticket = ticket.after(event, now)
            stages.append(ticket)
        bodies = [body_of(event) for event in events]
        month = month_of(number)
        at_us = chain.microseconds(now)
        salts = self._salts(len(events))
        head = stages[0].head or chain.genesis(number, stages[0].opened_at)
        records = []
        wholly = told_of_drop != stages[-1].drop_noticed
        for place, (event, stage, body) in enumerate(zip(events, stages, bodies, strict=True)):
            salt = salts[place * chain.SALT_BYTES : (place + 1) * chain.SALT_BYTES]
            committed = chain.commitment(salt, body)
            seq = stage.last_seq if event.visible else None
            by = event.author if isinstance(event, Message) else actor
            head = chain.link(
                head,
                ticket=number,
                entry=stage.entry,
                seq=seq,
                at_us=at_us,
                kind=event.kind,
                actor=by,
                committed=committed,
            )
            self.journal.append(
                (
                    month,
                    number,
                    stage.entry,
                    seq,
                    event.kind,
                    by,
                    committed,
                    head,
                    event.id if isinstance(event, Message) else None,
                    body,
                    salt,
                )
            )
            wholly = wholly or not isinstance(event, (Sent, Read))
            records.append(Record(stage.entry, seq, now, by, event))
        ticket = stages[-1]
        ticket.__dict__["head"] = head  # fresh from `after`, nobody else has seen it
        self.before.setdefault(number, 0 if isinstance(events[0], Opened) else first)
        self.after[number] = ticket
        if wholly:
            self.wholly.add(number)
            self.happened += [(ticket, record) for record in records]
        return ticket, records

    def _salts(self, count: int) -> bytes:
        """Random bytes for `count` salts, drawn for many at a time."""
        size = count * chain.SALT_BYTES
        if len(self.random) < size:
            self.random = os.urandom(64 * size)
        salts, self.random = self.random[:size], self.random[size:]
        return salts

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
            row_of(t)
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
            (*_touch(ticket), self.before[number])
            for number, ticket in self.after.items()
            if number not in self.wholly
        ]
        grown = {number: [self.before[number], t.entry] for number, t in self.after.items()}
        try:
            await connection.execute(
                SAVE,
                self.now,
                *_columns(self.journal),
                *(_columns(touched) if touched else NOTHING),
                self.process,
                {"tickets": grown},
            )
        except asyncpg.DivisionByZeroError:
            raise Stale from None


def _columns(rows: Sequence[tuple[Any, ...]]) -> zip[Any]:
    """Rows turned into the arrays that `unnest` takes."""
    return zip(*rows, strict=True)


def _touch(ticket: Ticket) -> tuple[Any, ...]:
    return (
        ticket.number,
        ticket.entry,
        ticket.last_seq,
        ticket.head,
        ticket.spoke,
        ticket.spoke_at,
        ticket.warned_at,
        ticket.citizen_read,
        ticket.staff_read,
        next_due(ticket),
    )
