"""Articles 31 and 36: the panel rules at the borders, for everybody alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatserver.rules.rulings import LONGEST, Ruling, lay_down
from tests.rules.life import QIAN, refusal

RULING = Ruling(
    31, "判决后、上诉前", "一审判决后、上诉期内的咨询，按正在办理的案件处理。", "仍在诉讼程序中。"
)


@pytest.mark.parametrize("article", [26, 28, 29, 31])
def test_an_expert_rules_at_the_borders_where_somebody_may_be_refused(article: int) -> None:
    lay_down(QIAN, replace(RULING, article=article))


@pytest.mark.parametrize("article", [0, 18, 23, 30, 37])
def test_no_other_article_has_such_a_border(article: int) -> None:
    error = refusal(lay_down, QIAN, replace(RULING, article=article))
    assert error.code == "invalid" and error.details[0]["path"] == "$.article"


@pytest.mark.parametrize("field", ["title", "ruling", "reason"])
@pytest.mark.parametrize(("text", "code"), [(" ", "invalid"), ("长" * (LONGEST + 1), "too_large")])
def test_a_ruling_says_what_and_why(field: str, text: str, code: str) -> None:
    wrong: dict[str, Any] = {field: text}
    assert refusal(lay_down, QIAN, replace(RULING, **wrong)).code == code


def test_a_ruling_takes_the_place_of_one_at_the_same_border_only() -> None:
    lay_down(QIAN, replace(RULING, ruling="可以解答上诉程序的一般问题。"), RULING)
    error = refusal(lay_down, QIAN, replace(RULING, article=28), RULING)
    assert error.details[0]["path"] == "$.article"
