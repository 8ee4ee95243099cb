"""The clock coroutine: fires what falls due, through the road like everything else.

1. ask the database who is due, and apply `deadlines.lapse` to each; it re-computes under the row lock,
   so with any number of processes each thing happens once, and never early; what runs out in nobody's
   hands takes the number of a lawyer with it who has room, and is offered in the same transaction;
   what talk has put off since is only marked to be looked at again at its new time;
   one that fails is left out for a while, so that it keeps no other from firing;
2. sleep until the earliest time that is known, at most `LONGEST`;
3. wake early when a ticket is saved with an earlier time.

When the system's time is set, business time goes on (`Clock`); here the database is asked whether the
new time is right.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from chatserver.calls import Outcome
from chatserver.casework import MOST_IN_BATCH, Casework
from chatserver.clock import Clock
from chatserver.rules import deadlines, routing
from chatserver.rules.articles import Refused
from chatserver.rules.people import SYSTEM
from chatserver.rules.routing import Waiting
from chatserver.store import presence, tickets
from chatserver.store.database import Database

#: Seconds: another process may save an earlier time, and the system's clock may be set.
LONGEST = 1.0
#: Seconds between two looks at what is due and cannot be done: another process has it, or it fails.
SHORTEST = 0.02
#: Up to so much later than due each process looks, by chance: else all of them do the same work at once.
STAGGER = 0.03
#: How long a ticket that failed is left out: at first, and at most if it goes on failing.
LEFT_OUT, LEFT_OUT_LONGEST = timedelta(seconds=1), timedelta(minutes=1)
#: Seconds to wait for a process that just gives tickets to lawyers.
PATIENCE = 0.3
log = logging.getLogger(__name__)


class Deadlines:
    """One per process; all of them look at the same column. `leave` is how long others may have what is due
    before this one takes it."""

    def __init__(
        self, db: Database, casework: Casework, clock: Clock, leave: timedelta = timedelta()
    ) -> None:
        self.db = db
        self.leave = leave
        self.casework = casework
        self.clock = clock
        self._earliest: datetime | None = None
        #: number -> until when it is left out, and for how long that was.
        self._left_out: dict[str, tuple[datetime, timedelta]] = {}
        self._wake = asyncio.Event()

    def heard(self, batch: Sequence[Outcome]) -> None:
        """A listener of the road: an earlier time than the one slept for ends the sleep."""
        for saved in batch:
            due = deadlines.next_due(saved.ticket)
            if due is not None and (self._earliest is None or due < self._earliest):
                self._earliest = due
                self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                if self.clock.doubted:
                    self.clock.settle(await self.db.clock())
                await self._fire()
                self._earliest = await tickets.next_due_at(self.db, self._resting())
            except Refused:
                self._earliest = None  # the database is away: asked again in a second
            except Exception:
                self._earliest = None
                log.exception("the clocks were not looked at")
            await self._sleep()

    async def _fire(self) -> None:
        while due := await tickets.due(
            self.db, now := self.clock.now() - self.leave, MOST_IN_BATCH, self._resting()
        ):
            timeout = self.casework.figures.offer_timeout
            async with self._asked(due) as asked:
                calls = (
                    self.casework.act(
                        "lapse", deadlines.lapse, number, SYSTEM, asked.get(number), timeout
                    )
                    for number, _, _ in due
                )
                results = await asyncio.gather(*calls, return_exceptions=True)
            seen = {number: entry for number, entry, _ in due}
            saved: list[Outcome] = []
            failed: dict[str, BaseException] = {}
            for number, result in zip(seen, results, strict=True):
                if isinstance(result, BaseException):
                    failed[number] = result
                else:
                    saved.append(result)
                    self._left_out.pop(number, None)
            if failed:
                await self._leave_out(failed)
            unchanged = [one.ticket for one in saved if seen[one.ticket.number] == one.ticket.entry]
            moved = await tickets.put_off(self.db, unchanged, now) if unchanged else 0
            # Rows that are due while their rule says otherwise must not keep this loop turning.
            if not failed and not moved and not any(one.records for one in saved):
                return

    def _resting(self) -> list[str]:
        """Those left out now; who has fired elsewhere meanwhile is forgotten."""
        now = self.clock.now()
        self._left_out = {
            number: (until, pause)
            for number, (until, pause) in self._left_out.items()
            if now < until + 2 * LEFT_OUT_LONGEST
        }
        return [number for number, (until, _) in self._left_out.items() if now < until]

    async def _leave_out(self, failed: Mapping[str, BaseException]) -> None:
        """A ticket that fails again and again is tried ever more rarely, but not for what the database did."""
        reachable, now = await self.db.reachable(), self.clock.now()
        for number, error in failed.items():
            _, last = self._left_out.get(number, (now, LEFT_OUT / 2))
            pause = min(last * 2, LEFT_OUT_LONGEST) if reachable else LEFT_OUT
            self._left_out[number] = (now + pause, pause)
            log.error("a deadline of %s did not fire, again in %s: %r", number, pause, error)

    @asynccontextmanager
    async def _asked(
        self, due: Sequence[tuple[str, int, str | None]]
    ) -> AsyncIterator[Mapping[str, str]]:
        """Who is to be asked at once to take what runs out in nobody's hands: ticket -> lawyer.

        Nobody else gives tickets away meanwhile, so that no lawyer is asked for more than they have room
        for; if another process does not let go, the router asks as soon as it may."""
        waiting = [Waiting(number, category) for number, _, category in due if category is not None]
        if not waiting or not await self._free(waiting):
            yield {}
            return
        async with presence.alone(self.db, PATIENCE) as free:
            yield await self._free(waiting) if free else {}

    async def _free(self, waiting: Sequence[Waiting]) -> Mapping[str, str]:
        now = self.clock.now()
        lawyers = [lawyer for lawyer, _ in await presence.on_duty(self.db, now)]
        return dict(routing.assign(waiting, lawyers, now))

    async def _sleep(self) -> None:
        self._wake.clear()
        wait = LONGEST
        if self._earliest is not None:
            left = (self._earliest + self.leave - self.clock.now()).total_seconds()
            stagger = random.uniform(0, STAGGER)  # noqa: S311
            wait = min(LONGEST, left + stagger if left > 0 else SHORTEST)
        try:
            async with asyncio.timeout(wait + 0.001):
                await self._wake.wait()
        except TimeoutError:
            pass
