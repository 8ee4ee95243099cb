"""The place and the wait that a citizen in the queue is told, and told again when they change."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.routing import OnDuty, Place, forecast, pools
from chatserver.rules.ticket import Ticket
from chatserver.store import presence
from chatserver.store.database import Database, queries

#: How often places are counted anew, at most, and how many recent talks the wait is taken from.
EVERY = 1.0
RECENT_TALKS = 50
log = logging.getLogger(__name__)


class View:
    """Who is on duty and how long talks take, as of one moment."""

    def __init__(
        self, lawyers: list[tuple[OnDuty, int]], service: tuple[int, int], taken_at: float
    ) -> None:
        self.lawyers = lawyers
        self.service = service
        self.taken_at = taken_at
        self.pools = pools(CATEGORIES, [lawyer for lawyer, _ in lawyers])

    def place(self, category: str, position: int) -> Place:
        """What the ticket at `position` of its pool is told."""
        able = [(lawyer, seats) for lawyer, seats in self.lawyers if lawyer.can(category)]
        seats = sum(seats for _, seats in able)
        free = sum(max(0, lawyer.room) for lawyer, _ in able)
        return forecast(position, seats, len(able), free, self.service)

    def written(self, category: str, position: int) -> Place:
        """What a written message is told: nobody need sit and wait for it."""
        return Place(position, sum(it.can(category) for it, _ in self.lawyers), None, None)


class Queue:
    """Counts places; `watch` pushes those that changed to the citizens connected here."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock
        self._view: View | None = None
        self._told: dict[str, Place] = {}

    async def view(self) -> View:
        """The present view, at most a second old."""
        now = asyncio.get_running_loop().time()
        if self._view is None or now - self._view.taken_at > EVERY:
            lawyers = await presence.on_duty(self.db, self.clock.now())
            async with self.db.use() as connection:
                row = await connection.fetchrow(queries("presence").service_times.sql, RECENT_TALKS)
            self._view = View(lawyers, (row["low"], row["high"]), now)
        return self._view

    def stale(self) -> None:
        """Duty changed: the next look is a fresh one."""
        self._view = None

    async def place_of(self, ticket: Ticket) -> Place | None:
        """Where a queued ticket stands in its pool; None when it does not wait."""
        return (await self.places_of([ticket]))[0]

    async def places_of(self, found: Sequence[Ticket]) -> list[Place | None]:
        """The same for several: a query for each pool of lawyers, not for each ticket."""
        places: list[Place | None] = [None] * len(found)
        waiting = [(at, ticket) for at, ticket in enumerate(found) if ticket.state == "queued"]
        if not waiting:
            return places
        topic = queries("presence")
        view = await self.view()
        pools: dict[frozenset[str] | None, list[tuple[int, Ticket]]] = {}
        for at, ticket in waiting:
            pool = None if ticket.kind == "message" else view.pools[ticket.category]
            pools.setdefault(pool, []).append((at, ticket))
        async with self.db.use() as connection:
            for pool, members in pools.items():
                them = [ticket for _, ticket in members]
                if pool is None:
                    dues = [ticket.answer_due_at for ticket in them]
                    rows = await connection.fetch(topic.pool_ahead.sql, dues)
                else:
                    columns = [it.front for it in them], [it.opened_at for it in them]
                    rows = await connection.fetch(topic.ahead.sql, sorted(pool), *columns)
                for (at, ticket), (ahead,) in zip(members, rows, strict=True):
                    tell = view.written if pool is None else view.place
                    places[at] = tell(ticket.category, ahead + 1)
        return places

    async def watch(self, push: Any) -> None:
        """Every second: counts all places in one pass and tells those whose place or wait changed."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._tell_changes(push)
            except Refused:
                pass  # the database is away; told again when it is back
            except Exception:
                log.exception("the places were not counted")

    async def _tell_changes(self, push: Any) -> None:
        if not push.transport.sockets():
            return
        self.stale()
        view = await self.view()
        async with self.db.use() as connection:
            rows = await connection.fetch(queries("presence").queue.sql)
        counts: Counter[frozenset[str]] = Counter()
        told: dict[str, Place] = {}
        for number, category, citizen in rows:
            pool = view.pools[category]
            counts[pool] += 1
            if f"citizen:{citizen}" in push.transport.occupied:
                place = view.place(category, counts[pool])
                if self._told.get(number) != place:
                    push.queue(number, citizen, place)
                told[number] = place
        self._told = told
