"""Article 33: those behind the talk answer a lawyer's question in time, and somebody hears of it when they do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chatserver.rules.audience import PERMITTED, rooms
from chatserver.rules.backstage import ask_support, note, reply_support, transfer
from chatserver.rules.cooperation import reply_due
from chatserver.rules.deadlines import next_due
from chatserver.rules.events_desks import Noted, Warned
from chatserver.rules.explain import explain
from chatserver.rules.ladder import to_come
from chatserver.rules.policy import SUPPORT_AT_LEAST, SUPPORT_WITHIN
from chatserver.rules.promising import ask
from chatserver.rules.refusing import appeal, decide_abuse, decide_appeal, refuse
from chatserver.rules.workdays import Calendar
from tests.rules.life import CHEN, FENG, GUO, HUANG, LIU, MINUTE, QIAN, START, WANG, Life, met


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


FRIDAY = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def refused(life: Life | None = None) -> Life:
    life = life or met()
    life.do(refuse, CHEN, "in_litigation")
    return life


def told_late(life: Life, clock: str) -> list[Warned]:
    return [it for it in life.until_quiet() if isinstance(it, Warned) and it.clock == clock]


def test_an_appeal_is_decided_by_the_end_of_the_next_working_day() -> None:
    life = refused()
    [appealed] = life.do(appeal, WANG, "这个案件不是我的")
    assert appealed.due_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC) == life.ticket.appeal_due_at
    life = refused(met())
    life.now = FRIDAY
    [appealed] = life.do(appeal, WANG, "周末不算", Calendar({date(2026, 11, 28): False}))
    assert appealed.due_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC), "Monday, 24:00 in Beijing"


def test_a_late_appeal_is_told_once_and_the_citizen_still_sees_by_when_it_was_due() -> None:
    life = refused()
    life.do(appeal, WANG, "请再看一看")
    due = life.ticket.appeal_due_at
    assert due is not None and next_due(life.ticket) == due
    life.later(due - life.now)
    assert told_late(life, "appeal") == [Warned("operator", "appeal", due)]
    assert life.ticket.appeal_due_at == due and not life.later(due - START).lapse()
    life.do(decide_appeal, FENG, False, "案号属实")
    assert life.ticket.appeal_due_at is None


def test_a_proposal_of_abuse_is_decided_within_hours_and_told_when_it_is_not() -> None:
    life = Life().open(kind="message")
    life.claim()
    life.do(refuse, CHEN, "abuse", None, "广告")
    due = life.ticket.abuse_due_at
    assert due == START + timedelta(hours=4)
    life.later(timedelta(hours=4))
    assert told_late(life, "abuse") == [Warned("operator", "abuse", due)]
    assert life.ticket.abuse_due_at is None and "operator" not in life.ticket.rungs


@pytest.mark.parametrize("upheld", [True, False])
def test_what_is_decided_in_time_is_late_for_nobody(upheld: bool) -> None:
    life = met()
    life.do(refuse, CHEN, "abuse", None, "广告")
    life.do(decide_abuse, FENG, upheld, "已核实")
    assert life.ticket.abuse_due_at is None
    if upheld:
        life.do(appeal, WANG, "不是广告")
        life.do(decide_appeal, GUO, True, "属实")
    life.later(timedelta(days=9))
    assert not told_late(life, "abuse") and not told_late(life, "appeal")


def test_the_time_of_a_proposal_moves_no_clock_of_the_citizens() -> None:
    life = met()
    rungs = to_come(life.ticket)
    life.do(refuse, CHEN, "abuse", None, "广告")
    assert to_come(life.ticket) == rungs
