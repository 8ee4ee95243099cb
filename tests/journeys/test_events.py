"""Every event of both namespaces is acknowledged, and pushed, just as the contract says."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import socketio

from chatserver.live.server import NAMESPACES
from tests.cast import CHEN, HE, LI, QIAN, WANG, Person
from tests.clients import QUESTION, Running, Seat, ask, let_pass, meet, running, until

from . import shapes
from .test_panel import han

__all__ = ["han"]


class Formal:
    """A seat whose every acknowledgement must have the contract's form."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.done: set[str] = set()

    async def ok(self, event: str, **payload: Any) -> dict[str, Any]:
        ack = await self.seat.ok(event, **payload)
        acks = shapes.EXPERT_ACKS if self.seat.namespace == "/expert" else shapes.ACKS
        shapes.fits(ack, {"ok": lambda ok: ok is True, **acks[event]})
        self.done.add(event)
        return ack


async def test_every_event_is_acknowledged_in_the_form_of_the_contract(
    server: Running, han: Person
) -> None:
    wang, chen = Formal(await server.sit(WANG)), Formal(await server.sit(CHEN))
    watching = await server.sit(WANG)
    await chen.ok("duty:set", status="on")
    opened = (await wang.ok("ticket:open", id="q", **QUESTION))["ticket"]
    number = opened["number"]
    due = datetime.fromisoformat(opened["answer_due_at"])
    assert due - datetime.fromisoformat(opened["opened_at"]) == timedelta(hours=1)
    assert (opened["clock"]["article"], opened["clock"]["kind"]) == (23, "live_answer")
    assert opened["clock"]["due_at"] == opened["answer_due_at"]

    await chen.seat.wait("ticket:offer")
    await chen.ok("ticket:decline", number=number, reason="正在开庭")
    await chen.ok("duty:set", status="off")
    await wang.ok("ticket:withdraw", number=number)

    await chen.ok("duty:set", status="on")
    number = await ask(wang.seat, "q-2")
    await chen.seat.wait("ticket:offer", lambda offer: offer["ticket"]["number"] == number)
    await chen.ok("ticket:accept", number=number)
    for seat in (wang, chen):
        await seat.ok("message:send", number=number, id="m-1", body="您好")
        await seat.ok("message:typing", number=number, on=True)
        await seat.ok("message:read", number=number, seq=1)
        await seat.ok("ticket:list")
        await seat.ok("ticket:sync", number=number, after_seq=0, limit=2)
    await chen.ok("ticket:answer", number=number, id="m-2", body="可以申请劳动仲裁。")
    await chen.ok("ticket:close", number=number)
    await wang.ok("ticket:rate", number=number, satisfied=False, score=1, comment="还不清楚")

    await chen.ok("duty:set", status="off")
    number = await ask(wang.seat, "q-3")
    written = (await wang.ok("ticket:convert", number=number))["ticket"]
    due = datetime.fromisoformat(written["answer_due_at"])
    assert due - datetime.fromisoformat(written["opened_at"]) == timedelta(hours=5)
    assert (written["kind"], written["clock"]["kind"]) == ("message", "message_answer")
    pool = await chen.ok("pool:list")
    assert ([one["number"] for one in pool["tickets"]], pool["callbacks"]) == ([number], [])
    assert (await chen.ok("pool:list", category="family"))["tickets"] == []
    claimed = (await chen.ok("pool:claim", number=number))["ticket"]
    assert claimed["assignee"] == {"staff_no": "L0001", "profession": "lawyer"}

    qian = Formal(await server.sit(QIAN))
    await _promises(wang, chen, qian, number)
    await _settled(await server.sit(han), qian, number)
    await _explained(server, wang, chen)
    for seat in (wang, chen, qian):
        namespace = seat.seat.namespace
        assert seat.done == set(NAMESPACES[namespace][1]), f"not all of {namespace} is tried here"
    await server.settled()
    for sitting in (wang.seat, chen.seat, qian.seat, watching):
        for name, body in sitting.pushes:
            shapes.fits(body, shapes.PUSHES[name])
    told = {name for name, _ in watching.pushes}
    assert told >= {"message:new", "message:read", "message:typing", "ticket:update"}
    assert "message:update" in told
    assert not told & {"ticket:offer", "duty:update", "note:new", "review:new", "callback:due"}
    told = {name for name, _ in chen.seat.pushes}
    assert told >= {"note:new", "review:new", "callback:due", "message:update"}
    assert {name for name, _ in qian.seat.pushes} >= {
        *("escalation:new", "escalation:update", "escalation:offer", "message:new", "review:new")
    }


async def _explained(server: Running, wang: Formal, chen: Formal) -> None:
    """A written question that ran out in Chen's hands."""
    opened = await wang.ok("ticket:open", id="late", **(QUESTION | {"kind": "message"}))
    number = opened["ticket"]["number"]
    await chen.ok("pool:claim", number=number)
    await let_pass(server.server, number, timedelta(hours=5, seconds=1))
    [owed] = (await chen.ok("explanation:list"))["explanations"]
    assert (owed["number"], owed["clock"]) == (number, "message_answer")
    late = await chen.ok("ticket:sync", number=number, after_seq=0)
    assert late["ticket"]["explanation_owed_by"] == ["L0001"]
    seen = await wang.ok("ticket:sync", number=number, after_seq=0)
    assert seen["ticket"]["explanation_owed_by"] == [], "whom the house blames is its own affair"
    await chen.ok("ticket:explain_delay", number=number, id="why", body="核对规定用了时间。")
    said = await wang.seat.wait("message:new", lambda it: it["id"] == "why")
    assert (said["type"], said["notice"]) == ("notice", "delay_explained")
    assert said["author"] == {"kind": "staff", "staff_no": "L0001", "profession": "lawyer"}
    assert (await chen.ok("explanation:list"))["explanations"] == []


async def _promises(wang: Formal, chen: Formal, qian: Formal, number: str) -> None:
    """What goes on behind a written question, which Chen has claimed, up to its call-back."""
    tomorrow = (datetime.now(UTC) + timedelta(hours=20)).isoformat()
    await chen.ok("ticket:ask", number=number, id="ask", body="请问何时入职？")
    await wang.ok("message:send", number=number, id="c", body="三月")
    await chen.ok("ticket:schedule", number=number, promised_at=tomorrow, explanation="核对材料")
    await chen.ok("ticket:note", number=number, body="内部")
    await chen.ok("support:ask", number=number, question="如何处理？")
    await chen.ok("ticket:offline", number=number)
    await chen.ok("draft:save", number=number, body="还没写完")
    assert (await chen.ok("draft:get", number=number))["body"] == "还没写完"
    told = []
    ack = await chen.ok("ticket:escalate", number=number, ground="no_rule", question="怎么办？")
    id = ack["escalation"]["id"]
    await qian.ok("escalation:claim", id=id)
    await qian.ok("escalation:bounce", id=id, reason="请先核对劳动合同法第三十条。")
    await chen.seat.wait("note:new", lambda it: it["about"] == "bounced")
    for _ in range(2):
        ack = await chen.ok("ticket:escalate", number=number, ground="unclear", question="适用？")
        id = ack["escalation"]["id"]
        told.append(id)
        if not told[1:]:  # the rota offers it, and it may be claimed without waiting for that
            await qian.seat.wait("escalation:offer")
        await qian.ok("escalation:list", state="open")
        await qian.ok("escalation:claim", id=id)
        if not told[1:]:
            await qian.ok("escalation:pass", id=id, reason="先核对类案")
            await qian.ok("escalation:claim", id=id)
        if len(told) == 1:
            await qian.ok("escalation:opinion", id=id, body="不适用。")
            await chen.seat.wait("review:new", lambda it: it["kind"] == "opinion")
    await qian.ok("ticket:note", number=number, body="专家内部")
    assert (await qian.ok("talk:list", category="labour"))["tickets"]
    await qian.ok("talk:join", number=number)
    await qian.ok("message:send", number=number, id="e-0", body="请先保存证据。")
    await qian.ok("message:typing", number=number, on=True)
    await qian.ok("talk:leave", number=number)
    seq = (await chen.ok("ticket:answer", number=number, id="ans", body="可以。"))["seq"]
    await qian.ok("ticket:sync", number=number, after_seq=0)
    assert "new_lawyer" in (await qian.ok("review:list"))["reasons"][number]
    await qian.ok("review:of", number=number)
    for event, body in (("review:contest", "应删"), ("review:accept", "应改")):
        await qian.ok("review:suggest", number=number, seq=seq, body=body)
        review = await chen.seat.wait("review:new", lambda it, body=body: it["body"] == body)
        await chen.ok(event, id=review["id"], body="已核对")
    await qian.ok("review:pass", number=number)
    await qian.ok("escalation:answer", id=id, client_id="e-1", body="补充解答。", ground="urgent")
    assert (await chen.ok("review:own"))["reviews"]
    for seat in (chen, qian):
        assert (await seat.ok("note:list", number=number))["notes"]
    assert (await chen.ok("review:list", number=number))["reviews"]
    new = {"id": "cor", "body": "更正解答", "reason": "引用法条有误"}
    by = (await chen.ok("answer:correct", number=number, seq=seq, **new))["seq"]
    await wang.ok("answer:confirm", number=number, seq=by)
    await wang.ok("ticket:rate", number=number, satisfied=False)
    await wang.ok("callback:choose", number=number, at=tomorrow, who="same")
    assert number in [one["number"] for one in (await chen.ok("callback:list"))["callbacks"]]
    await chen.ok("callback:attempt", number=number, note="无人接听")
    await chen.ok("callback:begin", number=number)
    for n, to in enumerate(({"queue": True}, None)):
        opened = await wang.ok("ticket:open", id=f"w-{n}", **(QUESTION | {"kind": "message"}))
        other = opened["ticket"]["number"]
        await chen.ok("pool:claim", number=other)
        if to:
            await chen.ok("ticket:transfer", number=other, to=to)
    await chen.ok(
        "ticket:refuse", number=other, ground="out_of_scope", refer_to={"who": "市人社局"}
    )
    await wang.ok("referral:confirm", number=other)
    await wang.ok("ticket:appeal", number=other, body="不服")


async def _settled(han: Seat, qian: Formal, number: str) -> None:
    """What Han suggests about the answer that Qian gave."""
    talk = (await qian.ok("ticket:sync", number=number, after_seq=0))["messages"]
    seq = next(it["seq"] for it in talk if it["id"] == "e-1")
    for event, body in (("review:contest", "应删"), ("review:accept", "应改")):
        await han.ok("review:suggest", number=number, seq=seq, body=body, wording="改后的解答")
        [review] = (await qian.ok("review:own"))["reviews"]
        await qian.ok(event, id=review["id"], body="已核对")
    correction = {"body": "改后的解答", "reason": "引用法条有误"}
    await qian.ok("answer:correct", number=number, seq=seq, id="e-2", **correction)


async def test_every_tab_of_both_sides_hears_what_is_said_and_done(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    tabs = [wang, await server.sit(WANG), chen, await server.sit(CHEN)]
    number = await meet(wang, chen)
    await wang.ok("message:send", number=number, id="c", body="在吗")
    await chen.ok("message:send", number=number, id="l", body="在")
    await wang.ok("message:read", number=number, seq=4)
    await chen.ok("message:typing", number=number, on=True)
    await wang.ok("message:typing", number=number, on=False)
    for tab in tabs:
        await tab.wait("message:new", lambda it: it["author"]["staff_no"] == "L0001")
        await tab.wait("message:read", lambda it: it["by"] == "citizen" and it["seq"] == 4)
        await tab.wait("ticket:update", lambda it: it["state"] == "active")
    await server.settled()
    for tab in tabs:
        by = "staff" if tab.person is WANG else "citizen"
        assert {it["by"] for it in tab.heard("message:typing")} == {by}
        assert len(tab.heard("message:new")) == (4 if tab.person is WANG else 3)
    for tab in tabs[2:]:
        assert len(tab.heard("ticket:offer")) == 1
        assert tab.heard("duty:update")[-1]["duty"]["status"] == "on"


async def test_the_other_tab_hears_that_an_offer_was_declined(server: Running) -> None:
    wang, chen, tab = await server.sit(WANG), await server.sit(CHEN), await server.sit(CHEN)
    await chen.ok("duty:set", status="on")
    number = await ask(wang)
    await tab.wait("ticket:offer")
    await chen.ok("ticket:decline", number=number)
    assert await tab.wait("ticket:withdrawn_offer") == {"number": number}


async def test_what_is_said_is_fetched_again_page_by_page(server: Running) -> None:
    wang = await server.sit(WANG)
    number = await ask(wang)
    for n in range(2, 8):
        await wang.ok("message:send", number=number, id=f"m{n}", body=f"第{n}条")
    found: list[int] = []
    more = True
    while more:
        page = await wang.ok("ticket:sync", number=number, after_seq=len(found), limit=3)
        assert len(page["messages"]) <= 3
        found += [message["seq"] for message in page["messages"]]
        more = page["more"]
    assert found == [1, 2, 3, 4, 5, 6, 7]
    pushed = wang.heard("message:new")
    again = (await wang.ok("ticket:sync", number=number, after_seq=0))["messages"]
    assert again == pushed


async def test_the_same_id_gets_the_first_acknowledgement_whatever_happened_since(
    server: Running,
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    sent = await wang.ok("message:send", number=number, id="c", body="在吗")
    said = await chen.ok("ticket:answer", number=number, id="l", body="可以。")
    await chen.ok("ticket:close", number=number)
    assert await wang.ok("message:send", number=number, id="c", body="在吗") == sent
    assert await chen.ok("ticket:answer", number=number, id="l", body="可以。") == said
    opened = await wang.ok("ticket:open", id="q-1", **QUESTION)
    assert opened["ticket"]["number"] == number
    for seat, event, id, body in (
        (wang, "message:send", "c", "别的"),
        (wang, "message:send", "q-1", "别的"),
        (chen, "message:send", "l", "可以。"),
    ):
        error = await seat.refused(event, number=number, id=id, body=body)
        assert error["code"] == "id_reused", (event, id)
    error = await wang.refused("message:send", number=number, id="new", body="还有")
    assert (error["code"], error["details"]) == ("conflict", {"state": "closed"})
    # An id is one's own: the other side may use the same.
    other = await server.sit(LI)
    assert await ask(other, "q-1") != number


async def test_a_closed_ticket_takes_nothing_more_but_a_rating(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    error = await chen.refused("ticket:close", number=number)
    assert (error["code"], error["details"]) == ("conflict", {"state": "active"})
    error = await wang.refused("ticket:rate", number=number, satisfied=True)
    assert error["code"] == "conflict"
    await chen.ok("ticket:answer", number=number, id="l", body="可以。")
    assert (await wang.refused("ticket:withdraw", number=number))["code"] == "conflict"
    await chen.ok("ticket:close", number=number)
    for seat, event, payload in (
        (wang, "message:send", {"id": "c", "body": "再问"}),
        (wang, "ticket:withdraw", {}),
        (wang, "ticket:convert", {}),
        (chen, "message:send", {"id": "x", "body": "再说"}),
        (chen, "ticket:answer", {"id": "y", "body": "再答"}),
        (chen, "ticket:close", {}),
        (chen, "ticket:accept", {}),
        (chen, "ticket:decline", {}),
    ):
        error = await seat.refused(event, number=number, **payload)
        assert (error["code"], error["details"]) == ("conflict", {"state": "closed"}), event
    rated = await wang.ok("ticket:rate", number=number, satisfied=True, score=4)
    assert rated["ticket"]["satisfied"] is True


async def test_a_question_asked_on_after_the_answer_gets_a_new_clock(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    await chen.ok("ticket:answer", number=number, id="l", body="可以。")
    answered = await wang.wait("ticket:update", lambda it: it["state"] == "answered")
    assert answered["clock"] is None
    await wang.ok("message:send", number=number, id="c", body="那要多久？")
    again = await wang.wait(
        "ticket:update", lambda it: it["state"] == "active" and it["last_seq"] == 4
    )
    assert again["answer_due_at"] > answered["answer_due_at"]
    assert again["clock"]["due_at"] == again["answer_due_at"]


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_the_talk_is_the_same_on_either_transport(server: Running, transport: str) -> None:
    wang = await server.sit(WANG, transports=[transport])
    chen = await server.sit(CHEN, transports=[transport])
    number = await meet(wang, chen)
    await chen.ok("message:send", number=number, id="l", body="您好")
    said = await wang.wait("message:new", lambda it: it["type"] == "text" and it["seq"] == 3)
    assert said["body"] == "您好"


async def test_refusals_speak_the_language_of_the_connection(server: Running) -> None:
    told = []
    for lang in (None, "zh", "en", "fr"):
        seat = await server.sit(WANG, lang=lang)
        error = await seat.refused("ticket:withdraw", number="BJ20261123-000001-X")
        shapes.is_error(error)
        told.append(error["message"])
    assert told[0] == told[1] == told[3] and not told[0].isascii()
    assert told[2].isascii()


async def test_who_may_not_connect_is_told_why(server: Running, config: Any) -> None:
    refusals = []
    for namespace, token in (
        ("/lawyer", await server.sign_in(WANG)),
        ("/citizen", await server.sign_in(CHEN)),
        ("/lawyer", await server.sign_in(HE)),
        ("/expert", await server.sign_in(WANG)),
        ("/expert", await server.sign_in(CHEN)),
        ("/lawyer", await server.sign_in(QIAN)),
        ("/citizen", "no-such-token"),
        ("/citizen", {"$ne": None}),
        ("/citizen", None),
    ):
        refusals.append(await _connect_error(server, namespace, token))
    assert [error["code"] for error in refusals] == ["forbidden"] * 6 + ["unauthenticated"] * 3
    for error in refusals:
        shapes.is_error(error)


async def _connect_error(server: Running, namespace: str, token: Any) -> dict[str, Any]:
    client = socketio.AsyncClient(reconnection=False)
    refused: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    client.on("connect_error", refused.set_result, namespace=namespace)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(
            server.url, namespaces=[namespace], auth={"token": token}, transports=["websocket"]
        )
    data = await refused
    return data.get("data", data)


async def test_who_sends_too_much_is_told_when_to_go_on(config: Any, dsn: str) -> None:
    async with running(replace(config, messages_per_second=2), dsn) as server:
        wang, li = await server.sit(WANG), await server.sit(LI)
        tab = await server.sit(WANG)
        acks = [await wang.raw("ticket:list", {}) for _ in range(3)]
        acks += [await tab.raw("ticket:list", {}) for _ in range(3)]
        refused = [ack["error"] for ack in acks if not ack["ok"]]
        assert refused and {error["code"] for error in refused} == {"rate_limited"}
        assert all(error["details"]["retry_after_s"] >= 1 for error in refused)
        await li.ok("ticket:list")


async def test_a_session_that_ends_takes_its_sockets_along(server: Running) -> None:
    wang, other = await server.sit(WANG), await server.sit(WANG)
    headers = {"Authorization": f"Bearer {wang.token}"}
    url = f"{server.url}/api/v1/sessions/current"
    async with server.http.delete(url, headers=headers) as response:
        assert response.status == 204
    await until(lambda: not wang.client.connected, 2)
    assert other.client.connected
