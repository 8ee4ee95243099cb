"""Article 7: the panel guides and supervises; nobody looks at an own answer."""

from __future__ import annotations

from chatserver.rules.audience import PERMITTED, visible_to
from chatserver.rules.audience_panel import Hand
from chatserver.rules.events_desks import ReviewSettled
from chatserver.rules.experts import answer_directly, claim, escalate
from chatserver.rules.reviewing import pass_review, suggest
from tests.rules.life import CHEN, HAN, LIU, QIAN, WANG, Life, met, refusal

ID = "BJ20261123-000001-1.1"


def answered_by_an_expert() -> Life:
    life = met()
    life.do(escalate, CHEN, "unclear", "如何适用？")
    life.do(claim, QIAN, ID)
    life.do(answer_directly, QIAN, "e-1", "解答", ID)
    return life


def test_an_answer_is_looked_at_and_let_stand() -> None:
    life = met()
    life.answer()
    [passed] = life.do(pass_review, QIAN)
    assert isinstance(passed, ReviewSettled) and passed.how == "passed" and not passed.visible


def test_no_expert_judges_an_own_answer() -> None:
    life = answered_by_an_expert()
    seq = life.ticket.answers[-1][0]
    assert refusal(life.do, pass_review, QIAN).code == "forbidden"
    assert refusal(life.do, suggest, QIAN, seq, "应改").code == "forbidden"
    assert life.do(suggest, HAN, seq, "应改") and life.do(pass_review, HAN)


def test_no_expert_claims_what_they_answered() -> None:
    life = answered_by_an_expert()
    life.do(escalate, CHEN, "disputed", "再问")
    assert refusal(life.do, claim, QIAN, life.ticket.escalation or "").code == "forbidden"
    life.do(claim, HAN, life.ticket.escalation or "")


def test_what_is_asked_on_after_an_own_answer_may_be_claimed_again() -> None:
    life = answered_by_an_expert()
    life.ask_on()
    life.do(escalate, CHEN, "unclear", "还有一问")
    id = life.ticket.escalation or ""
    life.do(claim, QIAN, id)
    assert life.do(answer_directly, QIAN, "e-2", "再答", id)


def test_what_is_answered_is_the_panels_to_judge_and_read_only_while_it_is_looked_at() -> None:
    life = met()
    life.answer()
    assert visible_to(QIAN, life.ticket) is None
    assert visible_to(QIAN, life.ticket, Hand(waits=True)) == life.ticket.last_seq
    assert [a for a in (QIAN, CHEN, LIU, WANG) if PERMITTED["panel"](a, life.ticket)] == [QIAN]


def test_an_own_answer_is_not_reviewed_while_the_talk_goes_on_either() -> None:
    life = answered_by_an_expert()
    seq = life.ticket.answers[-1][0]
    life.ask_on()
    assert life.ticket.state == "active"
    assert refusal(life.do, pass_review, QIAN).code == "forbidden"
    assert refusal(life.do, suggest, QIAN, seq, "应改").code == "forbidden"
    assert life.do(suggest, HAN, seq, "应改")
