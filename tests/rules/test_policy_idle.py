"""The house's own: a silent talk is warned and then closed; a written one closes after three days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatserver.rules import backstage, experts, panel, promising
from chatserver.rules.deadlines import next_due, pending
from chatserver.rules.events_talk import Closed, IdleWarned, Noticed
from tests.rules.life import CHEN, LIU, MINUTE, QIAN, START, Life, met

IDLE = timedelta(minutes=15)
#: What a clock of a ticket in a lawyer's hands will do.
CLOCK = {"half", "warn", "lapse", "operator"}


def kinds(life: Life) -> set[str]:
    return {deadline.kind for deadline in pending(life.ticket)}


def test_a_silent_talk_is_warned_at_two_thirds_and_closed_at_the_end() -> None:
    life = met()
    life.answer()
    assert next_due(life.ticket) == START + 10 * MINUTE
    notice, warned = life.later(10 * MINUTE).lapse()
    assert isinstance(notice, Noticed) and notice.notice == "idle_warning"
    assert "10:15" in notice.body and isinstance(warned, IdleWarned)
    assert next_due(life.ticket) == START + IDLE
    assert life.later(5 * MINUTE - timedelta(milliseconds=1)).lapse() == []
    life.later(timedelta(milliseconds=1)).lapse()
    assert (life.ticket.state, life.ticket.outcome) == ("closed", "answered")
    assert life.talk[-2:] == ["closed", "rate_us"]


def test_without_an_answer_it_expires() -> None:
    life = met()
    life.say()
    life.later(IDLE).lapse()
    life.later(IDLE).lapse()
    assert life.events[-1] == Closed("expired") and life.talk[-1] == "closed"


def test_a_citizen_who_waits_for_the_lawyer_is_never_idle() -> None:
    life = met()
    assert kinds(life) == CLOCK
    life.say()
    life.ask_on()
    assert kinds(life) == CLOCK
    assert kinds(Life().open()) == CLOCK - {"half"} | {"convert"}


def test_a_word_after_the_warning_begins_the_time_anew() -> None:
    life = met()
    life.answer()
    life.later(10 * MINUTE).lapse()
    life.later(MINUTE).say(id="l-9")
    assert next_due(life.ticket) == life.now + 10 * MINUTE


def test_a_late_server_still_gives_the_whole_last_third() -> None:
    life = met()
    life.answer()
    life.later(timedelta(hours=8)).lapse()
    assert next_due(life.ticket) == life.now + 5 * MINUTE
    assert life.ticket.state == "answered"


def test_a_written_ticket_closes_three_days_after_its_answer() -> None:
    life = Life().open(kind="message")
    life.claim()
    assert kinds(life) == CLOCK
    life.answer()
    assert kinds(life) == {"written_close"}
    assert next_due(life.ticket) == START + timedelta(days=3)
    life.later(timedelta(days=3)).lapse()
    assert life.ticket.outcome == "answered" and life.talk[-2:] == ["closed", "rate_us"]


def test_nothing_falls_due_in_a_closed_ticket() -> None:
    life = met()
    life.answer()
    life.close()
    assert pending(life.ticket) == []


def test_a_question_that_stops_the_clock_still_waits_for_the_citizen_after_a_transfer() -> None:
    life = met()
    life.do(promising.ask, CHEN, "x-1", "何时入职？")
    life.do(backstage.transfer, CHEN, None, None, None, MINUTE)
    life.later(5 * MINUTE).offer(LIU).accept(LIU)
    assert life.ticket.suspended_at is not None
    assert next_due(life.ticket) == life.now + 10 * MINUTE
    life.later(10 * MINUTE).until_quiet()
    life.later(5 * MINUTE).until_quiet()
    assert (life.ticket.state, life.ticket.outcome) == ("closed", "expired")


@pytest.mark.parametrize("claimed", [False, True])
def test_silence_closes_no_question_that_the_panel_has(claimed: bool) -> None:
    life = met().later(55 * MINUTE)
    life.say()
    life.later(5 * MINUTE).until_quiet()
    id = life.ticket.escalation or ""
    if claimed:
        life.do(experts.claim, QIAN, id)
    life.later(timedelta(hours=2)).until_quiet()
    assert (life.ticket.state, life.ticket.outcome) == ("active", None)
    assert "idle_warning" not in life.talk
    if not claimed:
        life.do(experts.claim, QIAN, id)
    life.do(experts.answer_directly, QIAN, "e-1", "专家的解答", id)
    assert next_due(life.ticket) == life.now + 10 * MINUTE


@pytest.mark.parametrize("how", ["opinion", "bounced"])
@pytest.mark.parametrize("asked", [False, True])
def test_after_the_panels_word_silence_is_the_lawyers_or_begins_anew(how: str, asked: bool) -> None:
    life = met()
    life.say()
    if asked:
        life.do(promising.ask, CHEN, "x-1", "何时入职？")
    life.later(9 * MINUTE).do(experts.escalate, CHEN, "unclear", "如何？")
    life.later(5 * MINUTE).do(experts.claim, QIAN, life.ticket.escalation)
    word = experts.opinion if how == "opinion" else panel.bounce
    life.do(word, QIAN, life.ticket.escalation, "请看第二十四条。")
    assert ("idle_warning" in kinds(life)) is asked
    if asked:
        assert next_due(life.ticket) == life.now + 10 * MINUTE
    life.say(id="l-2")
    assert "idle_warning" in kinds(life)
