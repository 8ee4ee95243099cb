"""Article 25: of a ticket as it stands everyone is shown what is theirs to know, and no more."""

from __future__ import annotations

import pytest

from chatserver.rules.backstage import transfer
from chatserver.rules.people import Actor
from chatserver.rules.shown import shown_in, shown_to
from chatserver.rules.ticket import Ticket
from tests.rules.life import CHEN, LIU, MINUTE, QIAN, WANG, Life, met
from tests.rules.test_article_26_bounced import bounced


def passed_on() -> Life:
    """Chen's talk that Liu has by now, with what the citizen says of Liu."""
    life = met()
    life.do(transfer, CHEN, "L0002", None, None, MINUTE)
    life.accept(LIU)
    life.answer(LIU)
    life.rate(False, comment="第二位也没听懂", reasons=("unclear",), level="not")
    return life


def test_a_former_holder_is_shown_nothing_of_what_is_said_of_the_next() -> None:
    life = passed_on()
    seen = shown_to(CHEN, life.ticket)
    assert (seen.comment, seen.reasons, seen.level, seen.satisfied) == (None, (), None, None)
    assert (seen.callback, seen.callback_due_at) == (None, None)
    assert seen.last_seq == dict(life.ticket.former)["L0001"] < life.ticket.last_seq
    assert (seen.number, seen.state) == (life.ticket.number, life.ticket.state)


@pytest.mark.parametrize("actor", [WANG, LIU, QIAN])
def test_everyone_else_is_shown_it_whole(actor: Actor) -> None:
    ticket = passed_on().ticket
    assert shown_to(actor, ticket) is ticket


def test_who_has_it_again_or_is_asked_to_is_shown_it_whole() -> None:
    ticket = passed_on().ticket
    for again in (ticket.having(offered_to="L0001"), ticket.having(assignee="L0001")):
        assert shown_to(CHEN, again) is again


def test_a_delay_that_is_a_former_holders_to_explain_is_still_told() -> None:
    ticket = passed_on().ticket.having(owing=("L0001", "L0002"))
    assert shown_to(CHEN, ticket).owing == ("L0001",)


def test_whom_the_house_blames_is_not_the_citizens_to_see() -> None:
    ticket = met().ticket.having(owing=("L0001",))
    assert shown_to(WANG, ticket).owing == () and shown_to(CHEN, ticket).owing == ("L0001",)


def test_that_the_panel_sent_a_question_back_is_not_the_citizens_to_see() -> None:
    life = bounced()
    assert life.ticket.escalation_how == "bounced"
    seen = shown_to(WANG, life.ticket)
    assert (seen.escalation_how, seen.escalation_state) == (None, "resolved")
    assert shown_to(CHEN, life.ticket).escalation_how == "bounced"
    advised = life.ticket.having(escalation_how="opinion")
    assert shown_to(WANG, advised).escalation_how == "opinion"


def test_each_room_hears_the_ticket_as_its_people_are_shown_it() -> None:
    ticket: Ticket = passed_on().ticket.having(owing=("L0002",))
    heard = {
        room: seen
        for seen, rooms in shown_in(
            ["citizen:wang", "staff:L0002", "staff:E0001", "staff:L0001"], ticket
        )
        for room in rooms
    }
    assert heard["staff:L0002"] is ticket is heard["staff:E0001"]
    assert heard["citizen:wang"] == shown_to(WANG, ticket) != ticket
    assert heard["staff:L0001"] == shown_to(CHEN, ticket) != ticket
    assert shown_in(["citizen:wang"], met().ticket)[0][1] == ["citizen:wang"]
