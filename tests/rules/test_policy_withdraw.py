"""The house's own: a citizen may take a question back until it is answered."""

from __future__ import annotations

from chatserver.rules.events_talk import Closed, OfferEnded
from tests.rules.life import Life, met, refusal


def test_a_question_that_waits_is_taken_back() -> None:
    life = Life().open()
    life.withdraw()
    assert (life.ticket.state, life.ticket.outcome) == ("closed", "withdrawn")


def test_an_open_offer_ends_with_it() -> None:
    life = Life().open().offer()
    assert life.withdraw()[1:] == [OfferEnded("L0001", "withdrawn"), Closed("withdrawn")]
    assert life.ticket.passed_by == (), "nobody is blamed for it"


def test_a_talk_under_way_is_taken_back() -> None:
    life = met()
    life.withdraw()
    assert life.ticket.outcome == "withdrawn"


def test_what_was_answered_or_closed_stays() -> None:
    life = met()
    life.answer()
    assert refusal(life.withdraw).details == {"state": "answered"}
    life.close()
    assert refusal(life.withdraw).details == {"state": "closed"}
