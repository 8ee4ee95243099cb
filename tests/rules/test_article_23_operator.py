"""Articles 23, 25 and 26: a question that stands still is freed by the operator on duty, who hears nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatserver.rules.audience import PERMITTED, rooms, visible_to
from chatserver.rules.events_desks import BroughtForward
from chatserver.rules.events_panel import EscalationPassed
from chatserver.rules.events_talk import HandedOver, Offered, OfferEnded
from chatserver.rules.experts import answer_directly, claim, escalate
from chatserver.rules.operating import find_lawyer, queues, release, stuck
from chatserver.rules.panel import assign
from chatserver.rules.people import Staff
from tests.rules.life import CHEN, FENG, HAN, HUANG, LIU, MINUTE, QIAN, WANG, Life, met, refusal
from tests.rules.test_article_26_offers import ID, on_call

HOUR = timedelta(hours=1)


def claimed() -> Life:
    life = met()
    life.do(escalate, CHEN, "no_rule", "有无规定？")
    life.do(claim, QIAN, ID)
    return life


def late(life: Life) -> Life:
    life.later(life.figures.live_answer_within).until_quiet()
    return life


@pytest.mark.parametrize("action", ["standing", "release", "find_lawyer"])
def test_only_the_operator_on_duty_is_called(action: str) -> None:
    editor = Staff("x", "S0009", "editor")
    for actor in (WANG, CHEN, LIU, QIAN, HUANG, editor):
        assert not PERMITTED[action](actor, claimed().ticket)
    assert PERMITTED[action](FENG, claimed().ticket)


def test_how_it_stands_is_all_that_the_operator_hears() -> None:
    life = late(met())
    assert PERMITTED["standing"](FENG, life.ticket)
    assert visible_to(FENG, life.ticket) is None and not PERMITTED["see"](FENG, life.ticket)


def test_a_claim_that_was_left_is_ended_and_the_others_are_asked_first() -> None:
    life = claimed()
    [passed] = life.do(release, FENG, "E0001", "下班未处理")
    assert passed == EscalationPassed(ID, "E0001", "released", "下班未处理")
    assert (life.ticket.escalation_state, life.ticket.escalated_to) == ("open", None)
    assert {"citizen:wang", "staff:L0001", "staff:E0001"} <= set(rooms(life.ticket, passed))
    both = [on_call(QIAN), on_call(HAN, load=3)]
    assert assign([life.ticket], both, life.now) == [(life.ticket, "E0002")]
    life.do(claim, HAN, ID)
    assert refusal(life.do, answer_directly, QIAN, "x-1", "可以", ID).code == "conflict"


def test_nobody_is_released_who_has_not_claimed_it() -> None:
    life = claimed()
    assert refusal(life.do, release, FENG, "E0002").code == "conflict"
    life.do(release, FENG, "E0001")
    assert refusal(life.do, release, FENG, "E0001").code == "conflict"
    assert refusal(claimed().do, release, FENG, "E0001", " ").code == "invalid"


def test_what_nobody_holds_is_offered_to_the_lawyer_that_the_operator_chose() -> None:
    life = Life().open().offer(LIU)
    ended, forward, offered = life.do(find_lawyer, FENG, "L0001", MINUTE)
    assert ended == OfferEnded("L0002", "withdrawn") and forward == BroughtForward()
    assert offered == Offered("L0001", life.now + MINUTE)
    life.accept(CHEN)
    assert life.ticket.assignee == "L0001"


def test_who_does_not_accept_leaves_it_at_the_head_of_the_queue() -> None:
    life = Life().open()
    life.do(find_lawyer, FENG, "L0001", MINUTE)
    life.later(MINUTE).lapse()
    assert (life.ticket.state, life.ticket.offered_to, life.ticket.front) == ("queued", None, True)


def test_without_a_lawyer_it_goes_to_the_head_and_everyone_is_asked_anew() -> None:
    life = Life().open().offer(LIU)
    life.decline(LIU)
    life.do(find_lawyer, FENG, None, MINUTE)
    assert life.ticket.front and life.ticket.passed_by == ()


def test_a_late_question_is_taken_from_a_holder_who_does_not_answer() -> None:
    life = late(met())
    due = life.ticket.answer_due_at
    _, over, offered = life.do(find_lawyer, FENG, "L0002", MINUTE)
    assert over == HandedOver("L0001", "operator") and life.talk[-1] == "transferred"
    assert offered == Offered("L0002", life.now + MINUTE)
    assert (life.ticket.state, life.ticket.front, life.ticket.answer_due_at) == (
        "queued",
        True,
        due,
    )
    assert life.ticket.owing == ("L0001",), "the delay stays to be explained by whose it was"


def test_nobody_loses_what_is_in_time_answered_or_waits_for_the_citizen() -> None:
    life = met()
    assert refusal(life.do, find_lawyer, FENG, "L0002", MINUTE).code == "conflict"
    life.answer()
    assert refusal(life.do, find_lawyer, FENG, "L0002", MINUTE).code == "conflict"
    assert not stuck(life.ticket)


def test_who_has_it_or_is_being_asked_is_not_asked_again() -> None:
    assert refusal(late(met()).do, find_lawyer, FENG, "L0001", MINUTE).code == "invalid"
    assert refusal(Life().open().offer().do, find_lawyer, FENG, "L0001", MINUTE).code == "invalid"


def test_a_written_message_in_time_has_no_queue_but_may_be_offered() -> None:
    life = Life().open(kind="message")
    assert not queues(life.ticket)
    assert refusal(life.do, find_lawyer, FENG, None, MINUTE).code == "conflict"
    life.do(find_lawyer, FENG, "L0001", MINUTE)
    assert life.ticket.offered_to == "L0001"
