"""The house's own: a live ticket is offered to one lawyer at a time, fairly and cheaply."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.rules import answering, deadlines, routing
from chatserver.rules.events_talk import Accepted, Noticed, OfferEnded
from chatserver.rules.people import SYSTEM
from chatserver.rules.routing import OnDuty, Waiting, assign, forecast, heads, in_order, pools
from tests.rules.life import CHEN, LIU, MINUTE, START, Life, met, refusal

TIMEOUT = timedelta(seconds=30)
ANY: frozenset[str] = frozenset()


def duty(staff_no: str, room: int = 1, idle: int = 0, skills: frozenset[str] = ANY) -> OnDuty:
    return OnDuty(staff_no, skills, room, START - idle * MINUTE)


def queue(*numbers: str, category: str = "labour") -> list[Waiting]:
    return [Waiting(number, category) for number in numbers]


def test_the_lawyer_to_whom_it_is_offered_accepts() -> None:
    life = Life().open().offer()
    assert life.accept() == [Accepted("L0001", "lawyer")]
    assert (life.ticket.state, life.ticket.assignee, life.ticket.epoch) == ("active", "L0001", 1)


def test_nobody_else_can_accept_and_nobody_twice() -> None:
    life = Life().open().offer()
    assert refusal(life.accept, LIU).code == "conflict"
    life.accept()
    assert refusal(life.accept).code == "conflict"


def test_an_offer_lasts_until_its_end_and_not_longer() -> None:
    life = Life().open().offer().later(TIMEOUT - timedelta(milliseconds=1))
    assert answering.accept(life.ticket, life.now, CHEN)
    assert refusal(life.later(timedelta(milliseconds=1)).accept).code == "conflict"


def test_a_declined_offer_goes_to_the_next_lawyer() -> None:
    life = Life().open().offer()
    assert life.decline(reason="忙") == [OfferEnded("L0001", "declined", "忙", START + TIMEOUT)]
    ticket = life.ticket
    assert (ticket.offered_to, ticket.passed_by) == (None, ("L0001",))
    waiting = Waiting(ticket.number, ticket.category, ticket.passed_by, ticket.retry_at)
    assert assign([waiting], [duty("L0001", 5), duty("L0002")], START) == [(ticket.number, "L0002")]


def test_an_offer_not_taken_in_time_goes_to_the_next_lawyer() -> None:
    life = Life().open().offer().later(TIMEOUT)
    assert life.lapse() == [OfferEnded("L0001", "missed", retry_at=life.now)]
    assert life.lapse() == []


def test_an_offer_never_lapses_early() -> None:
    life = Life().open().offer().later(TIMEOUT - timedelta(milliseconds=1))
    assert life.lapse() == []


def test_an_ended_offer_can_be_neither_accepted_nor_declined() -> None:
    life = Life().open().offer()
    life.decline()
    assert refusal(life.accept).code == "conflict" and refusal(life.decline).code == "conflict"


def test_a_ticket_has_one_offer_at_a_time() -> None:
    life = Life().open().offer()
    assert routing.offer(life.ticket, life.now, SYSTEM, "L0002", TIMEOUT) == []
    assert routing.offer(met().ticket, START, SYSTEM, "L0002", TIMEOUT) == []
    assert routing.offer(Life().open(kind="message").ticket, START, SYSTEM, "L1", TIMEOUT) == []


def test_whoever_passed_it_by_is_asked_again_only_when_nobody_else_can() -> None:
    waiting = Waiting("n", "labour", ("L0001", "L0002"), START + TIMEOUT)
    lawyers = [duty("L0001", 5), duty("L0002", 5)]
    assert assign([waiting], lawyers, START) == []
    assert assign([waiting], lawyers, START + TIMEOUT) == [("n", "L0001")]
    assert assign([waiting], [*lawyers, duty("L0003")], START) == [("n", "L0003")]


def test_the_most_spare_room_comes_first_then_the_longest_idle() -> None:
    lawyers = [duty("A", 1, 9), duty("B", 3, 1), duty("C", 3, 2)]
    pairs = assign(queue("1", "2", "3", "4", "5", "6", "7", "8"), lawyers, START)
    assert [lawyer for _, lawyer in pairs] == ["C", "B", "C", "B", "A", "C", "B"]


def test_a_lawyer_is_offered_only_what_the_skills_allow() -> None:
    family = duty("L0002", 9, skills=frozenset({"family"}))
    assert assign(queue("1"), [family], START) == []
    assert assign(queue("1", category="family"), [family], START) == [("1", "L0002")]


def test_a_lawyer_without_room_is_offered_nothing() -> None:
    assert assign(queue("1"), [duty("A", 0), duty("B", -1)], START) == []


@given(
    st.lists(st.sampled_from("abcd"), max_size=80),
    st.lists(st.tuples(st.integers(0, 5), st.sets(st.sampled_from("abcd"))), max_size=4),
)
def test_a_round_reads_little_and_keeps_the_order_of_the_queue(
    waiting: list[str], staff: list[tuple[int, set[str]]]
) -> None:
    whole = [Waiting(str(place), category) for place, category in enumerate(waiting)]
    lawyers = [
        duty(f"L{n}", room, skills=frozenset(skills)) for n, (room, skills) in enumerate(staff)
    ]
    read = heads("abcd", lawyers, spare := 2)
    head = [
        it
        for place, it in enumerate(whole)
        if it.category in read and waiting[:place].count(it.category) < read[it.category][1]
    ]
    found = in_order(head, read)
    for number in {pool for pool, _ in read.values()}:
        pool = [it for it in whole if read.get(it.category, (None,))[0] == number]
        taken = [it for it in found if read[it.category][0] == number]
        assert taken == pool[: len(taken)] and len(taken) >= min(len(pool), 1 + spare)
    assert {it.category for it in whole} & set(read) == {it.category for it in head}


def test_what_a_round_reads_of_a_queue_does_not_grow_with_it() -> None:
    lawyers = [duty(f"L{n}", 5) for n in range(40)]
    assert set(heads(map(str, range(10)), lawyers, 20).values()) == {(0, 40)}


def test_with_nobody_on_duty_no_wait_is_promised() -> None:
    place = forecast(3, 0, 0, 0, (300, 900))
    assert (place.position, place.on_duty, place.low, place.high) == (3, 0, None, None)


@pytest.mark.parametrize(
    ("position", "free", "low", "high"),
    [(1, 1, 0, 60), (1, 0, 0, 960), (5, 0, 0, 960), (6, 0, 300, 1860), (6, 1, 0, 960)],
)
def test_the_wait_is_a_range_in_rounds_of_talks(
    position: int, free: int, low: int, high: int
) -> None:
    place = forecast(position, 5, 1, free, (300, 900))
    assert (place.low, place.high) == (low, high)


def test_categories_that_share_a_lawyer_share_a_queue() -> None:
    shared = pools(
        ["labour", "family", "traffic", "other"],
        [
            duty("A", skills=frozenset({"labour", "family"})),
            duty("B", skills=frozenset({"family", "traffic"})),
        ],
    )
    assert shared["labour"] == {"labour", "family", "traffic"} == shared["traffic"]
    assert shared["other"] == {"other"}


def test_a_written_message_is_claimed_once() -> None:
    life = Life().open(kind="message")
    life.claim()
    assert (life.ticket.state, life.ticket.assignee) == ("active", "L0001")
    assert refusal(life.claim, LIU).code == "conflict"
    assert refusal(Life().open().claim).code == "conflict"


def test_the_next_lawyer_of_a_ticket_is_announced_to_the_citizen() -> None:
    life = met()
    life.hand_over()
    [_, said] = life.offer(LIU).accept(LIU)
    assert isinstance(said, Noticed) and said.notice == "transferred" and "L0002" in said.body


def test_a_due_ticket_lapses_one_thing_at_a_time() -> None:
    life = Life().open().offer().later(timedelta(days=1))
    assert isinstance(life.lapse()[0], OfferEnded) and replace(life.ticket).offered_to is None
    told = []
    while events := life.lapse():
        told.append([type(event).__name__ for event in events])
    assert told == [
        ["Warned"],
        ["Noticed", "Warned"],
        ["Noticed", "Lapsed", "Escalated"],
        ["Warned"],
    ]
    assert deadlines.next_due(life.ticket) is None
