"""One transaction of the road: many calls, each decided by its rule on the ticket as it then stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from chatserver.clock import BEIJING
from chatserver.rules import asking
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize
from chatserver.rules.events import Event, Message, Record
from chatserver.rules.numbers import ticket_number
from chatserver.rules.people import Actor, Citizen
from chatserver.rules.policy import Policy
from chatserver.rules.repeats import Before, is_checked
from chatserver.rules.ticket import Ticket
from chatserver.store.database import queries
from chatserver.store.journal import Journal
from chatserver.store.tickets import Kept, Shelf, author_key, lock
from chatserver.store.tickets import before as read_before

log = logging.getLogger(__name__)

#: Actions whose events only make a ticket grow, so that they may be decided before the lock.
TALK = ("send", "read")


class Outcome(NamedTuple):
    """What a call came to: the ticket and, of its own message, the record. `replayed`: known before."""

    ticket: Ticket
    records: Sequence[Record]
    own: Record | None = None
    replayed: bool = False


class Saved(NamedTuple):
    """What a commit made of one ticket, for the listeners. `replayed`: stored earlier, and asked for
    again because its acknowledgement was lost."""

    ticket: Ticket
    records: Sequence[Record]
    replayed: bool = False


@dataclass(eq=False, slots=True)
class Call:
    """One request on the road. `said` is `(client id, event kind, body)` of a call that says something,
    `beside` what else of its payload the event keeps, `(field, value)` each; `answer` is called once,
    with an `Outcome` or a `Refused`."""

    action: str
    rule: Callable[..., Any] | None
    number: str | None
    actor: Actor
    args: tuple[Any, ...]
    said: tuple[str, str, str] | None = None
    beside: tuple[tuple[str, Any], ...] = ()
    digest: bytes = b""
    answer: Callable[[Outcome | Refused], None] = lambda outcome: None
    born: float = 0.0
    done: bool = False

    def finish(self, outcome: Outcome) -> None:
        """The call succeeded; what was refused for waiting too long stays refused."""
        if not self.done:
            self.done = True
            self.answer(outcome)

    def refuse(self, refused: Refused) -> None:
        """The call failed; nothing of it was stored, or a retry will find it."""
        if not self.done:
            self.done = True
            self.answer(refused)


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
    new: list[tuple[Kept, tuple[str, str], Record]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = Journal(self.process, self.now, self.figures.channels)
        self._said: dict[tuple[str, str, str], Record] = {}

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
            self.kept = await lock(connection, self.shelf, numbers)
        opens = [call for call in self.calls if call.action == "open"]
        if opens:
            await self._decide_openings(connection, opens)
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
            month, number, entry, *_ = self.journal.journal[-1]
            ours = self.journal.after[number].head
            theirs = await connection.fetchval(topic.recorded.sql, month, number, entry)
        return bool(theirs == ours)

    def finish(self) -> list[Saved]:
        """After the commit: keeps the new state, answers the callers, and tells what happened."""
        for kept, key, record in self.new:
            kept.said[key] = record
        for number, ticket in self.journal.after.items():
            kept = self.kept[number]
            kept.ticket = ticket
            self.shelf.put(kept, more=1)
        for call, refused in self.refusals:
            call.refuse(refused)
        for call, outcome in self.outcomes:
            call.finish(outcome)
        return [Saved(o.ticket, o.records, o.replayed) for _, o in self.outcomes if o.records]

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
            ticket = self.journal.after.get(number, kept.ticket)
            if call.said is not None:
                known = self._known(call, kept)
                if known is not None:
                    # What was stored before this process read the ticket it may never have told.
                    again = [known] if known.entry <= kept.loaded else []
                    self.outcomes.append((call, Outcome(ticket, again, known, replayed=True)))
                    return
            authorize(actor, call.action, ticket)
            self._record(call, kept, ticket, call.rule(ticket, self.now, actor, *call.args))
        except Refused as refused:
            self.refusals.append((call, refused))
            if refused.events and kept is not None and ticket is not None:
                # The try is part of the record; its caller is refused all the same.
                self._record(call, kept, ticket, refused.events)
        except Exception:
            log.exception("rule %s failed", call.action)
            self.refusals.append((call, Refused("unavailable")))

    def _known(self, call: Call, kept: Kept) -> Record | None:
        """The record of a message sent before under the same id; another payload is `id_reused`.

        All citizens write under one pseudonym, so only the ticket's own has said anything here."""
        assert call.said is not None
        actor = call.actor
        if isinstance(actor, Citizen) and actor.account != kept.ticket.citizen:
            return None
        id, kind, body = call.said
        author = actor.pseudonym
        record = kept.said.get((author, id))
        if record is None and self._said:
            record = self._said.get((kept.ticket.number, author, id))
        if record is None:
            return None
        event = record.event
        if not isinstance(event, Message) or event.kind != kind or event.body != body:
            raise Refused("id_reused")
        if any(getattr(event, name) != value for name, value in call.beside):
            raise Refused("id_reused")
        return record

    def _record(self, call: Call, kept: Kept, ticket: Ticket, events: Sequence[Event]) -> None:
        own = None
        records: Sequence[Record] = ()
        if events:
            ticket, records = self.journal.record(ticket, events, call.actor.pseudonym)
            for record in records:
                event = record.event
                if isinstance(event, Message) and event.by != "system":
                    author, id = author_key(event)
                    self._said[ticket.number, author, id] = record
                    self.new.append((kept, (author, id), record))
                    own = record
        self.outcomes.append((call, Outcome(ticket, records, own)))

    async def _decide_openings(self, connection: Any, calls: Sequence[Call]) -> None:
        """Opens tickets: one look-up of ids, one of the citizens' standing, one draw of serials."""
        topic = queries("tickets")
        accounts = [call.actor.account for call in calls]
        ids = [call.args[0]["id"] for call in calls]
        rows = await connection.fetch(topic.openings.sql, accounts, ids)
        known = {(row["account"], row["id"]): (row["digest"], row["ticket"]) for row in rows}
        rows = await connection.fetch(topic.askers.sql, sorted(set(accounts)))
        askers = {
            row["id"]: Citizen(
                row["id"],
                row["review"] == "verified",
                row["agreed"],
                row["blocked_until"],
                row["blocked_reason"],
            )
            for row in rows
        }
        answered = {row["id"] for row in rows if row["answered"]}
        waiting = {row["id"]: row["waiting"] for row in rows}
        before = await self._asked_before(connection, calls, answered)
        if known:
            again = sorted({number for _, number in known.values()} - set(self.kept))
            self.kept |= await lock(connection, self.shelf, again)
        accepted: list[tuple[Call, list[Event]]] = []
        twins: list[tuple[Call, int]] = []
        drawn: dict[tuple[str, str], tuple[bytes, int]] = {}
        for call in calls:
            key = (call.actor.account, call.args[0]["id"])
            try:
                if key in known:
                    self._reopened(call, *known[key])
                elif key in drawn:
                    if drawn[key][0] != call.digest:
                        raise Refused("id_reused")
                    twins.append((call, drawn[key][1]))
                else:
                    citizen = askers.get(key[0])
                    if citizen is None or not isinstance(call.actor, Citizen):
                        raise Refused("forbidden")
                    events = asking.open_ticket(
                        citizen,
                        self.now,
                        self.figures,
                        **call.args[0],
                        before=before.get(citizen.account, ()),
                        waiting=waiting[citizen.account],
                    )
                    waiting[citizen.account] += 1
                    drawn[key] = (call.digest, len(accepted))
                    accepted.append((call, events))
            except Refused as refused:
                self.refusals.append((call, refused))
        if accepted:
            await self._draw_numbers(connection, accepted)
        for call, place in twins:
            number = self.openings[place][3]
            self.outcomes.append((call, Outcome(self.journal.after[number], (), replayed=True)))

    async def _asked_before(
        self, connection: Any, calls: Sequence[Call], answered: set[str]
    ) -> dict[str, list[Before]]:
        """Read only for citizens with an answered ticket, and for questions that are compared at all."""
        compared = {
            call.actor.account
            for call in calls
            if is_checked(call.args[0]["body"], call.args[0].get("because"))
        }
        accounts = sorted(compared & answered)
        return await read_before(connection, accounts, self.now) if accounts else {}

    def _reopened(self, call: Call, digest: bytes, number: str) -> None:
        """The ticket that this id opened before, as it stands now."""
        if digest != call.digest:
            raise Refused("id_reused")
        self.outcomes.append((call, Outcome(self.kept[number].ticket, (), replayed=True)))

    async def _draw_numbers(
        self, connection: Any, accepted: Sequence[tuple[Call, list[Event]]]
    ) -> None:
        """Serials are drawn inside the transaction, so that they leave no gap."""
        day = self.now.astimezone(BEIJING).date()
        last = await connection.fetchval(queries("tickets").take_serials.sql, day, len(accepted))
        for serial, (call, events) in enumerate(accepted, last - len(accepted) + 1):
            number = ticket_number(self.figures.number_prefix, day, serial)
            ticket = Ticket(number, call.actor.account)
            self.kept[number] = Kept(ticket, {})
            self._record(call, self.kept[number], ticket, events)
            self.openings.append((call.actor.account, call.args[0]["id"], call.digest, number))
