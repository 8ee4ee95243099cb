"""Article 24: three working days, against every year whose holidays the State Council has announced."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.rules.workdays import Calendar
from chatserver.store.calendar import guessed, known

DAY = timedelta(days=1)
BEIJING = timezone(timedelta(hours=8))
DAYS, YEARS = known()
ANNOUNCED = Calendar(guessed({max(YEARS) + 1}) | DAYS, YEARS)
FIRST, LAST = min(YEARS), max(YEARS)


def third_working_day(rated: date) -> date:
    """Counted by the library's own look-up, which knows nothing of our calendar."""
    day, left = rated, 3
    while left:
        day += DAY
        left -= chinese_calendar.is_workday(day)
    return day


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + DAY, time(), BEIJING).astimezone(UTC)


def test_the_announced_years_are_all_of_them_without_a_gap() -> None:
    assert frozenset(range(FIRST, LAST + 1)) == YEARS and FIRST <= 2004 and LAST >= 2026


@pytest.mark.parametrize("year", sorted(YEARS))
def test_every_day_of_an_announced_year_leads_to_its_third_working_day(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        noon = datetime.combine(day, time(12), BEIJING)
        end, provisional = ANNOUNCED.end_of(3, noon)
        last = (end.astimezone(BEIJING) - DAY).date()
        if last < date(LAST, 12, 22):
            assert (end, provisional) == (midnight_after(third_working_day(day)), False), day
        else:
            assert provisional, day
        day += DAY


@pytest.mark.parametrize("year", sorted(YEARS - {LAST}))
def test_before_the_next_years_notice_nothing_is_called_certain_that_it_then_changes(
    year: int,
) -> None:
    # Of December, all that is unlike a plain week comes from the notice of the year after.
    then = {day: works for day, works in DAYS.items() if day < date(year, 12, 1)}
    before = Calendar(then, frozenset(range(FIRST, year + 1)))
    for n in range(31):
        noon = datetime.combine(date(year, 12, 1) + n * DAY, time(12), BEIJING)
        for count in (1, 3, 5):
            end, provisional = before.end_of(count, noon)
            assert provisional or (end, False) == ANNOUNCED.end_of(count, noon), noon
    assert not before.end_of(3, datetime(year, 12, 10, tzinfo=UTC))[1]


@given(
    st.datetimes(datetime(FIRST, 1, 1), datetime(LAST, 12, 15), timezones=st.just(UTC)),
    st.integers(1, 10),
)
def test_at_any_moment_exactly_so_many_working_days_follow(rated: datetime, count: int) -> None:
    end, provisional = ANNOUNCED.end_of(count, rated)
    first = rated.astimezone(BEIJING).date() + DAY
    last = end.astimezone(BEIJING).date() - DAY
    assert end.astimezone(BEIJING).time() == time() and last >= first
    between = [first + n * DAY for n in range((last - first).days + 1)]
    if last.year in YEARS:
        assert provisional == (last >= date(LAST, 12, 22))
        assert sum(map(chinese_calendar.is_workday, between)) == count
        assert chinese_calendar.is_workday(last)
    later, _ = ANNOUNCED.end_of(count, rated + DAY)
    assert later >= end
    assert ANNOUNCED.end_of(count + 1, rated)[0] > end


@given(st.dates(date(FIRST, 1, 1), date(LAST, 12, 31)))
def test_a_make_up_day_is_worked_and_a_holiday_is_not(day: date) -> None:
    assert ANNOUNCED.works(day) == chinese_calendar.is_workday(day)
