"""What other processes on this database did: found by polling their hints, delivered from the journal.

1. read the hints since the last bound, but for our own and those already seen;
2. for tickets whose parties are connected here, read the new records and push them;
3. close the sockets of sessions that were ended;
4. the next bound is the oldest transaction still under way, so that a slow commit is never missed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from chatserver.calls import Outcome
from chatserver.casework import Listener
from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.rules.audience import visible_to
from chatserver.rules.people import SYSTEM
from chatserver.store import hints, tickets
from chatserver.store.database import Database

from .push import Push

EVERY = 0.4
#: The same while nobody is connected here; who comes catches up by themselves.
RARELY = 1.5
#: Who types may be told of so many talks with one poll; of what is more, nobody hears.
MOST_TYPING = 200
log = logging.getLogger(__name__)


class Neighbours:
    """The poller of one process: `listeners` hear of tickets as the road's do, `on_duty` and `on_ended`
    of what is not a ticket."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        process: str,
        push: Push,
        *,
        listeners: Sequence[Listener],
        on_duty: Callable[[str], Awaitable[None]],
        on_ended: Callable[[bytes], None],
    ) -> None:
        self.db = db
        self.clock = clock
        self.process = process
        self.push = push
        self.listeners = listeners
        self.on_duty = on_duty
        self.on_ended = on_ended
        push.records = partial(tickets.records, db)
        #: (ticket, sender) -> the last word about it.
        self._typing: dict[tuple[str, str], dict[str, Any]] = {}
        self._heard: deque[Mapping[str, Any]] = deque()

    def typing(self, number: str, by: str, on: bool, sender: str) -> None:
        """To be told to the neighbours with the next poll; nothing is lost if it is not."""
        if len(self._typing) < MOST_TYPING or (number, sender) in self._typing:
            told = {"number": number, "by": by, "on": on, "sender": sender}
            self._typing[number, sender] = told

    async def watch(self) -> None:
        """Polls for ever; a database that is away is asked again."""
        bound, seen = await self._begin()
        while True:
            await asyncio.sleep(EVERY if self.push.transport.sockets() else RARELY)
            try:
                if self._typing:
                    said, self._typing = list(self._typing.values()), {}
                    await hints.post(self.db, self.process, self.clock.now(), {"typing": said})
                if not self._heard:  # else more is read when these are told
                    found, bound, seen = await hints.since(self.db, bound, self.process, seen)
                    self._heard += found
                while self._heard:
                    # One that the database cannot tell of now is told when it is back.
                    await self._hear(self._heard[0])
                    self._heard.popleft()
            except Refused:
                continue
            except Exception:
                log.exception("a hint could not be followed")
                if self._heard:
                    self._heard.popleft()

    async def _begin(self) -> tuple[int, set[int]]:
        while True:
            try:
                return await hints.bound(self.db), set()
            except Refused:
                await asyncio.sleep(EVERY)

    async def _hear(self, body: Mapping[str, Any]) -> None:
        grown: Mapping[str, Any] = body.get("tickets", {})
        if grown and self.push.transport.sockets():
            for one in await tickets.find_all(self.db, list(grown)):
                if self.push.concerns(one):
                    before, after = grown[one.number]
                    records = await tickets.records(self.db, one.number, before + 1, after)
                    for listener in self.listeners:
                        listener([Outcome(one, records)])
        typing = body.get("typing", ())
        if typing and self.push.transport.sockets():
            found = await tickets.several(self.db, sorted({said["number"] for said in typing}))
            for said in typing:
                ticket = found.get(said["number"])
                if ticket is not None and visible_to(SYSTEM, ticket) is not None:
                    self.push.typing(ticket, said["by"], said["on"], said["sender"])
        for staff_no in body.get("duty", ()):
            await self.on_duty(staff_no)
        for session in body.get("ended", ()):
            self.on_ended(bytes.fromhex(session))
