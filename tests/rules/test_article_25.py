"""Article 25: what was said is kept confidential; who is no party can tell nothing, not even that it is."""

from __future__ import annotations

import pytest

from chatserver.rules.articles import Refused
from chatserver.rules.audience import PERMITTED, admit, authorize, room_of, rooms, visible_to
from chatserver.rules.events import Event
from chatserver.rules.events_talk import HandedOver, Offered, OfferEnded
from chatserver.rules.people import ROLES, SYSTEM, Account, Actor, Expert, Staff
from chatserver.rules.ticket import Ticket
from tests.rules.life import CHEN, LIU, WANG, ZHAO, Life, met

OUTSIDERS: tuple[Actor, ...] = (
    ZHAO,
    LIU,
    Expert("qian", "E0001", "lawyer"),
    *(Staff("x", "S0001", role) for role in ("backoffice", "editor", "operator", "admin")),
)


#: Who is no party and still has a part: the institution's stand-in is looked up before (17), and a talk
#: that goes on is open to the panel (7). How any ticket stands, without its talk, the operator on duty may see,
#: and why its clock stands so, as may the back office of whose lawyer holds it.
PARTS = {
    ("stand_in", "backoffice"),
    ("explain", "backoffice"),
    ("explain", "operator"),
    ("read_along", "expert"),
    ("standing", "operator"),
    ("release", "operator"),
    ("find_lawyer", "operator"),
}


@pytest.mark.parametrize("outsider", OUTSIDERS, ids=lambda actor: type(actor).__name__)
@pytest.mark.parametrize("action", PERMITTED)
def test_an_outsider_cannot_tell_a_ticket_from_none(outsider: Actor, action: str) -> None:
    if (action, getattr(outsider, "role", outsider.kind)) in PARTS:
        return
    heard = []
    for ticket in (met().ticket, None):
        with pytest.raises(Refused) as refused:
            authorize(outsider, action, ticket)
        heard.append((refused.value.code, refused.value.message, refused.value.details))
    assert heard[0] == heard[1] and heard[0][0] == "not_found"


def test_an_action_that_nobody_permitted_is_nobodys() -> None:
    with pytest.raises(KeyError):
        authorize(WANG, "everything", met().ticket)


@pytest.mark.parametrize(
    ("action", "who"),
    [("convert", WANG), ("withdraw", WANG), ("rate", WANG), ("answer", CHEN), ("close", CHEN)],
)
def test_each_side_has_its_own_acts(action: str, who: Actor) -> None:
    ticket = met().ticket
    authorize(who, action, ticket)
    with pytest.raises(Refused):
        authorize(CHEN if who is WANG else WANG, action, ticket)


def test_the_clocks_acts_are_nobody_elses() -> None:
    for action in ("offer", "lapse", "hand_over", "notice_drop"):
        authorize(SYSTEM, action, met().ticket)
        for actor in (WANG, CHEN):
            with pytest.raises(Refused):
                authorize(actor, action, met().ticket)


def test_an_offer_lets_a_lawyer_read_until_it_ends() -> None:
    life = Life().open().offer(LIU)
    assert visible_to(LIU, life.ticket) == 1 and visible_to(CHEN, life.ticket) is None
    life.decline(LIU)
    assert visible_to(LIU, life.ticket) is None


def test_a_lawyer_who_lost_a_ticket_reads_it_up_to_that_point() -> None:
    life = met()
    life.say()
    life.hand_over()
    lost_at = life.ticket.last_seq
    life.offer(LIU).accept(LIU)
    life.say(LIU, "l-2")
    assert visible_to(CHEN, life.ticket) == lost_at < life.ticket.last_seq
    assert visible_to(LIU, life.ticket) == life.ticket.last_seq
    with pytest.raises(Refused):
        authorize(CHEN, "send", life.ticket)


def test_the_bureau_may_read_and_only_read() -> None:
    bureau, ticket = Staff("tang", "S0003", "supervisor"), met().ticket
    reading = {"see", "explain"}
    for action in reading & PERMITTED.keys():
        authorize(bureau, action, ticket)
    for action in PERMITTED.keys() - reading:
        with pytest.raises(Refused):
            authorize(bureau, action, ticket)


def test_an_event_is_heard_by_the_two_parties() -> None:
    life = met()
    [_, said] = life.say()
    assert rooms(life.ticket, said) == ["citizen:wang", "staff:L0001"]


@pytest.mark.parametrize("event", [Offered("L0002", Life().now), OfferEnded("L0002", "missed")])
def test_an_offer_is_heard_by_the_lawyer_alone(event: Event) -> None:
    assert rooms(met().ticket, event) == ["staff:L0002"]


def test_the_lawyer_who_lost_a_ticket_hears_that_and_nothing_after() -> None:
    life = met()
    events = life.hand_over()
    handed = next(event for event in events if isinstance(event, HandedOver))
    assert rooms(life.ticket, handed) == ["citizen:wang", "staff:L0001"]
    assert rooms(life.ticket, life.ask_on()[0]) == ["citizen:wang"]


def test_rooms_of_people_never_meet() -> None:
    assert room_of(WANG) == "citizen:wang" and room_of(CHEN) == "staff:L0001"
    assert Ticket("x", "y").assignee is None


@pytest.mark.parametrize("role", ROLES)
def test_a_door_lets_in_whom_it_names_and_nobody_else(role: str) -> None:
    account = Account("a", "a", role)
    admit(account, {role})
    for others in ({*ROLES} - {role}, {"anonymous"}):
        with pytest.raises(Refused) as refused:
            admit(account, others)
        assert refused.value.code == "forbidden"


def test_who_is_not_signed_in_comes_in_only_where_anyone_does() -> None:
    admit(None, {"anonymous", *ROLES})
    with pytest.raises(Refused) as refused:
        admit(None, ROLES)
    assert refused.value.code == "unauthenticated"
