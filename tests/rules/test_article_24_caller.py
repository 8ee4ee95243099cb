"""Article 24: a call-back is somebody's at every moment, and who is to make it is who hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatserver.rules.audience import PERMITTED
from chatserver.rules.callback import attempt, begin, choose, take
from chatserver.rules.events_desks import CallbackDone, Warned
from chatserver.rules.experts import answer_directly, claim, opinion
from chatserver.rules.ladder import missed, to_come
from chatserver.rules.promising import ask
from chatserver.rules.workdays import Calendar
from tests.rules.life import CHEN, HAN, LIU, MINUTE, QIAN, WANG, ZHAO, Life, met, refusal

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def unhappy() -> Life:
    life = met()
    life.answer()
    life.rate(False, calendar=Calendar())
    return life


def answered_by_an_expert() -> Life:
    """A live question that nobody took, answered by the panel out of the queue, and rated not satisfied."""
    life = Life().open().later(HOUR)
    life.until_quiet()
    id = life.ticket.escalation or ""
    life.do(claim, QIAN, id)
    life.do(answer_directly, QIAN, "e-1", "专家的解答", id)
    life.rate(False, calendar=Calendar())
    assert life.ticket.assignee is None and life.ticket.callback == "open"
    return life


@pytest.mark.parametrize("who", [None, "same", "another"])
def test_what_an_expert_answered_out_of_the_queue_any_lawyer_takes_from_the_pool(
    who: str | None,
) -> None:
    life = answered_by_an_expert()
    if who is not None:
        life.do(choose, WANG, life.now + DAY, who)
    may = PERMITTED["claim"]
    assert [it for it in (CHEN, LIU, WANG, ZHAO, QIAN) if may(it, life.ticket)] == [CHEN, LIU]
    life.do(take, CHEN)
    assert (life.ticket.assignee, life.ticket.state) == ("L0001", "active")
    assert CallbackDone("answered") in life.answer(id="a-2")


def test_while_an_expert_is_wished_for_it_is_in_no_pool_and_after_the_opinion_it_is() -> None:
    life = answered_by_an_expert()
    life.do(choose, WANG, life.now + DAY, "expert")
    id = life.ticket.escalation or ""
    assert not PERMITTED["claim"](CHEN, life.ticket)
    life.do(claim, HAN, id)
    assert not PERMITTED["claim"](CHEN, life.ticket)
    life.do(opinion, HAN, id, "可以再谈一次。")
    assert PERMITTED["claim"](CHEN, life.ticket)


def test_what_somebody_holds_is_not_in_the_pool() -> None:
    held = unhappy().ticket
    assert not PERMITTED["claim"](LIU, held) and PERMITTED["callback_begin"](CHEN, held)


def test_the_clock_of_a_call_back_may_be_stopped_twice_whatever_was_asked_before_it() -> None:
    life = met()
    for id in ("ask-1", "ask-2"):
        life.do(ask, CHEN, id, "请问何时入职？")
        life.ask_on(f"c-{id}")
    life.answer()
    life.rate(False, calendar=Calendar())
    life.do(begin, CHEN)
    for id in ("ask-3", "ask-4"):
        life.do(ask, CHEN, id, "请问何时离职？")
        life.ask_on(f"c-{id}")
    assert refusal(life.do, ask, CHEN, "ask-5", "还有？").code == "conflict"


def told(life: Life) -> dict[str, str | None]:
    """rung -> who is told by it, until nothing is left to tell."""
    life.now = life.ticket.callback_due_at or life.now
    life.later(10 * DAY).until_quiet()
    return {event.rung: event.staff_no for event in life.events if isinstance(event, Warned)}


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("who", [None, "same"])
def test_the_holder_who_is_to_call_back_is_reminded(who: str | None, closed: bool) -> None:
    life = unhappy()
    if closed:
        life.close()
    if who is not None:
        life.do(choose, WANG, life.now + HOUR, who)
    chosen = {"chosen", "missed"} if who else set()
    assert told(life) == dict.fromkeys({"half", "warn", "operator", *chosen}, "L0001")


def test_who_is_not_to_call_back_is_not_reminded_and_who_took_it_is() -> None:
    life = unhappy()
    life.close()
    life.do(choose, WANG, life.now + HOUR, "another")
    assert told(life) == {"chosen": None, "missed": None, "warn": None, "operator": None}
    life = unhappy()
    life.close()
    life.do(choose, WANG, life.now + DAY, "another")
    life.later(HOUR).do(take, LIU)
    assert told(life) == dict.fromkeys(("half", "warn", "operator"), "L0002")


@pytest.mark.parametrize("claimed", [False, True])
def test_an_expert_who_is_to_call_back_is_reminded_in_the_lawyers_place(claimed: bool) -> None:
    life = unhappy()
    life.close()
    life.do(choose, WANG, life.now + HOUR, "expert")
    if claimed:
        life.do(claim, QIAN, life.ticket.escalation or "")
    expert = "E0001" if claimed else None
    assert told(life) == dict.fromkeys(("chosen", "missed", "warn", "operator"), expert)


@pytest.mark.parametrize("early", [False, True])
def test_a_time_that_was_kept_is_not_missed(early: bool) -> None:
    for tried in (True, False):
        life = unhappy()
        life.do(choose, WANG, life.now + 2 * HOUR, "same")
        life.later(2 * HOUR - (10 if early else -20) * MINUTE)
        life.until_quiet()
        life.do(attempt, CHEN, "未接通") if tried else life.do(begin, CHEN)
        assert "missed" not in {rung for rung, _ in to_come(life.ticket)}
    life = unhappy()
    life.do(attempt, CHEN, "未接通")
    life.do(choose, WANG, life.now + 2 * HOUR, "same")
    life.later(2 * HOUR + 30 * MINUTE - timedelta(milliseconds=1)).until_quiet()
    assert "missed" not in life.ticket.rungs
    [late] = life.later(timedelta(milliseconds=1)).until_quiet()
    assert late == Warned("missed", "callback", life.now - 30 * MINUTE, "L0001")


def test_who_comes_back_hears_the_last_reminder_that_still_matters_and_no_other() -> None:
    life = met()
    assert missed(life.ticket, "L0001") is None
    due = life.now + HOUR
    life.later(30 * MINUTE).until_quiet()
    assert missed(life.ticket, "L0001") == Warned("half", "live_answer", due, "L0001")
    life.later(20 * MINUTE).until_quiet()
    assert missed(life.ticket, "L0001") == Warned("warn", "live_answer", due, "L0001")
    assert missed(life.ticket, "L0002") is None
    life.later(10 * MINUTE).until_quiet()
    assert missed(life.ticket, "L0001") is None, "the ticket says that it is late"
    life = unhappy()
    life.close()
    at = life.now + HOUR
    life.do(choose, WANG, at, "same")
    assert missed(life.ticket, "L0001") is None
    life.later(HOUR).until_quiet()
    assert missed(life.ticket, "L0001") == Warned("chosen", "callback", at, "L0001")
    life.do(begin, CHEN)
    assert missed(life.ticket, "L0001") is None


def test_what_is_asked_on_before_it_is_the_holders_to_answer_whoever_calls_back() -> None:
    life = unhappy()
    life.do(choose, WANG, life.now + DAY, "another")
    life.ask_on()
    life.later(HOUR).until_quiet()
    warned = {event.rung: event.staff_no for event in life.events if isinstance(event, Warned)}
    assert warned == {"half": "L0001", "warn": "L0001"}
