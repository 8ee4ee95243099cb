"""Two processes on one database, and people spread over both: as if it were one, within two seconds."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chatserver.config import Config
from chatserver.store.database import Database
from tests.cast import CHEN, LI, LIU, QIAN, WANG, ZHAO, ZHOU
from tests.clients import QUESTION, Running, Seat, ask, meet, running, until

from .tables import owner

WITHIN = 2.0


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, offer_timeout=timedelta(seconds=10))


@pytest.fixture
async def two(config: Config, dsn: str) -> AsyncIterator[tuple[Running, Running]]:
    async with running(config, dsn) as one, running(config, dsn) as other:
        yield one, other


async def heard_in_time(seat: Seat, name: str, fits=lambda body: True):
    """A push that must come within two seconds from now."""
    start = time.monotonic()
    body = await seat.wait(name, fits)
    assert time.monotonic() - start < WITHIN, f"{name} took {time.monotonic() - start:.1f} s"
    return body


async def test_what_is_said_in_one_process_is_heard_in_the_other(
    two: tuple[Running, Running],
) -> None:
    here, there = two
    wang, tab = await here.sit(WANG), await there.sit(WANG)
    chen = await there.sit(CHEN)
    await chen.ok("duty:set", status="on")
    number = await ask(wang)
    await heard_in_time(chen, "ticket:offer")
    await chen.ok("ticket:accept", number=number)
    await heard_in_time(wang, "ticket:update", lambda it: it["state"] == "active")
    for turn in range(5):
        await wang.ok("message:send", number=number, id=f"c{turn}", body=f"问{turn}")
        await chen.ok("message:send", number=number, id=f"l{turn}", body=f"答{turn}")
    for seat in (wang, tab, chen):
        await heard_in_time(seat, "message:new", lambda it: it["seq"] == 12)
        seqs = [it["seq"] for it in seat.heard("message:new")]
        assert seqs == list(range(2 if seat is chen else 1, 13))  # once, in order, without a gap
    await wang.ok("message:typing", number=number, on=True)
    assert (await heard_in_time(chen, "message:typing"))["by"] == "citizen"
    for _ in range(60):  # nobody needs to hear each of them
        await wang.ok("message:typing", number=number, on=True)
    await wang.ok("message:typing", number=number, on=False)
    await heard_in_time(chen, "message:typing", lambda it: not it["on"])
    assert len(chen.heard("message:typing")) < 30
    await chen.ok("message:read", number=number, seq=12)
    assert (await heard_in_time(wang, "message:read"))["seq"] == 12
    await chen.ok("ticket:answer", number=number, id="a", body="可以。")
    await chen.ok("ticket:close", number=number)
    await heard_in_time(wang, "ticket:update", lambda it: it["state"] == "closed")
    await there.settled()
    assert wang.heard("message:typing") == [] == tab.heard("message:typing")


async def test_strangers_hear_nothing_from_the_other_process_either(
    two: tuple[Running, Running],
) -> None:
    here, there = two
    wang, chen = await here.sit(WANG), await here.sit(CHEN)
    zhao, liu = await there.sit(ZHAO), await there.sit(LIU)
    watching = await there.sit(WANG)
    number = await meet(wang, chen)
    await wang.ok("message:typing", number=number, on=True)
    await chen.ok("message:send", number=number, id="l", body="您好")
    await heard_in_time(watching, "message:new", lambda it: it["seq"] == 3)
    await there.settled()
    assert [name for name, _ in zhao.pushes + liu.pushes if name != "duty:update"] == []


async def test_duty_and_the_end_of_a_session_cross_over(two: tuple[Running, Running]) -> None:
    here, there = two
    chen, tab = await here.sit(CHEN), await there.sit(CHEN)
    await chen.ok("duty:set", status="pause")
    await heard_in_time(tab, "duty:update", lambda it: it["duty"]["status"] == "pause")
    wang = await here.sit(WANG)
    same = await there.sit(WANG, token=wang.token)
    bearer = {"Authorization": f"Bearer {wang.token}"}
    async with here.http.post(f"{here.url}/api/v1/socket-tokens", headers=bearer) as response:
        token = (await response.json())["token"]
    child = await there.sit(WANG, token=token)
    url = f"{here.url}/api/v1/sessions/current"
    async with here.http.delete(url, headers=bearer) as response:
        assert response.status == 204
    for seat in (wang, same, child):
        await until(lambda seat=seat: not seat.client.connected, WITHIN)


async def test_what_the_desks_are_told_crosses_over_too(two: tuple[Running, Running]) -> None:
    here, there = two
    wang, chen, qian = await here.sit(WANG), await here.sit(CHEN), await there.sit(QIAN)
    tab, desk = await there.sit(WANG), await there.sit(CHEN)
    number = await meet(wang, chen)
    answer = await chen.ok("ticket:answer", number=number, id="a", body="可以申请仲裁。")
    asked = await chen.ok("ticket:escalate", number=number, ground="unclear", question="时效？")
    new = await heard_in_time(qian, "escalation:new")
    assert new["escalation"]["id"] == asked["escalation"]["id"]
    await qian.ok("escalation:claim", id=new["escalation"]["id"])
    await qian.ok("escalation:opinion", id=new["escalation"]["id"], body="一年。")
    assert (await heard_in_time(chen, "review:new"))["body"] == "一年。"
    await chen.ok("ticket:note", number=number, body="内部")
    assert (await heard_in_time(desk, "note:new"))["body"] == "内部"
    await chen.ok(
        "answer:correct",
        number=number,
        seq=answer["seq"],
        id="b",
        body="可以申请仲裁，时效一年。",
        reason="补充时效",
    )
    assert (await heard_in_time(tab, "message:update"))["seq"] == answer["seq"]
    await there.settled()
    assert not {name for name, _ in tab.pushes} & {"note:new", "review:new", "escalation:new"}


async def test_of_two_who_want_the_same_one_wins(two: tuple[Running, Running]) -> None:
    here, there = two
    wang, chen, liu = await here.sit(WANG), await here.sit(CHEN), await there.sit(LIU)
    tab = await there.sit(CHEN)
    for turn in range(8):
        opened = await wang.ok("ticket:open", **(QUESTION | {"id": f"w{turn}", "kind": "message"}))
        number = opened["ticket"]["number"]
        acks = await asyncio.gather(
            chen.call("pool:claim", number=number), liu.call("pool:claim", number=number)
        )
        codes = sorted(ack["error"]["code"] if not ack["ok"] else "ok" for ack in acks)
        assert codes == ["conflict", "ok"]
    await chen.ok("duty:set", status="on")
    for turn in range(4):
        number = await ask(wang, f"q{turn}")
        await chen.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)  # noqa: B023
        acks = await asyncio.gather(*(s.call("ticket:accept", number=number) for s in (chen, tab)))
        assert sorted(ack["ok"] for ack in acks) == [False, True]
        acks = await asyncio.gather(
            *(s.call("message:send", number=number, id="one", body="您好") for s in (chen, tab))
        )
        assert acks[0] == acks[1] and acks[0]["ok"]
        rivals = await asyncio.gather(
            chen.call("message:send", number=number, id="two", body="甲"),
            tab.call("message:send", number=number, id="two", body="乙"),
        )
        assert sorted(ack["ok"] for ack in rivals) == [False, True]


async def test_routing_in_both_never_gives_a_ticket_to_two_nor_anyone_too_much(
    two: tuple[Running, Running], db: Database
) -> None:
    """Three lawyers (room for 5, 5 and 1), thirty tickets at once, everything accepted and closed."""
    here, there = two
    lawyers = [await here.sit(CHEN), await there.sit(LIU), await there.sit(ZHOU)]
    citizens = [await here.sit(WANG), await there.sit(LI)]
    for seat in lawyers:
        await seat.ok("duty:set", status="on")
    worst: Counter[str] = Counter()
    finished = asyncio.Event()

    async def watch() -> None:
        query = (
            "select coalesce(assignee, offered_to) as who, count(*) as held from tickets"
            " where kind = 'live' and (offered_to is not null or state in ('active', 'answered'))"
            " group by 1"
        )
        async with owner(db) as connection:
            while not finished.is_set():
                for row in await connection.fetch(query):
                    worst[row["who"]] = max(worst[row["who"]], row["held"])
                await asyncio.sleep(0.02)

    async def work(seat: Seat) -> None:
        done = 0
        while not finished.is_set():
            for offer in seat.heard("ticket:offer")[done:]:
                done += 1
                number = offer["ticket"]["number"]
                if (await seat.call("ticket:accept", number=number))["ok"]:
                    await seat.ok("ticket:answer", number=number, id="l", body="可以。")
                    await seat.ok("ticket:close", number=number)
            await asyncio.sleep(0.01)

    async def everything() -> None:
        try:
            for n in range(30):
                await ask(
                    citizens[n % 2], f"q{n}", category=("labour", "family", "inheritance")[n % 3]
                )
            closed: set[str] = set()
            async with asyncio.timeout(25):
                while len(closed) < 30:
                    for citizen in citizens:
                        listed = (await citizen.ok("ticket:list"))["tickets"]
                        closed |= {it["number"] for it in listed if it["state"] == "closed"}
                    await asyncio.sleep(0.1)
        finally:
            finished.set()

    await asyncio.gather(watch(), everything(), *(work(seat) for seat in lawyers))
    for staff_no, room in (("L0001", 5), ("L0002", 5), ("L0003", 1)):
        assert worst[staff_no] <= room, worst
    async with owner(db) as connection:
        accepted = await connection.fetch(
            "select ticket, count(*) from journal where kind = 'accepted' group by 1"
        )
    assert [row[1] for row in accepted] == [1] * 30
