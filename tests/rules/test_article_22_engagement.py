"""Article 22: who wants to engage a lawyer is shown to the platform, and who spoke of it first stays on record."""

from __future__ import annotations

import pytest

from chatserver.rules.engaging import asked_first, offline
from chatserver.rules.events_talk import EngagementDirected, Noticed
from tests.rules.life import CHEN, Life, met, refusal


def test_offline_engagement_goes_through_the_directory() -> None:
    life = met()
    [card] = life.do(offline, CHEN)
    assert isinstance(card, EngagementDirected) and card.notice == "offline_engagement"
    assert "名录" in card.body and "12348" in card.body
    assert card.body.endswith("\n机构名录：/institutions")
    [public] = met().do(offline, CHEN, 0, "https://law.example/institutions")
    assert isinstance(public, Noticed) and public.body.endswith(
        "：https://law.example/institutions"
    )
    assert life.talk[-1] == "offline_engagement"
    assert refusal(Life().open().do, offline, CHEN).code == "conflict"


def test_the_record_tells_whether_the_citizen_spoke_of_it_first() -> None:
    life = met()
    [card] = life.do(offline, CHEN, 3)
    assert isinstance(card, EngagementDirected) and card.asked_seq == 3
    [again] = life.do(offline, CHEN)
    assert isinstance(again, EngagementDirected) and again.asked_seq == 0, "and it is never refused"
    assert again.id != card.id


@pytest.mark.parametrize(
    "text",
    [
        "我想委托您代理这个案子",
        "律师费怎么收？",
        "能不能请一位律师出庭",
        "可以线下签合同吗",
        "可以当面谈吗",
        "Can I hire you?",
        "I would like to RETAIN a lawyer",
    ],
)
def test_a_wish_to_engage_is_heard(text: str) -> None:
    assert asked_first([(1, "拖欠工资三个月"), (4, text), (6, "委托")]) == 4


@pytest.mark.parametrize(
    "text", ["拖欠工资三个月，怎么办？", "代理商不退货", "房东不退押金", "The shirt was hired out"]
)
def test_all_else_is_none(text: str) -> None:
    assert asked_first([(1, text)]) == 0
