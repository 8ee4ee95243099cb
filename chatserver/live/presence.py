"""Presence of the staff connected to this process: leases, renewed together while sockets are open."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.store import presence
from chatserver.store.database import Database

#: Seconds until the leases are tried again while the database is away.
AGAIN = 0.5
log = logging.getLogger(__name__)


class Presence:
    """Counts this process's connections of each staff number and keeps their rows alive."""

    def __init__(self, db: Database, clock: Clock, process: str) -> None:
        self.db = db
        self.clock = clock
        self.process = process
        self._open: Counter[str] = Counter()
        self._changed = asyncio.Event()

    async def joined(self, staff_no: str) -> None:
        """One connection more; the lease stands when this returns."""
        self._open[staff_no] += 1
        counts = {staff_no: self._open[staff_no]}
        try:
            await presence.renew(self.db, self.process, counts, self.clock.now())
        except BaseException:
            self.left(staff_no)  # who is not let in is not here either
            raise

    def left(self, staff_no: str) -> None:
        """One connection less; the last one ends the lease at once."""
        self._open[staff_no] -= 1
        self._changed.set()

    async def keep(self) -> None:
        """Renews every few seconds, and at once when someone has left."""
        while True:
            try:
                async with asyncio.timeout(presence.RENEW_EVERY):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            counts = dict(self._open)
            try:
                if counts:
                    await presence.renew(self.db, self.process, counts, self.clock.now())
                for staff_no, count in counts.items():
                    if count <= 0 and self._open[staff_no] <= 0:
                        del self._open[staff_no]
            except Refused:
                # The leases run out with the database; renewed as soon as it is back.
                await asyncio.sleep(AGAIN)
                self._changed.set()
            except Exception:
                log.exception("the leases were not renewed")
