"""Article 26: the platform passes a question on: to one expert after the other, by field and rota."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.rules.audience import PERMITTED, rooms
from chatserver.rules.audience_panel import may_have
from chatserver.rules.callback import begin
from chatserver.rules.deadlines import next_due
from chatserver.rules.events_desks import Warned
from chatserver.rules.events_panel import EscalationOffered, EscalationPassed
from chatserver.rules.experts import answer_directly, claim, escalate, opinion
from chatserver.rules.ladder import panel_due
from chatserver.rules.panel import OnCall, assign, offer, pass_on, shift
from chatserver.rules.people import SYSTEM, Expert
from chatserver.rules.policy import FIRST_LADDER, LADDERS, PANEL_ASKED_AGAIN_AFTER
from chatserver.rules.ticket import Ticket
from tests.rules.life import CHEN, HAN, LIU, MINUTE, QIAN, START, Life, met, refusal

ID = "BJ20261123-000001-1.1"
PANEL_WITHIN = LADDERS[FIRST_LADDER].panel_within
TIMEOUT = timedelta(minutes=2)


def on_call(expert: Expert, **more: object) -> OnCall:
    usual: dict[str, object] = {
        "skills": frozenset(),
        "capacity": 5,
        "load": 0,
        "on_rota": False,
        "claimed_at": None,
    }
    return OnCall(expert, **(usual | more))


def passed_on() -> Life:
    life = met()
    life.do(escalate, CHEN, "no_rule", "有无规定？")
    return life


def offered(life: Life, expert: Expert = QIAN) -> Life:
    life.do(offer, SYSTEM, life.ticket.escalation or "", expert.staff_no, TIMEOUT)
    return life


def chosen(ticket: Ticket, *experts: OnCall, after: timedelta = timedelta()) -> str | None:
    pairs = assign([ticket], experts, START + after)
    return pairs[0][1] if pairs else None


def test_one_is_asked_and_the_offer_is_a_clock_of_the_ticket() -> None:
    life = offered(passed_on())
    assert life.events[-1] == EscalationOffered(ID, "E0001", START + TIMEOUT)
    assert next_due(life.ticket) == START + TIMEOUT
    assert life.ticket.escalation_state == "open"


def test_whom_the_panel_asks_no_citizen_and_no_lawyer_hears() -> None:
    life = offered(passed_on())
    assert rooms(life.ticket, life.events[-1]) == ["staff:E0001"]
    life.do(pass_on, QIAN, ID)
    assert rooms(life.ticket, life.events[-1]) == ["staff:E0001"]


def test_there_is_one_offer_at_a_time_and_none_of_what_went_another_way() -> None:
    life = offered(passed_on())
    assert life.do(offer, SYSTEM, ID, "E0002", TIMEOUT) == []
    life.do(claim, HAN, ID)
    assert life.do(offer, SYSTEM, ID, "E0002", TIMEOUT) == []


def test_an_offer_bars_nobody_and_ends_with_anothers_claim() -> None:
    life = offered(passed_on())
    life.do(claim, HAN, ID)
    assert life.ticket.escalated_to == "E0002" and life.ticket.panel_offered_to is None
    assert next_due(life.ticket) != START + TIMEOUT
    assert refusal(life.do, pass_on, QIAN, ID).code == "conflict"


def test_passed_on_with_a_reason_or_without() -> None:
    life = offered(passed_on())
    assert life.do(pass_on, QIAN, ID, "不属我的领域") == [
        EscalationPassed(ID, "E0001", "passed", "不属我的领域")
    ]
    assert life.ticket.panel_offered_to is None and life.ticket.panel_passed == ("E0001",)
    assert refusal(offered(life, HAN).do, pass_on, HAN, ID, " ").code == "invalid"


@pytest.mark.parametrize("expert", [QIAN, HAN])
def test_what_was_not_offered_cannot_be_passed_on(expert: Expert) -> None:
    life = passed_on() if expert is QIAN else offered(passed_on())
    assert refusal(life.do, pass_on, expert, ID).code == "conflict"


def test_an_offer_that_nobody_answers_goes_on_by_itself_and_never_early() -> None:
    life = offered(passed_on())
    life.later(TIMEOUT - timedelta(microseconds=1))
    assert life.lapse() == []
    life.later(timedelta(microseconds=1))
    assert life.lapse() == [EscalationPassed(ID, "E0001", "missed")]


def test_whoever_claimed_it_may_give_it_back_and_the_citizen_sees_that() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    [returned] = life.do(pass_on, QIAN, ID)
    assert (life.ticket.escalation_state, life.ticket.escalated_to) == ("open", None)
    assert "citizen:wang" in rooms(life.ticket, returned)
    life.do(claim, HAN, ID)


def test_nobody_is_asked_twice_before_all_were() -> None:
    life = passed_on()
    here = on_call(QIAN), on_call(HAN)
    for _ in range(2):
        no = chosen(life.ticket, *here)
        assert no is not None and no not in life.ticket.panel_passed
        offered(life, QIAN if no == "E0001" else HAN)
        life.later(TIMEOUT).lapse()
    assert chosen(life.ticket, *here, after=life.now - START) is None
    again = life.now - START + PANEL_ASKED_AGAIN_AFTER
    assert chosen(life.ticket, *here, after=again) == "E0001"
    offered(life.later(PANEL_ASKED_AGAIN_AFTER))
    assert life.ticket.panel_passed == ()


def test_the_field_decides_and_the_rota_goes_first() -> None:
    ticket = passed_on().ticket
    family, labour = frozenset({"family"}), frozenset({"labour"})
    assert chosen(ticket, on_call(QIAN, skills=family)) is None
    assert chosen(ticket, on_call(QIAN, skills=family), on_call(HAN, skills=labour)) == "E0002"
    assert chosen(ticket, on_call(QIAN), on_call(HAN, on_rota=True)) == "E0002"
    passed = replace(ticket, panel_passed=("E0002",))
    assert chosen(passed, on_call(QIAN), on_call(HAN, on_rota=True)) == "E0001"


def test_the_fewest_open_claims_come_first_and_a_full_desk_gets_nothing() -> None:
    ticket = passed_on().ticket
    assert chosen(ticket, on_call(QIAN, load=2), on_call(HAN, load=1)) == "E0002"
    assert chosen(ticket, on_call(QIAN, load=5)) is None
    lately = on_call(QIAN, claimed_at=START)
    assert chosen(ticket, lately, on_call(HAN, claimed_at=START - MINUTE)) == "E0002"


def test_a_late_answer_takes_an_unclaimed_question_off_the_panels_desk() -> None:
    life = Life().open().offer()
    life.accept()
    life.ask_on()
    life.later(60 * MINUTE).until_quiet()
    offered(life)
    life.answer()
    assert life.ticket.escalation_state == "resolved" and life.ticket.panel_offered_to is None


def test_a_question_that_the_lawyer_asked_outlives_the_answer_but_not_the_end() -> None:
    life = offered(passed_on())
    life.later(MINUTE).answer()
    assert life.ticket.escalation_state == "open"
    assert panel_due(life.ticket) == life.now + PANEL_WITHIN
    life.close()
    assert life.ticket.escalation_state == "resolved" and life.ticket.panel_offered_to is None
    assert life.ticket.escalation_due_at is None


def test_who_is_still_not_satisfied_is_answered_by_an_expert_even_after_the_end() -> None:
    life = met()
    life.answer()
    life.rate(False)
    life.do(begin, CHEN)
    life.answer(id="a-2")
    life.close()
    life.rate(False)
    assert (life.ticket.escalation_state, life.ticket.escalation_reason) == ("open", "callback")
    life.do(claim, QIAN, life.ticket.escalation or "")
    life.do(answer_directly, QIAN, "e-1", "解答", life.ticket.escalation or "")
    assert life.ticket.state == "answered"


HOUSE, OTHER = "示范律师事务所", "另一机构"


def test_the_own_house_is_kept_out_of_lists_offers_and_claims() -> None:
    life = Life().open().offer()
    life.accept(replace(CHEN, institution=HOUSE))
    life.do(escalate, CHEN, "unclear", "如何？")
    own, other = replace(QIAN, institution=HOUSE), replace(HAN, institution=OTHER)
    assert not may_have(own, life.ticket) and may_have(other, life.ticket)
    assert not PERMITTED["panel"](own, life.ticket)  # not_found: no part in it, so no news of it
    assert chosen(life.ticket, on_call(own)) is None
    assert chosen(life.ticket, on_call(own), on_call(other, load=4)) == "E0002"
    assert refusal(life.do, claim, own, ID).code == "forbidden"
    life.do(claim, other, ID)
    life.do(opinion, other, ID, "意见")


def test_a_former_holders_house_is_kept_out_too() -> None:
    life = Life().open().offer()
    life.accept(replace(CHEN, institution=HOUSE))
    life.hand_over()
    life.offer(LIU).accept(replace(LIU, institution=OTHER))
    assert life.ticket.institutions == (HOUSE, OTHER)


SPANS = st.integers(-5, 40).map(lambda days: START + timedelta(days=days))


@given(SPANS, SPANS)
def test_a_shift_is_a_span_that_is_not_over_and_not_endless(a: object, b: object) -> None:
    starts, ends = a, b
    good = starts < ends and ends > START and ends - starts <= timedelta(days=31)
    if good:
        shift(START, starts, ends)
    else:
        assert refusal(shift, START, starts, ends).code == "invalid"


def test_until_when_is_told_in_every_state() -> None:
    """The ticket's own clock; late, the call of the operator; without a clock, the panel's own time."""
    life = met()
    life.ask_on()
    life.do(escalate, CHEN, "unclear", "如何？")
    assert panel_due(life.ticket) == life.ticket.answer_due_at
    life.later(60 * MINUTE).until_quiet()
    assert panel_due(life.ticket) == START + 90 * MINUTE
    life.later(30 * MINUTE).until_quiet()
    assert panel_due(life.ticket) is None  # the operator on duty has it now

    life = met()
    life.answer()
    life.rate(False)
    life.do(begin, CHEN)
    life.answer(id="a-2")
    life.close()
    life.rate(False)
    due = panel_due(life.ticket)
    assert due == life.now + PANEL_WITHIN == next_due(life.ticket)
    life.later(PANEL_WITHIN)
    [warned] = life.until_quiet()
    assert isinstance(warned, Warned) and (warned.rung, warned.clock) == ("operator", "panel")
    assert panel_due(life.ticket) is None and next_due(life.ticket) is None


def told_until(life: Life) -> None:
    """The citizen is told the panel's own time; at its end the operator on duty is called, once."""
    due = life.ticket.escalation_due_at
    assert due == panel_due(life.ticket) == life.now + PANEL_WITHIN
    life.later(PANEL_WITHIN)
    called = [event for event in life.until_quiet() if isinstance(event, Warned)]
    assert [(one.rung, one.clock, one.due_at) for one in called] == [("operator", "panel", due)]
    assert life.ticket.escalation_state in ("open", "claimed") and panel_due(life.ticket) is None


@pytest.mark.parametrize("kind", ["live", "message"])
def test_what_is_asked_after_the_answer_has_the_panels_own_time(kind: str) -> None:
    life = Life().open(kind=kind)
    life.claim() if kind == "message" else life.offer().accept()
    life.answer()
    life.later(MINUTE).do(escalate, CHEN, "unclear", "如何？")
    life.do(claim, QIAN, ID)
    told_until(life)


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_what_an_expert_has_claimed_has_a_time_when_the_clock_has_stopped(
    late: bool, ended: bool
) -> None:
    life = met()
    if late:
        life.ask_on()
        life.later(95 * MINUTE).until_quiet()
    else:
        life.do(escalate, CHEN, "unclear", "如何？")
    life.do(claim, QIAN, ID)
    life.later(MINUTE).answer()
    if ended:
        life.close()
    told_until(life)


def test_a_claimed_question_has_a_time_when_an_unanswered_talk_is_withdrawn() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    life.later(MINUTE).withdraw()
    told_until(life)


def test_while_a_call_back_is_owed_its_clock_tells_until_when_and_then_the_panels() -> None:
    life = met()
    life.answer()
    life.rate(False)
    life.do(escalate, CHEN, "unclear", "如何？")
    life.do(claim, QIAN, ID)
    assert life.ticket.escalation_due_at is None
    assert panel_due(life.ticket) == life.ticket.callback_due_at
    life.do(begin, CHEN)
    life.later(MINUTE).answer(id="a-2")
    assert life.ticket.callback == "done"
    told_until(life)


def test_an_answer_and_the_end_put_the_panels_time_off_no_further() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    life.answer()
    due = panel_due(life.ticket)
    life.later(MINUTE).answer(id="a-2")
    life.later(MINUTE).close()
    assert panel_due(life.ticket) == due
    life.later(PANEL_WITHIN).until_quiet()
    assert panel_due(life.ticket) is None and next_due(life.ticket) is None


def test_a_settled_question_has_no_time_left_and_tells_how() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    life.do(opinion, QIAN, ID, "意见")
    assert (life.ticket.escalation_how, life.ticket.escalation_due_at) == ("opinion", None)
    life.answer()
    life.ask_on()
    assert life.ticket.escalation_how is None  # another question


def test_a_question_given_back_after_the_end_of_the_talk_is_settled() -> None:
    life = passed_on()
    life.do(claim, QIAN, ID)
    life.answer()
    life.close()
    life.do(pass_on, QIAN, ID)
    assert (life.ticket.state, life.ticket.escalation_state) == ("closed", "resolved")
    assert life.ticket.escalated_to is None
