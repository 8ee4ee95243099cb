"""Article 4: a question is taken up, under one of the services' categories, free of charge."""

from __future__ import annotations

import pytest

from chatserver.rules import asking
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.events_talk import Opened, Sent
from chatserver.rules.question import Question
from tests.rules.life import FIGURES, START, WANG, Life, refusal


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_question_of_every_category_is_taken_up(category: str) -> None:
    life = Life().open(category=category)
    assert (life.ticket.state, life.ticket.category) == ("queued", category)


def test_a_question_of_no_category_is_invalid_before_anything_else() -> None:
    asked = Question("q", "live", "astrology", "问", in_litigation=True)
    refused = refusal(asking.open_ticket, WANG, START, FIGURES, asked)
    assert refused.code == "invalid" and refused.details[0]["path"] == "$.category"


def test_the_body_is_message_one() -> None:
    opened, said = Life().open(body="公司拖欠工资").events
    assert isinstance(opened, Opened) and isinstance(said, Sent)
    assert (said.by, said.id, said.body) == ("citizen", "q-1", "公司拖欠工资")


def test_a_ticket_without_a_title_is_called_by_its_first_words() -> None:
    life = Life().open(body="公司\n拖欠  工资" + "很" * 50)
    assert life.ticket.title == ("公司 拖欠 工资" + "很" * 50)[:29] + "…"
    assert Life().open(body="很" * 30).ticket.title == "很" * 30
    assert Life().open(title="工资").ticket.title == "工资"


@pytest.mark.parametrize("title", ["x" * 101, "\x00", "\ud800", "  "])
def test_a_title_that_cannot_be_kept_is_refused(title: str) -> None:
    refused = refusal(Life().open, title=title)
    assert refused.code in ("invalid", "too_large")
