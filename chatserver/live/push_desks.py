"""Pushes to the people behind the talk: notes, warnings, reviews and call-backs.

A listener of the road like `push`, and it speaks through it. Nothing here goes to a citizen's room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from chatserver.calls import Outcome
from chatserver.rules.audience import rooms
from chatserver.rules.events import Record
from chatserver.rules.events_desks import (
    CallbackEntrusted,
    CallbackOpened,
    Noted,
    Reviewed,
    Warned,
)
from chatserver.rules.events_talk import Corrected, CorrectionConfirmed
from chatserver.rules.instants import instant
from chatserver.rules.ticket import Ticket
from chatserver.store import desks, tickets
from chatserver.store.database import Database

from . import wire
from . import wire_objects as objects
from .push import Push

#: rung -> what the lawyer is told by; `deadline:warning` is the share of the settings, and nothing else.
REMINDERS = {"warn": "deadline:warning", "chosen": "callback:due", "missed": "callback:due"}


def reminder(number: str, event: Warned) -> tuple[str, bytes]:
    """The push, by its name and with its payload, that tells a lawyer of a time."""
    body = {"number": number, "due_at": instant(event.due_at)}
    name = REMINDERS.get(event.rung, "deadline:reminder")
    if name != "callback:due":
        body["kind"] = event.clock
    return name, wire.encode(body)


class DeskPush:
    """Tells staff what concerns them."""

    def __init__(self, db: Database, push: Push) -> None:
        self.db = db
        self.push = push
        self._line: dict[str, asyncio.Task[None]] = {}

    def deliver(self, batch: Sequence[Outcome]) -> None:
        """After the commit."""
        for saved in batch:
            for record in saved.records:
                self._tell(saved.ticket, record)

    def _tell(self, ticket: Ticket, record: Record) -> None:
        event = record.event
        if isinstance(event, Noted):
            name = "support:reply" if event.about == "reply" else "note:new"
            shown = objects.NoteObject(
                ticket.number,
                event.body,
                event.staff_no,
                event.about,
                event.place,
                instant(record.at),
            )
            self.push.tell(rooms(ticket, event), name, wire.encode(shown))
        elif isinstance(event, Warned) and event.rung != "convert":
            self.push.tell(rooms(ticket, event), *reminder(ticket.number, event))
        elif isinstance(event, Reviewed):
            self.push.in_order(self._line, ticket.number, self._review(ticket, event))
        elif isinstance(event, CallbackEntrusted) and ticket.callback_due_at:
            body = {"number": ticket.number, "due_at": instant(ticket.callback_due_at)}
            self.push.tell([f"staff:{event.to}"], "callback:due", wire.encode(body))
        elif isinstance(event, CallbackOpened) and ticket.assignee:
            body = {"number": ticket.number, "due_at": instant(event.due_at)}
            self.push.tell([f"staff:{ticket.assignee}"], "callback:due", wire.encode(body))
        elif isinstance(event, Corrected):
            told = self._again(ticket, event.corrects, record)
            self.push.in_order(self._line, ticket.number, told)
        elif isinstance(event, CorrectionConfirmed):
            told = self._again(ticket, event.seq, record)
            self.push.in_order(self._line, ticket.number, told)

    async def _review(self, ticket: Ticket, event: Reviewed) -> None:
        row = await desks.review(self.db, event.id)
        author = dict(ticket.answers).get(event.seq) if event.seq else ticket.assignee
        to = {f"staff:{no}" for no in (author, ticket.assignee) if no}
        self.push.tell(sorted(to), "review:new", wire.encode(wire.review(row)))

    async def _again(self, ticket: Ticket, seq: int, because: Record) -> None:
        """An answer as it stands now, to everyone who heard it: marked as corrected, or as seen."""
        found: list[Any] = await tickets.talk(self.db, ticket, seq - 1, seq, 1)
        if found:
            known = await desks.corrections(self.db, ticket.number)
            by, seen = known.by.get(seq), known.confirmed.get(seq)
            body = wire.encode(wire.message(ticket.number, found[0], by, seen))
            self.push.tell(rooms(ticket, because.event), "message:update", body)
