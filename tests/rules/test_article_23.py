"""Article 23: one hour for a live question, five for a message; only an answer stops the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chatserver.rules.answering import answer, send
from chatserver.rules.clocks import Clock, clock
from chatserver.rules.events_talk import Converted, OfferEnded
from chatserver.rules.policy import Policy
from tests.rules.life import CHEN, MINUTE, START, Life, met, refusal

HOUR = timedelta(hours=1)


def test_a_live_question_is_due_one_hour_after_it_was_asked() -> None:
    life = Life().open()
    expected = Clock(23, "live_answer", START + HOUR, late=False, next="experts")
    assert clock(life.ticket, START) == expected


def test_a_message_is_due_after_five_hours() -> None:
    life = Life().open(kind="message")
    assert life.ticket.answer_due_at == START + 5 * HOUR
    running = clock(life.ticket, START)
    assert running is not None and running.kind == "message_answer"


def test_the_clock_runs_day_and_night_and_is_late_to_the_millisecond() -> None:
    ticket = Life().open().ticket
    just = START + HOUR
    early, late = clock(ticket, just - timedelta(milliseconds=1)), clock(ticket, just)
    assert early is not None and not early.late
    assert late is not None and late.late


def test_neither_acceptance_nor_talk_stops_the_clock() -> None:
    life = met()
    life.later(MINUTE).say()
    life.later(MINUTE).ask_on()
    running = clock(life.ticket, life.now)
    assert running is not None and running.due_at == START + HOUR


def test_an_answer_stops_it() -> None:
    life = met()
    life.answer()
    assert life.ticket.state == "answered" and clock(life.ticket, life.now) is None


def test_a_question_asked_on_has_a_new_clock_of_the_same_length() -> None:
    life = met()
    life.answer()
    life.later(10 * MINUTE).ask_on()
    running = clock(life.ticket, life.now)
    assert running is not None and running.due_at == life.now + HOUR


def test_a_second_line_does_not_move_the_new_clock() -> None:
    life = met()
    life.answer()
    due = life.later(10 * MINUTE).ask_on() and life.ticket.answer_due_at
    life.later(10 * MINUTE).ask_on("c-2")
    assert life.ticket.answer_due_at == due


def test_a_question_turned_into_a_message_is_due_five_hours_from_its_opening() -> None:
    life = Life().open().later(50 * MINUTE)
    assert life.convert() == [Converted(5 * 3600)]
    assert (life.ticket.kind, life.ticket.answer_due_at) == ("message", START + 5 * HOUR)


def test_turning_it_into_a_message_takes_the_offer_back() -> None:
    life = Life().open().offer()
    assert life.convert() == [OfferEnded("L0001", "withdrawn"), Converted(5 * 3600)]
    assert life.ticket.offered_to is None


def test_only_a_live_question_that_waits_can_become_a_message() -> None:
    assert refusal(met().convert).code == "conflict"
    assert refusal(Life().open(kind="message").convert).code == "conflict"


def test_a_change_of_policy_leaves_open_tickets_alone() -> None:
    life = met()
    life.figures = replace(Policy(), live_answer_within=timedelta(minutes=5))
    life.answer()
    life.ask_on()
    assert life.ticket.answer_due_at == START + HOUR


def test_a_write_under_an_ended_ownership_is_refused() -> None:
    life = met()
    for rule in (send, answer):
        refused = refusal(rule, life.ticket, life.now, CHEN, "l-1", "您好", life.ticket.epoch - 1)
        assert refused.code == "conflict"
        assert rule(life.ticket, life.now, CHEN, "l-1", "您好", life.ticket.epoch)


def test_a_question_in_the_queue_is_not_answered_before_it_is_accepted() -> None:
    life = Life().open()
    assert refusal(life.answer).code == "conflict" and life.ticket.state == "queued"
