"""The house's own: what carries an id and comes twice, since its acknowledgement was lost, is done once."""

from __future__ import annotations

from typing import Any

import pytest

from chatserver.rules.backstage import ask_support, note
from chatserver.rules.callback import attempt
from chatserver.rules.promising import schedule
from chatserver.rules.workdays import Calendar
from tests.rules.life import CHEN, LIU, MINUTE, START, Life, met, refusal

AT = START + 90 * MINUTE
#: rule, what it says, and what else it may say.
ACTS = [
    (schedule, (AT, "要查规定"), (AT, "另一个理由")),
    (note, ("内部",), ("另一条",)),
    (ask_support, ("有无类案？",), ("另一个问题",)),
    (attempt, ("未接通",), ("占线",)),
]
each = pytest.mark.parametrize(
    ("rule", "said", "other"), ACTS, ids=lambda it: getattr(it, "__name__", "")
)


def standing(rule: Any) -> Life:
    life = met()
    if rule is attempt:
        life.answer()
        life.rate(False, calendar=Calendar())
    return life


@each
def test_done_again_under_its_id_it_changes_nothing(rule: Any, said: Any, other: Any) -> None:
    life = standing(rule)
    life.do(rule, CHEN, *said, "once-1")
    before = life.ticket
    assert life.later(5 * MINUTE).do(rule, CHEN, *said, "once-1") == []
    assert life.ticket is before
    assert refusal(life.do, rule, CHEN, *other, "once-1").code == "id_reused"
    assert life.do(rule, CHEN, *said, "once-2")


@each
def test_without_an_id_it_is_done_as_often_as_it_is_said(rule: Any, said: Any, other: Any) -> None:
    life = standing(rule)
    assert life.do(rule, CHEN, *said) and life.do(rule, CHEN, *said)
    assert life.ticket.lately == ()


def test_the_third_attempt_told_again_is_no_conflict_and_a_promise_kept_is_no_new_one() -> None:
    life = standing(attempt)
    for id in ("1", "2", "3"):
        life.do(attempt, CHEN, "未接通", id)
    assert life.ticket.callback == "done" and life.do(attempt, CHEN, "未接通", "3") == []
    life = met()
    life.do(schedule, CHEN, AT, "要查规定", "p-1")
    life.answer()
    assert life.do(schedule, CHEN, AT, "要查规定", "p-1") == []


def test_ids_are_each_persons_own_and_of_a_kind() -> None:
    life = met()
    assert life.do(note, CHEN, "内部", "1") and life.do(note, LIU, "内部", "1")
    assert life.do(ask_support, CHEN, "内部", "1")
    assert life.do(note, CHEN, "内部", "1") == [] == life.do(note, LIU, "内部", "1")
    assert refusal(life.do, note, CHEN, "内部", "x" * 65).code == "invalid"
