"""Suggestions about given answers over real sockets: their wording, and both desks that settle them (27)."""

from __future__ import annotations

from typing import Any

from chatserver.store.database import Database
from tests.cast import CHEN, LIU, QIAN, WANG
from tests.clients import Running, Seat, meet
from tests.journeys.test_panel import han

__all__ = ["han"]
OLD, NEW = "申请仲裁的时效为两年。", "申请仲裁的时效为一年。"


async def open_ones(seat: Seat) -> list[Any]:
    found: list[Any] = (await seat.ok("review:own"))["reviews"]
    return found


async def test_a_suggested_wording_reaches_the_author_even_of_a_closed_talk_and_is_settled_with_the_correction(
    server: Running,
) -> None:
    wang, chen, liu, qian = [await server.sit(who) for who in (WANG, CHEN, LIU, QIAN)]
    number = await meet(wang, chen)
    seq = (await chen.ok("ticket:answer", number=number, id="a", body=OLD))["seq"]
    await chen.ok("ticket:close", number=number)
    assert await open_ones(chen) == []
    await qian.ok("review:suggest", number=number, seq=seq, body="时效有误。", wording=NEW)
    review = await chen.wait("review:new")
    assert (review["body"], review["wording"], review["author"]) == ("时效有误。", NEW, "L0001")
    assert await open_ones(chen) == [review]
    assert await open_ones(liu) == [] and await open_ones(qian) == []
    await chen.ok("review:accept", id=review["id"])
    assert [it["state"] for it in await open_ones(chen)] == ["accepted"]
    ack = await chen.ok("answer:correct", number=number, seq=seq, id="c", body=NEW, reason="有误")
    assert await open_ones(chen) == []
    said = await wang.wait("message:new", lambda it: it["corrects"] == seq)
    assert said["seq"] == ack["seq"] and said["body"] == NEW
    assert "时效有误" not in str(wang.pushes)


async def test_an_expert_settles_what_another_suggests_about_the_own_answer(
    server: Running, db: Database, han: Any
) -> None:
    wang, chen, qian, other = [await server.sit(who) for who in (WANG, CHEN, QIAN, han)]
    number = await meet(wang, chen)
    asked = await chen.ok("ticket:escalate", number=number, ground="unclear", question="几年？")
    id = asked["escalation"]["id"]
    await qian.ok("escalation:claim", id=id)
    seq = (await qian.ok("escalation:answer", id=id, client_id="e", body=OLD))["seq"]
    suggestion = {"number": number, "seq": seq, "body": "有误", "wording": NEW}
    assert (await qian.refused("review:suggest", **suggestion))["code"] == "forbidden"
    await other.ok("review:suggest", **suggestion)
    first = await qian.wait("review:new")
    assert first["author"] == "E0001" and await open_ones(qian) == [first]
    for seat in (chen, other):
        assert (await seat.refused("review:accept", id=first["id"]))["code"] == "not_found"
    await qian.ok("review:contest", id=first["id"], body="引用无误")
    assert await open_ones(qian) == []
    await other.ok("review:suggest", **suggestion)
    second = await qian.wait("review:new", lambda it: it["id"] != first["id"])
    correction = {"number": number, "seq": seq, "id": "c", "body": NEW, "reason": "有误"}
    assert (await other.refused("answer:correct", **correction))["code"] == "not_found"
    ack = await qian.ok("answer:correct", **correction)
    assert await qian.ok("answer:correct", **correction) == ack
    said = await wang.wait("message:new", lambda it: it["corrects"] == seq)
    assert said["author"] == {"kind": "expert", "staff_no": "E0001", "profession": "lawyer"}
    told = {it["id"]: it["state"] for it in (await qian.ok("review:of", number=number))["reviews"]}
    assert told == {first["id"]: "contested", second["id"]: "accepted"}


async def test_who_might_act_on_a_harmful_answer_is_warned_at_once_and_until_it_is_settled(
    server: Running, db: Database
) -> None:
    wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
    number = await meet(wang, chen)
    seq = (await chen.ok("ticket:answer", number=number, id="a", body=OLD))["seq"]
    said = {"number": number, "seq": seq, "body": "时效有误。"}
    wrong = await qian.refused("review:suggest", **said, severity="dreadful")
    assert wrong["code"] == "invalid" and wrong["details"][0]["path"] == "$.severity"
    await qian.ok("review:suggest", **said, severity="harmful")
    told = await wang.wait("message:new", lambda it: it.get("about") == seq)
    assert (told["type"], told["notice"]) == ("notice", "correction")
    assert (await wang.wait("ticket:update", lambda it: it["doubted"]))["doubted"] == [seq]
    review = await chen.wait("review:new")
    assert review["severity"] == "harmful" and review["due_at"]
    await chen.ok("review:contest", id=review["id"], body="法条未改")
    talk = await wang.ok("ticket:sync", number=number, after_seq=seq)
    assert talk["ticket"]["doubted"] == [seq] and talk["messages"] == [told]
    assert {"contested", "harmful"} <= {*(await qian.ok("review:list"))["reasons"][number]}
    await qian.ok("review:pass", number=number)
    stands = await wang.wait("message:new", lambda it: it["seq"] > told["seq"])
    assert (stands["notice"], stands["about"]) == ("correction", seq)
    assert (await wang.ok("ticket:sync", number=number, after_seq=0))["ticket"]["doubted"] == []
    assert "法条未改" not in str(wang.pushes) and "时效有误" not in str(wang.pushes)


async def test_an_old_desk_that_names_no_severity_warns_nobody(server: Running) -> None:
    wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
    number = await meet(wang, chen)
    seq = (await chen.ok("ticket:answer", number=number, id="a", body=OLD))["seq"]
    await qian.ok("review:suggest", number=number, seq=seq, body="时效有误。")
    assert (await chen.wait("review:new"))["severity"] == "misleading"
    await server.settled()
    assert [it for it in wang.heard("message:new") if it["seq"] > seq] == []


async def test_the_author_sees_sums_of_what_experts_thought_and_nobody_else_does(
    server: Running, han: Any
) -> None:
    wang, chen, liu, qian, other = [await server.sit(who) for who in (WANG, CHEN, LIU, QIAN, han)]
    number = await meet(wang, chen)
    seq = (await chen.ok("ticket:answer", number=number, id="a", body=OLD))["seq"]
    assert (await chen.ok("review:own"))["scorecard"] is None
    card = {"facts": "met", "law": "not"}
    await qian.ok("review:suggest", number=number, seq=seq, body="有误", scorecard=card)
    await other.ok("review:pass", number=number, scorecard={"facts": "met", "risk": "partly"})
    await other.ok("review:pass", number=number, scorecard={})
    sums = (await chen.ok("review:own"))["scorecard"]
    assert sums["facts"] == {"met": 2, "partly": 0, "not": 0}
    assert (sums["law"]["not"], sums["risk"]["partly"]) == (1, 1)
    assert not any(sums["steps"].values())
    for seat in (liu, qian, other):
        assert (await seat.ok("review:own"))["scorecard"] is None
    told = str(wang.pushes) + str(await qian.ok("review:of", number=number))
    assert "scores" not in told and "scorecard" not in told
