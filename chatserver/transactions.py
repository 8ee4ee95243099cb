"""Serves batches, each by one transaction: again in parts if it takes too long, and settled if its end is lost.

A batch of nothing but talk on tickets that are on the shelf is decided before it is locked, and stored by one
statement, which fails whole if any of its tickets has grown meanwhile; then it goes the long way.

If the database refuses a batch, its calls go again one by one; if a batch takes too long, in parts, and what
is found to hold it up is served apart for a while (stuck.py). If the connection is lost during COMMIT, the
journal tells whether it took place.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from math import isqrt
from time import monotonic
from typing import Any

from chatserver.batch import Batch
from chatserver.calls import Call, Outcome
from chatserver.clock import BEIJING, Clock
from chatserver.rules.articles import Refused
from chatserver.rules.policy import Policy
from chatserver.store.database import RACED, SLOW, UNREACHABLE, Database
from chatserver.store.journal import Stale
from chatserver.store.shelf import Shelf
from chatserver.stuck import Slow, Stuck

#: Seconds for a batch before its commit, and for a part of one that took longer: a caller waits for a few of them.
TOGETHER, IN_PARTS = 1.0, 0.5
#: Seconds in which a database that is there says that it has given a statement up.
UNDONE_WITHIN = 0.5
#: Seconds for which tickets are locked and read first after another process was met on one.
LOOK_FIRST = 1.0
log = logging.getLogger(__name__)


def refuse(calls: Sequence[Call]) -> None:
    """The database is away, or too slow; whoever was answered before stays so."""
    for call in calls:
        call.refuse(Refused("unavailable"))


class Unsettled(Exception):
    """Whether the commit took place cannot be known now; a retry under the same id will find out."""


class Transactions:
    """`serve` answers every call of a batch; `deliver(outcomes, plain)` hears of each commit, `plain` when it
    was nothing but lines of talk and read marks."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        figures: Policy,
        process: str,
        deliver: Callable[[Sequence[Outcome], bool], None],
    ) -> None:
        self.database = database
        self.clock = clock
        self.figures = figures
        self.process = process
        self.deliver = deliver
        self.shelf = Shelf()
        self.connection: Any = None
        self._stuck = Stuck()
        self._shared_until = 0.0

    def close(self) -> None:
        """Lets the connection go."""
        if self.connection is not None:
            self.connection.terminate()
            self.connection = None

    async def serve(self, calls: Sequence[Call]) -> None:
        """One batch; tried again if the connection is lost."""
        for attempt in (1, 2):
            calls = [call for call in calls if not call.done]
            if not calls:
                return
            try:
                return await self._try(calls)
            except Unsettled:
                break
            except UNREACHABLE as error:
                log.warning("attempt %d: the database is away: %s", attempt, type(error).__name__)
                self.close()
        refuse(calls)

    async def _try(self, calls: Sequence[Call]) -> None:
        apart: Sequence[Call] = ()
        if self._stuck:
            calls, apart = await self._stuck.apart(await self._connected(), calls, self._today())
        if calls:
            try:
                await self._serve_once(calls, TOGETHER)
            except Slow:
                await self._sift(calls)
        for call in apart:
            await self._alone(call)

    async def _sift(self, calls: Sequence[Call]) -> None:
        """What took too long together goes again without what somebody else holds, then in parts, and the part
        that takes too long call by call."""
        log.warning("a batch of %d took too long", len(calls))
        free = await self._stuck.without_held(await self._connected(), calls, self._today())
        if len(free) < len(calls):
            log.error("%d calls are on tickets that another process holds", len(calls) - len(free))
            with suppress(Slow):
                free = [call for call in free if not call.done]
                return await self._serve_once(free, IN_PARTS) if free else None
        size = isqrt(len(free)) or 1
        for start in range(0, len(free), size):
            part = [call for call in free[start : start + size] if not call.done]
            if len(part) > 1:
                with suppress(Slow):
                    await self._serve_once(part, IN_PARTS)
                    continue
            for call in part:
                await self._alone(call)

    async def _alone(self, call: Call) -> None:
        if call.done:
            return
        if self._stuck.rests(call):
            return refuse([call])
        try:
            await self._serve_once([call], IN_PARTS)
            self._stuck.went(call)
        except Slow:
            log.error("%s of %s takes too long", call.action, call.number)
            self._stuck.was_slow(call)
            refuse([call])

    async def _serve_once(self, calls: Sequence[Call], within: float, again: bool = True) -> None:
        """One batch, in `within` seconds to its commit; if the database refuses it for what one call holds, its
        calls one by one."""
        try:
            await self._transact(calls, within)
        except (Unsettled, Slow, *UNREACHABLE):
            raise
        except Exception as error:
            if len(calls) > 1:
                for call in calls:
                    await self.serve([call])
                return
            if again and isinstance(error, RACED):
                # Another process was first; what it stored is found now.
                return await self._serve_once(calls, within, again=False)
            log.error("%s failed in the database: %s", calls[0].action, type(error).__name__)
            refuse(calls)

    async def _transact(self, calls: Sequence[Call], within: float) -> None:
        connection = await self._connected()
        batch = Batch(calls, self.shelf, self.figures, self.clock.now(), self.process)
        if monotonic() > self._shared_until and batch.presume():
            if await self._at_once(batch, within):
                return
            # Another process works on the same tickets: look before writing, for a while.
            self._shared_until = monotonic() + LOOK_FIRST
            batch.forget()
        batch = Batch(calls, self.shelf, self.figures, self.clock.now(), self.process)
        transaction = connection.transaction()
        await transaction.start()
        try:
            async with asyncio.timeout(within):
                await batch.decide(connection)
                await batch.save(connection)
        except SLOW as error:
            batch.forget()
            async with asyncio.timeout(UNDONE_WITHIN):
                await transaction.rollback()
            raise Slow from error
        except UNREACHABLE:
            batch.forget()
            raise
        except Exception:
            batch.forget()
            await transaction.rollback()
            raise
        try:
            await transaction.commit()
        except UNREACHABLE:
            self.close()
            batch.forget()
            if not await self._took_place(batch):
                raise
        self.deliver(batch.finish(), False)

    async def _at_once(self, batch: Batch, within: float) -> bool:
        """Stores plain talk in one statement; False if another process was there first."""
        try:
            async with asyncio.timeout(within):
                await batch.journal.write_plain(self.connection)
        except (Stale, *RACED):
            return False
        except UNREACHABLE as error:
            batch.forget()
            if not await self._stored(batch, error):
                if isinstance(error, SLOW):
                    raise Slow from error
                raise
        self.deliver(batch.finish(), True)
        return True

    async def _stored(self, batch: Batch, error: BaseException) -> bool:
        """Whether the statement that ended so is stored. One given up is over when the next one is answered."""
        if isinstance(error, SLOW):
            with suppress(*UNREACHABLE):
                async with asyncio.timeout(UNDONE_WITHIN):
                    return await batch.recorded(self.connection)
        self.close()
        return await self._took_place(batch)

    async def _connected(self) -> Any:
        if self.connection is None or self.connection.is_closed():
            self.connection = await self.database.connect()
        return self.connection

    def _today(self) -> date:
        return self.clock.now().astimezone(BEIJING).date()

    async def _took_place(self, batch: Batch) -> bool:
        try:
            self.connection = await self.database.connect()
            return await batch.took_place(self.connection)
        except UNREACHABLE as error:
            self.close()
            raise Unsettled from error
