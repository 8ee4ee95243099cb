"""The only place that emits. Every commit comes by here; who hears of it, `rules/audience.py` says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chatserver.calls import Outcome
from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.rules.audience import parties, rooms
from chatserver.rules.events import Event, Record
from chatserver.rules.events_desks import Warned
from chatserver.rules.events_talk import Offered, OfferEnded, Read
from chatserver.rules.instants import instant
from chatserver.rules.routing import Place
from chatserver.rules.shown import shown_in
from chatserver.rules.ticket import Ticket
from chatserver.store.presence import Duty

from . import wire
from . import wire_objects as objects
from .transport import Connection, Frames, Transport

#: After these a ticket looks as before, but for its counters.
QUIET = (
    *(
        "sent",
        "noticed",
        "engagement_directed",
        "read",
        "offered",
        "offer_ended",
        "drop_noticed",
        "idle_warned",
    ),
    *("warned", "noted", "reviewed", "review_settled", "contact_refused"),
    "correction_confirmed",
)

#: What is older was told by the neighbours' hints, or before those connected now had come.
HEARD_WITHIN = timedelta(seconds=10)
#: Tickets of which it is remembered how far they were told.
MOST_TOLD = 100_000
log = logging.getLogger(__name__)

#: The room that everyone of the panel is in.
EXPERTS = "role:expert"

PlaceOf = Callable[[Ticket], Awaitable[Place | None]]


class Push:
    """Turns records into frames, each encoded once, and gives them to the rooms."""

    def __init__(self, transport: Transport, clock: Clock, place_of: PlaceOf) -> None:
        self.transport = transport
        self.clock = clock
        self.place_of = place_of
        self._tasks: set[asyncio.Task[None]] = set()
        #: number -> what was last said of this ticket and is still on its way.
        self._line: dict[str, asyncio.Task[None]] = {}
        #: The same for what waits for records that another process wrote in between.
        self._gaps: dict[str, asyncio.Task[None]] = {}
        #: number -> (first entry of an unbroken run, last entry) that was told here.
        self._told: dict[str, tuple[int, int]] = {}
        #: `await records(number, from_entry, to_entry, later_than)`; without it gaps stay for the clients to see.
        self.records: Callable[[str, int, int, datetime], Awaitable[Sequence[Record]]] | None = None

    def deliver(self, batch: Sequence[Outcome]) -> None:
        """A listener of the road and of the neighbours: every connection hears a ticket in order.

        What another process wrote in between is fetched first; what was told is not told again.
        """
        for saved in batch:
            number, records = saved.ticket.number, saved.records
            if not records:
                continue
            first, last = records[0].entry, records[-1].entry
            since, told = self._told.get(number, (0, 0))
            if told and first == told + 1:
                self._told[number] = (since, last)
                self._tell_in_turn(saved)
                continue
            begin = 0
            if saved.replayed and not told:
                continue  # stored by a process that is gone: whoever is connected catches up by itself
            elif not told:
                # Seen for the first time: what came just before may still be on its way here.
                newest = saved.ticket.entry
                since, told = (1, last) if last == newest else (newest + 1, newest)
                begin = 1 if since < first else 0
            elif first > told + 1:
                begin, told = told + 1, last
            elif last > told or last < since:
                records = [r for r in records if r.entry > told or r.entry < since]
                saved, told = Outcome(saved.ticket, records), max(told, last)
            else:
                continue
            self._told[number] = (since, told)
            if begin and self.records is not None and self.concerns(saved.ticket):
                self.in_order(self._gaps, number, self._fill(saved, begin, first - 1))
            else:
                self._tell_in_turn(saved)
        if len(self._told) > MOST_TOLD:
            for number in list(self._told)[: MOST_TOLD // 2]:
                del self._told[number]

    async def _fill(self, saved: Outcome, begin: int, end: int) -> None:
        assert self.records is not None
        lately = self.clock.now() - HEARD_WITHIN
        try:
            missed = await self.records(saved.ticket.number, begin, end, lately)
            self._tell_all(Outcome(saved.ticket, missed))
        finally:
            self._tell_all(saved)

    def _tell_in_turn(self, saved: Outcome) -> None:
        """Now, or after what is still being looked up of the same ticket."""
        if saved.ticket.number in self._gaps:
            self.in_order(self._gaps, saved.ticket.number, self._tell_later(saved))
        else:
            self._tell_all(saved)

    async def _tell_later(self, saved: Outcome) -> None:
        self._tell_all(saved)

    def _tell_all(self, saved: Outcome) -> None:
        ticket, occupied = saved.ticket, self.transport.occupied
        changed: list[str] | None = None
        for record in saved.records:
            event = record.event
            to = rooms(ticket, event)
            if occupied.isdisjoint(to):
                pass
            elif event.visible:
                body = wire.encode(wire.message(ticket.number, record))
                self.transport.publish(to, Frames("message:new", body))
            else:
                self._tell(ticket, event, to)
            if event.kind not in QUIET:
                changed = to
            elif isinstance(event, Warned) and event.rung == "operator":
                changed = parties(ticket)  # until when, which both sides see, is another time now
        if changed is not None and self.heard(changed):
            self.in_order(self._line, ticket.number, self._ticket(ticket, changed))

    def _tell(self, ticket: Ticket, event: Event, to: Sequence[str]) -> None:
        if isinstance(event, Read):
            body = wire.encode({"ticket": ticket.number, "by": event.by, "seq": event.seq})
            self._publish(to, "message:read", body)
        elif isinstance(event, Offered):
            self.in_order(self._line, ticket.number, self._offer(ticket, event))
        elif isinstance(event, OfferEnded):
            self.in_order(self._line, ticket.number, self._offer_ended(ticket, event))

    async def _ticket(self, ticket: Ticket, to: Sequence[str]) -> None:
        place = await self.place_of(ticket)
        now = self.clock.now()
        for seen, rooms_of in shown_in(to, ticket):
            self._publish(rooms_of, "ticket:update", wire.encode(wire.ticket(seen, now, place)))

    async def _offer(self, ticket: Ticket, event: Offered) -> None:
        self.offer(ticket, event.expires_at, rooms(ticket, event), await self.place_of(ticket))

    async def _offer_ended(self, ticket: Ticket, event: OfferEnded) -> None:
        body = wire.encode({"number": ticket.number})
        self._publish(rooms(ticket, event), "ticket:withdrawn_offer", body)

    def offer(
        self, ticket: Ticket, expires_at: datetime, to: Sequence[str], place: Place | None
    ) -> None:
        """An offer, when made and again when its lawyer comes back."""
        shown = wire.ticket(ticket, self.clock.now(), place)
        body = wire.encode({"ticket": shown, "expires_at": instant(expires_at)})
        self._publish(to, "ticket:offer", body)

    def typing(self, ticket: Ticket, by: str, on: bool, sender: str) -> None:
        """Not to its sender."""
        to = {f"citizen:{ticket.citizen}", f"staff:{ticket.assignee}"} - {sender}
        body = wire.encode({"ticket": ticket.number, "by": by, "on": on})
        self._publish(sorted(to), "message:typing", body)

    def queue(self, number: str, citizen: str, place: Place) -> None:
        """A waiting citizen's place has changed."""
        shown = msgspec.structs.asdict(wire.queue(place) or objects.QueueObject(0, None, None, 0))
        self._publish(
            [f"citizen:{citizen}"], "queue:update", wire.encode({"number": number, **shown})
        )

    def duty(self, staff_no: str, duty: Duty) -> None:
        """The server changed, or recalls, a lawyer's duty."""
        body = wire.encode({"duty": wire.duty(duty), "reason": duty.reason})
        self._publish([f"staff:{staff_no}"], "duty:update", body)

    def tell(self, to: Sequence[str], name: str, body: bytes) -> None:
        """A push that is not of a ticket's talk, to whoever is in these rooms."""
        self._publish(to, name, body)

    def whisper(self, connection: Connection, name: str, body: bytes) -> None:
        """A push to one connection, which has just come."""
        connection.send(Frames(name, body)[connection.namespace])

    def concerns(self, ticket: Ticket) -> bool:
        """Whether a party of this ticket, present or former, or the panel that has it, is connected
        here: nobody else is told what was missed, and who comes later catches up by themselves."""
        staff = {ticket.assignee, ticket.escalated_to, *ticket.offered_before}
        staff |= {no for no, _ in ticket.former} | {no for _, no in ticket.answers}
        staff |= set(ticket.readers)
        parties = [f"citizen:{ticket.citizen}", *(f"staff:{no}" for no in staff if no)]
        return self.heard([*parties, *([EXPERTS] if ticket.escalations else [])])

    def heard(self, to: Sequence[str]) -> bool:
        """Whether anyone is in one of these rooms: what nobody hears need not be looked up."""
        return not self.transport.occupied.isdisjoint(to)

    def _publish(self, to: Sequence[str], name: str, body: bytes) -> None:
        self.transport.publish(to, Frames(name, body))

    def in_order(
        self, line: dict[str, asyncio.Task[None]], number: str, work: Coroutine[Any, Any, None]
    ) -> None:
        """What needs a look at the database first; of one ticket in order, so that the newest stays."""
        task = asyncio.create_task(_after(line.get(number), work))
        line[number] = task
        self._tasks.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if line.get(number) is task:
                del line[number]

        task.add_done_callback(done)


async def _after(earlier: asyncio.Task[None] | None, work: Coroutine[Any, Any, None]) -> None:
    if earlier is not None:
        await asyncio.wait([earlier])
    try:
        await work
    except Refused:
        pass  # the database is away: the browser's own catch-up finds what was not said
    except Exception:
        log.exception("a push failed")
