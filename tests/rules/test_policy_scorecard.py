"""An answer is looked at part by part (21), as far as an expert cares to; which is ours, not the law's."""

from __future__ import annotations

import pytest

from chatserver.rules.reviewing import pass_review, suggest
from chatserver.rules.scorecard import PARTS, scored
from tests.rules.life import QIAN, met, refusal

CARD = ("met", "not", "", "partly", "met")


def test_a_card_goes_with_a_pass_or_a_suggestion_and_without_one_nothing_changes() -> None:
    life = met()
    life.answer()
    seq = life.ticket.last_seq
    for scores in (CARD, None):
        [reviewed] = life.do(suggest, QIAN, seq, "法条有误", scores=scores)
        [passed] = life.do(pass_review, QIAN, scores)
        assert (reviewed.scores, passed.scores) == (scores, scores)  # type: ignore[attr-defined]  # of two kinds of event


def test_a_card_without_a_mark_is_none() -> None:
    assert scored(("",) * len(PARTS)) is None and scored(CARD) == CARD


@pytest.mark.parametrize("scores", [("good", *CARD[1:]), CARD[1:]])
def test_other_marks_and_other_parts_are_refused(scores: tuple[str, ...]) -> None:
    assert refusal(scored, scores).code == "invalid"
