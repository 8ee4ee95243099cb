"""The first whole journey: a citizen asks, a lawyer answers, in two real connections."""

from __future__ import annotations

from tests.cast import CHEN, WANG
from tests.clients import Running, ask, meet


async def test_a_citizen_is_answered_live(server: Running) -> None:
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(citizen, lawyer)

    await lawyer.ok("message:send", number=number, id="l-1", body="您好，请说明入职时间。")
    await citizen.ok("message:send", number=number, id="c-1", body="去年三月。")
    await lawyer.ok("ticket:answer", number=number, id="l-2", body="可以向劳动监察部门投诉。")
    closed = await lawyer.ok("ticket:close", number=number)
    rated = await citizen.ok("ticket:rate", number=number, satisfied=True, score=5)

    assert closed["ticket"]["outcome"] == "answered"
    assert rated["ticket"]["satisfied"] is True
    talk = (await citizen.ok("ticket:sync", number=number, after_seq=0))["messages"]
    assert [message["seq"] for message in talk] == list(range(1, len(talk) + 1))
    assert [m["notice"] or m["type"] for m in talk] == [
        "text",
        "disclaimer",
        "text",
        "text",
        "answer",
        "closed",
        "rate_us",
    ]


async def test_both_sides_hear_every_message_in_order(server: Running) -> None:
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(citizen, lawyer)
    for turn in range(20):
        sender = lawyer if turn % 2 else citizen
        await sender.ok("message:send", number=number, id=f"m-{turn}", body=f"第{turn}句")
    last = 22  # the question, the risk notice, twenty lines
    for seat in (citizen, lawyer):
        await seat.wait("message:new", lambda message: message["seq"] == last)
    heard = [message["seq"] for message in citizen.heard("message:new")]
    assert heard == list(range(1, last + 1))
    assert [m["seq"] for m in lawyer.heard("message:new")] == heard[1:]


async def test_the_same_id_stores_once_and_another_payload_is_refused(server: Running) -> None:
    citizen = await server.sit(WANG)
    number = await ask(citizen)
    assert await ask(citizen) == number
    error = await citizen.refused(
        "ticket:open",
        id="q-1",
        kind="live",
        category="labour",
        body="别的问题",
        on_behalf_of="self",
        in_litigation=False,
    )
    assert error["code"] == "id_reused"
    first = await citizen.ok("message:send", number=number, id="m-1", body="补充")
    assert await citizen.ok("message:send", number=number, id="m-1", body="补充") == first
