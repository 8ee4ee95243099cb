"""Article 27: a suggestion is settled in time, or goes back to the panel; an opinion before any answer too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatserver.rules.audience import PERMITTED
from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Event
from chatserver.rules.events_desks import Escalated, Reviewed, ReviewSettled
from chatserver.rules.events_panel import ReviewLapsed
from chatserver.rules.events_talk import Corrected, Noticed
from chatserver.rules.experts import answer_directly, claim, escalate, opinion
from chatserver.rules.policy import FIRST_LADDER, LADDERS, REVIEW_SHARE
from chatserver.rules.reviewing import correct, drawn, low, panel_has, settle, suggest
from tests.extent import extent
from tests.rules.life import CHEN, HAN, LIU, MINUTE, QIAN, WANG, Life, met, refusal

ID = "BJ20261123-000001-1"
PANEL_WITHIN = LADDERS[FIRST_LADDER].panel_within
SETTLE_WITHIN = LADDERS[FIRST_LADDER].settle_within


def suggested(closed: bool = False) -> tuple[Life, int]:
    life = met()
    life.answer()
    seq = life.ticket.last_seq
    if closed:
        life.close()
    life.do(suggest, QIAN, seq, "时效应为一年")
    return life, seq


def lapsed(closed: bool = False) -> tuple[Life, int]:
    life, seq = suggested(closed)
    life.later(SETTLE_WITHIN).until_quiet()
    return life, seq


def test_an_opinion_is_settled_before_any_answer_exists() -> None:
    for how in ("accepted", "contested"):
        life = met()
        life.do(escalate, CHEN, "unclear", "如何？")
        life.do(claim, QIAN, f"{ID}.1")
        life.do(opinion, QIAN, f"{ID}.1", "可以适用")
        assert PERMITTED["settle"](CHEN, life.ticket) and not life.ticket.answers
        assert [a for a in (LIU, WANG, QIAN) if PERMITTED["settle"](a, life.ticket)] == []
        life.do(settle, CHEN, f"{ID}.1.o", how, "另有考虑")
        assert life.ticket.open_reviews == ()
        assert refusal(life.do, settle, CHEN, f"{ID}.1.o", how, "再").code == "conflict"


def test_an_opinion_has_no_time_of_its_own() -> None:
    life = met()
    life.do(escalate, CHEN, "unclear", "如何？")
    life.do(claim, QIAN, f"{ID}.1")
    life.do(opinion, QIAN, f"{ID}.1", "可以适用")
    life.answer()
    life.close()
    assert next_due(life.ticket) is None


def test_a_suggestion_is_its_authors_to_settle_even_when_another_holds_the_ticket() -> None:
    life, _ = suggested()
    life.ask_on()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    assert refusal(life.do, settle, LIU, f"{ID}.r1", "accepted").code == "not_found"
    life.do(settle, CHEN, f"{ID}.r1", "contested", "理由")


def test_what_was_settled_is_not_settled_again() -> None:
    life, _ = suggested()
    life.do(settle, CHEN, f"{ID}.r1", "contested", "不同意")
    assert refusal(life.do, settle, CHEN, f"{ID}.r1", "accepted").code == "conflict"
    assert refusal(life.do, settle, CHEN, f"{ID}.r9", "accepted").code == "conflict"


def test_it_is_contested_with_a_reason_or_without_and_never_with_a_blank_one() -> None:
    life, _ = suggested()
    assert refusal(life.do, settle, CHEN, f"{ID}.r1", "contested", " ").code == "invalid"
    settled = life.do(settle, CHEN, f"{ID}.r1", "contested")
    assert settled == [ReviewSettled(f"{ID}.r1", "L0001", "contested")]


@pytest.mark.parametrize("closed", [False, True])
def test_an_accepted_one_is_done_with_its_correction_and_not_before(closed: bool) -> None:
    life, seq = suggested(closed=True)
    life.do(settle, CHEN, f"{ID}.r1", "accepted")
    assert [one.state for one in life.ticket.open_reviews] == ["accepted"]
    assert next_due(life.ticket) == life.now + SETTLE_WITHIN
    life.do(correct, CHEN, "c", "更正后的解答", seq, "引用有误")
    assert life.ticket.open_reviews == () and next_due(life.ticket) is None


def test_a_correction_accepts_what_was_suggested_about_it() -> None:
    life, seq = suggested()
    settled, said, told = life.do(correct, CHEN, "c", "更正后的解答", seq, "引用有误")
    assert settled == ReviewSettled(f"{ID}.r1", "L0001", "accepted")
    assert isinstance(said, Corrected) and isinstance(told, Noticed)
    assert life.ticket.open_reviews == ()


def by_an_expert() -> tuple[Life, int]:
    """Qian has answered directly, and Han has suggested something about that."""
    life = met()
    life.do(escalate, CHEN, "unclear", "如何？")
    life.do(claim, QIAN, f"{ID}.1")
    said = life.do(answer_directly, QIAN, "e-1", "时效为两年。", f"{ID}.1")
    seq = life.ticket.last_seq
    assert dict(life.ticket.answers)[seq] == "E0001" and said
    life.do(suggest, HAN, seq, "应为一年", "时效为一年。")
    return life, seq


def test_an_experts_own_answer_is_put_right_by_that_expert_and_by_nobody_else() -> None:
    life, seq = by_an_expert()
    id = life.ticket.open_reviews[-1].id
    for other in (CHEN, LIU, HAN):
        assert not PERMITTED["correct"](other, life.ticket)
        assert refusal(life.do, settle, other, id, "accepted").code == "not_found"
        assert refusal(life.do, correct, other, "x", "一年", seq, "有误").code == "invalid"
    assert PERMITTED["correct"](QIAN, life.ticket) and PERMITTED["settle"](QIAN, life.ticket)
    settled, said, told = life.do(correct, QIAN, "c", "时效为一年。", seq, "应为一年")
    assert settled == ReviewSettled(id, "E0001", "accepted")
    assert isinstance(said, Corrected) and (said.by, said.staff_no) == ("expert", "E0001")
    assert isinstance(told, Noticed) and life.ticket.open_reviews == ()


def test_an_expert_contests_what_is_said_of_the_own_answer_and_settles_no_opinion() -> None:
    life, _ = by_an_expert()
    life.do(settle, QIAN, life.ticket.open_reviews[-1].id, "contested", "法条未变")
    assert [one for one in life.ticket.open_reviews if one.seq] == []
    other = met()
    other.do(escalate, CHEN, "unclear", "如何？")
    other.do(claim, QIAN, f"{ID}.1")
    other.do(opinion, QIAN, f"{ID}.1", "可以适用")
    assert refusal(other.do, settle, QIAN, f"{ID}.1.o", "accepted").code == "not_found"


def test_no_expert_looks_at_an_own_answer_even_when_the_citizen_has_asked_on() -> None:
    life, seq = by_an_expert()
    life.later(SETTLE_WITHIN).until_quiet()
    life.ask_on()
    assert life.ticket.escalation_seq == seq and life.ticket.state not in ("answered", "closed")
    again = life.ticket.escalation or ""
    assert refusal(life.do, claim, QIAN, again).code == "forbidden"
    assert refusal(life.do, suggest, QIAN, seq, "再改").code == "forbidden"
    life.do(claim, HAN, again)


def test_a_suggestion_may_bring_the_wording_and_an_empty_one_is_none() -> None:
    life = met()
    life.answer()
    seq = life.ticket.last_seq
    assert refusal(life.do, suggest, QIAN, seq, "有误", " ").code == "invalid"
    [said] = life.do(suggest, QIAN, seq, "有误", "时效为一年。")
    assert isinstance(said, Reviewed) and (said.body, said.wording) == ("有误", "时效为一年。")


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("closed", [False, True])
def test_what_is_not_settled_in_time_goes_back_to_the_panel(closed: bool, accepted: bool) -> None:
    life, seq = suggested(closed)
    if accepted:
        life.do(settle, CHEN, f"{ID}.r1", "accepted")
    life.later(SETTLE_WITHIN - MINUTE)
    assert not [e for e in life.until_quiet() if isinstance(e, ReviewLapsed)]
    life.later(MINUTE)
    events = [e for e in life.until_quiet() if isinstance(e, (ReviewLapsed, Escalated))]
    assert events == [
        ReviewLapsed(f"{ID}.r1", seq),
        Escalated(f"{ID}.1", "review_overdue", due_at=life.now + PANEL_WITHIN, seq=seq),
    ]
    assert refusal(life.do, settle, CHEN, f"{ID}.r1", "accepted").code == "conflict"


@pytest.mark.parametrize("closed", [False, True])
def test_and_an_expert_puts_the_answer_right_under_the_own_number(closed: bool) -> None:
    life, seq = lapsed(closed)
    state = life.ticket.state
    life.do(claim, HAN, f"{ID}.1")
    told: list[Event] = life.do(answer_directly, HAN, "e-1", "时效为一年。", f"{ID}.1")
    [said] = [event for event in told if isinstance(event, Corrected)]
    assert (said.by, said.staff_no, said.corrects) == ("expert", "E0002", seq)
    notices = [event.notice for event in told if isinstance(event, Noticed)]
    assert notices == ["expert_joined", "correction"]
    assert life.ticket.state == state and life.ticket.escalation_state == "resolved"


def test_a_question_that_is_the_panels_already_is_not_passed_on_twice() -> None:
    life, seq = suggested()
    life.do(escalate, CHEN, "unclear", "如何？")
    life.do(claim, HAN, f"{ID}.1")
    life.later(SETTLE_WITHIN)
    events = [e for e in life.until_quiet() if isinstance(e, (ReviewLapsed, Escalated))]
    assert [type(event) for event in events] == [ReviewLapsed]
    assert not panel_has(life.ticket, seq)  # so another expert is to look at it (review_queue)


def test_the_panel_has_an_answer_while_it_is_asked_about_just_that_one() -> None:
    life, seq = lapsed()
    assert panel_has(life.ticket, seq) and not panel_has(life.ticket, seq + 1)
    life.do(claim, HAN, f"{ID}.1")
    assert panel_has(life.ticket, seq)
    life.do(opinion, HAN, f"{ID}.1", "无误")
    assert not panel_has(life.ticket, seq)


def test_a_share_of_all_is_drawn_by_the_records_own_hash() -> None:
    ticket = met().ticket
    some = range(0, 65_536, extent(17, 1))  # a step that has no part in common with a byte
    heads = [bytes([n % 256, n // 256, 0, 0, 0, 0, 0, 0]) + bytes(24) for n in some]
    share = sum(drawn(replace(ticket, head=head)) for head in heads) / len(heads)
    assert abs(share - REVIEW_SHARE) < 0.005


def test_low_is_what_tells_of_a_fault() -> None:
    assert low(False, None) and low(False, 5) and low(True, 1) and low(True, 2)
    assert not low(True, 3) and not low(True, None)
