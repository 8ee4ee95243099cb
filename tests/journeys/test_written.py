"""A written question from its pool to the second answer: soonest first, one claims, a new clock for what follows."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tests.cast import CHEN, LI, LIU, WANG, ZHAO
from tests.clients import Running, Seat

FIVE_HOURS = timedelta(hours=5)
TEXT = {
    WANG.login: "公司拖欠两个月工资，应当向哪里反映？",
    LI.login: "房东不退押金，合同里没有写明，可以怎么办？",
    ZHAO.login: "父亲去世后，房屋由谁继承，需要公证吗？",
}


async def asks(seat: Seat, kind: str, category: str = "labour") -> str:
    ack = await seat.ok(
        "ticket:open",
        id="q-1",
        kind=kind,
        category=category,
        title="短标题",
        body=TEXT[seat.person.login],
        on_behalf_of="self",
        in_litigation=False,
    )
    number: str = ack["ticket"]["number"]
    return number


def moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


async def test_the_pool_is_in_the_order_of_deadlines_and_what_was_turned_keeps_its_place(
    server: Running,
) -> None:
    wang, li, zhao = [await server.sit(person) for person in (WANG, LI, ZHAO)]
    chen = await server.sit(CHEN)
    first = await asks(wang, "live")
    second = await asks(li, "message")
    third = await asks(zhao, "message", "inheritance")
    before = (await wang.ok("ticket:list"))["tickets"][0]
    turned = (await wang.ok("ticket:convert", number=first))["ticket"]
    same = ("number", "opened_at", "title", "category", "last_seq")
    assert {name: turned[name] for name in same} == {name: before[name] for name in same}
    assert moment(turned["answer_due_at"]) - moment(turned["opened_at"]) == FIVE_HOURS
    kept = (await wang.ok("ticket:sync", number=first, after_seq=0))["messages"]
    assert [message["body"] for message in kept] == [TEXT[WANG.login]]
    pool = (await chen.ok("pool:list"))["tickets"]
    assert [ticket["number"] for ticket in pool] == [first, second, third]
    due = [ticket["answer_due_at"] for ticket in pool]
    assert due == sorted(due)
    assert [
        one["number"] for one in (await chen.ok("pool:list", category="inheritance"))["tickets"]
    ] == [third]


async def test_of_two_lawyers_who_take_the_same_one_wins_every_time(server: Running) -> None:
    wang, li = await server.sit(WANG), await server.sit(LI)
    chen, liu = await server.sit(CHEN), await server.sit(LIU)
    for who, category in ((wang, "family"), (li, "inheritance")):
        number = await asks(who, "message", category)
        acks = await asyncio.gather(
            chen.call("pool:claim", number=number), liu.call("pool:claim", number=number)
        )
        assert sorted(ack["ok"] for ack in acks) == [False, True]
        (lost,) = [ack["error"] for ack in acks if not ack["ok"]]
        assert lost["code"] in ("conflict", "not_found")
        assert number not in [one["number"] for one in (await chen.ok("pool:list"))["tickets"]]


async def test_a_draft_is_on_the_server_and_what_is_asked_on_has_a_clock_of_its_own(
    server: Running,
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await asks(wang, "message")
    await chen.ok("pool:claim", number=number)
    await chen.ok("draft:save", number=number, body="先写到这里")
    await chen.leave()
    again = await server.sit(CHEN)  # another screen, after the first one broke
    assert (await again.ok("draft:get", number=number))["body"] == "先写到这里"
    await again.ok("ticket:answer", number=number, id="a-1", body="可以向劳动监察部门投诉。")
    answered = await wang.wait("ticket:update", lambda it: it["state"] == "answered")
    assert answered["clock"] is None
    asked = await wang.ok("message:send", number=number, id="m-2", body="需要带什么材料？")
    reopened = await wang.wait(
        "ticket:update", lambda it: it["state"] == "active" and it["last_seq"] >= asked["seq"]
    )
    assert reopened["clock"]["kind"] == "message_answer"
    due = moment(reopened["clock"]["due_at"])
    assert due == moment(reopened["answer_due_at"])
    assert due - moment(asked["sent_at"]) == FIVE_HOURS
    assert reopened["assignee"]["staff_no"] == CHEN.staff_no
    await again.ok("ticket:answer", number=number, id="a-2", body="劳动合同和工资流水。")
    await wang.wait("message:new", lambda it: it["body"] == "劳动合同和工资流水。")
