"""The statutory calendar: announced years from the library and from loaded notices, other years guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from chinese_calendar.constants import holidays as announced_holidays
from chinese_calendar.constants import workdays as announced_workdays

from chatserver.rules.events_desks import CallbackOpened
from chatserver.rules.workdays import Calendar

from .database import Database, queries
from .expected_holidays import expected

_opened = msgspec.json.Decoder(CallbackOpened)


def known() -> tuple[dict[date, bool], frozenset[int]]:
    """Days and years that the library took from the State Council's notices."""
    days = dict.fromkeys(announced_holidays, False) | dict.fromkeys(announced_workdays, True)
    return days, frozenset(day.year for day in days)


def guessed(years: Iterable[int]) -> dict[date, bool]:
    """Holidays of years that are not announced; without make-up days, which nobody can know."""
    return {day: False for year in years for day in expected(year)}


async def load(db: Database, this_year: int) -> Calendar:
    """The calendar as it is known now; a loaded notice outranks the library."""
    days, years = known()
    async with db.use() as connection:
        loaded = {row["day"]: row["works"] async for row in _topic().calendar_days(connection)}
        years |= {row["year"] async for row in _topic().calendar_years(connection)}
    unknown = [year for year in (this_year, this_year + 1, this_year + 2) if year not in years]
    return Calendar(guessed(unknown) | days | loaded, years)


async def announce(
    db: Database, days: Mapping[date, tuple[bool, str | None]], now: datetime, *, whole: bool = True
) -> set[int]:
    """Loads a notice: `day -> (works, name)`; returns the years that are announced by it. One that is not
    `whole` announces none: what was computed from it would be taken for certain, and never again put right."""
    years = {day.year for day in days} if whole else set()
    async with db.transaction() as connection:
        for day, (works, name) in days.items():
            await _topic().put_calendar_day(connection, day=day, works=works, name=name)
        for year in years:
            await _topic().put_calendar_year(connection, year=year, now=now)
    return years


class Guessed(NamedTuple):
    """An open call-back whose due time is a guess: `told` is that time as it was told last, without what
    questions to the citizen have added to it."""

    number: str
    opened_at: datetime
    told: datetime


async def provisional(db: Database, after: str, count: int) -> list[Guessed]:
    """Open call-backs whose due time is still a guess, by number."""
    async with db.use() as connection:
        rows = await connection.fetch(_topic().provisional_callbacks.sql, after, count)
    return [
        Guessed(row["number"], row["opened_at"], _opened.decode(row["body"]).due_at) for row in rows
    ]


def _topic() -> Any:
    return queries("desks")
