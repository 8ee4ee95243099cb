"""The only place that asks what time it is."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
#: Seconds: what the system's time may be off the steady clock's from one look to the next.
STEP = 30.0
#: Seconds for which a step must have stood, and the database agree, until it is believed: one that was a mistake is
#: taken back before.
STANDS = 600.0
log = logging.getLogger(__name__)


class Clock:
    """Business time. Instants are UTC, cut to the millisecond that the contract shows.

    When the system's time is set, business time goes on as if it had not been: no promise falls due an hour early,
    and no lawyer seems to be gone for an hour. `settle` ends that.
    """

    def __init__(self) -> None:
        self._last = self.wall(), self.steady()
        self._off = 0.0  # seconds by which the system's time is ahead of ours
        self._since = 0.0

    def wall(self) -> float:
        """Seconds since 1970 as the system has them."""
        return time.time()

    def steady(self) -> float:
        """Seconds by a clock that nobody sets; only differences mean anything."""
        # That one goes on while the machine sleeps: what passed has passed.
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    def now(self) -> datetime:
        """The present instant."""
        return _instant(self._read()[0] - self._off)

    @property
    def doubted(self) -> bool:
        """Whether the system's time was set and is not believed yet."""
        return self._off != 0.0

    def settle(self, theirs: datetime) -> None:
        """Believes a step after all, if it has stood for `STANDS` and `theirs`, another clock, agrees with it."""
        wall, steady = self._read()
        if steady - self._since >= STANDS and abs(wall - theirs.timestamp()) <= STEP:
            log.warning("the system's time is believed: business time moves by %.0f s", self._off)
            self._off = 0.0

    def _read(self) -> tuple[float, float]:
        wall, steady = self.wall(), self.steady()
        set_by = (wall - self._last[0]) - (steady - self._last[1])
        self._last = wall, steady
        if abs(set_by) > STEP:
            log.warning("the system's time was set by %.0f s: business time goes on", set_by)
            self._off += set_by
            self._since = steady
            if abs(self._off) <= STEP:  # taken back
                self._off = 0.0
        return wall, steady


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds * 1000) / 1000, UTC)
