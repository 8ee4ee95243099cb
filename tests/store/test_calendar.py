"""The statutory calendar: what the notices say, what is guessed, and what is put right once announced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from chatserver.rules import callback, feedback, promising
from chatserver.rules.events_desks import CallbackConfirmed, CallbackOpened
from chatserver.rules.events_talk import Noticed
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import Policy
from chatserver.rules.workdays import Calendar
from chatserver.store import calendar, tickets
from chatserver.store.database import Database
from chatserver.store.expected_holidays import EXPECTED, expected
from chatserver.store.migrate import make_partitions
from chatserver.timers.calendar import recompute
from tests.casework.road import SetClock, road
from tests.cast import CHEN, WANG
from tests.rules.life import CHEN as LIFE_CHEN
from tests.rules.life import WANG as LIFE_WANG
from tests.rules.life import met

RATED = datetime(2027, 9, 29, 3, 0, tzinfo=UTC)
#: A notice as it might come: a holiday of seven days, with a Saturday worked for it.
NOTICE = {date(2027, 10, day): (False, "国庆节") for day in range(1, 8)} | {
    date(2027, 10, 9): (True, "国庆节补班")
}


@pytest.mark.parametrize(
    ("rated", "last_day"),
    [
        ("2026-09-30", "2026-10-10"),
        ("2026-02-13", "2026-02-25"),
        ("2026-11-23", "2026-11-26"),
        ("2026-11-27", "2026-12-02"),
    ],
)
async def test_three_working_days_of_an_announced_year(
    db: Database, rated: str, last_day: str
) -> None:
    known = await calendar.load(db, 2026)
    for hour in (0, 9, 15):
        at = datetime.fromisoformat(f"{rated}T{hour:02}:00:00+00:00")
        due_at, provisional = feedback.callback_due(at, known, Policy())
        end = datetime.fromisoformat(f"{last_day}T16:00:00+00:00")
        assert (due_at, provisional) == (end, False)


async def test_an_unannounced_year_is_guessed_and_marked_so(db: Database) -> None:
    known = await calendar.load(db, 2026)
    assert 2027 not in known.announced and not known.works(date(2027, 10, 1))
    _, provisional = feedback.callback_due(RATED, known, Policy())
    assert provisional


def test_the_expected_holidays_are_those_that_law_and_moon_give() -> None:
    assert set(EXPECTED) >= set(range(2027, 2061))
    for year in EXPECTED:
        given = holidays.country_holidays("CN", years=[year])
        assert expected(year) == sorted(day for day in given if day.weekday() < 5), year
    assert expected(max(EXPECTED) + 1) == []


async def test_a_loaded_notice_outranks_the_guess_and_the_library(db: Database) -> None:
    changed = {date(2026, 10, 10): (False, "test"), **NOTICE}
    assert await calendar.announce(db, changed, RATED) == {2026, 2027}
    await calendar.announce(db, {date(2026, 10, 10): (True, None)}, RATED)
    known = await calendar.load(db, 2026)
    assert known.works(date(2026, 10, 10)) and known.works(date(2027, 10, 9))
    assert {2026, 2027} <= known.announced


async def test_a_provisional_call_back_is_put_right_once_the_year_is_announced(dsn: str) -> None:
    async with road(dsn, clock=SetClock(RATED)) as one:
        owner = await one.db.owner()
        await make_partitions(owner, RATED.date())
        await owner.close()
        number = await one.meet(WANG, CHEN)
        await one.say_later(CHEN, number, "a-1", "可以投诉。", answer=True)
        known = await calendar.load(one.db, 2026)
        rated = await one.act(
            "rate", feedback.rate, number, one.actor(WANG), False, None, None, known, Policy()
        )
        guess = rated.ticket.callback_due_at
        assert rated.ticket.callback_provisional
        assert await recompute(one.db, one.casework, Policy(), known) == 0
        part = {day: NOTICE[day] for day in list(NOTICE)[:3]}
        assert await calendar.announce(one.db, part, RATED, whole=False) == set()
        known = await calendar.load(one.db, 2026)
        assert 2027 not in known.announced and not known.works(date(2027, 10, 3))
        assert await recompute(one.db, one.casework, Policy(), known) == 0
        await calendar.announce(one.db, NOTICE, RATED)
        known = await calendar.load(one.db, 2026)
        assert await recompute(one.db, one.casework, Policy(), known) == 1
        assert await recompute(one.db, one.casework, Policy(), known) == 0
        now = await tickets.find(one.db, number)
        assert now is not None and not now.callback_provisional
        assert now.callback_due_at == datetime(2027, 10, 9, 16, 0, tzinfo=UTC) != guess


async def test_what_a_question_to_the_citizen_added_is_never_taken_away(dsn: str) -> None:
    async with road(dsn, clock=SetClock(RATED)) as one:
        number = await one.meet(WANG, CHEN)
        wang, chen, stood = one.actor(WANG), one.actor(CHEN), timedelta(hours=30)
        await one.say(CHEN, number, "a-1", "可以投诉。", answer=True)
        known = await calendar.load(one.db, 2026)
        await one.act("rate", feedback.rate, number, wang, False, None, None, known, Policy())
        await one.act("callback_begin", callback.begin, number, chen)
        await one.act("ask", promising.ask, number, chen, "ask-1", "请问何时入职？")
        one.clock.move(stood)
        said = await one.say(WANG, number, "c-1", "三月")
        assert await recompute(one.db, one.casework, Policy(), known) == 0
        now = await tickets.find(one.db, number)
        assert now is not None and now.entry == said.ticket.entry and now.callback_provisional
        await calendar.announce(one.db, NOTICE, RATED)
        known = await calendar.load(one.db, 2026)
        assert await recompute(one.db, one.casework, Policy(), known) == 1
        now = await tickets.find(one.db, number)
        assert now is not None and not now.callback_provisional
        assert now.callback_due_at == datetime(2027, 10, 9, 16, 0, tzinfo=UTC) + stood


@pytest.mark.parametrize("days", [0, 1])
def test_a_clock_that_stood_or_still_stands_is_put_right_by_the_calendar_alone(days: int) -> None:
    life = met()
    life.answer()
    life.happen(feedback.rate(life.ticket, life.now, LIFE_WANG, False, calendar=Calendar()))
    guess = life.ticket.callback_due_at
    assert guess is not None
    life.do(callback.begin, LIFE_CHEN)
    for id in ("ask-1", "ask-2"):
        life.do(promising.ask, LIFE_CHEN, id, "请问何时入职？")
        life.later(timedelta(hours=1))
        if id == "ask-1":
            life.ask_on()
    right = guess + timedelta(days=days)
    done = life.do(callback.recompute, SYSTEM, guess, right)
    assert [type(event) for event in done] == (
        [Noticed, CallbackOpened] if days else [CallbackConfirmed]
    )
    life.ask_on("c-2")
    assert life.ticket.callback_due_at == right + timedelta(hours=2)


def test_the_citizen_is_told_only_when_the_day_moves() -> None:
    life = met()
    life.answer()
    life.happen(feedback.rate(life.ticket, life.now, LIFE_WANG, False, calendar=Calendar()))
    due_at = life.ticket.callback_due_at
    assert due_at is not None and life.ticket.callback_provisional
    same = callback.recompute(life.ticket, life.now, SYSTEM, due_at, due_at)
    assert same == [CallbackConfirmed()]  # of which no letter is sent
    assert not life.ticket.after(same[0], life.now).callback_provisional
    later = due_at.replace(day=due_at.day + 1)
    moved = callback.recompute(life.ticket, life.now, SYSTEM, due_at, later)
    assert [type(event) for event in moved] == [Noticed, CallbackOpened]
