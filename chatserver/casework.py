"""The one road by which a ticket changes: lock, decide, save, journal, commit, deliver.

Calls that arrive while a transaction is under way wait in line and go into the next one together; one
commit serves all of them. There is no timer and no second fast path: at low load a batch is one call.

    1. take what waits, at most `MOST_IN_BATCH` calls;
    2. lock the rows of all its tickets, in order, in one query (batch.py);
    3. let each rule decide in memory: a refusal fails its own caller only;
    4. write journal, messages and tickets, and commit;
    5. answer the callers, then hand what happened to the listeners (push, timers, router).

A batch of nothing but talk on tickets that are on the shelf skips step 2: it is decided first and stored by
one statement, which fails whole if any of its tickets has grown meanwhile; then it goes the long way.

If the database refuses a batch, its calls go again one by one. If the connection is lost during COMMIT,
the journal tells whether it took place. Nobody waits longer than `PATIENCE`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from chatserver.batch import Batch
from chatserver.calls import Call, Outcome
from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.rules.people import Actor
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from chatserver.store.database import RACED, UNREACHABLE, Database
from chatserver.store.journal import Stale
from chatserver.store.shelf import Shelf

MOST_IN_BATCH = 400
MOST_WAITING = 20_000
#: Seconds after which a caller is told `unavailable`, whatever the database does.
PATIENCE = 2.7
#: Seconds for which tickets are locked and read first after another process was met on one.
LOOK_FIRST = 1.0
log = logging.getLogger(__name__)

Listener = Callable[[Sequence[Outcome]], None]


class Unsettled(Exception):
    """Whether the commit took place cannot be known now; a retry under the same id will find out."""


class Casework:
    """`open` a ticket, `act` on one. `listeners` hear of every commit, after it, in order; `watchers`
    after them, but not of what was nothing but lines of talk and read marks."""

    def __init__(self, database: Database, clock: Clock, figures: Policy, process: str) -> None:
        self.database = database
        self.clock = clock
        self.figures = figures
        self.process = process
        self.listeners: list[Listener] = []
        self.watchers: list[Listener] = []
        self._shelf = Shelf()
        self._waiting: deque[Call] = deque()
        self._under_way: list[Call] = []
        self._wake = asyncio.Event()
        self._resting = asyncio.Event()
        self._connection: Any = None
        self._shared_until = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begins to work; calls made before wait."""
        self._tasks = [
            asyncio.create_task(self._work(), name="casework"),
            asyncio.create_task(self._watch(), name="casework-patience"),
        ]

    async def rest(self) -> None:
        """Returns when nothing waits and nothing is under way."""
        await self._resting.wait()

    async def stop(self) -> None:
        """Finishes what waits, then closes the connection."""
        if self._tasks:
            await self.rest()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._connection is not None:
            self._connection.terminate()

    async def act(
        self,
        action: str,
        rule: Callable[..., Any],
        number: str,
        actor: Actor,
        *args: Any,
        said: tuple[str, str, str] | None = None,
    ) -> Outcome:
        """Applies `rule(ticket, now, actor, *args)` to ticket `number`; raises `Refused`.

        `said` as in `Call`, when the act says something under the client's own id."""
        return await self._through(Call(action, rule, number, actor, args, said=said))

    async def open(self, actor: Actor, asked: Question, digest: bytes) -> Outcome:
        """Opens a ticket; `digest` tells two payloads under one `id` apart."""
        return await self._through(Call("open", None, None, actor, (asked,), digest=digest))

    def submit(self, call: Call) -> None:
        """What `act` and `open` do, for a caller who gives a callback and does not wait."""
        if len(self._waiting) >= MOST_WAITING:
            call.refuse(Refused("unavailable"))
            return
        call.born = monotonic()
        if not self._waiting:
            self._resting.clear()
            self._wake.set()
        self._waiting.append(call)

    async def _through(self, call: Call) -> Outcome:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def answer(outcome: Outcome | Refused) -> None:
            if future.done():
                return
            if isinstance(outcome, Refused):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        call.answer = answer
        self.submit(call)
        return await future

    async def _work(self) -> None:
        while True:
            self._resting.set()
            await self._wake.wait()
            self._wake.clear()
            self._resting.clear()
            while self._waiting:
                count = min(len(self._waiting), MOST_IN_BATCH)
                calls = [self._waiting.popleft() for _ in range(count)]
                self._under_way = [call for call in calls if not call.done]
                try:
                    await self._serve(self._under_way)
                except Exception:
                    log.exception("a batch failed beyond repair")
                    self._refuse(self._under_way)
                self._under_way = []

    async def _serve(self, calls: list[Call]) -> None:
        """One batch; if the database refuses it for what one call holds, its calls one by one."""
        for attempt in (1, 2):
            calls = [call for call in calls if not call.done]
            if not calls:
                return
            try:
                return await self._serve_once(calls)
            except Unsettled:
                break
            except UNREACHABLE as error:
                log.warning("attempt %d: the database is away: %s", attempt, type(error).__name__)
                self._lose_connection()
        self._refuse(calls)

    async def _serve_once(self, calls: list[Call], again: bool = True) -> None:
        try:
            await self._transact(calls)
        except (Unsettled, *UNREACHABLE):
            raise
        except Exception as error:
            if len(calls) > 1:
                for call in calls:
                    await self._serve([call])
                return
            if again and isinstance(error, RACED):
                # Another process was first; what it stored is found now.
                return await self._serve_once(calls, again=False)
            log.error("%s failed in the database: %s", calls[0].action, type(error).__name__)
            self._refuse(calls)

    async def _transact(self, calls: list[Call]) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self.database.connect()
        batch = Batch(calls, self._shelf, self.figures, self.clock.now(), self.process)
        if monotonic() > self._shared_until and batch.presume():
            if await self._at_once(batch):
                return
            # Another process works on the same tickets: look before writing, for a while.
            self._shared_until = monotonic() + LOOK_FIRST
            batch.forget()
        batch = Batch(calls, self._shelf, self.figures, self.clock.now(), self.process)
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            await batch.decide(self._connection)
            await batch.save(self._connection)
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
            self._lose_connection()
            batch.forget()
            if not await self._took_place(batch):
                raise
        self._deliver(batch.finish(), [*self.listeners, *self.watchers])

    async def _at_once(self, batch: Batch) -> bool:
        """Stores plain talk in one statement; False if another process was there first."""
        try:
            await batch.journal.write_plain(self._connection)
        except (Stale, *RACED):
            return False
        except UNREACHABLE:
            self._lose_connection()
            batch.forget()
            if not await self._took_place(batch):
                raise
        self._deliver(batch.finish(), self.listeners)
        return True

    async def _took_place(self, batch: Batch) -> bool:
        try:
            self._connection = await self.database.connect()
            return await batch.took_place(self._connection)
        except UNREACHABLE as error:
            self._lose_connection()
            raise Unsettled from error

    def _deliver(self, saved: Sequence[Outcome], listeners: Sequence[Listener]) -> None:
        if not saved:
            return
        for listener in listeners:
            try:
                listener(saved)
            except Exception:
                log.exception("a listener failed")

    def _lose_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    @staticmethod
    def _refuse(calls: Sequence[Call]) -> None:
        for call in calls:
            call.refuse(Refused("unavailable"))

    async def _watch(self) -> None:
        """Tells `unavailable` to whoever has waited too long: first in line or under way."""
        while True:
            await asyncio.sleep(0.1)
            latest = monotonic() - PATIENCE
            self._refuse([call for call in self._under_way if call.born < latest])
            while self._waiting and self._waiting[0].born < latest:
                self._waiting.popleft().refuse(Refused("unavailable"))
