"""Saving: the record, the rows of tickets and the hint to other processes, a statement each for a batch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Event, Message, Opened, Read, Record, Sent
from chatserver.rules.numbers import month_of
from chatserver.rules.ticket import Ticket

from . import chain
from .database import queries
from .tickets import INSERT, UPDATE, body_of, row_of


@dataclass
class Journal:
    """The rows of one transaction, gathered while the rules decide and written by `write`."""

    process: str
    now: datetime
    journal: list[tuple[Any, ...]] = field(default_factory=list)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    details: list[tuple[Any, ...]] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, Ticket] = field(default_factory=dict)
    wholly: set[str] = field(default_factory=set)

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
        salts = os.urandom(chain.SALT_BYTES * len(events))
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
                (month, number, stage.entry, seq, now, event.kind, by, committed, head)
            )
            if isinstance(event, Message):
                self.messages.append(
                    (month, number, seq, stage.entry, event.author, event.id, body, salt)
                )
            else:
                self.details.append((month, number, stage.entry, body, salt))
            wholly = wholly or not isinstance(event, (Sent, Read))
            records.append(Record(stage.entry, seq, now, by, event))
        ticket = stages[-1].having(head=head)
        self.before.setdefault(number, 0 if isinstance(events[0], Opened) else first)
        self.after[number] = ticket
        if wholly:
            self.wholly.add(number)
        return ticket, records

    async def write(self, connection: Any) -> None:
        """Every gathered row; the caller commits."""
        if not self.after:
            return
        topic = queries("tickets")
        await connection.execute(topic.add_journal.sql, *_columns(self.journal))
        if self.messages:
            await connection.execute(topic.add_messages.sql, *_columns(self.messages))
        if self.details:
            await connection.execute(topic.add_details.sql, *_columns(self.details))
        opened = [t for number, t in self.after.items() if not self.before[number]]
        changed = [
            t for number, t in self.after.items() if self.before[number] and number in self.wholly
        ]
        touched = [t for number, t in self.after.items() if number not in self.wholly]
        if opened:
            await connection.executemany(INSERT, [row_of(ticket) for ticket in opened])
        if changed:
            await connection.executemany(UPDATE, [row_of(ticket) for ticket in changed])
        if touched:
            await connection.execute(
                topic.touch_tickets.sql, *_columns([_touch(ticket) for ticket in touched])
            )
        grown = {number: [self.before[number], t.entry] for number, t in self.after.items()}
        await connection.execute(topic.add_hint.sql, self.process, self.now, {"tickets": grown})


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
