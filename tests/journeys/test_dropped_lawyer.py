"""A lawyer whose connection drops: told, waited for, and then relieved."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from chatserver.config import Config
from chatserver.store import presence
from chatserver.store.database import Database
from tests.cast import CHEN, LI, LIU, WANG, ZHOU
from tests.clients import Running, Seat, ask, meet, running, serving, until

from .tables import owner


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, reconnect_grace=timedelta(seconds=2))


async def test_a_lost_lawyer_is_waited_for_and_then_relieved(server: Running, db: Database) -> None:
    li, wang, zhou = [await server.sit(person) for person in (LI, WANG, ZHOU)]
    older = await ask(li, category="family")
    number = await meet(wang, zhou)
    await zhou.ok("message:send", number=number, id="l-1", body="请稍等")
    accepted = await wang.wait("ticket:update", lambda it: it["state"] == "active")
    tab = await server.sit(ZHOU)
    await tab.leave()
    await zhou.leave()

    reconnecting = await wang.wait("message:new", lambda it: it["notice"] == "reconnecting")
    transferred = await wang.wait("message:new", lambda it: it["notice"] == "transferred")
    assert transferred["seq"] == reconnecting["seq"] + 1
    waiting = await wang.wait(
        "ticket:update", lambda it: it["state"] == "queued" and it["epoch"] > accepted["epoch"]
    )
    assert (waiting["assignee"], waiting["opened_at"]) == (None, accepted["opened_at"])
    assert waiting["answer_due_at"] == accepted["answer_due_at"]  # its age and its clock stay
    await wang.ok("message:send", number=number, id="c-2", body="后来说的")

    # Back too late: reads what was said until then, and no more; writes nothing.
    zhou = await server.sit(ZHOU)
    off = await zhou.wait("duty:update")
    assert (off["duty"]["status"], off["reason"]) == ("off", "connection_lost")
    past = await zhou.ok("ticket:sync", number=number, after_seq=0)
    assert past["messages"][-1]["seq"] == transferred["seq"]
    for event, rest in (
        ("message:send", {"id": "x", "body": "我回来了"}),
        ("ticket:answer", {"id": "x", "body": "可以"}),
        ("message:read", {"seq": 1}),
        ("message:typing", {"on": True}),
        ("ticket:close", {}),
    ):
        error = await zhou.refused(event, number=number, **rest)
        assert error["code"] == "not_found", event
    # What was acknowledged once is acknowledged again, for the life of the ticket.
    await zhou.ok("message:send", number=number, id="l-1", body="请稍等")
    assert not [m for m in zhou.heard("message:new") if m["seq"] > transferred["seq"]]

    # Ahead of a question that has waited longer.
    async with owner(db) as connection:
        await connection.execute("update accounts set capacity = 1 where staff_no = 'L0001'")
    chen = await server.sit(CHEN)
    await chen.ok("duty:set", status="on")
    offer = await chen.wait("ticket:offer")
    assert offer["ticket"]["number"] == number != older
    await chen.ok("ticket:accept", number=number)
    taken = await wang.wait("message:new", lambda it: "L0001" in it["body"])
    assert taken["notice"] == "transferred"
    talk = (await chen.ok("ticket:sync", number=number, after_seq=0))["messages"]
    assert [it["seq"] for it in talk] == list(range(1, len(talk) + 1))
    assert "后来说的" in [it["body"] for it in talk]


async def test_a_write_under_an_ownership_that_has_ended_is_refused(
    server: Running, db: Database
) -> None:
    wang, zhou = await server.sit(WANG), await server.sit(ZHOU)
    number = await meet(wang, zhou)
    held = (await zhou.ok("ticket:sync", number=number, after_seq=0))["ticket"]["epoch"]
    await zhou.ok("message:send", number=number, id="1", body="在", epoch=held)
    await zhou.leave()
    await wang.wait("message:new", lambda it: it["notice"] == "transferred")
    zhou = await server.sit(ZHOU)
    await zhou.ok("duty:set", status="on")
    await zhou.wait("ticket:offer")
    now = (await zhou.ok("ticket:accept", number=number))["ticket"]["epoch"]
    assert now > held
    for event in ("message:send", "ticket:answer"):
        error = await zhou.refused(event, number=number, id="2", body="在", epoch=held)
        assert (error["code"], error["details"]) == ("conflict", {"state": "active"})
    await zhou.ok("ticket:answer", number=number, id="2", body="可以", epoch=now)


async def test_a_lawyer_back_within_the_grace_keeps_the_talk(server: Running) -> None:
    wang, chen, liu = [await server.sit(person) for person in (WANG, CHEN, LIU)]
    number = await meet(wang, chen)
    await liu.ok("duty:set", status="on")
    await chen.leave()
    await wang.wait("message:new", lambda it: it["notice"] == "reconnecting")
    back = await server.sit(CHEN)
    assert (await back.wait("duty:update"))["duty"] == {"status": "on", "capacity": 5, "active": 1}
    await asyncio.sleep(2.2)  # nothing can be heard of what does not happen
    await back.ok("message:send", number=number, id="l", body="我回来了")
    assert not [it for it in wang.heard("message:new") if it["notice"] == "transferred"]
    assert liu.heard("ticket:offer") == []


async def test_one_of_two_connections_that_drops_is_no_loss(server: Running) -> None:
    wang, chen, tab = [await server.sit(person) for person in (WANG, CHEN, CHEN)]
    number = await meet(wang, chen)
    await chen.leave()
    await asyncio.sleep(2.5)
    await tab.ok("message:send", number=number, id="l", body="还在")
    assert [it["notice"] for it in wang.heard("message:new") if it["notice"]] == ["disclaimer"]


@pytest.mark.slow
async def test_a_killed_process_is_swept_by_the_other(
    config: Config,
    dsn: str,
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "TIME_TO_LIVE", timedelta(seconds=4))
    async with running(config, dsn) as staying, serving(dsn, tmp_path / "log") as dying:
        wang, chen = await staying.sit(WANG), await dying.sit(CHEN)
        number = await meet(wang, chen)
        await chen.ok("message:send", number=number, id="l", body="您好")
        dying.signal(9)
        transferred = await wang.wait("message:new", lambda it: it["notice"] == "transferred")
        liu = await staying.sit(LIU)
        zhou = await staying.sit(ZHOU)
        await zhou.ok("duty:set", status="on")
        await zhou.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)
        await zhou.ok("ticket:accept", number=number)
        assert liu.heard("ticket:offer") == []
        # Its lawyer comes to the other process and reads what was said until the loss.
        chen = await staying.sit(CHEN)
        past = (await chen.ok("ticket:sync", number=number, after_seq=0))["messages"]
        assert past[-1]["seq"] == transferred["seq"]


@pytest.mark.slow
async def test_the_citizen_is_told_of_a_second_drop_too(config: Config, dsn: str) -> None:
    async with running(replace(config, reconnect_grace=timedelta(seconds=6)), dsn) as server:
        citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
        number = await meet(citizen, lawyer)
        await lawyer.ok("message:send", number=number, id="l-1", body="您好")
        for drop in (1, 2):
            await lawyer.leave()
            await until(partial(told, citizen, drop))
            lawyer = await server.sit(CHEN)
            await lawyer.ok("message:send", number=number, id=f"back-{drop}", body="我回来了")


def told(citizen: Seat, times: int) -> bool:
    heard = citizen.heard("message:new")
    return sum(message["notice"] == "reconnecting" for message in heard) == times
