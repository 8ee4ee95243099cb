"""Waiting tickets go to lawyers one at a time: who is able, has room, and has been idle the longest."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chatserver.config import Config
from chatserver.store import presence
from tests.cast import CHEN, LI, LIU, WANG, ZHOU
from tests.clients import Running, Seat, ask, meet, running, until


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, offer_timeout=timedelta(seconds=1), idle_close=timedelta(seconds=3))


def offered(*numbers: str):
    return lambda offer: offer["ticket"]["number"] in numbers


def offers(seat: Seat) -> list[str]:
    """The tickets that were offered, each time once: who has just connected may hear of an offer twice."""
    heard = {
        (offer["ticket"]["number"], offer["expires_at"]) for offer in seat.heard("ticket:offer")
    }
    return [number for number, _ in sorted(heard, key=lambda one: one[1])]


async def on_duty(server: Running, *people) -> list[Seat]:
    seats = [await server.sit(person) for person in people]
    for seat in seats:
        await seat.ok("duty:set", status="on")
    return seats


async def test_only_who_has_the_skill_is_asked(server: Running) -> None:
    liu, zhou = await on_duty(server, LIU, ZHOU)
    wang = await server.sit(WANG)
    family = await ask(wang, "f", category="family")
    labour = await ask(wang, "l", category="labour")
    other = await ask(wang, "t", category="traffic")
    await liu.wait("ticket:offer", offered(family))
    await zhou.wait("ticket:offer", offered(labour))
    await server.settled()
    assert other not in offers(liu) + offers(zhou)
    listed = {t["number"]: t for t in (await wang.ok("ticket:list"))["tickets"]}
    assert listed[other]["queue"] == {
        "position": 1,
        "expected_wait_s": None,
        "expected_wait_low_s": None,
        "on_duty": 0,
    }
    assert listed[family]["queue"]["on_duty"] == 1


async def test_a_declined_offer_goes_to_the_next_at_once(server: Running) -> None:
    chen, zhou = await on_duty(server, CHEN, ZHOU)
    wang = await server.sit(WANG)
    number = await ask(wang)
    await chen.wait("ticket:offer", offered(number))  # five seats are more room than one
    assert offers(zhou) == []
    error = await zhou.refused("ticket:accept", number=number)
    assert error["code"] == "not_found"  # never had it
    declined = await chen.ok("ticket:decline", number=number)
    assert declined["ticket"]["state"] == "queued"
    await zhou.wait("ticket:offer", offered(number))
    assert (await chen.refused("ticket:accept", number=number))["code"] == "conflict"
    assert (await chen.refused("ticket:decline", number=number))["code"] == "conflict"
    error = await chen.refused("ticket:sync", number=number, after_seq=0)
    assert error["code"] == "not_found"  # the offer permitted it until it ended
    seen = await zhou.ok("ticket:sync", number=number, after_seq=0)
    assert len(seen["messages"]) == 1
    await zhou.ok("ticket:accept", number=number)
    error = await chen.refused("message:send", number=number, id="x", body="是我的")
    assert error["code"] == "not_found"


async def test_who_leaves_duty_passes_an_open_offer_on(config: Config, dsn: str) -> None:
    async with running(replace(config, offer_timeout=timedelta(seconds=30)), dsn) as server:
        chen, zhou = await on_duty(server, CHEN, ZHOU)
        wang = await server.sit(WANG)
        number = await ask(wang)
        await chen.wait("ticket:offer", offered(number))
        await chen.ok("duty:set", status="off")
        assert await chen.wait("ticket:withdrawn_offer") == {"number": number}
        await until(lambda: offers(zhou) == [number], 1.5)
        assert (await chen.refused("ticket:accept", number=number))["code"] == "conflict"


async def test_an_offer_that_is_not_taken_goes_on_and_ends_in_time(server: Running) -> None:
    chen, zhou = await on_duty(server, CHEN, ZHOU)
    wang = await server.sit(WANG)
    number = await ask(wang)
    await chen.wait("ticket:offer", offered(number))
    took = await until(lambda: offers(zhou) == [number], 3)
    assert took > 0.5
    assert await chen.wait("ticket:withdrawn_offer") == {"number": number}
    assert (await chen.refused("ticket:accept", number=number))["code"] == "conflict"
    await zhou.ok("ticket:accept", number=number)
    assert chen.heard("ticket:withdrawn_offer") == [{"number": number}]


async def test_who_pauses_while_the_queue_is_read_is_not_asked(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    (chen,) = await on_duty(server, CHEN)
    wang = await server.sit(WANG)
    read, paused = presence.waiting, asyncio.Event()

    async def slowly(*given):
        if found := await read(*given):
            await chen.ok("duty:set", status="pause")
            paused.set()
        return found

    monkeypatch.setattr(presence, "waiting", slowly)
    await ask(wang)
    await asyncio.wait_for(paused.wait(), 10)
    await asyncio.sleep(0.5)  # nothing can be heard of what does not happen
    assert offers(chen) == []


async def test_three_missed_offers_pause_the_lawyer_with_the_reason(server: Running) -> None:
    (chen,) = await on_duty(server, CHEN)
    wang = await server.sit(WANG)
    number = await ask(wang)
    paused = await chen.wait("duty:update", lambda it: it["duty"]["status"] == "pause")
    assert paused["reason"] == "missed_offers"
    assert offers(chen) == [number] * 3
    told = await wang.wait("queue:update", lambda it: it["on_duty"] == 0)
    assert (told["expected_wait_s"], told["expected_wait_low_s"]) == (None, None)
    await chen.ok("duty:set", status="on")
    await until(lambda: len(offers(chen)) == 4, 1)
    await chen.ok("ticket:accept", number=number)


async def test_offers_missed_at_once_are_counted_one_by_one(server: Running) -> None:
    wang = await server.sit(WANG)
    numbers = [await ask(wang, f"q{n}") for n in range(3)]
    (chen,) = await on_duty(server, CHEN)
    paused = await chen.wait("duty:update", lambda it: it["duty"]["status"] == "pause")
    assert paused["reason"] == "missed_offers"
    assert sorted(offers(chen)) == numbers


async def test_a_time_that_ran_out_while_no_server_ran_is_met_at_the_start(
    config: Config, dsn: str
) -> None:
    async with running(config, dsn) as server:
        wang, chen = await server.sit(WANG), await server.sit(CHEN)
        number = await meet(wang, chen)
        await chen.ok("message:send", number=number, id="l", body="请补充。")
        start = time.monotonic()
    await asyncio.sleep(max(0.0, 2.1 - (time.monotonic() - start)))
    async with running(config, dsn) as one, running(config, dsn) as other:
        begun = time.monotonic()
        wang, tab = await one.sit(WANG), await other.sit(WANG)
        closed = await wang.wait("ticket:update", lambda it: it["state"] == "closed")
        assert time.monotonic() - begun < 5
        await tab.wait("message:new", lambda it: it["seq"] == closed["last_seq"])
        talk = (await wang.ok("ticket:sync", number=number, after_seq=3))["messages"]
        # Two processes looked at the same clock, and each thing happened once.
        assert [it["notice"] for it in talk] == ["idle_warning", "closed"]


async def test_no_lawyer_gets_more_than_there_is_room_for(server: Running) -> None:
    (zhou,) = await on_duty(server, ZHOU)
    wang, li = await server.sit(WANG), await server.sit(LI)
    first = await ask(wang)
    await zhou.wait("ticket:offer", offered(first))
    second = await ask(li)
    await zhou.ok("ticket:accept", number=first)
    await server.settled()
    assert offers(zhou) == [first]
    waiting = (await li.ok("ticket:sync", number=second, after_seq=0))["ticket"]["queue"]
    assert (waiting["position"], waiting["on_duty"]) == (1, 1)
    assert waiting["expected_wait_low_s"] <= waiting["expected_wait_s"]
    await zhou.ok("ticket:answer", number=first, id="l", body="可以。")
    await server.settled()
    assert offers(zhou) == [first]  # an answered talk is still a talk
    await zhou.ok("ticket:close", number=first)
    await until(lambda: offers(zhou) == [first, second], 1)


async def test_the_most_spare_room_comes_first_then_the_longest_idle(
    config: Config, dsn: str
) -> None:
    patient = replace(config, offer_timeout=timedelta(seconds=30))
    async with running(patient, dsn) as server:
        chen, liu = await on_duty(server, CHEN, LIU)
        wang = await server.sit(WANG)
        order = []
        for place in range(4):
            number = await ask(wang, f"q{place}", category="family")
            await until(lambda n=number: n in offers(chen) + offers(liu), 2)
            order.append("chen" if number in offers(chen) else "liu")
        assert order == ["chen", "liu", "chen", "liu"]


@pytest.mark.parametrize("coming", ["duty", "connection"])
async def test_who_comes_to_the_desk_gets_the_waiting_at_once(server: Running, coming: str) -> None:
    wang = await server.sit(WANG)
    if coming == "connection":
        (chen,) = await on_duty(server, CHEN)
        await chen.leave()
        await server.settled()
    number = await ask(wang)
    chen = await server.sit(CHEN)
    if coming == "duty":
        await chen.ok("duty:set", status="on")
    await until(lambda: offers(chen) == [number], 1)


async def test_an_open_offer_is_shown_again_to_a_lawyer_who_comes_back(
    config: Config, dsn: str
) -> None:
    async with running(replace(config, offer_timeout=timedelta(seconds=30)), dsn) as server:
        (chen,) = await on_duty(server, CHEN)
        wang = await server.sit(WANG)
        number = await ask(wang)
        first = await chen.wait("ticket:offer", offered(number))
        await chen.leave()
        back = await server.sit(CHEN)
        again = await back.wait("ticket:offer", offered(number))
        assert again["expires_at"] == first["expires_at"]
        assert (await back.wait("duty:update"))["duty"]["status"] == "on"
        await back.ok("ticket:accept", number=number)


async def test_who_waits_is_told_when_the_place_changes(server: Running) -> None:
    people = [await server.sit(WANG), await server.sit(LI)]
    first, second = [await ask(person) for person in people]
    opened = (await people[1].ok("ticket:list"))["tickets"][0]["queue"]
    assert (opened["position"], opened["on_duty"]) == (2, 0)
    await people[0].ok("ticket:withdraw", number=first)
    told = await people[1].wait("queue:update", lambda it: it["position"] == 1)
    assert told == {
        "number": second,
        "position": 1,
        "expected_wait_s": None,
        "expected_wait_low_s": None,
        "on_duty": 0,
    }
    await server.sit(ZHOU)
    zhou = server.seats[-1]
    await zhou.ok("duty:set", status="on")
    told = await people[1].wait("queue:update", lambda it: it["on_duty"] == 1)
    assert told["expected_wait_s"] is not None


async def test_a_question_turned_into_a_message_leaves_the_queue_and_its_offer(
    server: Running,
) -> None:
    (chen,) = await on_duty(server, CHEN)
    wang, liu = await server.sit(WANG), await server.sit(LIU)
    number = await ask(wang)
    await chen.wait("ticket:offer", offered(number))
    written = (await wang.ok("ticket:convert", number=number))["ticket"]
    assert (written["kind"], written["state"]) == ("message", "queued")
    await chen.wait("ticket:withdrawn_offer")
    assert (await chen.refused("ticket:accept", number=number))["code"] == "conflict"
    assert (await wang.refused("ticket:convert", number=number))["code"] == "conflict"
    await liu.ok("pool:claim", number=number)
    assert (await chen.refused("pool:claim", number=number))["code"] == "conflict"
    await liu.ok("ticket:answer", number=number, id="l", body="可以。")
    answered = await wang.wait("ticket:update", lambda it: it["state"] == "answered")
    assert answered["assignee"]["staff_no"] == "L0002"


async def test_a_question_taken_back_leaves_its_offer(server: Running) -> None:
    (chen,) = await on_duty(server, CHEN)
    wang = await server.sit(WANG)
    number = await ask(wang)
    await chen.wait("ticket:offer", offered(number))
    closed = (await wang.ok("ticket:withdraw", number=number))["ticket"]
    assert (closed["state"], closed["outcome"], closed["queue"]) == ("closed", "withdrawn", None)
    assert await chen.wait("ticket:withdrawn_offer") == {"number": number}
    error = await chen.refused("ticket:accept", number=number)
    assert (error["code"], error["details"]["state"]) == ("conflict", "closed")


@pytest.mark.parametrize("answered", [True, False])
async def test_a_silent_talk_is_warned_and_then_closed(server: Running, answered: bool) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    event = "ticket:answer" if answered else "message:send"
    await chen.ok(event, number=number, id="l", body="请补充。")
    warned = await wang.wait("message:new", lambda it: it["notice"] == "idle_warning")
    closed = await wang.wait("ticket:update", lambda it: it["state"] == "closed")
    assert closed["outcome"] == ("answered" if answered else "expired")
    said = (await wang.ok("ticket:sync", number=number, after_seq=warned["seq"]))["messages"]
    assert [it["notice"] for it in said] == (["closed", "rate_us"] if answered else ["closed"])
    spoke = (await wang.ok("ticket:sync", number=number, after_seq=2))["messages"][0]["sent_at"]
    assert 1.9 < _seconds(spoke, warned["sent_at"]) < 3.1
    assert 2.9 < _seconds(spoke, said[0]["sent_at"]) < 4.1


async def test_who_is_waited_for_is_not_idle(server: Running) -> None:
    """The idle clock runs only while the citizen is the one to speak."""
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    quiet = await meet(wang, chen)
    other = await meet(wang, chen, "q-2")
    await chen.ok("message:send", number=other, id="l", body="请补充。")
    await wang.wait("message:new", lambda it: it["ticket"] == other and it["notice"] == "closed")
    listed = {it["number"]: it["state"] for it in (await wang.ok("ticket:list"))["tickets"]}
    assert listed == {quiet: "active", other: "closed"}
    assert all(it["ticket"] == other for it in wang.heard("message:new") if it["notice"])


def _seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
