"""Article 27: an expert answers directly, suggests, and an answer is put right in the open."""

from __future__ import annotations

from typing import Any

import pytest

from chatserver.rules.audience import PERMITTED, rooms
from chatserver.rules.events_desks import EscalationResolved, Noted, Reviewed, ReviewSettled
from chatserver.rules.events_talk import Answered, Corrected, CorrectionConfirmed, Noticed
from chatserver.rules.experts import GROUNDS, answer_directly, claim, escalate
from chatserver.rules.reviewing import confirm, correct, settle, suggest
from tests.rules.life import CHEN, HAN, LIU, MINUTE, QIAN, WANG, ZHAO, Life, met, refusal

ID = "BJ20261123-000001-1.1"


def claimed(life: Life) -> Life:
    life.do(escalate, CHEN, "unclear", "如何适用？")
    life.do(claim, QIAN, ID)
    return life


def overdue() -> Life:
    """Nobody took it within its hour; the experts have it."""
    life = Life().open().later(60 * MINUTE)
    life.until_quiet()
    life.do(claim, QIAN, ID)
    return life


def answered() -> tuple[Life, int]:
    life = met()
    life.answer()
    return life, life.ticket.last_seq


def test_the_risk_notice_and_the_introduction_come_before_the_experts_answer() -> None:
    life = claimed(met())
    joined, _, risk, said, *_ = life.do(answer_directly, QIAN, "e-1", "解答", ID)
    assert isinstance(risk, Noticed) and risk.notice == "disclaimer"
    assert isinstance(joined, Noticed) and joined.notice == "expert_joined"
    assert isinstance(said, Answered) and (said.by, said.staff_no) == ("expert", "E0001")
    assert (life.ticket.state, life.ticket.assignee) == ("answered", "L0001")
    assert life.ticket.escalation_state == "resolved"


def test_an_open_offer_ends_when_the_expert_answers() -> None:
    life = overdue().offer()
    life.do(answer_directly, QIAN, "e-1", "解答", ID)
    assert life.ticket.state == "answered" and life.ticket.offered_to is None


def test_what_is_asked_on_then_waits_for_a_lawyer() -> None:
    life = overdue()
    life.do(answer_directly, QIAN, "e-1", "解答", ID)
    life.ask_on()
    assert life.ticket.state == "queued" and life.ticket.assignee is None
    life.offer().accept()
    assert life.ticket.state == "active"


def test_an_ended_ticket_is_not_answered() -> None:
    life = claimed(met())
    life.withdraw()
    assert refusal(life.do, answer_directly, QIAN, "e-1", "解答", ID).code == "conflict"


def test_only_who_claimed_it_answers() -> None:
    life = claimed(met())
    assert refusal(life.do, answer_directly, HAN, "e-1", "解答", ID).code == "conflict"


def test_a_suggestion_is_about_an_answer_and_for_its_author_alone() -> None:
    life, seq = answered()
    [reviewed] = life.do(suggest, QIAN, seq, "应当引用第三十条")
    assert isinstance(reviewed, Reviewed) and reviewed.seq == seq and not reviewed.visible
    assert rooms(life.ticket, reviewed) == ["staff:L0001"]
    assert refusal(life.do, suggest, QIAN, 1, "不是解答").code == "invalid"


def test_the_lawyer_accepts_or_contests_with_a_reason() -> None:
    life, seq = answered()
    life.do(suggest, QIAN, seq, "应改")
    id = "BJ20261123-000001-1.r1"
    assert refusal(life.do, settle, CHEN, id, "contested", " ").code == "invalid"
    assert life.do(settle, CHEN, id, "accepted") == [ReviewSettled(id, "L0001", "accepted")]
    life.do(suggest, QIAN, seq, "再改")
    assert life.do(settle, CHEN, id[:-1] + "2", "contested", "不同意")


@pytest.mark.parametrize("closed", [False, True])
def test_a_correction_is_a_new_version_with_its_reason_told(closed: bool) -> None:
    life, seq = answered()
    if closed:
        life.close()
    said, told = life.do(correct, CHEN, "c", "更正后的解答", seq, "引用有误")
    assert isinstance(said, Corrected) and said.corrects == seq and said.type == "answer"
    assert isinstance(told, Noticed) and told.notice == "correction" and "引用有误" in told.body
    assert life.ticket.state == ("closed" if closed else "answered")


def test_only_an_own_answer_is_corrected() -> None:
    life, seq = answered()
    assert not PERMITTED["correct"](LIU, life.ticket)
    assert refusal(life.do, correct, LIU, "c", "更正", seq, "原因").code == "invalid"
    assert refusal(life.do, correct, CHEN, "c", "更正", 1, "原因").code == "invalid"
    assert refusal(life.do, correct, CHEN, "c", "更正", seq, "").code == "invalid"


def test_a_correction_can_be_corrected() -> None:
    life, seq = answered()
    life.do(correct, CHEN, "c", "更正", seq, "原因")
    life.do(correct, CHEN, "d", "再更正", life.ticket.last_seq - 1, "又一个原因")


def test_a_former_holder_still_corrects_an_own_answer() -> None:
    life, seq = answered()
    life.ask_on()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    assert PERMITTED["correct"](CHEN, life.ticket)
    assert life.do(correct, CHEN, "c", "更正", seq, "原因")


def test_the_citizen_confirms_a_correction_and_nothing_else() -> None:
    life, seq = answered()
    life.do(correct, CHEN, "c", "更正", seq, "原因")
    by = life.ticket.last_seq - 1
    assert life.do(confirm, WANG, by, {by: None}) == [CorrectionConfirmed(by)]
    assert life.do(confirm, WANG, by, {by: life.now}) == []  # said again it is no news
    assert refusal(life.do, confirm, WANG, seq, {by: None}).code == "invalid"
    assert PERMITTED["confirm"](WANG, life.ticket)
    assert not any(PERMITTED["confirm"](one, life.ticket) for one in (ZHAO, CHEN, QIAN))


def test_why_an_expert_answers_directly_is_on_record_and_told_to_the_lawyer_alone() -> None:
    life = claimed(met())
    *_, done, told = life.do(answer_directly, QIAN, "e", "解答", ID, "lawyer_unreachable")
    assert done == EscalationResolved(ID, "E0001", "answer", "lawyer_unreachable")
    assert told == Noted(1, "E0001", "direct", GROUNDS["lawyer_unreachable"])
    assert not told.visible and "staff:L0001" in rooms(life.ticket, told)
    assert not any(room.startswith("citizen") for room in rooms(life.ticket, told))


@pytest.mark.parametrize(("begun", "ground"), [(met, "asked"), (overdue, "late")])
def test_a_desk_that_names_no_ground_has_that_of_the_question(begun: Any, ground: str) -> None:
    life = claimed(begun()) if begun is met else begun()
    events = life.do(answer_directly, QIAN, "e", "解答", ID)
    assert events[-1] == EscalationResolved(ID, "E0001", "answer", ground)
