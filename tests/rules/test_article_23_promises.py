"""Article 23: an answer by appointment, and the question that stops the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatserver.rules.answering import hand_over
from chatserver.rules.backstage import transfer
from chatserver.rules.clocks import clock, running
from chatserver.rules.deadlines import next_due
from chatserver.rules.events_talk import Asked, Noticed, Resumed, Scheduled
from chatserver.rules.people import SYSTEM
from chatserver.rules.promising import ask, schedule
from tests.rules.life import CHEN, LIU, MINUTE, START, Life, met, refusal

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def promised(life: Life, after: timedelta = DAY) -> Life:
    life.do(schedule, CHEN, life.now + after, "需要查阅档案")
    return life


def questioned(life: Life, id: str = "ask-1") -> Life:
    life.do(ask, CHEN, id, "请问何时入职？")
    return life


def due(life: Life) -> object:
    found = running(life.ticket)
    return found and found[1]


def test_a_promise_has_a_reason_and_a_time_and_becomes_the_clock() -> None:
    life = met()
    said, scheduled = life.do(schedule, CHEN, START + DAY, "需要查阅档案")
    assert isinstance(said, Noticed) and said.notice == "answer_promised"
    assert "需要查阅档案" in said.body and "11月24日 10:00" in said.body
    assert scheduled == Scheduled(START + DAY, "需要查阅档案")
    assert life.ticket.state == "scheduled"
    shown = clock(life.ticket, life.now)
    assert shown is not None and (shown.kind, shown.due_at) == ("promise", START + DAY)


def test_without_a_reason_there_is_no_promise() -> None:
    life = met()
    assert refusal(life.do, schedule, CHEN, START + DAY, " ").code == "invalid"


@pytest.mark.parametrize("after", [timedelta(0), -MINUTE, timedelta(days=30, milliseconds=1)])
def test_the_time_is_in_the_next_thirty_days(after: timedelta) -> None:
    refused = refusal(met().do, schedule, CHEN, START + after, "原因")
    assert refused.code == "invalid" and refused.details[0]["path"] == "$.promised_at"


def test_a_promise_is_made_before_the_clock_runs_out_and_not_after() -> None:
    life = met().later(HOUR - timedelta(milliseconds=1))
    assert schedule(life.ticket, life.now, CHEN, life.now + DAY, "原因")
    life.later(timedelta(milliseconds=1))
    assert refusal(life.do, schedule, CHEN, life.now + DAY, "原因").code == "conflict"


def test_a_question_asked_after_the_end_does_not_bring_the_time_back() -> None:
    life = questioned(met().later(HOUR))
    assert refusal(life.later(MINUTE).do, schedule, CHEN, life.now + DAY, "原因").code == "conflict"


def test_it_may_be_moved_once_and_no_more() -> None:
    life = promised(promised(met(), HOUR).later(MINUTE), 2 * DAY)
    assert due(life) == START + MINUTE + 2 * DAY and life.ticket.promises == 2
    assert refusal(life.do, schedule, CHEN, START + 3 * DAY, "原因").code == "conflict"


def test_it_is_not_moved_once_it_is_missed() -> None:
    life = promised(met()).later(DAY)
    assert refusal(life.do, schedule, CHEN, life.now + DAY, "原因").code == "conflict"


def test_missing_it_escalates() -> None:
    life = promised(met()).later(DAY)
    life.until_quiet()
    assert "delay_explained" in life.talk
    assert life.ticket.escalation_reason == "promise_overdue"
    assert life.ticket.assignee == "L0001" and life.ticket.state == "scheduled"


def test_an_answer_keeps_it() -> None:
    life = promised(met())
    life.answer()
    assert life.ticket.state == "answered" and clock(life.ticket, life.now) is None
    assert life.ticket.promised_at is None


def test_what_the_citizen_adds_leaves_it_so() -> None:
    life = promised(met())
    life.ask_on()
    assert life.ticket.state == "scheduled" and due(life) == START + DAY


def test_a_new_question_has_its_own_two_promises() -> None:
    life = promised(promised(met(), HOUR), DAY)
    life.answer()
    life.ask_on()
    assert (life.ticket.promises, life.ticket.asks) == (0, 0)
    promised(life)


def test_what_was_promised_stays_the_clock_when_the_ticket_is_passed_on() -> None:
    life = promised(met())
    life.do(transfer, CHEN, None, None, None, MINUTE)
    assert life.ticket.state == "queued" and due(life) == START + DAY


def test_only_a_ticket_that_waits_for_an_answer_can_be_promised_or_asked_about() -> None:
    life = met()
    life.answer()
    assert refusal(life.do, schedule, CHEN, START + DAY, "原因").code == "conflict"
    assert refusal(life.do, ask, CHEN, "ask", "何时？").code == "conflict"


def test_a_question_to_the_citizen_stops_the_clock_visibly() -> None:
    life = Life().open(kind="message")
    life.claim()
    _, said, told = life.do(ask, CHEN, "ask-1", "请问何时入职？")
    assert isinstance(said, Asked) and said.visible
    assert isinstance(told, Noticed) and told.notice == "question_asked"
    shown = clock(life.ticket, life.now)
    assert shown is not None and shown.due_at is None and not shown.late
    life.later(30 * DAY)
    assert life.lapse() == [] and life.ticket.state == "active"


@pytest.mark.parametrize("stood", [timedelta(milliseconds=1), 7 * MINUTE, 100 * HOUR])
def test_the_citizens_word_starts_it_again_with_exactly_what_was_left(stood: timedelta) -> None:
    life = questioned(met().later(10 * MINUTE)).later(stood)
    resumed, _ = life.ask_on()
    assert isinstance(resumed, Resumed)
    assert due(life) == life.now + 50 * MINUTE
    life.later(20 * MINUTE)
    assert [getattr(event, "rung", "") for event in life.lapse()] == ["half"]


def test_it_stops_twice_at_most() -> None:
    life = questioned(met())
    assert refusal(life.do, ask, CHEN, "ask-2", "还有？").code == "conflict"
    life.ask_on()
    questioned(life, "ask-2")
    life.ask_on("c-2")
    assert refusal(life.do, ask, CHEN, "ask-3", "还有？").code == "conflict"


def test_a_stopped_clock_stays_stopped_in_the_queue_until_the_citizen_speaks() -> None:
    life = questioned(met().later(10 * MINUTE))
    life.do(hand_over, SYSTEM, life.ticket.epoch)
    assert life.ticket.state == "queued" and next_due(life.ticket) is None
    life.later(3 * HOUR).ask_on()
    assert due(life) == life.now + 50 * MINUTE


def test_an_answer_without_the_citizens_word_ends_it_all_the_same() -> None:
    life = questioned(met())
    life.answer()
    assert life.ticket.suspended_at is None
    life.ask_on()
    assert due(life) == START + HOUR


def test_only_the_holders_epoch_may_ask() -> None:
    life = met()
    assert refusal(life.do, ask, LIU, "ask", "何时？", life.ticket.epoch - 1).code == "conflict"
