"""Articles 17 and 22: what staff do behind the talk is never the citizen's to see."""

from __future__ import annotations

import pytest

from chatserver.rules.audience import PERMITTED, rooms
from chatserver.rules.backstage import (
    ask_support,
    note,
    reply_support,
    stand_in,
    transfer,
)
from chatserver.rules.events import Message
from chatserver.rules.events_desks import Noted
from chatserver.rules.events_talk import HandedOver, Offered
from chatserver.rules.experts import claim, escalate, opinion
from chatserver.rules.transitions import KINDS
from tests.rules.life import CHEN, HUANG, LIU, MINUTE, QIAN, WANG, met, refusal


def test_a_note_has_a_numbering_of_its_own_and_no_place_in_the_talk() -> None:
    life = met()
    seq = life.ticket.last_seq
    life.do(note, CHEN, "当事人情绪激动")
    [second] = life.do(note, CHEN, "已核对")
    assert isinstance(second, Noted) and second.place == 2
    assert life.ticket.last_seq == seq and life.ticket.notes == 2


def test_no_note_opinion_or_suggestion_goes_to_a_citizens_room() -> None:
    life = met()
    [noted] = life.do(note, CHEN, "内部")
    assert rooms(life.ticket, noted) == ["staff:L0001"]
    hidden = {"noted", "reviewed", "review_settled", "escalated", "warned", "lapsed"}
    assert not any(issubclass(KINDS[kind], Message) for kind in hidden)


def test_the_back_office_is_asked_and_replies() -> None:
    life = met()
    assert not PERMITTED["support_reply"](HUANG, life.ticket)
    life.do(ask_support, CHEN, "有无类案？")
    assert PERMITTED["support_reply"](HUANG, life.ticket)
    [reply] = life.do(reply_support, HUANG, "有两件")
    assert isinstance(reply, Noted) and (reply.about, reply.place) == ("reply", 2)


def test_only_who_works_on_it_may_note() -> None:
    life = met()
    assert [a for a in (CHEN, LIU, WANG, QIAN, HUANG) if PERMITTED["note"](a, life.ticket)] == [
        CHEN
    ]
    life.do(escalate, CHEN, "unclear", "如何？")
    assert PERMITTED["panel"](QIAN, life.ticket)


@pytest.mark.parametrize(
    ("staff", "category", "state"), [("L0002", None, "queued"), (None, "family", "queued")]
)
def test_a_ticket_is_passed_on(staff: str | None, category: str | None, state: str) -> None:
    life = met()
    events = life.do(transfer, CHEN, staff, category, "请接续", MINUTE)
    assert [e.about for e in events if isinstance(e, Noted)] == ["note"]
    assert any(isinstance(e, HandedOver) for e in events)
    assert any(isinstance(e, Offered) for e in events) == (staff is not None)
    assert (life.ticket.state, life.ticket.assignee) == (state, None)
    assert life.ticket.category == (category or "labour") and life.talk[-1] == "transferred"
    assert life.ticket.former[0][0] == "L0001"


def test_it_is_not_passed_to_oneself_nor_to_nowhere() -> None:
    life = met()
    assert refusal(life.do, transfer, CHEN, "L0001", None, None, MINUTE).code == "invalid"
    assert refusal(life.do, transfer, CHEN, None, "nothing", None, MINUTE).code == "invalid"
    life.answer()
    assert refusal(life.do, transfer, CHEN, None, None, None, MINUTE).code == "conflict"


def test_a_reply_leaves_what_another_house_was_asked_waiting() -> None:
    life = met()
    life.do(ask_support, CHEN, "有无类案？")
    due = life.ticket.support_due_at
    assert due is not None
    life.do(reply_support, HUANG, "有两件", "L0002", due)
    assert life.ticket.support_due_at == due
    life.do(reply_support, HUANG, "有两件", "L0001")
    assert life.ticket.support_due_at is None


def test_a_colleague_stands_in_only_for_whom_the_house_was_looked_at() -> None:
    life = met()
    life.do(transfer, CHEN, None, None, None, MINUTE)
    life.offer(LIU)
    life.accept(LIU)
    refused = refusal(life.do, stand_in, HUANG, "L0001", "L0003", MINUTE)
    assert (refused.code, refused.details) == ("conflict", {"state": "active"})
    assert life.ticket.assignee == "L0002"
    life.do(stand_in, HUANG, "L0002", "L0003", MINUTE)
    assert life.ticket.offered_to == "L0003"


def test_an_expert_hears_notes_until_the_question_is_settled_and_no_longer() -> None:
    life = met()
    life.do(escalate, CHEN, "unclear", "如何？")
    life.do(claim, QIAN, f"{life.ticket.number}.1")
    [noted] = life.do(note, CHEN, "材料已齐")
    assert rooms(life.ticket, noted) == ["staff:E0001", "staff:L0001"]
    life.do(opinion, QIAN, f"{life.ticket.number}.1", "意见")
    [noted] = life.do(note, CHEN, "另有一事")
    assert rooms(life.ticket, noted) == ["staff:L0001"]
