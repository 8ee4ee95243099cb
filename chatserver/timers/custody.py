"""Watches over lawyers whose connections dropped: the citizen is told, and after the grace the ticket goes on.

Read from the leases, not from a socket's end: right after a crash too, and in any number of processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import answering
from chatserver.rules.articles import Refused
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import Policy
from chatserver.store import presence
from chatserver.store.database import Database

EVERY = 1.0
#: The share of the grace after which the citizen is told that the lawyer's line is cut.
TELL_AFTER = 1 / 3
#: How long those who are there may take to show it after an outage.
RETURN_WITHIN = timedelta(seconds=5)
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Custody:
    """Hands over what a lost lawyer holds; an old epoch decides nothing, so a late look is harmless."""

    db: Database
    casework: Casework
    clock: Clock
    figures: Policy
    announce_duty: Callable[[str], Awaitable[None]]

    def __post_init__(self) -> None:
        self.patience = min(self.figures.reconnect_grace, RETURN_WITHIN).total_seconds()

    async def run(self) -> None:
        """For ever. At the start, and when the database was away, nobody could renew a lease or
        connect: whoever is really there gets a moment to show it."""
        await asyncio.sleep(self.patience)
        while True:
            try:
                await self.look()
            except Refused:
                await asyncio.sleep(EVERY)
                if await self.db.reachable():
                    await asyncio.sleep(self.patience)
                continue
            except Exception:
                log.exception("the custody watch failed")
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """One look at everybody who is gone."""
        now = self.clock.now()
        gone = await presence.gone(self.db, now)
        grace = self.figures.reconnect_grace
        late = {no: since for no, since in gone.items() if now - since >= grace * TELL_AFTER}
        if not late:
            return
        for row in await presence.held_by(self.db, list(late)):
            if now - late[row["assignee"]] >= grace:
                if row["state"] == "active" and not await self._is_back(row["assignee"]):
                    await self._act("hand_over", answering.hand_over, row)
            elif not row["drop_noticed"]:
                await self._act("notice_drop", answering.notice_drop, row)
        lost = [no for no, since in late.items() if now - since >= grace]
        for staff_no in await presence.lost(self.db, lost, now) if lost else ():
            await self.announce_duty(staff_no)

    async def _is_back(self, staff_no: str) -> bool:
        """Hand-overs go one by one and may take a while: who has come meanwhile keeps what they hold."""
        return bool(await presence.connected(self.db, [staff_no], self.clock.now()))

    async def _act(self, action: str, rule: Callable[..., Any], row: Any) -> None:
        """One ticket that cannot be handed over must not keep the others back."""
        try:
            await self.casework.act(action, rule, row["number"], SYSTEM, row["epoch"])
        except Refused as refused:
            if not await self.db.reachable():
                raise
            log.error("%s of %s failed: %s", action, row["number"], refused.code)
