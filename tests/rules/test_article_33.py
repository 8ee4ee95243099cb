"""Article 33: those behind the talk answer a lawyer's question in time, and somebody hears of it when they do not."""

from __future__ import annotations

from datetime import timedelta

from chatserver.rules.audience import PERMITTED, rooms
from chatserver.rules.backstage import ask_support, note, reply_support, transfer
from chatserver.rules.cooperation import reply_due
from chatserver.rules.deadlines import next_due
from chatserver.rules.events_desks import Noted, Warned
from chatserver.rules.explain import explain
from chatserver.rules.policy import SUPPORT_AT_LEAST, SUPPORT_WITHIN
from chatserver.rules.promising import ask
from tests.rules.life import CHEN, FENG, HUANG, LIU, MINUTE, QIAN, START, WANG, Life, met


def asked(life: Life) -> Noted:
    [noted] = life.do(ask_support, CHEN, "有无类案？")
    assert isinstance(noted, Noted)
    return noted


def test_the_reply_is_due_at_half_of_what_the_citizens_clock_has_left() -> None:
    life = met()
    assert asked(life).due_at == START + timedelta(minutes=30)
    life = met().later(timedelta(minutes=20))
    assert asked(life).due_at == life.now + timedelta(minutes=20)


def test_it_is_never_due_so_soon_that_nobody_could_nor_so_late_that_it_is_forgotten() -> None:
    life = met().later(timedelta(minutes=59))
    assert reply_due(life.ticket, life.now) == life.now + SUPPORT_AT_LEAST
    life = Life().open(kind="message")
    life.claim()
    assert reply_due(life.ticket, life.now) == life.now + SUPPORT_WITHIN
    life.do(ask, CHEN, "q-2", "哪天入职的？")
    assert reply_due(life.ticket, life.now + 4 * SUPPORT_WITHIN) == life.now + 5 * SUPPORT_WITHIN


def test_what_has_no_reply_in_its_time_is_told_to_the_operator_once() -> None:
    life = met()
    due = asked(life).due_at
    assert due is not None and life.ticket.support_due_at == due
    assert next_due(life.ticket) == due
    life.later(due - life.now)
    told = [event for event in life.until_quiet() if isinstance(event, Warned)]
    assert [one for one in told if one.rung == "operator"] == [Warned("operator", "support", due)]
    assert "operator" not in life.ticket.rungs, "the citizen's own clock is another"
    assert life.ticket.support_due_at is None and not life.lapse()


def test_a_reply_ends_the_waiting_and_a_second_question_does_not_prolong_it() -> None:
    life = met()
    due = asked(life).due_at
    life.later(MINUTE)
    asked(life)
    assert life.ticket.support_due_at == due
    life.do(note, CHEN, "已核对")
    assert life.ticket.support_due_at == due
    life.do(reply_support, HUANG, "有两件", "L0001")
    assert life.ticket.support_due_at is None


def test_it_is_no_step_of_the_clock_that_the_citizen_sees() -> None:
    assert explain(met().ticket, [], internal=True) == []
    life = met()
    due = asked(life).due_at
    assert due is not None
    life.later(due - life.now)
    assert not any(
        room.startswith("citizen") for e in life.lapse() for room in rooms(life.ticket, e)
    )


def test_the_operator_may_reply_and_nobody_else_beside_the_back_office() -> None:
    life = met()
    asked(life)
    may = [
        a
        for a in (CHEN, LIU, WANG, QIAN, HUANG, FENG)
        if PERMITTED["support_reply"](a, life.ticket)
    ]
    assert may == [HUANG, FENG]


def test_a_reply_reaches_who_asked_though_the_ticket_is_anothers_by_now() -> None:
    life = met()
    asked(life)
    life.do(transfer, CHEN, "L0002", None, None, MINUTE)
    life.accept(LIU)
    [reply] = life.do(reply_support, HUANG, "有两件", "L0001")
    assert rooms(life.ticket, reply) == ["staff:L0001", "staff:L0002"]
