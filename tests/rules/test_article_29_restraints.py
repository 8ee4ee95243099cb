"""Article 29: what follows from a finding of abuse: a notice, a day, fewer questions a week, a suspension."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chatserver.rules.asking import open_ticket
from chatserver.rules.events_desks import AbuseDecided
from chatserver.rules.events_talk import Noticed
from chatserver.rules.question import Question
from chatserver.rules.refusing import decide_abuse, refuse
from chatserver.rules.restraints import STEPS, Limit, suggested
from tests.rules.life import CHEN, FENG, FIGURES, START, WANG, Life, met, refusal

DAY = timedelta(days=1)
ASKED = Question("q", "live", "labour", "工资")


def found(*taken: Any) -> tuple[AbuseDecided, str]:
    """What was decided, and what the citizen is told."""
    life: Life = met()
    life.do(refuse, CHEN, "abuse", None, "广告")
    decided = life.do(decide_abuse, FENG, True, "查实为广告", *taken)[0]
    assert isinstance(decided, AbuseDecided)
    [said] = [e for e in life.events if isinstance(e, Noticed) and e.notice == "refusal"]
    assert "查实为广告" in said.body and "申诉" in said.body
    return decided, said.body


def test_a_notice_hinders_nothing_and_says_so() -> None:
    decided, said = found(None, "notice")
    assert (decided.step, decided.blocked_until, decided.per_week) == ("notice", None, None)
    assert "不影响您提出新的咨询" in said


def test_a_cool_down_is_a_day() -> None:
    decided, said = found(None, "cool_down")
    assert decided.blocked_until == START + DAY and "11月24日 10:00 前" in said


def test_a_weekly_limit_says_how_many_and_until_when() -> None:
    decided, said = found(START + 30 * DAY, "weekly", 2)
    assert (decided.step, decided.per_week) == ("weekly", 2)
    assert "每七天最多提出 2 次" in said and "12月23日" in said


def test_a_suspension_says_until_when() -> None:
    assert "12月23日 10:00 前，您的账号暂停" in found(START + 30 * DAY, "suspension")[1]


@pytest.mark.parametrize(("until", "step"), [(None, "notice"), (START + DAY, "suspension")])
def test_who_names_no_step_is_understood_by_the_end(until: datetime | None, step: str) -> None:
    assert found(until)[0].step == step


@pytest.mark.parametrize(
    "taken",
    [
        (START + DAY, "notice", None),
        (None, "suspension", None),
        (START, "suspension", None),
        (START + 367 * DAY, "suspension", None),
        (START + 2 * DAY, "cool_down", None),
        (None, "weekly", 3),
        (START + DAY, "weekly", None),
        (START + DAY, "weekly", 0),
        (START + DAY, "weekly", 21),
        (START + DAY, "suspension", 3),
    ],
)
def test_a_step_is_taken_whole_or_not_at_all(taken: Any) -> None:
    life = met()
    life.do(refuse, CHEN, "abuse", None, "广告")
    assert refusal(life.do, decide_abuse, FENG, True, "查实", *taken).code == "invalid"
    assert refusal(life.do, decide_abuse, FENG, False, "不是", None, "notice").code == "invalid"


def test_each_finding_suggests_the_step_after_the_hardest_before() -> None:
    assert [suggested(STEPS[:n]) for n in range(5)] == [*STEPS, "suspension"]
    assert suggested(["weekly", "notice"]) == "suspension"


def test_beyond_a_weekly_limit_a_question_waits_until_the_first_is_a_week_old() -> None:
    limit = Limit(2, START + 30 * DAY, asked=1, first_at=START - 3 * DAY, reason="广告")
    assert open_ticket(WANG, START, FIGURES, ASKED, limit=limit)
    refused = refusal(open_ticket, WANG, START, FIGURES, ASKED, limit=replace(limit, asked=2))
    assert (refused.code, refused.article) == ("blocked", 29)
    assert refused.details == {
        "until": "2026-11-27T02:00:00.000Z",
        "per_week": 2,
        "reason": "广告",
    }


def test_a_weekly_limit_hinders_nobody_after_its_end() -> None:
    limit = Limit(1, START + DAY, asked=1, first_at=START)
    refused = refusal(open_ticket, WANG, START, FIGURES, ASKED, limit=limit)
    assert refused.details["until"] == "2026-11-24T02:00:00.000Z"
