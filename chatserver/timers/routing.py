"""The router: offers waiting live tickets to lawyers on duty.

1. tell what happened to offers: who accepted, who is paused for missing too many;
2. one process at a time: who is on duty with room, and the head of the queue, no longer than the room;
3. `routing.assign` pairs them, and each offer goes down the road;
4. sleep until something wakes it (a ticket, a freed slot, a log-in, a decline, a drop), or for a sweep
   that finds what a crash forgot.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from chatserver.calls import Outcome
from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import routing
from chatserver.rules.articles import Refused
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.events import Record
from chatserver.rules.events_desks import BroughtForward, Lapsed
from chatserver.rules.events_talk import Accepted, Closed, HandedOver, OfferEnded, Opened
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import Policy
from chatserver.store import presence
from chatserver.store.database import Database

SWEEP = 1.0
#: More of the queue than there is room for, since some of it may be gone before it is offered.
SPARE = 20
WAKING = (Opened, BroughtForward, Accepted, Closed, HandedOver, OfferEnded, Lapsed)
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Router:
    """One per process; an advisory lock lets one of them route at a time."""

    db: Database
    casework: Casework
    clock: Clock
    figures: Policy
    announce_duty: Callable[[str], Awaitable[None]]

    def __post_init__(self) -> None:
        self._wake = asyncio.Event()
        self._settle: list[Record] = []
        self._idle: set[str] = set()

    def wake(self) -> None:
        """Something changed that may let a ticket be offered."""
        self._wake.set()

    def heard(self, batch: Sequence[Outcome]) -> None:
        """A listener of the road."""
        for saved in batch:
            for record in saved.records:
                event = record.event
                if isinstance(event, WAKING):
                    self._wake.set()
                if isinstance(event, (OfferEnded, Accepted)):
                    self._settle.append(record)
                elif isinstance(event, Closed) and saved.ticket.assignee:
                    self._idle.add(saved.ticket.assignee)

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            try:
                await self._settle_offers()
                while await self.route():
                    pass
            except Refused:
                pass  # the database is away; the sweep tries again
            except Exception:
                log.exception("routing failed")
            try:
                async with asyncio.timeout(SWEEP):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def route(self) -> int:
        """One round; how many offers were made."""
        async with presence.alone(self.db) as free:
            if not free:
                return 0
            now = self.clock.now()
            lawyers = [lawyer for lawyer, _ in await presence.on_duty(self.db, now)]
            heads = routing.heads(CATEGORIES, lawyers, SPARE)
            if not heads:
                return 0
            queue = await presence.waiting(self.db, heads, lawyers, now)
            if queue:
                # Whose third offer has just ended is paused, and that question is in the queue again:
                # who is asked is read after what.
                lawyers = [lawyer for lawyer, _ in await presence.on_duty(self.db, now)]
            pairs = routing.assign(queue, lawyers, now)
            offers = (
                self.casework.act(
                    "offer", routing.offer, number, SYSTEM, staff_no, self.figures.offer_timeout
                )
                for number, staff_no in pairs
            )
            made = await asyncio.gather(*offers, return_exceptions=True)
        return sum(not isinstance(result, BaseException) for result in made)

    async def _settle_offers(self) -> None:
        now = self.clock.now()
        changed: set[str] = set()
        if self._settle:
            records, self._settle = self._settle, []
            changed |= {r.event.staff_no for r in records if isinstance(r.event, Accepted)}
            changed |= set(await presence.paused(self.db, records))
        if self._idle:
            idle, self._idle = self._idle, set()
            await presence.now_idle(self.db, sorted(idle), now)
            changed |= idle
        for staff_no in sorted(changed):
            await self.announce_duty(staff_no)
