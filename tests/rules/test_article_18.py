"""Article 18: the risk is told before the first word of an answer, once, and never forgotten."""

from __future__ import annotations

from chatserver.rules.events_talk import Noticed
from chatserver.rules.notices import DISCLAIMER
from tests.rules.life import LIU, Life, met


def test_the_first_line_of_a_lawyer_comes_after_the_risk_notice() -> None:
    life = met()
    life.say()
    assert life.talk == ["text", "disclaimer", "text"]


def test_an_answer_that_is_the_first_line_comes_after_it_too() -> None:
    life = met()
    life.answer()
    assert life.talk == ["text", "disclaimer", "answer"]


def test_it_is_said_once() -> None:
    life = met()
    for turn in range(3):
        life.say(id=f"l-{turn}")
    assert life.talk.count("disclaimer") == 1


def test_it_is_not_said_again_by_the_next_lawyer() -> None:
    life = met()
    life.say()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    life.say(LIU, "l-2")
    assert life.talk.count("disclaimer") == 1


def test_a_lawyer_who_says_nothing_causes_none() -> None:
    life = Life().open().offer()
    life.accept()
    assert life.talk == ["text"] and not life.ticket.disclaimed


def test_it_says_what_the_regulation_asks_for() -> None:
    life = met()
    [notice, _] = life.say()
    assert isinstance(notice, Noticed) and notice.body == DISCLAIMER
    assert "仅供参考" in DISCLAIMER and "不承担" in DISCLAIMER
    assert (notice.by, notice.staff_no) == ("system", None)


def test_no_other_notice_stands_for_it() -> None:
    life = met()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    assert life.talk == ["text", "transferred", "transferred"]
    life.say(LIU)
    assert life.talk[3:] == ["disclaimer", "text"]
