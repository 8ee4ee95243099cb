"""One wheel for the heartbeat of all sockets, instead of a sleeping task for each.

Time is that of the event loop, which is monotonic: a step of the wall clock changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol


class Beating(Protocol):
    """What the wheel turns."""

    def beat(self, now: float) -> float | None:
        """Does what is due; returns when to be called next, None when it is over."""


class Wheel:
    """Calls each socket's `beat` within one `tick` (seconds) after its time."""

    def __init__(self, tick: float, each_turn: Callable[[], None] | None = None) -> None:
        self.tick = tick
        self.each_turn = each_turn
        self._slots: dict[int, list[Beating]] = {}
        self._done = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Seconds of the loop's monotonic clock."""
        return asyncio.get_running_loop().time()

    def add(self, member: Beating, when: float) -> None:
        """Starts the wheel if it stands still."""
        if self._timer is None:
            self._loop = asyncio.get_running_loop()
            self._done = int(self._loop.time() / self.tick)
            self._timer = self._loop.call_later(self.tick, self._turn)
        self._insert(member, when)

    def _insert(self, member: Beating, when: float) -> None:
        slot = max(int(when / self.tick) + 1, self._done + 1)
        self._slots.setdefault(slot, []).append(member)

    def _turn(self) -> None:
        assert self._loop is not None
        now = self._loop.time()
        reached = int(now / self.tick)
        try:
            for slot in [s for s in self._slots if s <= reached]:
                for member in self._slots.pop(slot):
                    try:
                        again = member.beat(now)
                    except Exception as error:
                        # One member's fault must not stop the hearts of the others.
                        self._loop.call_exception_handler({"message": "beat", "exception": error})
                        continue
                    if again is not None:
                        self._insert(member, again)
            self._done = reached
            if self.each_turn is not None:
                self.each_turn()
        finally:
            # Stands still when nobody is there, so that an empty process sleeps.
            self._timer = self._loop.call_later(self.tick, self._turn) if self._slots else None

    def stop(self) -> None:
        """For the end of the process or of a test's loop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._slots.clear()
