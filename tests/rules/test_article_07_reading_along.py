"""Article 7: experts read along in any talk, seen by its people, and step in under their own number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatserver.rules.audience import PERMITTED, may_read, rooms, visible_to
from chatserver.rules.audience_panel import Hand
from chatserver.rules.deadlines import next_due
from chatserver.rules.events import Event
from chatserver.rules.events_panel import Joined, ReadAlong, ReadingEnded
from chatserver.rules.events_talk import Noticed, Sent
from chatserver.rules.experts import answer_directly, claim, escalate, opinion
from chatserver.rules.policy import READING_LASTS
from chatserver.rules.reviewing import correct, suggest
from chatserver.rules.supervising import leave, read_along, step_in
from tests.rules.life import CHEN, HAN, LIU, QIAN, WANG, Life, met, refusal


def read() -> Life:
    life = met()
    life.do(read_along, QIAN)
    return life


def test_reading_along_opens_the_talk_and_is_told_to_its_people() -> None:
    life = met()
    assert visible_to(QIAN, life.ticket) is None
    [joined] = life.do(read_along, QIAN)
    assert joined == ReadAlong("E0001", life.now + READING_LASTS) and not joined.visible
    assert visible_to(QIAN, life.ticket) == life.ticket.last_seq
    assert rooms(life.ticket, joined) == ["citizen:wang", "staff:L0001", "staff:E0001"]
    assert visible_to(HAN, life.ticket) is None


def test_what_is_said_is_heard_while_it_is_read_and_not_after() -> None:
    life = read()
    [sent] = life.ask_on()
    assert "staff:E0001" in rooms(life.ticket, sent)
    [left] = life.do(leave, QIAN)
    assert left == ReadingEnded("E0001", "left") and "staff:E0001" in rooms(life.ticket, left)
    assert "staff:E0001" not in rooms(life.ticket, life.ask_on("c-2")[0])
    assert visible_to(QIAN, life.ticket) is None
    assert life.do(leave, QIAN) == []


def test_reading_ends_by_itself_unless_it_goes_on() -> None:
    life = read()
    assert life.do(read_along, QIAN) == []  # nothing new so early
    life.later(READING_LASTS * 2 / 3)
    assert len(life.do(read_along, QIAN)) == 1
    life.later(READING_LASTS / 2)
    assert not [e for e in life.until_quiet() if isinstance(e, ReadingEnded)]
    life.later(READING_LASTS)
    assert [e for e in life.until_quiet() if isinstance(e, ReadingEnded)] == [
        ReadingEnded("E0001", "lapsed")
    ]
    assert life.ticket.readers == () and life.ticket.readers_until is None


def test_the_end_of_the_talk_ends_the_reading() -> None:
    life = read()
    life.withdraw()
    assert life.ticket.readers == () and next_due(life.ticket) is None
    assert refusal(life.do, read_along, QIAN).code == "conflict"


def test_an_expert_steps_in_introduced_under_the_own_number() -> None:
    life = read()
    told, joined, risk, said = life.do(step_in, QIAN, "e-1", "请先保存证据。")
    assert isinstance(risk, Noticed) and risk.notice == "disclaimer"
    assert isinstance(told, Noticed) and told.notice == "expert_joined" and "E0001" in told.body
    assert joined == Joined("E0001", None)
    assert isinstance(said, Sent) and (said.by, said.author) == ("expert", "E0001")
    assert life.ticket.assignee == "L0001" and life.ticket.state == "active"
    again: list[Event] = life.do(step_in, QIAN, "e-2", "还有一点。")
    assert [type(event) for event in again] == [Sent]


def test_another_expert_is_introduced_too() -> None:
    life = read()
    life.do(step_in, QIAN, "e-1", "一")
    life.do(read_along, HAN)
    told, *_ = life.do(step_in, HAN, "e-1", "二")
    assert isinstance(told, Noticed) and "E0002" in told.body


@pytest.mark.parametrize("actor", [HAN, CHEN, LIU, WANG], ids=lambda one: one.pseudonym)
def test_only_who_reads_along_steps_in(actor: object) -> None:
    ticket = read().ticket
    assert not PERMITTED["step_in"](actor, ticket)
    assert PERMITTED["step_in"](QIAN, ticket)


def test_a_private_contact_is_refused_to_experts_too() -> None:
    assert refusal(read().do, step_in, QIAN, "e-1", "加我微信 13800138000").code == "invalid"


def test_the_own_houses_talks_are_kept_from_the_expert() -> None:
    life = Life().open().offer()
    life.accept(replace(CHEN, institution="示范律师事务所"))
    own = replace(QIAN, institution="示范律师事务所")
    assert not PERMITTED["read_along"](own, life.ticket)
    assert PERMITTED["read_along"](HAN, life.ticket)


def test_an_experts_line_stops_no_clock() -> None:
    life = read()
    due = life.ticket.answer_due_at
    life.do(step_in, QIAN, "e-1", "请稍等")
    assert life.ticket.answer_due_at == due and life.ticket.answered_at is None


def test_who_has_spoken_may_read_on_and_claim_but_not_a_colleague() -> None:
    life = met()
    spoke, colleague = (replace(who, institution="甲律师事务所") for who in (QIAN, HAN))
    life.do(read_along, spoke)
    life.do(step_in, spoke, "e-1", "请先保存证据。")
    assert refusal(life.do, read_along, colleague).code == "forbidden"
    life.later(READING_LASTS * 2 / 3)
    assert len(life.do(read_along, spoke)) == 1
    life.do(escalate, CHEN, "unclear", "如何？")
    assert refusal(life.do, claim, colleague, life.ticket.escalation or "").code == "forbidden"
    life.do(claim, spoke, life.ticket.escalation or "")


def test_who_has_spoken_keeps_out_when_a_lawyer_of_the_own_house_takes_over() -> None:
    life = met()
    spoke = replace(QIAN, institution="甲律师事务所")
    life.do(read_along, spoke)
    life.do(step_in, spoke, "e-1", "请先保存证据。")
    life.hand_over()
    life.offer(LIU).accept(replace(LIU, institution="甲律师事务所"))
    assert refusal(life.do, read_along, spoke).code == "forbidden"


ID = "BJ20261123-000001-1.1"


def readers(life: Life) -> list[str]:
    return [one.staff_no for one in (QIAN, HAN) if visible_to(one, life.ticket) is not None]


def test_a_question_of_the_panels_is_read_by_all_of_it_while_it_stands_and_then_by_who_resolved_it() -> (
    None
):
    life = met()
    life.do(escalate, CHEN, "unclear", "如何？")
    assert readers(life) == ["E0001", "E0002"]
    life.do(claim, QIAN, ID)
    assert readers(life) == ["E0001", "E0002"]
    life.do(opinion, QIAN, ID, "可以适用")
    assert readers(life) == ["E0001"]
    life.answer()
    life.ask_on()
    assert readers(life) == ["E0001"]
    life.do(escalate, CHEN, "unclear", "又如何？")
    life.do(claim, HAN, f"{ID[:-1]}2")
    life.do(answer_directly, HAN, "e-1", "可以。", f"{ID[:-1]}2")
    assert readers(life) == ["E0002"]
    assert may_read(QIAN, life.ticket, Hand(resolved=True)) == life.ticket.last_seq


def test_a_given_answer_is_read_while_it_is_looked_at_and_else_on_record() -> None:
    life = met()
    life.answer()
    seq = life.ticket.last_seq
    assert readers(life) == [] and refusal(may_read, QIAN, life.ticket).code == "not_found"
    assert may_read(QIAN, life.ticket, Hand(waits=True)) == seq
    life.do(suggest, QIAN, seq, "时效有误。")
    assert readers(life) == ["E0001", "E0002"]
    life.do(correct, CHEN, "c-1", "一年。", seq, "有误")
    assert readers(life) == []
    assert may_read(QIAN, life.ticket, Hand(judged=True)) == life.ticket.last_seq
    life.ask_on()
    assert refusal(may_read, QIAN, life.ticket, Hand(judged=True)).code == "not_found"
    life.do(read_along, QIAN)
    assert readers(life) == ["E0001"]


def test_what_the_desks_tell_opens_nothing_to_the_own_house_nor_what_is_not_there() -> None:
    life = met()
    life.answer()
    ours = replace(life.ticket, institutions=("本所",))
    everything = Hand(True, True, True)
    assert (
        refusal(may_read, replace(QIAN, institution="本所"), ours, everything).code == "not_found"
    )
    assert refusal(may_read, QIAN, None, everything).code == "not_found"
    assert refusal(may_read, QIAN, met().ticket, everything).code == "not_found"
