"""Article 18: the risk is told before the first word of an answer, once, and never forgotten."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest

from chatserver.rules.articles import Refused
from chatserver.rules.engaging import offline
from chatserver.rules.events import Message
from chatserver.rules.events_talk import Noticed
from chatserver.rules.experts import answer_directly, claim, escalate
from chatserver.rules.notices import DISCLAIMER
from chatserver.rules.promising import ask, explain_delay, schedule
from chatserver.rules.supervising import read_along, step_in
from tests.rules.life import CHEN, LIU, MINUTE, QIAN, Life, met


def test_the_first_line_of_a_lawyer_comes_after_the_risk_notice() -> None:
    life = met()
    life.say()
    assert life.talk == ["text", "disclaimer", "text"]


def test_an_answer_that_is_the_first_line_comes_after_it_too() -> None:
    life = met()
    life.answer()
    assert life.talk == ["text", "disclaimer", "answer"]


def test_it_is_said_once() -> None:
    life = met()
    for turn in range(3):
        life.say(id=f"l-{turn}")
    assert life.talk.count("disclaimer") == 1


def test_it_is_not_said_again_by_the_next_lawyer() -> None:
    life = met()
    life.say()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    life.say(LIU, "l-2")
    assert life.talk.count("disclaimer") == 1


def test_a_lawyer_who_says_nothing_causes_none() -> None:
    life = Life().open().offer()
    life.accept()
    assert life.talk == ["text"] and not life.ticket.disclaimed


def test_it_says_what_the_regulation_asks_for() -> None:
    life = met()
    [notice, _] = life.say()
    assert isinstance(notice, Noticed) and notice.body == DISCLAIMER
    assert "仅供参考" in DISCLAIMER and "不承担" in DISCLAIMER
    assert (notice.by, notice.staff_no) == ("system", None)


def test_no_other_notice_stands_for_it() -> None:
    life = met()
    life.hand_over()
    life.offer(LIU).accept(LIU)
    assert life.talk == ["text", "transferred", "transferred"]
    life.say(LIU)
    assert life.talk[3:] == ["disclaimer", "text"]


def passed(life: Life) -> None:
    life.hand_over()
    life.offer(LIU).accept(LIU)
    life.hand_over()
    life.offer().accept()


#: What happens before anybody of staff has said a word, with notices of the service or without.
BEFORE: dict[str, Callable[[Life], object]] = {
    "schedule": lambda life: life.do(schedule, CHEN, life.now + 60 * MINUTE, "要查规定"),
    "offline": lambda life: life.do(offline, CHEN),
    "transfer": passed,
    "ask_on": lambda life: life.ask_on(),
    "read_along": lambda life: life.do(read_along, QIAN),
    "lapse": lambda life: life.later(timedelta(hours=2)).until_quiet(),
}
FIRST: dict[str, Callable[[Life], object]] = {
    "send": lambda life: life.say(),
    "answer": lambda life: life.answer(),
    "ask": lambda life: life.do(ask, CHEN, "l-9", "哪一天？"),
    "explain_delay": lambda life: life.do(explain_delay, CHEN, "l-9", "在查规定。"),
    "step_in": lambda life: (life.do(read_along, QIAN), life.do(step_in, QIAN, "e-1", "请留证据")),
    "direct": lambda life: (
        life.ticket.escalation_state or life.do(escalate, CHEN, "unclear", "如何？"),
        life.do(claim, QIAN, life.ticket.escalation),
        life.do(answer_directly, QIAN, "e-1", "可以", life.ticket.escalation),
    ),
}


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("before", [*BEFORE, None])
def test_it_stands_right_before_the_first_message_of_staff_in_every_order(
    first: str, before: str | None
) -> None:
    acts = [act for act in BEFORE if act != before]
    possible = False
    for order in permutations(acts, 2):
        life = met()
        for act in (*order, *([before] if before else [])):
            with contextlib.suppress(Refused):
                BEFORE[act](life)
        with contextlib.suppress(Refused):
            FIRST[first](life)
        talk = [event for event in life.events if isinstance(event, Message)]
        spoken = [n for n, event in enumerate(talk) if event.by in ("staff", "expert")]
        told = [n for n, event in enumerate(talk) if getattr(event, "notice", "") == "disclaimer"]
        possible = possible or bool(spoken)
        assert told == [n - 1 for n in spoken[:1]], (order, before, life.talk)
        assert len({event.id for event in talk}) == len(talk)
    assert possible
