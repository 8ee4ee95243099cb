"""Article 29: abuse is proposed by one and decided by another; a repeat is refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chatserver.rules.asking import open_ticket
from chatserver.rules.audience import PERMITTED
from chatserver.rules.events_desks import AbuseDecided, AbuseProposed, TurnedDown
from chatserver.rules.events_talk import Closed, Noticed
from chatserver.rules.notices import MAY_APPEAL, REFUSAL
from chatserver.rules.question import Question
from chatserver.rules.refusing import LONGEST_ANSWER, appeal, decide_abuse, decide_appeal, refuse
from chatserver.rules.repeats import Before
from tests.rules.life import CHEN, FENG, GUO, HUANG, START, TANG, WANG, Life, met, refusal

MONTH = timedelta(days=30)


def proposed() -> Life:
    life = met()
    life.do(refuse, CHEN, "abuse", None, "反复辱骂")
    return life


def test_abuse_is_only_proposed_and_the_ticket_stays_active() -> None:
    life = proposed()
    assert life.events[-1] == AbuseProposed("L0001", "反复辱骂", START + timedelta(hours=4))
    assert (life.ticket.state, life.ticket.abuse) == ("active", "proposed")
    assert refusal(life.do, refuse, CHEN, "abuse").code == "conflict"


def test_the_citizen_is_told_nothing_of_a_proposal() -> None:
    life = met()
    seq = life.ticket.last_seq
    life.do(refuse, CHEN, "abuse")
    assert life.ticket.last_seq == seq


def test_an_operator_decides_and_only_what_was_proposed() -> None:
    may = PERMITTED["decide_abuse"]
    assert may(FENG, proposed().ticket) and not may(FENG, met().ticket)
    assert not any(may(actor, proposed().ticket) for actor in (CHEN, HUANG, WANG))
    assert refusal(met().do, decide_abuse, FENG, True, "理由").code == "conflict"


@pytest.mark.parametrize("until", [None, START + MONTH])
def test_upheld_it_ends_the_ticket_with_a_reason(until: object) -> None:
    life = proposed()
    life.do(decide_abuse, FENG, True, "查证属实", until)
    assert life.events[-1] == Closed("refused:abuse") and life.ticket.abuse == "upheld"
    assert life.talk[-1] == "refusal"


def test_dismissed_it_goes_on_as_before() -> None:
    life = proposed()
    life.do(decide_abuse, FENG, False, "正当咨询")
    assert (life.ticket.state, life.ticket.abuse) == ("active", "dismissed")
    assert refusal(life.do, decide_abuse, FENG, True, "改判").code == "conflict"
    assert life.do(refuse, CHEN, "abuse", None, "又一次")


def test_nobody_decides_an_appeal_against_an_own_finding() -> None:
    life = proposed()
    life.do(decide_abuse, FENG, True, "查证属实")
    life.do(appeal, WANG, "并非如此")
    refused = refusal(life.do, decide_appeal, FENG, False, "维持")
    assert (refused.code, refused.article) == ("forbidden", 29)
    assert life.ticket.appeal == "open" and life.ticket.abuse_by == "L0001"
    life.do(decide_appeal, GUO, True, "属实")
    assert life.ticket.appeal == "upheld"


def test_where_one_operator_is_alone_the_bureau_is_the_second_person() -> None:
    may, life = PERMITTED["decide_appeal"], proposed()
    assert not may(TANG, life.ticket)
    life.do(decide_abuse, FENG, True, "查证属实")
    assert not may(TANG, life.ticket)
    life.do(appeal, WANG, "并非如此")
    assert may(TANG, life.ticket) and may(FENG, life.ticket) and not may(HUANG, life.ticket)
    life.do(decide_appeal, TANG, False, "维持")
    assert life.ticket.appeal == "dismissed"


def test_an_appeal_against_a_lawyers_refusal_is_any_operators() -> None:
    life = proposed()
    life.do(decide_abuse, FENG, False, "正当咨询")
    life.do(refuse, CHEN, "in_litigation")
    life.do(appeal, WANG, "没有在诉讼")
    assert not PERMITTED["decide_appeal"](TANG, life.ticket)
    life.do(decide_appeal, FENG, False, "案号属实")
    assert life.ticket.appeal == "dismissed"


def test_who_was_found_to_abuse_a_question_that_was_over_may_appeal_too() -> None:
    life = proposed()
    life.answer()
    life.close()
    decided, said = life.do(decide_abuse, FENG, True, "查证属实", START + MONTH)
    assert isinstance(said, Noticed) and "第二十九条" in said.body and MAY_APPEAL in said.body
    assert life.ticket.outcome == "answered" and isinstance(decided, AbuseDecided)
    life.do(appeal, WANG, "并非如此")
    life.do(decide_appeal, GUO, True, "属实")
    assert life.ticket.appeal == "upheld"


def test_a_decision_needs_a_reason() -> None:
    assert refusal(proposed().do, decide_abuse, FENG, True, "").code == "invalid"


def test_after_the_end_nothing_is_closed_again() -> None:
    life = proposed()
    life.withdraw()
    decided = life.do(decide_abuse, FENG, True, "查证属实")
    assert not any(isinstance(event, Closed) for event in decided)
    assert life.ticket.outcome == "withdrawn"


def test_who_is_blocked_is_told_until_when() -> None:
    blocked = replace(WANG, blocked_until=START + MONTH, blocked_reason="查证属实")
    asked = Question("q", "live", "labour", "工资")
    refused = refusal(open_ticket, blocked, START, Life().figures, asked)
    assert (refused.code, refused.article) == ("blocked", 29)
    assert refused.details == {"until": "2026-12-23T02:00:00.000Z", "reason": "查证属实"}
    known = replace(blocked, blocked_by="BJ20261123-000042-5")
    details = refusal(open_ticket, known, START, Life().figures, asked).details
    assert details["number"] == "BJ20261123-000042-5" and "申诉" in details["appeal"]
    assert open_ticket(blocked, START + MONTH, Life().figures, asked)


BEFORE = Before("BJ20261120-000001-1", "欠薪怎么办", START, "可以申请仲裁。")


def said_of(life: Life) -> str:
    [said] = [e for e in life.events if isinstance(e, Noticed) and e.notice == "refusal"]
    return said.body


def test_a_repeat_is_refused_with_the_earlier_number_and_answer() -> None:
    life = met()
    events = life.do(refuse, CHEN, "repeated", None, "请看上次的解答", BEFORE)
    assert life.ticket.outcome == "refused:repeated" and life.talk[-1] == "refusal"
    lead, number, note, appeal, mark, answer = said_of(life).split("\n")
    assert (lead, note, appeal) == (REFUSAL["repeated"], "请看上次的解答", MAY_APPEAL)
    assert (number, mark, answer) == (f"此前的咨询：{BEFORE.number}", "此前的解答：", BEFORE.answer)
    assert TurnedDown("repeated", None, "请看上次的解答", BEFORE.number) in events


def test_without_an_earlier_answer_nothing_is_claimed_that_is_not_so() -> None:
    life = met()
    events = life.do(refuse, CHEN, "repeated")
    assert life.ticket.outcome == "refused:repeated"
    assert "已得到解答" not in said_of(life) and "复核" in said_of(life)
    assert TurnedDown("repeated") in events


def test_what_was_answered_in_this_very_talk_needs_no_other() -> None:
    life = met()
    life.answer()
    life.ask_on()
    events = life.do(refuse, CHEN, "repeated")
    assert REFUSAL["repeated"] in said_of(life)
    assert TurnedDown("repeated", earlier=life.ticket.number) in events


def test_a_long_answer_is_cut_and_the_cut_is_marked() -> None:
    life = met()
    life.do(refuse, CHEN, "repeated", None, None, replace(BEFORE, answer="法" * 9_000))
    assert said_of(life).endswith("法…") and said_of(life).count("法") < LONGEST_ANSWER + 20


@pytest.mark.parametrize("because", ["new_facts", "not_understood", "not_satisfied"])
def test_who_said_why_it_is_asked_again_is_not_refused_as_a_repeat(because: str) -> None:
    life = met(earlier=BEFORE.number, because=because)
    assert (life.ticket.earlier, life.ticket.because) == (BEFORE.number, because)
    assert refusal(life.do, refuse, CHEN, "repeated", None, None, BEFORE).code == "conflict"
    assert met(earlier=BEFORE.number, because="same").do(refuse, CHEN, "repeated")
