"""Tickets that keep a batch waiting, remembered so that they hold up themselves alone.

*Held* is one whose row somebody has locked and does not let go: a process that was stopped in a transaction.
The database tells in one look which these are. *Slow* is one that takes too long by itself.
Openings count as one ticket without a number, since they wait for the same serials.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from time import monotonic
from typing import Any

from chatserver.calls import Call
from chatserver.rules.articles import Refused
from chatserver.store.database import queries

#: Seconds for which a slow ticket is not tried again: what it costs the others is a share of their time.
TRIED_EVERY = 1.0
#: Seconds after which one that was not met again is a ticket like all others.
REMEMBERED = 10.0


class Slow(Exception):
    """A batch took too long though the database is there; nothing of it was stored."""


class Stuck:
    """Number -> when it was met. False while there is none, which is what the road asks of every batch."""

    def __init__(self) -> None:
        self._held: dict[str | None, float] = {}
        self._slow: dict[str | None, float] = {}

    def __bool__(self) -> bool:
        return bool(self._held or self._slow)

    async def apart(
        self, connection: Any, calls: Sequence[Call], day: date
    ) -> tuple[list[Call], list[Call]]:
        """`(calls that may go together, calls to try one by one)`; those on held tickets are refused."""
        since = monotonic() - REMEMBERED
        self._held = {number: at for number, at in self._held.items() if at > since}
        self._slow = {number: at for number, at in self._slow.items() if at > since}
        known = [call for call in calls if call.number in self._held]
        free = set(await self.without_held(connection, known, day)) if known else set()
        together, alone = [], []
        for call in calls:
            if call.number in self._slow:
                alone.append(call)
            elif call.number not in self._held or call in free:
                together.append(call)
        return together, alone

    async def without_held(self, connection: Any, calls: Sequence[Call], day: date) -> list[Call]:
        """Looks which of these tickets are held now, refuses their calls, and returns the others."""
        topic, now = queries("tickets"), monotonic()
        named = {call.number for call in calls}
        numbers = sorted(number for number in named if number is not None)
        held = {row["number"] for row in await connection.fetch(topic.held.sql, numbers)}
        if None in named and await connection.fetchval(topic.day_held.sql, day):
            held.add(None)
        for number in named - held:
            self._held.pop(number, None)
        self._held |= dict.fromkeys(held, now)
        for call in calls:
            if call.number in held:
                call.refuse(Refused("unavailable"))
        return [call for call in calls if call.number not in held]

    def rests(self, call: Call) -> bool:
        """Whether its ticket was tried a moment ago and was slow."""
        return monotonic() - self._slow.get(call.number, -TRIED_EVERY) < TRIED_EVERY

    def was_slow(self, call: Call) -> None:
        """It took too long all alone."""
        self._slow[call.number] = monotonic()

    def went(self, call: Call) -> None:
        """It did not take too long."""
        self._slow.pop(call.number, None)
