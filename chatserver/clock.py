"""The only place that asks what time it is."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


class Clock:
    """Business time. Instants are UTC, cut to the millisecond that the contract shows."""

    def now(self) -> datetime:
        instant = datetime.now(UTC)
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    def steady(self) -> float:
        """Seconds by a clock that nobody sets; only differences mean anything."""
        return time.monotonic()
