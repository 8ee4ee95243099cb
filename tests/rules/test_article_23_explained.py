"""Article 23: who held a ticket when its clock ran out explains the delay in own words; owed until done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chatserver.rules.audience import PERMITTED
from chatserver.rules.events_talk import DelayExplained, Noticed
from chatserver.rules.promising import explain_delay
from tests.rules.life import CHEN, LIU, QIAN, START, WANG, Life, met, refusal

HOUR = timedelta(hours=1)
WHY = "我在核对当年的规定，比预计的久。"


def late(life: Life | None = None) -> Life:
    life = life or met()
    life.ask_on(f"c-{life.ticket.entry}")
    life.later(HOUR).until_quiet()
    return life


def explained(life: Life, by: Any = CHEN, id: str = "why-1") -> Any:
    return life.do(explain_delay, by, id, WHY)


def test_the_holder_of_a_ticket_that_ran_out_owes_an_explanation() -> None:
    assert met().ticket.owing == ()
    assert late().ticket.owing == ("L0001",)


def test_for_what_nobody_held_nobody_owes_one() -> None:
    assert late(Life().open()).ticket.owing == ()


def test_it_is_a_notice_under_the_lawyers_number_after_the_risk_notice() -> None:
    risk, said = explained(late())
    assert isinstance(risk, Noticed) and risk.notice == "disclaimer"
    assert said == DelayExplained("staff", WHY, "why-1", "L0001", "lawyer")
    assert (said.notice, said.type, said.visible) == ("delay_explained", "notice", True)


def test_an_answer_alone_does_not_explain_and_an_explanation_alone_does_not_answer() -> None:
    life = late()
    life.answer()
    assert life.ticket.owing == ("L0001",)
    life = late()
    explained(life)
    assert life.ticket.owing == () and life.ticket.state == "active"
    assert "lapse" in life.ticket.rungs


def test_it_is_met_once() -> None:
    life = late()
    explained(life)
    assert refusal(explained, life, CHEN, "why-2").code == "conflict"
    assert refusal(explained, met()).code == "conflict"


def test_it_stays_with_who_owes_it_when_the_ticket_goes_on() -> None:
    life = late()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    may = PERMITTED["explain_delay"]
    assert may(CHEN, life.ticket) and not any(may(who, life.ticket) for who in (WANG, QIAN))
    assert refusal(explained, life, LIU).code == "conflict"
    explained(life)
    assert life.ticket.owing == () and not may(CHEN, life.ticket)


def test_two_may_owe_one_each() -> None:
    life = late()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    life.answer(LIU)
    late(life)
    assert life.ticket.owing == ("L0001", "L0002")
    explained(life, LIU)
    assert life.ticket.owing == ("L0001",)


def test_it_may_be_given_when_the_talk_is_over() -> None:
    life = late()
    life.answer()
    life.close()
    explained(life)
    assert life.ticket.state == "closed" and life.ticket.owing == ()


def test_it_moves_no_clock_and_keeps_nobody_waiting() -> None:
    life = late()
    before = life.ticket
    explained(life)
    after = life.ticket
    assert (after.answer_due_at, after.spoke, after.spoke_at) == (
        before.answer_due_at,
        before.spoke,
        before.spoke_at,
    )
    assert before.opened_at == START


def test_a_blank_one_is_none() -> None:
    assert refusal(late().do, explain_delay, CHEN, "why", "  ").code == "invalid"
