"""Article 17: lawyers are organised to answer, and the citizen may go on asking."""

from __future__ import annotations

import pytest

from chatserver.rules.events_talk import Reopened, Sent
from tests.rules.life import MINUTE, Life, met, refusal


def test_a_citizen_may_add_to_a_question_that_waits() -> None:
    life = Life().open()
    life.ask_on()
    assert life.ticket.state == "queued" and life.ticket.last_seq == 2


def test_a_citizens_line_after_an_answer_is_a_new_question() -> None:
    life = met()
    life.answer()
    said = life.later(MINUTE).ask_on()
    assert [type(event) for event in said] == [Reopened, Sent]
    assert life.ticket.state == "active"


def test_nothing_is_said_in_a_closed_ticket() -> None:
    life = met()
    life.answer()
    life.close()
    assert refusal(life.ask_on, "c-9").code == "conflict"
    assert refusal(life.say).details == {"state": "closed"}


@pytest.mark.parametrize("body", ["", "  \n", "\x00", "半\ud83d"])
def test_a_line_that_cannot_be_kept_or_seen_is_invalid(body: str) -> None:
    assert refusal(Life().open().ask_on, body=body).code == "invalid"


def test_a_line_may_have_ten_thousand_characters_and_no_more() -> None:
    life = Life().open()
    life.ask_on(body="字" * 10_000)
    refused = refusal(life.ask_on, "c-2", "字" * 10_001)
    assert refused.code == "too_large" and refused.details["limit"] == 10_000


@pytest.mark.parametrize("id", ["", "x" * 65, "\x00", "\ud800"])
def test_a_clients_id_has_1_to_64_characters_that_can_be_kept(id: str) -> None:
    assert refusal(Life().open().ask_on, id).code == "invalid"
    assert refusal(met().say, id=id).code == "invalid"
