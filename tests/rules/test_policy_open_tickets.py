"""The house's own: a citizen has so many questions open at a time, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatserver.rules import asking
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from tests.rules.life import FIGURES, START, WANG, refusal

ASKED = Question("q-1", "live", "labour", "工资")
MOST = FIGURES.most_open


@pytest.mark.parametrize("waiting", [MOST, MOST + 7])
def test_who_has_as_many_as_may_be_waits_for_an_answer_first(waiting: int) -> None:
    refused = refusal(asking.open_ticket, WANG, START, FIGURES, ASKED, waiting=waiting)
    assert refused.code == "rate_limited"
    assert refused.details.pop("retry_after_s") >= 1
    assert refused.details == {"waiting": waiting, "most": MOST}


@pytest.mark.parametrize("waiting", [0, MOST - 1])
def test_below_it_a_question_is_opened(waiting: int) -> None:
    assert asking.open_ticket(WANG, START, FIGURES, ASKED, waiting=waiting)


def test_nought_is_no_limit() -> None:
    free = replace(Policy(), most_open=0)
    assert asking.open_ticket(WANG, START, free, ASKED, waiting=10_000)
