"""Article 23: what happens before a clock ends, at its end, and after it; each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chatserver.rules.clocks import clock
from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Event
from chatserver.rules.events_desks import Escalated, Lapsed, Warned
from chatserver.rules.events_talk import Noticed
from chatserver.rules.experts import claim
from chatserver.rules.ladder import answerable, overdue
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import Policy
from chatserver.rules.promising import ask, schedule
from chatserver.rules.routing import offer
from tests.rules.life import CHEN, MINUTE, QIAN, START, Life, met

HOUR = timedelta(hours=1)


def steps(life: Life) -> list[tuple[timedelta, str]]:
    """Runs the clock to its end: when each step was taken, and which."""
    found = []
    begun = life.now
    while (due := next_due(life.ticket)) is not None:
        life.now = due
        for event in life.lapse():
            if isinstance(event, (Warned, Lapsed)):
                found.append((due - begun, getattr(event, "rung", "lapse")))
    return found


def talking(life: Life) -> Life:
    """The citizen spoke last: nobody is idle."""
    life.ask_on(f"c-{life.ticket.entry}")
    return life


def test_a_held_ticket_is_reminded_warned_late_and_with_the_operator() -> None:
    assert steps(talking(met())) == [
        (30 * MINUTE, "half"),
        (48 * MINUTE, "warn"),
        (60 * MINUTE, "lapse"),
        (90 * MINUTE, "operator"),
    ]


@pytest.mark.parametrize(
    ("minute", "told"), [(29, ["half", "warn"]), (30, ["warn"]), (40, ["warn"]), (61, [])]
)
def test_who_takes_it_when_half_the_time_is_over_is_not_told_so(
    minute: int, told: list[str]
) -> None:
    life = Life().open().later(minute * MINUTE)
    life.until_quiet()
    life.offer().accept()
    before = len(life.events)
    talking(life)
    steps(life)
    rungs = [e.rung for e in life.events[before:] if isinstance(e, Warned)]
    assert rungs == [*told, "operator"]


@pytest.mark.parametrize(("minute", "told"), [(20, True), (40, False)])
def test_a_question_that_stops_the_clock_leaves_it_so(minute: int, told: bool) -> None:
    life = Life().open().later(minute * MINUTE).offer()
    life.accept()
    life.do(ask, CHEN, "ask-1", "哪一年入职？")
    life.later(HOUR).ask_on()
    assert ("half" in [rung for _, rung in steps(life)]) is told


def test_a_waiting_one_is_offered_to_become_a_message_at_eleven_twelfths() -> None:
    life = Life().open()
    assert [rung for _, rung in steps(life)] == ["warn", "convert", "lapse", "operator"]
    assert "convert_offered" in life.talk
    [convert] = [e for e in life.events if isinstance(e, Warned) and e.rung == "convert"]
    assert convert.due_at == START + HOUR
    assert (55 * MINUTE, "convert") in steps(Life().open())


def test_a_written_one_has_the_same_ladder_on_five_hours() -> None:
    assert steps(Life().open(kind="message")) == [
        (4 * HOUR, "warn"),
        (5 * HOUR, "lapse"),
        (7.5 * HOUR, "operator"),
    ]


def test_the_share_of_the_warning_is_frozen_when_the_ticket_opens() -> None:
    life = Life(figures=replace(Policy(), warn_at=0.9)).open()
    life.figures = replace(Policy(), warn_at=0.1)
    assert steps(life)[0] == (54 * MINUTE, "warn")


def test_at_the_end_the_citizen_is_told_and_the_experts_get_it_in_one_list() -> None:
    life = talking(met()).later(HOUR)
    events: list[Event] = []
    while not any(isinstance(event, Lapsed) for event in events):
        events = life.lapse()
    said, lapsed, escalated = events
    assert isinstance(said, Noticed) and said.notice == "delay_explained"
    assert isinstance(lapsed, Lapsed) and lapsed.clock == "live_answer"
    assert isinstance(escalated, Escalated) and escalated.reason == "live_overdue"
    shown = clock(life.ticket, life.now)
    assert shown is not None and shown.late and shown.next == "operator"


def apology(life: Life) -> str:
    """What the citizen is told when the clock has run out."""
    life.until_quiet()
    [said] = [e for e in life.events if isinstance(e, Noticed) and e.notice == "delay_explained"]
    return said.body


@pytest.mark.parametrize(
    ("kind", "figures", "words"),
    [
        ("live", Policy(), "未能在 1 小时内"),
        ("message", Policy(), "未能在 5 小时内"),
        ("live", replace(Policy(), live_answer_within=20 * MINUTE), "未能在 20 分钟内"),
        ("message", replace(Policy(), message_answer_within=90 * MINUTE), "未能在 90 分钟内"),
    ],
)
def test_the_citizen_is_told_the_limit_that_was_in_force(
    kind: str, figures: Policy, words: str
) -> None:
    life = Life(figures=figures).open(kind=kind)
    life.figures = Policy()
    assert words in apology(life.later(10 * HOUR))


def test_a_limit_that_a_question_had_suspended_is_still_the_limit() -> None:
    life = met()
    life.do(ask, CHEN, "a-1", "哪一年入职？")
    life.later(30 * MINUTE).ask_on()
    assert "未能在 1 小时内" in apology(life.later(2 * HOUR))


def test_a_promise_that_another_lawyer_was_to_keep_is_told_as_a_promise() -> None:
    life = met()
    life.do(schedule, CHEN, life.now + 3 * HOUR, "要查规定")
    life.hand_over()
    assert "未能在约定的时间" in apology(life.later(4 * HOUR))


@pytest.mark.parametrize("early", [timedelta(milliseconds=1), MINUTE])
def test_nothing_happens_early(early: timedelta) -> None:
    life = talking(met()).later(30 * MINUTE - early)
    assert life.lapse() == []


def test_a_late_server_does_everything_once_and_then_is_quiet() -> None:
    life = Life().open(kind="message").later(timedelta(days=30))
    life.until_quiet()
    assert list(life.ticket.rungs) == ["warn", "lapse", "operator"]
    assert next_due(life.ticket) is None


def promise(life: Life) -> None:
    life.do(schedule, CHEN, life.now + HOUR, "原因")


def asked_on(life: Life) -> None:
    life.answer(id=f"a-{life.ticket.entry}")
    talking(life)


@pytest.mark.parametrize("begin", [promise, asked_on])
def test_a_promise_and_a_new_question_start_a_new_ladder(begin: Callable[[Life], None]) -> None:
    life = talking(met()).later(50 * MINUTE)
    life.until_quiet()
    begin(life)
    assert life.ticket.rungs == ()
    assert [rung for _, rung in steps(life)] == ["half", "warn", "lapse", "operator"]


def test_a_stopped_clock_has_no_ladder() -> None:
    life = Life().open(kind="message")
    life.claim()
    life.do(ask, CHEN, "ask", "何时？")
    assert next_due(life.ticket) is None


def test_the_second_clock_of_a_claimed_escalation_does_not_open_another() -> None:
    life = talking(met()).later(HOUR)
    life.until_quiet()
    life.do(claim, QIAN, life.ticket.escalation or "")
    asked_on(life)
    life.later(HOUR)
    assert not [event for event in life.until_quiet() if isinstance(event, Escalated)]
    assert life.ticket.escalations == 1


def test_a_late_answer_settles_what_nobody_has_claimed_and_a_second_lapse_is_a_new_one() -> None:
    life = talking(met()).later(HOUR)
    life.until_quiet()
    asked_on(life)
    assert life.ticket.escalation_state == "resolved"
    life.later(HOUR)
    assert len([event for event in life.until_quiet() if isinstance(event, Escalated)]) == 1
    assert life.ticket.escalations == 2


def test_a_wait_that_became_a_message_is_late_by_its_own_clock() -> None:
    life = Life().open().later(HOUR)
    life.until_quiet()
    life.convert()
    shown = clock(life.ticket, life.now)
    assert shown is not None and not shown.late
    life.now = START + 5 * HOUR
    assert "Lapsed" in [type(event).__name__ for event in life.until_quiet()]


def test_a_late_message_that_nobody_holds_is_offered() -> None:
    life = Life().open(kind="message").later(5 * HOUR)
    assert offer(life.ticket, life.now, SYSTEM, "L0001", MINUTE) == []
    life.until_quiet()
    assert offer(life.ticket, life.now, SYSTEM, "L0001", MINUTE)


def test_a_late_ticket_stays_with_its_holder() -> None:
    life = talking(met()).later(HOUR)
    life.until_quiet()
    assert (life.ticket.assignee, life.ticket.state) == ("L0001", "active")
    life.answer()
    assert clock(life.ticket, life.now) is None


def blame(accepted_after: timedelta) -> Lapsed:
    life = Life().open().later(accepted_after).offer()
    life.accept()
    life.now = START + HOUR
    [lapsed] = [event for event in life.until_quiet() if isinstance(event, Lapsed)]
    return lapsed


def test_who_was_offered_it_at_minute_59_is_not_blamed() -> None:
    lapsed = blame(59 * MINUTE)
    assert (lapsed.staff_no, lapsed.held_s, lapsed.answerable) == ("L0001", 60, False)


def test_who_held_it_from_the_start_is() -> None:
    assert blame(MINUTE) == Lapsed("live_answer", "L0001", 59 * 60, True, ("L0001",))


@pytest.mark.parametrize(("minute", "blamed"), [(45, True), (45.1, False)])
def test_a_quarter_of_the_time_is_a_fair_share(minute: float, blamed: bool) -> None:
    assert blame(minute * MINUTE).answerable is blamed


def test_nobody_is_blamed_for_what_nobody_held() -> None:
    life = Life().open().later(HOUR)
    [lapsed] = [event for event in life.until_quiet() if isinstance(event, Lapsed)]
    assert (lapsed.staff_no, lapsed.held_s, lapsed.answerable) == (None, 0, False)
    assert answerable(life.ticket, life.now) == lapsed.blamed == ()


def test_a_clock_that_ran_out_is_over_before_anything_is_done_after_it() -> None:
    life = talking(met())
    assert overdue(life.ticket, life.now + HOUR - timedelta(milliseconds=1)) == []
    said, lapsed, escalated = overdue(life.ticket, life.now + HOUR)
    assert isinstance(said, Noticed) and isinstance(lapsed, Lapsed)
    assert isinstance(escalated, Escalated)


def test_what_is_late_already_stopped_or_answered_is_not_late_again() -> None:
    late = talking(met()).later(HOUR)
    late.until_quiet()
    stopped = talking(met())
    stopped.do(ask, CHEN, "ask-1", "请问何时入职？")
    answered = met()
    answered.answer()
    for life in (late, stopped, answered):
        assert overdue(life.ticket, life.now + 2 * HOUR) == []
