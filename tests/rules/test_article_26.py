"""Article 26: a lawyer asks the platform to pass a hard question on to the panel."""

from __future__ import annotations

import pytest

from chatserver.rules.audience import PERMITTED
from chatserver.rules.events_desks import Escalated, Reviewed
from chatserver.rules.experts import claim, escalate, opinion
from tests.rules.life import CHEN, HAN, LIU, QIAN, WANG, Life, met, refusal

ID = "BJ20261123-000001-1.1"


def passed_on() -> Life:
    life = met()
    life.do(escalate, CHEN, "no_rule", "有无规定？")
    return life


def test_it_has_a_ground_and_a_question() -> None:
    assert passed_on().events[-1] == Escalated(ID, "lawyer", "no_rule", "有无规定？")
    assert refusal(met().do, escalate, CHEN, "no_rule", " ").code == "invalid"


def test_only_the_holder_asks_and_only_once_at_a_time() -> None:
    life = passed_on()
    assert [a for a in (CHEN, LIU, WANG, QIAN) if PERMITTED["escalate"](a, life.ticket)] == [CHEN]
    assert refusal(life.do, escalate, CHEN, "unclear", "再问").code == "conflict"


def test_a_second_one_has_a_number_of_its_own() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    life.do(opinion, QIAN, ID, "意见")
    [again] = life.do(escalate, CHEN, "disputed", "再问")
    assert isinstance(again, Escalated) and again.id == ID[:-1] + "2"


def test_a_question_that_waits_or_is_over_is_not_passed_on() -> None:
    life = Life().open()
    assert refusal(life.do, escalate, CHEN, "no_rule", "问").code == "conflict"
    life.withdraw()
    assert refusal(life.do, escalate, CHEN, "no_rule", "问").code == "conflict"


def test_of_several_experts_one_claims() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    for expert in (HAN, QIAN):
        assert refusal(life.do, claim, expert, ID).code == "conflict"


@pytest.mark.parametrize("id", [ID[:-1] + "2", "", "x"])
def test_a_wrong_one_is_not_claimed(id: str) -> None:
    assert refusal(passed_on().do, claim, QIAN, id).code == "conflict"


def test_the_opinion_is_for_the_lawyer_and_settles_it() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    seq = life.ticket.last_seq
    reviewed, _ = life.do(opinion, QIAN, ID, "可以适用")
    assert isinstance(reviewed, Reviewed) and not reviewed.visible
    assert (life.ticket.last_seq, life.ticket.escalation_state) == (seq, "resolved")
    assert life.ticket.state == "active" and life.ticket.assignee == "L0001"


def test_who_did_not_claim_it_gives_no_opinion() -> None:
    life = passed_on()
    assert refusal(life.do, opinion, QIAN, ID, "意见").code == "conflict"
    life.do(claim, QIAN, ID)
    assert refusal(life.do, opinion, HAN, ID, "意见").code == "conflict"


def test_the_clock_goes_on_meanwhile() -> None:
    before = met().ticket
    assert passed_on().ticket.answer_due_at == before.answer_due_at
