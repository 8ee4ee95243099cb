"""Article 28: what is out of scope is refused only with the place where to ask."""

from __future__ import annotations

import pytest

from chatserver.rules.deadlines import next_due
from chatserver.rules.events_desks import ReferralKnown, TurnedDown
from chatserver.rules.events_talk import Closed, Noticed
from chatserver.rules.refusing import Referral, appeal, know_referral, refuse
from tests.rules.life import CHEN, MINUTE, WANG, Life, met, refusal

CARD = Referral(
    *("市人力社保局", "广安门内大街", "12333", "工作日 9:00-17:00"),
    *("https://example.test/a", "https://map.example.test/b"),
)


def turned_away() -> Life:
    life = met()
    life.do(refuse, CHEN, "out_of_scope", CARD)
    return life


def test_it_needs_a_card() -> None:
    refused = refusal(met().do, refuse, CHEN, "out_of_scope")
    assert (refused.code, refused.article) == ("invalid", 28)
    assert refused.details[0]["path"] == "$.refer_to"


def test_the_card_says_who_where_telephone_hours_link_and_map() -> None:
    life = turned_away()
    [said] = [e for e in life.events if isinstance(e, Noticed) and e.notice == "refusal"]
    for part in (CARD.who, CARD.where, CARD.phone, CARD.hours, CARD.url, CARD.map):
        assert part and part in said.body
    assert "第二十八条" in said.body and "申诉" in said.body


def test_a_card_may_have_a_name_alone() -> None:
    assert Referral("信访局").text() == "请咨询：信访局"


def test_the_citizen_reads_why_and_the_ticket_ends() -> None:
    life = turned_away()
    assert life.talk == ["text", "refusal"]
    assert isinstance(life.events[-2], TurnedDown) and life.events[-1] == Closed(
        "refused:out_of_scope"
    )
    assert life.ticket.state == "closed" and next_due(life.ticket) is None


def test_it_is_no_breach_of_the_clock() -> None:
    life = turned_away().later(600 * MINUTE)
    assert life.lapse() == [] and life.ticket.lapsed_at is None


@pytest.mark.parametrize("over", ["queued", "answered", "closed"])
def test_only_a_ticket_that_waits_for_an_answer_is_refused(over: str) -> None:
    life = Life().open() if over == "queued" else met()
    if over != "queued":
        life.answer()
    if over == "closed":
        life.close()
    assert refusal(life.do, refuse, CHEN, "out_of_scope", CARD).code == "conflict"


def test_the_citizen_says_once_to_know_where_to_go() -> None:
    life = turned_away()
    life.do(know_referral, WANG)
    assert life.events[-1] == ReferralKnown() and life.ticket.referral_known_at == life.now
    assert life.ticket.state == "closed" and next_due(life.ticket) is None
    count = len(life.events)
    life.later(MINUTE).do(know_referral, WANG)
    assert len(life.events) == count and life.ticket.referral_known_at == life.now - MINUTE


def test_there_is_nothing_to_know_where_nothing_was_refused() -> None:
    life = met()
    assert refusal(life.do, know_referral, WANG).code == "conflict"
    life.answer()
    assert refusal(life.do, know_referral, WANG).code == "conflict"


def test_a_refusal_can_be_appealed_once() -> None:
    life = turned_away()
    life.do(appeal, WANG, "我的问题属于劳动法。")
    assert life.ticket.appeal == "open"
    assert refusal(life.do, appeal, WANG, "再申诉").code == "conflict"


def test_only_a_refusal_can_be_appealed_and_with_words() -> None:
    life = met()
    life.answer()
    life.close()
    assert refusal(life.do, appeal, WANG, "不服").code == "conflict"
    assert refusal(turned_away().do, appeal, WANG, " ").code == "invalid"
