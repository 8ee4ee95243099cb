"""Article 24: at the end the citizen is asked to rate, and may change the rating for a week."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.rules.life import Life, met, refusal


def answered() -> Life:
    life = met()
    life.answer()
    return life


def test_the_end_asks_for_a_rating() -> None:
    life = answered()
    life.close()
    assert life.talk[-2:] == ["closed", "rate_us"]
    assert (life.ticket.state, life.ticket.outcome) == ("closed", "answered")


def test_a_ticket_without_an_answer_cannot_be_closed() -> None:
    refused = refusal(met().close)
    assert refused.code == "conflict" and refused.details == {"state": "active"}


def test_a_closed_ticket_is_said_to_be_closed() -> None:
    life = answered()
    life.close()
    refused = refusal(life.close)
    assert (refused.details, refused.message) == ({"state": "closed"}, "本次咨询已结束。")


def test_a_question_that_was_taken_back_is_not_to_be_rated_by_request() -> None:
    life = Life().open()
    life.withdraw()
    assert life.talk == ["text", "closed"]


@pytest.mark.parametrize("closed", [False, True])
def test_a_rating_is_taken_before_and_after_the_end(closed: bool) -> None:
    life = answered()
    if closed:
        life.close()
    life.rate(False, score=2, comment="没有说清楚")
    assert (life.ticket.satisfied, life.ticket.score) == (False, 2)
    assert life.ticket.state == ("closed" if closed else "answered")


def test_a_rating_needs_an_answer() -> None:
    assert refusal(met().rate).code == "conflict"
    assert refusal(Life().open().rate).code == "conflict"


def test_a_rating_may_be_changed_for_seven_days_and_no_longer() -> None:
    life = answered()
    life.rate(True)
    life.later(timedelta(days=7)).rate(False)
    assert life.ticket.satisfied is False
    assert refusal(life.later(timedelta(milliseconds=1)).rate, True).code == "conflict"


def test_a_comment_must_be_a_text_of_at_most_1000_characters() -> None:
    life = answered()
    assert refusal(life.rate, True, comment="x" * 1001).code == "too_large"
    assert refusal(life.rate, True, comment=" ").code == "invalid"
