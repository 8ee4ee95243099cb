"""The ladder is dated policy: a new entry governs what is opened from its day on, and nothing before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chatserver.rules import deadlines, experts, feedback, promising, reviewing
from chatserver.rules.events_desks import Escalated, Lapsed, Reviewed
from chatserver.rules.ladder import to_come
from chatserver.rules.policy import FIRST_LADDER, LADDERS, Ladder, ladder_in_force
from chatserver.rules.workdays import Calendar
from chatserver.store.tickets import body_of, event_of
from tests.rules.life import CHEN, MINUTE, QIAN, START, WANG, Life, refusal

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: The day after the tests' own, in Asia/Shanghai, and a ladder on which everything is different.
NEXT_DAY = date(2026, 11, 24)
SHORTER = Ladder(
    half=0.25,
    convert=0.5,
    operator=2.0,
    fair_share=0.9,
    most_promises=1,
    most_asks=0,
    settle_within=HOUR,
    panel_within=2 * HOUR,
    written_closes_after=DAY,
    rating_open_for=DAY,
)


@pytest.fixture(autouse=True)
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deploy has brought the new entry, dated ahead."""
    monkeypatch.setitem(LADDERS, NEXT_DAY, SHORTER)


def opened(day: int, kind: str = "live", lawyer: bool = False) -> Life:
    """Opened before the new ladder's first day (0), or on it (1)."""
    life = Life(now=START + day * DAY).open(kind=kind)
    if lawyer:
        life.offer().accept() if kind == "live" else life.claim()
    return life


def rungs(life: Life) -> dict[str, float]:
    begun = life.ticket.clock_from
    assert begun is not None
    return {rung: (at - begun) / HOUR for rung, at in to_come(life.ticket)}


def test_what_has_been_in_force_stays_as_it_was() -> None:
    """An entry whose day has come is never changed, only followed by another."""
    assert next(iter(LADDERS)) == FIRST_LADDER == date(2026, 1, 1)
    assert LADDERS[FIRST_LADDER] == Ladder(
        half=1 / 2,
        convert=11 / 12,
        operator=3 / 2,
        fair_share=1 / 4,
        most_promises=2,
        most_asks=2,
        settle_within=DAY,
        settle_harm_within=4 * HOUR,
        panel_within=DAY,
        written_closes_after=3 * DAY,
        appeal_working_days=1,
        abuse_within=4 * HOUR,
        rating_open_for=7 * DAY,
    )


def test_a_ladder_begins_at_midnight_in_beijing() -> None:
    midnight = START.replace(hour=16)
    assert ladder_in_force(midnight - timedelta(milliseconds=1)) == FIRST_LADDER
    assert ladder_in_force(midnight) == NEXT_DAY
    assert ladder_in_force(START - 10_000 * DAY) == FIRST_LADDER


def test_the_rungs_are_those_of_the_day_of_the_opening() -> None:
    old, new = opened(0), opened(1)
    assert rungs(old) == pytest.approx(
        {"warn": 0.8, "convert": 11 / 12, "lapse": 1.0, "operator": 1.5}
    )
    assert rungs(new) == {"convert": 0.5, "warn": 0.8, "lapse": 1.0, "operator": 2.0}
    assert rungs(opened(1, lawyer=True))["half"] == 0.25


def test_an_open_ticket_keeps_its_terms_when_the_new_day_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    life = opened(0, lawyer=True)
    monkeypatch.delitem(LADDERS, NEXT_DAY)
    before, due = rungs(life), deadlines.next_due(life.ticket)
    monkeypatch.setitem(LADDERS, NEXT_DAY, SHORTER)
    life.later(DAY)
    assert life.ticket.ladder == FIRST_LADDER
    assert (rungs(life), deadlines.next_due(life.ticket.having())) == (before, due)
    life.answer()
    life.ask_on()
    assert life.ticket.ladder == FIRST_LADDER, "a new clock of an old ticket"
    assert rungs(life)["half"] == 0.5


@pytest.mark.parametrize(("day", "blamed"), [(0, ("L0001",)), (1, ())])
def test_the_fair_share_is_frozen(day: int, blamed: tuple[str, ...]) -> None:
    life = Life(now=START + day * DAY).open().later(20 * MINUTE).offer()
    life.accept()
    life.now = START + day * DAY + HOUR
    [lapsed] = [event for event in life.until_quiet() if isinstance(event, Lapsed)]
    assert lapsed.blamed == blamed


@pytest.mark.parametrize(("day", "promises", "asks"), [(0, 2, 2), (1, 1, 0)])
def test_the_limits_are_frozen(day: int, promises: int, asks: int) -> None:
    life = opened(day, lawyer=True)
    for turn in range(asks):
        life.do(promising.ask, CHEN, f"ask-{turn}", "何时？")
        life.ask_on(f"c-{turn}")
    assert refusal(life.do, promising.ask, CHEN, "ask-9", "何时？").code == "conflict"
    for turn in range(promises):
        life.do(promising.schedule, CHEN, life.now + (turn + 1) * HOUR, "要查规定")
    late = life.now + 9 * HOUR
    assert refusal(life.do, promising.schedule, CHEN, late, "要查规定").code == "conflict"


@pytest.mark.parametrize(
    ("day", "settle", "panel", "closes", "rating"),
    [(0, DAY, DAY, 3 * DAY, 7 * DAY), (1, HOUR, 2 * HOUR, DAY, DAY)],
)
def test_the_times_are_frozen(
    day: int, settle: timedelta, panel: timedelta, closes: timedelta, rating: timedelta
) -> None:
    life = opened(day, "message", lawyer=True)
    life.answer()
    assert deadlines.next_due(life.ticket) == life.now + closes
    suggested = life.do(reviewing.suggest, QIAN, life.ticket.last_seq, "时效应为一年")[0]
    assert isinstance(suggested, Reviewed) and suggested.due_at == life.now + settle
    life.later(settle)
    [escalated] = [event for event in life.until_quiet() if isinstance(event, Escalated)]
    assert escalated.due_at == life.now + panel
    life.do(experts.claim, QIAN, life.ticket.escalation)
    life.do(feedback.rate, WANG, True, calendar=Calendar())
    life.later(rating)
    life.do(feedback.rate, WANG, True, 5, calendar=Calendar())
    life.later(MINUTE)
    assert refusal(life.do, feedback.rate, WANG, True, calendar=Calendar()).code == "conflict"


def test_the_record_tells_under_which_ladder_a_ticket_was_opened() -> None:
    event = opened(1).events[0]
    assert event_of("opened", body_of(event)) == event
    assert opened(1).ticket.ladder == NEXT_DAY
    old = body_of(replace(event, ladder=FIRST_LADDER)).replace(b',"ladder":"2026-01-01"', b"")
    assert b"ladder" not in old and event_of("opened", old).ladder == FIRST_LADDER
