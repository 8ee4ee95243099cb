"""Article 26: a lawyer asks the platform to pass a hard question on to the panel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatserver.rules.articles import Refused
from chatserver.rules.audience import PERMITTED
from chatserver.rules.events_desks import Escalated, Reviewed
from chatserver.rules.experts import NOBODY_TO_ADVISE, answer_directly, claim, escalate, opinion
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
        refused = refusal(life.do, claim, expert, ID)
        assert (refused.code, refused.details) == ("conflict", {"state": "claimed"})


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


def late_and_held_by_nobody(kind: str) -> Life:
    life = Life().open(kind=kind)
    life.later(timedelta(seconds=life.ticket.answer_within)).until_quiet()
    life.do(claim, QIAN, ID)
    return life


@pytest.mark.parametrize("kind", ["live", "message"])
def test_where_nobody_is_to_be_advised_an_opinion_does_not_take_the_question_off_the_panel(
    kind: str,
) -> None:
    life = late_and_held_by_nobody(kind)
    refused = refusal(life.do, opinion, QIAN, ID, "意见")
    assert (refused.code, refused.message) == ("conflict", NOBODY_TO_ADVISE)
    assert (life.ticket.state, life.ticket.escalation_state) == ("queued", "claimed")
    life.do(answer_directly, QIAN, "e-1", "可以申请仲裁。", ID, "late")
    assert (life.ticket.state, life.ticket.escalation_state) == ("answered", "resolved")


def test_who_takes_it_meanwhile_is_advised() -> None:
    life = late_and_held_by_nobody("live")
    life.offer().accept()
    life.do(opinion, QIAN, ID, "意见")
    assert life.ticket.escalation_how == "opinion"


def standing(refused: Refused) -> str:
    """The state that forbids it: the question's own, whatever the ticket's is."""
    assert refused.code == "conflict"
    return str(refused.details["state"])


def test_who_did_not_claim_it_gives_no_opinion() -> None:
    life = passed_on()
    assert standing(refusal(life.do, opinion, QIAN, ID, "意见")) == "open"
    life.do(claim, QIAN, ID)
    assert standing(refusal(life.do, opinion, HAN, ID, "意见")) == "claimed"
    life.do(opinion, QIAN, ID, "意见")
    assert standing(refusal(life.do, answer_directly, QIAN, "e-1", "可以", ID)) == "resolved"
    life.do(escalate, CHEN, "unclear", "再问")
    assert standing(refusal(life.do, claim, QIAN, ID)) == "resolved", "of the first, not the second"


def test_the_clock_goes_on_meanwhile() -> None:
    before = met().ticket
    assert passed_on().ticket.answer_due_at == before.answer_due_at
