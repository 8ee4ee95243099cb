"""Offers questions for the panel to experts, one after the other, as `rules/panel.py` says.

1. one process at a time: what waits for an offer, and who is connected;
2. `panel.assign` pairs them, and each offer goes down the road;
3. sleep until something wakes it (a question, a pass, an expert who comes), or for a sweep.

What is never offered because nobody is there stays on everyone's list: an offer only directs attention.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from chatserver.calls import Outcome
from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import panel
from chatserver.rules.articles import Refused
from chatserver.rules.events_desks import Escalated, EscalationResolved
from chatserver.rules.events_panel import EscalationPassed
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import Policy
from chatserver.store import panel as rows
from chatserver.store.database import Database, queries

SWEEP = 1.0
WAKING = (Escalated, EscalationPassed, EscalationResolved)
log = logging.getLogger(__name__)


class Panel:
    """One per process; an advisory lock lets one of them offer at a time."""

    def __init__(self, db: Database, casework: Casework, clock: Clock, figures: Policy) -> None:
        self.db = db
        self.casework = casework
        self.clock = clock
        self.figures = figures
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Someone of the panel has come."""
        self._wake.set()

    def heard(self, batch: Sequence[Outcome]) -> None:
        """A listener of the road."""
        if any(isinstance(r.event, WAKING) for saved in batch for r in saved.records):
            self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            try:
                while await self.offer():
                    pass
            except Refused:
                pass  # the database is away; the sweep tries again
            except Exception:
                log.exception("the panel was not asked")
            try:
                async with asyncio.timeout(SWEEP):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def offer(self) -> int:
        """One round; how many offers were made."""
        async with self.db.transaction() as connection:
            now = self.clock.now()
            # With nobody to ask, thousands of questions are not worth a look.
            if not any(one.has_room for one in await rows.on_call(connection, now)):
                return 0
            waiting = await rows.unoffered(connection)
            if not waiting or not await connection.fetchval(queries("panel").try_panel.sql):
                return 0
            pairs = panel.assign(waiting, await rows.on_call(connection, now), now)
            offers = (
                self.casework.act(
                    "offer_expert",
                    panel.offer,
                    ticket.number,
                    SYSTEM,
                    ticket.escalation,
                    staff_no,
                    self.figures.panel_offer_timeout,
                )
                for ticket, staff_no in pairs
            )
            made = await asyncio.gather(*offers, return_exceptions=True)
        return sum(bool(getattr(result, "records", ())) for result in made)
