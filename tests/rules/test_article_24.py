"""Article 24: at the end the citizen is asked to rate, and may change the rating for a week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chatserver.live.wire_payloads import TicketRate
from chatserver.rules import feedback
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


def test_a_bad_rating_says_why_and_the_reasons_stay_with_the_ticket() -> None:
    life = answered()
    life.rate(False, reasons=("unclear", "not_solved"), level="not")
    assert (life.ticket.level, life.ticket.reasons) == ("not", ("unclear", "not_solved"))
    assert life.ticket.callback == "open"


def test_whoever_is_satisfied_in_part_says_why_and_is_owed_no_call_back() -> None:
    life = answered()
    life.rate(True, reasons=("too_slow",), level="partly")
    assert (life.ticket.satisfied, life.ticket.level, life.ticket.callback) == (
        True,
        "partly",
        None,
    )
    assert life.ticket.reasons == ("too_slow",)
    life.rate(True, level="satisfied")
    assert life.ticket.reasons == ()


def test_the_reasons_stand_for_whoever_calls_back_though_the_rating_changes() -> None:
    life = answered()
    life.rate(False, reasons=("wrong",))
    life.rate(True)
    assert (life.ticket.callback, life.ticket.reasons) == ("open", ("wrong",))


@pytest.mark.parametrize(
    ("satisfied", "more", "path"),
    [
        (True, {"level": "not"}, "$.level"),
        (False, {"level": "partly"}, "$.level"),
        (False, {"level": "satisfied"}, "$.level"),
        (True, {"reasons": ("wrong",)}, "$.reasons"),
        (True, {"reasons": ("wrong",), "level": "satisfied"}, "$.reasons"),
        (False, {"reasons": ("wrong", "wrong")}, "$.reasons"),
    ],
)
def test_level_and_reasons_never_say_anything_else_than_satisfied(
    satisfied: bool, more: dict[str, Any], path: str
) -> None:
    refused = refusal(answered().rate, satisfied, **more)
    assert refused.code == "invalid" and refused.details[0]["path"] == path


def test_what_a_client_may_give_as_a_reason_is_what_the_rule_knows() -> None:
    of = msgspec.json.schema(TicketRate)["$defs"]["TicketRate"]["properties"]
    assert set(of["reasons"]["items"]["enum"]) == set(feedback.REASONS)
