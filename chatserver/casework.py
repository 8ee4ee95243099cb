"""The one road by which a ticket changes: lock, decide, save, journal, commit, deliver.

Calls that arrive while a transaction is under way wait in line and go into the next one together; one
commit serves all of them. There is no timer and no second fast path: at low load a batch is one call.

    1. take what waits, at most `MOST_IN_BATCH` calls;
    2. lock the rows of all its tickets, in order, in one query (batch.py);
    3. let each rule decide in memory: a refusal fails its own caller only;
    4. write journal, messages and tickets, and commit;
    5. answer the callers, then hand what happened to the listeners (push, timers, router).

Steps 2 to 5, and what happens when they fail, are in transactions.py. Nobody waits longer than `PATIENCE`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from chatserver.calls import Call, Outcome
from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.rules.people import Actor
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from chatserver.store.database import Database
from chatserver.transactions import Transactions, refuse

MOST_IN_BATCH = 400
MOST_WAITING = 20_000
#: Seconds after which a caller is told `unavailable`, whatever the database does.
PATIENCE = 2.7
log = logging.getLogger(__name__)

Listener = Callable[[Sequence[Outcome]], None]


class Casework:
    """`open` a ticket, `act` on one. `listeners` hear of every commit, after it, in order; `watchers`
    after them, but not of what was nothing but lines of talk and read marks."""

    def __init__(self, database: Database, clock: Clock, figures: Policy, process: str) -> None:
        self.listeners: list[Listener] = []
        self.watchers: list[Listener] = []
        self.transactions = Transactions(database, clock, figures, process, self._deliver)
        self._waiting: deque[Call] = deque()
        self._under_way: list[Call] = []
        self._wake = asyncio.Event()
        self._resting = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def figures(self) -> Policy:
        """The figures that the rules are given."""
        return self.transactions.figures

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
        self.transactions.close()

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
                    await self.transactions.serve(self._under_way)
                except Exception:
                    log.exception("a batch failed beyond repair")
                    refuse(self._under_way)
                self._under_way = []

    def _deliver(self, saved: Sequence[Outcome], plain: bool) -> None:
        if not saved:
            return
        for listener in self.listeners if plain else [*self.listeners, *self.watchers]:
            try:
                listener(saved)
            except Exception:
                log.exception("a listener failed")

    async def _watch(self) -> None:
        """Tells `unavailable` to whoever has waited too long: first in line or under way."""
        while True:
            await asyncio.sleep(0.1)
            latest = monotonic() - PATIENCE
            refuse([call for call in self._under_way if call.born < latest])
            while self._waiting and self._waiting[0].born < latest:
                self._waiting.popleft().refuse(Refused("unavailable"))
