"""Article 26: the panel is for what is hard; it sends back what is not, once, and is asked only so often a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chatserver.rules.audience import rooms
from chatserver.rules.events_desks import EscalationResolved, Noted
from chatserver.rules.experts import claim, day_of, escalate
from chatserver.rules.panel import bounce, offer
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import PANEL_ASKED_A_DAY
from tests.rules.life import CHEN, HAN, MINUTE, QIAN, START, Life, met, refusal

ID = "BJ20261123-000001-1"
WHY = "第三十条已有明确规定。"


def asked() -> Life:
    life = met()
    life.do(escalate, CHEN, "unclear", "如何适用？")
    return life


def bounced() -> Life:
    life = asked()
    life.do(claim, QIAN, f"{ID}.1")
    life.do(bounce, QIAN, f"{ID}.1", WHY)
    return life


def test_what_is_not_hard_goes_back_to_the_lawyer_with_the_reason_and_the_clock_runs_on() -> None:
    life = asked()
    before = life.ticket.answer_due_at
    life.do(claim, QIAN, f"{ID}.1")
    done, told = life.do(bounce, QIAN, f"{ID}.1", WHY)
    assert done == EscalationResolved(f"{ID}.1", "E0001", "bounced")
    assert told == Noted(1, "E0001", "bounced", WHY)
    assert "staff:L0001" in rooms(life.ticket, told)
    assert not any(room.startswith("citizen") for room in rooms(life.ticket, told))
    now = life.ticket
    assert (now.escalation_state, now.assignee, now.answer_due_at) == ("resolved", "L0001", before)


def test_who_is_asked_may_send_it_back_without_claiming_it_and_nobody_else() -> None:
    life = asked()
    life.do(offer, SYSTEM, f"{ID}.1", "E0001", MINUTE)
    assert refusal(life.do, bounce, HAN, f"{ID}.1", WHY).code == "conflict"
    assert refusal(life.do, bounce, QIAN, f"{ID}.1", "  ").code == "invalid"
    life.do(bounce, QIAN, f"{ID}.1", WHY)
    assert life.ticket.panel_offered_to is None


def test_what_is_asked_again_is_not_sent_back_again() -> None:
    life = bounced()
    life.do(escalate, CHEN, "unclear", "第三十条的但书如何适用？")
    life.do(claim, HAN, f"{ID}.2")
    assert refusal(life.do, bounce, HAN, f"{ID}.2", WHY).code == "conflict"


def test_a_new_question_of_the_citizens_may_be_sent_back_again() -> None:
    life = bounced()
    life.answer()
    life.ask_on()
    life.do(escalate, CHEN, "unclear", "另一个问题？")
    life.do(claim, HAN, f"{ID}.2")
    assert life.do(bounce, HAN, f"{ID}.2", WHY)


def test_what_a_clock_has_passed_on_is_nobodys_to_send_back() -> None:
    life = Life().open().later(60 * MINUTE)
    life.until_quiet()
    life.do(claim, QIAN, f"{ID}.1")
    assert refusal(life.do, bounce, QIAN, f"{ID}.1", WHY).code == "conflict"


@pytest.mark.parametrize("more", [0, 5])
def test_a_lawyer_asks_the_panel_only_so_often_a_day(more: int) -> None:
    life = met()
    refused = refusal(
        life.do, escalate, CHEN, "unclear", "如何？", asked_today=PANEL_ASKED_A_DAY + more
    )
    assert (refused.code, refused.article) == ("rate_limited", 26)
    assert refused.details == {"retry_after_s": 14 * 3600 + 1}
    assert life.do(escalate, CHEN, "unclear", "如何？", asked_today=PANEL_ASKED_A_DAY - 1)


def test_the_day_is_that_of_beijing() -> None:
    assert day_of(START) == datetime(2026, 11, 22, 16, tzinfo=UTC)
