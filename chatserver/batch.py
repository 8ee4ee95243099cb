"""One transaction of the road: many calls, each decided by its rule on the ticket as it then stands."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatserver.calls import Call, Outcome
from chatserver.clock import BEIJING
from chatserver.openings import open_tickets
from chatserver.rules import ladder
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize
from chatserver.rules.events import Event, Message, Record
from chatserver.rules.people import SYSTEM, Actor, Citizen, System
from chatserver.rules.policy import Policy
from chatserver.rules.ticket import Ticket
from chatserver.store.database import queries
from chatserver.store.journal import Journal
from chatserver.store.shelf import Kept, Shelf, lock

log = logging.getLogger(__name__)

#: Actions whose events only make a ticket grow, so that they may be decided before the lock.
TALK = ("send", "read")


@dataclass
class Batch:
    """`decide`, `save`, then `finish` after the commit or `forget` without one."""

    calls: Sequence[Call]
    shelf: Shelf
    figures: Policy
    now: datetime
    process: str
    kept: dict[str, Kept] = field(default_factory=dict)
    outcomes: list[tuple[Call, Outcome]] = field(default_factory=list)
    openings: list[tuple[str, str, bytes, str]] = field(default_factory=list)
    refusals: list[tuple[Call, Refused]] = field(default_factory=list)
    #: What was said in this batch: in which ticket, by whom, under which id.
    new: dict[tuple[str, str, str], Record] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.journal = Journal(self.process, self.now, self.figures.channels)

    def presume(self) -> bool:
        """Decides plain talk on the tickets as the shelf has them, without asking the database.

        True if all of it is to be stored in one statement, which fails if a ticket has grown
        meanwhile; a refusal or a repeat rests on what must be looked at first.
        """
        for call in self.calls:
            kept = self.shelf.get(call.number) if call.action in TALK else None
            if kept is None:
                return False
            self.kept[kept.ticket.number] = kept
        for call in self.calls:
            self._judge(call)
        stored = all(outcome.records for _, outcome in self.outcomes)
        return stored and not self.refusals and self.journal.plain

    async def decide(self, connection: Any) -> None:
        """Locks, then lets every rule decide. Nobody is answered before the commit: a refusal may
        rest on what a neighbour in this batch did."""
        numbers = sorted({call.number for call in self.calls if call.number is not None})
        if numbers:
            said = (
                (call.number, call.actor.pseudonym, call.said[0])
                for call in self.calls
                if call.said is not None and call.number is not None
            )
            self.kept = await lock(connection, self.shelf, numbers, said)
        opens = [call for call in self.calls if call.action == "open"]
        if opens:
            await open_tickets(self, connection, opens)
        for call in self.calls:
            if call.action != "open":
                self._judge(call)

    async def save(self, connection: Any) -> None:
        """Writes what was decided."""
        await self.journal.write(connection)
        if self.openings:
            columns = list(zip(*self.openings, strict=True))
            await connection.execute(queries("tickets").add_openings.sql, *columns)

    async def took_place(self, connection: Any) -> bool:
        """Whether the commit whose answer was lost happened: the journal has our hash or it has not.

        Taking the same row locks first waits for the end of a transaction that is still under way.
        """
        topic = queries("tickets")
        if not self.journal.after:
            return True
        async with connection.transaction():
            if self.kept:
                await connection.fetch(topic.lock_tickets.sql, sorted(self.kept))
            if self.openings:
                await connection.fetchval(topic.lock_day.sql, self.now.astimezone(BEIJING).date())
            return await self.recorded(connection)

    async def recorded(self, connection: Any) -> bool:
        """Whether the journal has our last hash, as far as this connection sees."""
        month, number, entry, *_ = self.journal.journal[-1]
        ours = self.journal.after[number].head
        sql = queries("tickets").recorded.sql
        return bool(await connection.fetchval(sql, month, number, entry) == ours)

    def finish(self) -> list[Outcome]:
        """After the commit: keeps the new state, answers the callers, and tells what happened."""
        kept = self.kept
        for (number, _, _), record in self.new.items():
            kept[number].add(record)
        for number, ticket in self.journal.after.items():
            kept[number].ticket = ticket
        self.shelf.put(*(kept[number] for number in self.journal.after))
        for call, refused in self.refusals:
            call.refuse(refused)
        for call, outcome in self.outcomes:
            call.finish(outcome)
        return [outcome for _, outcome in self.outcomes if outcome.records]

    def forget(self) -> None:
        """Without a commit: what the shelf has of these tickets is in doubt."""
        self.shelf.drop(self.kept)

    def _judge(self, call: Call) -> None:
        """One rule on one ticket; its refusal, or its failure, is its caller's alone."""
        number, actor = call.number, call.actor
        assert number is not None and call.rule is not None
        try:
            kept = self.kept.get(number)
            if kept is None:
                authorize(actor, call.action, None)
                return
            ticket = self.journal.after.get(number) or kept.ticket
            if call.said is not None and (known := self._known(call, kept)) is not None:
                # What was stored before this process read the ticket it may never have told.
                again = [known] if known.entry <= kept.loaded else []
                self.outcomes.append((call, Outcome(ticket, again, known, replayed=True)))
                return
            authorize(actor, call.action, ticket)
            if call.action in TALK:
                self.record(call, ticket, call.rule(ticket, self.now, actor, *call.args))
                return
            late = self._late(actor, ticket)
            stage = ticket
            for event in late:
                stage = stage.after(event, self.now)
            self.record(call, ticket, call.rule(stage, self.now, actor, *call.args), late)
        except Refused as refused:
            self.refusals.append((call, refused))
            if refused.events and kept is not None and ticket is not None:
                # The try is part of the record; its caller is refused all the same.
                self.record(call, ticket, refused.events)
        except Exception:
            log.exception("rule %s failed", call.action)
            self.refusals.append((call, Refused("unavailable")))

    def _known(self, call: Call, kept: Kept) -> Record | None:
        """The record of a message sent before under the same id; another payload is `id_reused`.

        All citizens write under one pseudonym, so only the ticket's own has said anything here."""
        assert call.said is not None
        id, kind, body = call.said
        actor, author = call.actor, call.actor.pseudonym
        record = kept.said.get((author, id)) or self.new.get((kept.ticket.number, author, id))
        if record is None or (isinstance(actor, Citizen) and actor.account != kept.ticket.citizen):
            return None
        event = record.event
        if not isinstance(event, Message) or event.kind != kind or event.body != body:
            raise Refused("id_reused")
        if any(getattr(event, name) != value for name, value in call.beside):
            raise Refused("id_reused")
        return record

    def _late(self, actor: Actor, ticket: Ticket) -> Sequence[Event]:
        """What time has done to the ticket before a person does something; talk stops no clock."""
        return () if isinstance(actor, System) else ladder.overdue(ticket, self.now)

    def record(
        self, call: Call, ticket: Ticket, events: Sequence[Event], late: Sequence[Event] = ()
    ) -> None:
        """What a call made of a ticket, after what time had, and what its caller is to hear of it."""
        own = None
        before: Sequence[Record] = ()
        records: Sequence[Record] = ()
        if late:
            ticket, before = self.journal.record(ticket, late, SYSTEM.pseudonym)
        if events:
            ticket, records = self.journal.record(ticket, events, call.actor.pseudonym)
            for record in records:
                event = record.event
                if isinstance(event, Message) and event.by != "system":
                    self.new[ticket.number, record.actor, event.id] = own = record
        happened = [*before, *records] if before else records
        self.outcomes.append((call, Outcome(ticket, happened, own)))
