"""Working days of the Chinese statutory calendar, make-up days and all (24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

from .articles import article

BEIJING = timezone(timedelta(hours=8))
#: How many days of December the next year's notice may settle; in all years so far it was the last three.
NEW_YEAR_REACHES = 10


def ends_a_day(at: datetime) -> bool:
    """Whether `at` is 24:00 of some day in Beijing."""
    return at.astimezone(BEIJING).time() == time()


@dataclass(frozen=True)
class Calendar:
    """`days`: those that differ from plain weekdays and weekends (True: people work).

    `announced` are the years whose notice of the State Council is in; in other years `days` is a guess, and
    so is the end of the last year before them.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()

    def works(self, day: date) -> bool:
        """Whether `day` is a working day (工作日)."""
        return self.days.get(day, day.weekday() < 5)

    @article(24)
    def end_of(self, days: int, after: datetime) -> tuple[datetime, bool]:
        """在三个工作日内: `(instant, provisional)`.

        The day of `after` is not counted; it ends at 24:00 in Beijing of the last counted working day.
        """
        day = after.astimezone(BEIJING).date()
        left = days
        while left:
            day += timedelta(days=1)
            left -= self.works(day)
        midnight = datetime.combine(day + timedelta(days=1), time(), BEIJING).astimezone(UTC)
        return midnight, not self._settled(day)

    def _settled(self, last: date) -> bool:
        """Whether no notice to come can change a count that ends with `last`: New Year's takes days off the
        end of December, or makes them working days, and stands in the next year's notice."""
        late = last >= date(last.year, 12, 32 - NEW_YEAR_REACHES)
        return last.year in self.announced and (not late or last.year + 1 in self.announced)
