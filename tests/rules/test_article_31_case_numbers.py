"""Article 31: a case number in a text raises the question whether the case is the asker's own."""

from __future__ import annotations

import pytest

from chatserver.rules.asking import case_numbers
from tests.rules.life import Life, refusal

OF_A_CASE = [
    "(2026)京0105民初123号",
    "（2026）京0105民初123号之一",
    "（2025） 京 0105 刑初 8 号",
    "〔2026〕京行复12号",
    "[2026]第12号",
]
#: Brackets and gaps as people type them.
AS_TYPED = [
    "2026京0105民初123号",
    "2026）京0105民初123号",
    "(2026京0105民初123号",
    "2026年京0105民初第123号",
    "(2026) 京 0105 民初 123 号",
    "2025 最高法民申 88 号",
]


@pytest.mark.parametrize("number", OF_A_CASE[:4])
def test_the_citizen_is_asked_about_a_case_number(number: str) -> None:
    refused = refusal(Life().open, body=f"我的案子是{number}，什么时候开庭？")
    assert (refused.code, refused.article) == ("in_litigation", 31)
    assert refused.details["question"] is True
    assert refused.details["case_numbers"] == ["".join(number.split())]
    assert refused.details["help"] and refused.details["warning"]


@pytest.mark.parametrize("number", AS_TYPED)
def test_a_case_number_is_known_without_its_brackets_and_with_gaps(number: str) -> None:
    (found,) = case_numbers(f"案号{number}，什么时候开庭？")
    assert found.endswith("".join(number.split())[2:])


def test_a_case_number_in_the_title_is_seen_too() -> None:
    refused = refusal(Life().open, title=f"{OF_A_CASE[0]}的执行", body="怎么办？")
    assert refused.details["case_numbers"] == [OF_A_CASE[0]]


def test_an_arbitration_number_is_told_by_what_stands_before_it() -> None:
    assert case_numbers("京朝劳人仲字[2026]第12号的裁决") == ["[2026]第12号"]


@pytest.mark.parametrize(
    "text",
    [
        "法释〔2020〕25号第几条？",
        "国发[2017]22号文件",
        "2026年3月12号离职",
        "门牌（2026）号",
        "123号",
        "2026年11月3号开庭的事",
        "住在北京市2023京城花园123号",
        "2026 京东订单 12345 号",
        "主席令第45号",
        "2024年新民路18号",
    ],
)
def test_documents_and_dates_are_no_case_numbers(text: str) -> None:
    assert case_numbers(text) == []


def test_who_says_that_the_case_is_not_theirs_goes_on() -> None:
    life = Life().open(body="(2026)京0105民初123号判决怎么理解？", case_number_is_not_mine=True)
    assert life.ticket.state == "queued"


def test_a_declared_case_stays_refused_whatever_else_is_said() -> None:
    refused = refusal(Life().open, in_litigation=True, case_number_is_not_mine=True)
    assert refused.code == "in_litigation" and "question" not in refused.details


def test_a_number_is_named_once_and_no_more_than_ten_are() -> None:
    many = " ".join(f"(2026)京0105民初{n}号" for n in (1, 1, *range(2, 40)))
    assert len(case_numbers(many)) == len(set(case_numbers(many))) == 10
