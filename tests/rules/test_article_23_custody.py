"""Article 23: whose a delay is, by who held the ticket for how long while its clock ran."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatserver.rules import backstage, callback, experts, feedback, panel, promising
from chatserver.rules.events_desks import Lapsed
from chatserver.rules.workdays import Calendar
from tests.rules.life import CHEN, LIU, MINUTE, QIAN, START, WANG, Life, met

HOUR = timedelta(hours=1)


def ran_out(life: Life, at: timedelta = HOUR) -> Lapsed:
    life.now = START + at
    [lapsed] = [event for event in life.until_quiet() if isinstance(event, Lapsed)]
    return lapsed


def passed_on(life: Life, to: str | None = None) -> Life:
    life.do(backstage.transfer, CHEN, to, None, None, MINUTE)
    return life


def escalated(life: Life) -> Life:
    life.do(experts.escalate, CHEN, "unclear", "如何？")
    life.do(experts.claim, QIAN, life.ticket.escalation)
    return life


def test_giving_a_ticket_away_at_the_last_minute_gives_no_delay_away() -> None:
    life = passed_on(met().later(59 * MINUTE))
    lapsed = ran_out(life)
    assert (lapsed.staff_no, lapsed.answerable, lapsed.blamed) == (None, False, ("L0001",))
    assert life.ticket.owing == ("L0001",)
    life.do(promising.explain_delay, CHEN, "why-1", "我在核对当年的规定。")
    assert life.ticket.owing == ()


def test_who_was_given_it_at_minute_59_is_asked_since_they_hold_it_and_not_blamed() -> None:
    life = passed_on(met().later(59 * MINUTE), "L0002")
    life.accept(LIU)
    lapsed = ran_out(life)
    assert (lapsed.staff_no, lapsed.held_s, lapsed.answerable) == ("L0002", 60, False)
    assert lapsed.blamed == lapsed.theirs == ("L0001",)
    # The holder is who the citizen hears from; whose delay it is, is another question.
    assert life.ticket.owing == lapsed.asked == ("L0001", "L0002")
    life.do(promising.explain_delay, LIU, "why-2", "我刚刚接手，正在看您的材料。")
    assert life.ticket.owing == ("L0001",)


def test_whoever_lost_the_line_after_a_fair_share_is_asked_with_the_next() -> None:
    life = met().later(30 * MINUTE)
    life.hand_over()
    life.offer(LIU).accept(LIU)
    assert ran_out(life).blamed == life.ticket.owing == ("L0001", "L0002")


def test_short_spans_add_up() -> None:
    life = met().later(10 * MINUTE)
    life.hand_over()
    life.later(30 * MINUTE).offer().accept()
    lapsed = ran_out(life)
    assert (lapsed.held_s, lapsed.blamed) == (30 * 60, ("L0001",))
    twice = met().later(10 * MINUTE)
    twice.hand_over()
    twice.later(44 * MINUTE).offer().accept()
    assert ran_out(twice).blamed == ("L0001",)


def test_the_time_for_which_an_expert_sits_on_a_claim_is_not_the_lawyers() -> None:
    life = escalated(met().later(2 * MINUTE))
    lapsed = ran_out(life)
    assert (lapsed.staff_no, lapsed.held_s, lapsed.answerable) == ("L0001", 120, False)
    assert lapsed.blamed == () and life.ticket.owing == ("L0001",)


@pytest.mark.parametrize("opinion", [True, False])
def test_it_is_the_lawyers_again_when_the_expert_is_done_or_gives_it_back(opinion: bool) -> None:
    life = escalated(met().later(2 * MINUTE)).later(8 * MINUTE)
    if opinion:
        life.do(experts.opinion, QIAN, life.ticket.escalation, "意见")
    else:
        life.do(panel.pass_on, QIAN, life.ticket.escalation)
    lapsed = ran_out(life)
    assert (lapsed.held_s, lapsed.blamed) == (52 * 60, ("L0001",))


def test_while_nobody_has_claimed_it_the_panels_question_is_still_the_lawyers() -> None:
    life = met().later(2 * MINUTE)
    life.do(experts.escalate, CHEN, "unclear", "如何？")
    assert ran_out(life).blamed == ("L0001",)


def test_time_in_which_the_citizen_was_asked_counts_for_nobody() -> None:
    life = Life().open().later(50 * MINUTE).offer()
    life.accept()
    life.later(MINUTE).do(promising.ask, CHEN, "ask-1", "何时入职？")
    life.later(3 * HOUR).ask_on()
    lapsed = ran_out(life, 4 * HOUR)
    assert (lapsed.held_s, lapsed.blamed) == (10 * 60, ())


def test_each_clock_has_a_custody_of_its_own() -> None:
    life = met().later(50 * MINUTE)
    life.answer()
    life.later(MINUTE).ask_on()
    life.hand_over()
    life.later(30 * MINUTE).offer(LIU).accept(LIU)
    lapsed = ran_out(life, HOUR + 51 * MINUTE)
    assert (lapsed.staff_no, lapsed.blamed) == ("L0002", ("L0002",))


def test_a_promise_is_its_givers_and_of_who_keeps_it() -> None:
    life = met().later(50 * MINUTE)
    life.do(promising.schedule, CHEN, START + 10 * HOUR, "要查规定")
    life.later(HOUR)
    passed_on(life, "L0002").accept(LIU)
    lapsed = ran_out(life, 10 * HOUR)
    assert lapsed.clock == "live_answer" and lapsed.blamed == ("L0002",)


def test_hours_without_a_server_are_nobodys_custody() -> None:
    life = Life().open().later(59 * MINUTE).offer()
    life.accept()
    assert ran_out(life, 9 * HOUR).held_s == 60


@pytest.mark.parametrize(("who", "blamed"), [("same", ("L0001",)), ("another", ()), ("expert", ())])
def test_who_may_not_call_back_is_neither_blamed_nor_asked_that_nobody_did(
    who: str, blamed: object
) -> None:
    life = met()
    life.answer()
    life.close()
    life.do(feedback.rate, WANG, False, calendar=Calendar())
    due = life.ticket.callback_due_at
    assert due is not None
    life.do(callback.choose, WANG, due - HOUR, who)
    lapsed = ran_out(life, due - START)
    assert lapsed.blamed == lapsed.asked == blamed


def test_a_line_of_talk_leaves_custody_alone() -> None:
    life = met().later(MINUTE)
    before = life.ticket
    life.say()
    life.ask_on()
    assert life.ticket.custody is before.custody
    assert life.ticket.custody_from == before.custody_from == START


def test_a_record_from_before_custody_was_kept_asks_its_holder() -> None:
    assert Lapsed("live_answer", "L0001", 3600, True).asked == ("L0001",)
    assert Lapsed("live_answer", None, 0, False).asked == ()
    older = Lapsed("live_answer", "L0002", 60, False, ("L0001",))
    assert older.asked == older.theirs == ("L0001",)
