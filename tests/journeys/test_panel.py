"""The panel over real sockets: who is asked, who may take it, who is kept out, and who reads along."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatserver.config import Config
from chatserver.rules import experts
from chatserver.store import panel, people
from chatserver.store.database import Database
from tests.cast import CHEN, LI, QIAN, WANG, ZHAO, Person
from tests.clients import Running, Seat, ask, meet, running, until

HAN = Person("hanxu", "expert", "韩教授", "E0002", "lawyer")
HOUSE = "示范律师事务所"


@pytest.fixture
async def han(db: Database) -> Person:
    """A second expert."""
    await people.add(
        db,
        role=HAN.role,
        login=HAN.login,
        password=HAN.password,
        staff_no=HAN.staff_no,
        profession=HAN.profession,
        now=datetime.now(UTC),
    )
    return HAN


async def employ(db: Database, person: Person, at: str = HOUSE) -> None:
    async with db.use() as connection:
        await connection.execute(
            "update accounts set institution = $1 where login = $2", at, person.login
        )


async def on_rota(db: Database, person: Person) -> None:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    await panel.add_shift(db, person.staff_no or "", now - hour, now + hour, "S0002", now)


async def passed_on(chen: Seat, number: str) -> str:
    ack = await chen.ok("ticket:escalate", number=number, ground="unclear", question="是否适用？")
    id: str = ack["escalation"]["id"]
    return id


async def offer_to(seat: Seat, id: str) -> Any:
    return await seat.wait("escalation:offer", lambda it: it["escalation"]["id"] == id)


async def kinds(db: Database, number: str) -> list[tuple[str, str]]:
    async with db.use() as connection:
        rows = await connection.fetch(
            "select kind, actor from journal where ticket = $1 order by entry", number
        )
    return [(row["kind"], row["actor"]) for row in rows]


async def test_the_expert_on_rota_is_asked_first_and_after_a_pass_the_next(
    server: Running, db: Database, han: Person
) -> None:
    await on_rota(db, han)
    wang, chen, qian, on = [await server.sit(who) for who in (WANG, CHEN, QIAN, han)]
    number = await meet(wang, chen)
    id = await passed_on(chen, number)
    offer = await offer_to(on, id)
    assert offer["escalation"]["offered_to"] == "E0002" and offer["expires_at"]
    assert (await qian.wait("escalation:new"))["escalation"]["id"] == id  # everyone hears of it
    assert qian.heard("escalation:offer") == []
    ack = await on.ok("escalation:pass", id=id, reason="不熟悉新业态用工")
    assert ack["escalation"]["state"] == "open"
    await offer_to(qian, id)
    assert (await on.refused("escalation:pass", id=id))["code"] == "conflict"
    await qian.ok("escalation:claim", id=id)
    await server.settled()
    said = str(wang.pushes)
    assert "E0001" not in said and "E0002" not in said and "不熟悉" not in said


async def test_an_offer_that_nobody_answers_moves_on_and_anyone_may_claim_meanwhile(
    config: Config, dsn: str, db: Database, han: Person
) -> None:
    quick = replace(config, panel_offer_timeout=timedelta(milliseconds=400))
    async with running(quick, dsn) as server:
        wang, chen, qian, on = [await server.sit(who) for who in (WANG, CHEN, QIAN, han)]
        number = await meet(wang, chen)
        id = await passed_on(chen, number)
        await offer_to(qian, id)
        await offer_to(on, id)
        passed = ("escalation_passed", "system")
        await until(lambda: len(qian.heard("escalation:update")) >= 4)
        assert (await kinds(db, number)).count(passed) == 2
        assert [len(seat.heard("escalation:offer")) for seat in (qian, on)] == [1, 1]
        await on.ok("escalation:claim", id=id)
        assert (await qian.refused("escalation:claim", id=id))["code"] == "conflict"


async def test_the_one_with_fewer_open_claims_is_asked(
    server: Running, db: Database, han: Person
) -> None:
    wang, li, chen = [await server.sit(who) for who in (WANG, LI, CHEN)]
    qian = await server.sit(QIAN)
    first = await passed_on(chen, await meet(wang, chen))
    await qian.ok("escalation:claim", id=first)
    on = await server.sit(han)
    second = await passed_on(chen, await meet(li, chen))
    await offer_to(on, second)
    assert [it for it in qian.heard("escalation:offer") if it["escalation"]["id"] == second] == []


async def test_an_open_offer_is_heard_again_by_whoever_comes_back(
    config: Config, dsn: str, db: Database
) -> None:
    async with running(config, dsn) as server:
        wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
        id = await passed_on(chen, await meet(wang, chen))
        first = await offer_to(qian, id)
        again = await server.sit(QIAN)
        assert (await offer_to(again, id))["expires_at"] == first["expires_at"]
    async with running(config, dsn) as server:  # nothing of it was in memory
        qian = await server.sit(QIAN)
        assert (await offer_to(qian, id))["expires_at"] == first["expires_at"]
        await qian.ok("escalation:claim", id=id)


async def test_who_comes_later_is_asked_what_was_waiting(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    id = await passed_on(chen, await meet(wang, chen))
    await server.settled()
    await offer_to(await server.sit(QIAN), id)


async def test_the_own_house_hears_and_sees_nothing(
    server: Running, db: Database, han: Person
) -> None:
    await employ(db, CHEN)
    await employ(db, QIAN)
    wang, chen, own, other = [await server.sit(who) for who in (WANG, CHEN, QIAN, han)]
    number = await meet(wang, chen)
    assert (await own.ok("talk:list"))["tickets"] == []
    assert (await own.refused("talk:join", number=number))["code"] == "not_found"
    id = await passed_on(chen, number)
    await offer_to(other, id)
    await chen.ok("ticket:answer", number=number, id="a", body="可以申请仲裁。")
    assert (await own.ok("escalation:list"))["escalations"] == []
    assert (await own.ok("review:list"))["tickets"] == []
    assert [it["number"] for it in (await other.ok("review:list"))["tickets"]] == [number]
    for event, payload in (
        ("escalation:claim", {"id": id}),
        ("escalation:pass", {"id": id}),
        ("review:pass", {"number": number}),
        ("review:suggest", {"number": number, "seq": 3, "body": "应改"}),
        ("ticket:sync", {"number": number, "after_seq": 0}),
        ("note:list", {"number": number}),
    ):
        assert (await own.refused(event, **payload))["code"] == "not_found", event
    await server.settled()
    assert own.pushes == []


async def test_who_knew_of_it_is_told_why_not(server: Running, db: Database) -> None:
    """Qian reads along; then a lawyer of the own house takes the ticket."""
    await employ(db, QIAN)
    await employ(db, CHEN)
    wang, qian = await server.sit(WANG), await server.sit(QIAN)
    number = await ask(wang)
    await qian.ok("talk:join", number=number)
    chen = await server.sit(CHEN)
    await chen.ok("duty:set", status="on")
    await chen.wait("ticket:offer")
    await chen.ok("ticket:accept", number=number)
    id = await passed_on(chen, number)
    error = await qian.refused("escalation:claim", id=id)
    assert error["code"] == "forbidden" and error["article"] == 7 and "本机构" in error["message"]


async def test_an_expert_reads_along_seen_by_both_and_steps_in(
    server: Running, db: Database
) -> None:
    wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
    number = await meet(wang, chen)
    assert (await qian.refused("ticket:sync", number=number, after_seq=0))["code"] == "not_found"
    refused = await qian.refused("message:send", number=number, id="x", body="越权")
    assert refused["code"] == "not_found"
    listed = (await qian.ok("talk:list", category="labour"))["tickets"]
    assert [(it["number"], it["title"]) for it in listed] == [(number, "")], "read on record only"
    assert (await qian.ok("talk:list", category="family"))["tickets"] == []
    assert (await qian.refused("talk:list", category="no-such"))["code"] == "invalid"
    joined = (await qian.ok("talk:join", number=number))["ticket"]
    assert joined["readers"] == ["E0001"]
    for seat in (wang, chen):
        await seat.wait("ticket:update", lambda it: it["readers"] == ["E0001"])
    assert ("read_along", "E0001") in await kinds(db, number)
    assert (await qian.ok("ticket:sync", number=number, after_seq=0))["messages"]
    await wang.ok("message:send", number=number, id="c-1", body="还有加班费")
    await qian.wait("message:new", lambda it: it["body"] == "还有加班费")
    await qian.ok("ticket:note", number=number, body="请核对考勤")
    assert (await chen.wait("note:new"))["author"] == "E0001"

    ack = await qian.ok("message:send", number=number, id="e-1", body="请先保存考勤记录。")
    again = await qian.ok("message:send", number=number, id="e-1", body="请先保存考勤记录。")
    assert ack["seq"] == again["seq"]
    await wang.wait("message:new", lambda it: it["seq"] == ack["seq"])
    talk = (await wang.ok("ticket:sync", number=number, after_seq=0))["messages"]
    last = [(it["author"]["kind"], it["author"]["staff_no"], it["notice"]) for it in talk[-3:]]
    assert last == [
        ("system", None, "expert_joined"),
        ("system", None, "disclaimer"),
        ("expert", "E0001", None),
    ]
    assert "E0001" in talk[-3]["body"]
    assert (await chen.ok("ticket:sync", number=number, after_seq=0))["ticket"]["assignee"]

    await qian.ok("talk:leave", number=number)
    await chen.wait("ticket:update", lambda it: it["last_seq"] == ack["seq"] and not it["readers"])
    assert (await qian.refused("ticket:sync", number=number, after_seq=0))["code"] == "not_found"
    heard = len(qian.heard("message:new"))
    await wang.ok("message:send", number=number, id="c-2", body="好的")
    await server.settled()
    assert len(qian.heard("message:new")) == heard


async def test_a_stranger_hears_nothing_of_the_panel(server: Running) -> None:
    wang, chen, qian, zhao = [await server.sit(who) for who in (WANG, CHEN, QIAN, ZHAO)]
    number = await meet(wang, chen)
    await qian.ok("talk:join", number=number)
    await qian.ok("message:send", number=number, id="e-1", body="请先保存证据。")
    await server.settled()
    assert zhao.pushes == []


async def test_an_expert_at_another_process_is_asked_too(config: Config, dsn: str) -> None:
    async with running(config, dsn) as one, running(config, dsn) as other:
        wang, chen, qian = await one.sit(WANG), await one.sit(CHEN), await other.sit(QIAN)
        number = await meet(wang, chen)
        id = await passed_on(chen, number)
        assert (await qian.wait("escalation:new"))["escalation"]["id"] == id
        await offer_to(qian, id)
        await qian.ok("escalation:claim", id=id)
        await wang.ok("message:send", number=number, id="c-1", body="补充")
        await qian.wait("message:new", lambda it: it["body"] == "补充")


async def test_the_only_expert_finds_what_was_asked_on_after_their_own_answer(
    server: Running,
) -> None:
    wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
    number = await meet(wang, chen)
    id = await passed_on(chen, number)
    await qian.ok("escalation:claim", id=id)
    await qian.ok("escalation:answer", id=id, client_id="e-1", body="可以。")
    judged = await passed_on(chen, number)
    assert judged not in str(await qian.ok("escalation:list", state="open"))
    assert (await qian.refused("escalation:claim", id=judged))["code"] == "forbidden"
    await wang.ok("message:send", number=number, id="c", body="那么利息呢？")
    assert judged in str(await qian.ok("escalation:list", state="open"))
    await qian.ok("escalation:claim", id=judged)
    await qian.ok("escalation:answer", id=judged, client_id="e-2", body="利息另计。")


async def test_a_lawyer_who_has_asked_too_often_today_is_told_and_asks_nobody(
    server: Running, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
    monkeypatch.setattr(experts, "PANEL_ASKED_A_DAY", 1)
    number = await meet(wang, chen)
    wish = {"number": number, "ground": "unclear", "question": "如何适用？"}
    id = (await chen.ok("ticket:escalate", **wish))["escalation"]["id"]
    await qian.ok("escalation:claim", id=id)
    await qian.ok("escalation:bounce", id=id, reason="已有明确规定。")
    told = await chen.wait("note:new")
    assert (told["about"], told["body"]) == ("bounced", "已有明确规定。")
    shown = await chen.wait("ticket:update", lambda it: (it["escalation"] or {}).get("how"))
    assert (shown["escalation"]["state"], shown["escalation"]["how"]) == ("resolved", "bounced")
    error = await chen.refused("ticket:escalate", **wish)
    assert (error["code"], error["article"]) == ("rate_limited", 26)
    assert 0 < error["details"]["retry_after_s"] <= 24 * 3600 + 1
    assert "明确规定" not in str(wang.pushes)


async def test_an_answer_under_a_known_id_is_the_same_answer_to_the_same_question(
    server: Running,
) -> None:
    wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
    number = await meet(wang, chen)
    first = await passed_on(chen, number)
    await qian.ok("escalation:claim", id=first)
    given = {"client_id": "e-1", "body": "可以申请仲裁。"}
    done = await qian.ok("escalation:answer", id=first, **given)
    await wang.ok("message:send", number=number, id="c-2", body="还有一个问题")
    second = await passed_on(chen, number)
    await qian.ok("escalation:claim", id=second)
    for other in ({"id": second}, {"id": first, "ground": "urgent"}):
        refused = await qian.refused("escalation:answer", **(given | other))
        assert refused["code"] == "id_reused", other
    [left] = (await qian.ok("escalation:list", state="claimed"))["escalations"]
    assert left["id"] == second
    again = await qian.ok("escalation:answer", id=first, **given)
    assert (again["seq"], again["sent_at"]) == (done["seq"], done["sent_at"])
    await qian.ok("escalation:answer", id=second, **(given | {"client_id": "e-2"}))


async def test_an_answered_talk_is_read_while_it_is_looked_at_and_then_on_record(
    server: Running, db: Database, han: Person
) -> None:
    wang, chen, qian, other = [await server.sit(who) for who in (WANG, CHEN, QIAN, han)]
    number = await meet(wang, chen)
    await chen.ok("ticket:note", number=number, body="请留意时效")
    seq = (await chen.ok("ticket:answer", number=number, id="a", body="两年。"))["seq"]
    talk = {"number": number, "after_seq": 0}
    # The first answers of a lawyer are all looked at.
    for seat in (qian, other):
        seen = await seat.ok("ticket:sync", **talk)
        assert [note["body"] for note in seen["notes"]] == ["请留意时效"]
        assert seen["notes"] == (await seat.ok("note:list", number=number))["notes"]
    assert "notes" not in await chen.ok("ticket:sync", **talk)
    await qian.ok("review:suggest", number=number, seq=seq, body="有误")
    await other.ok("ticket:sync", **talk)
    correction = {"seq": seq, "id": "c", "body": "一年。", "reason": "有误"}
    await chen.ok("answer:correct", number=number, **correction)
    assert (await qian.ok("ticket:sync", **talk))["messages"][-2]["corrects"] == seq
    await wang.ok("message:send", number=number, id="c-2", body="还有一个问题")
    for seat in (qian, other):
        for event in ("ticket:sync", "note:list", "review:of"):
            payload = talk if event == "ticket:sync" else {"number": number}
            assert (await seat.refused(event, **payload))["code"] == "not_found"
    await qian.ok("talk:join", number=number)
    assert (await qian.ok("ticket:sync", **talk))["ticket"]["readers"] == ["E0001"]
    await wang.wait("ticket:update", lambda it: it["readers"] == ["E0001"])


async def test_who_acts_for_the_panel_reads_before_and_after(server: Running, han: Person) -> None:
    wang, chen, qian, other = [await server.sit(who) for who in (WANG, CHEN, QIAN, han)]
    number = await meet(wang, chen)
    talk = {"number": number, "after_seq": 0}
    for turn, act in enumerate(("opinion", "answer")):
        id = await passed_on(chen, number)
        for seat in (qian, other):
            await seat.ok("ticket:sync", **talk)
        await qian.ok("escalation:claim", id=id)
        await qian.ok("ticket:sync", **talk)
        more = {"client_id": f"e-{turn}"} if act == "answer" else {}
        await qian.ok(f"escalation:{act}", id=id, body="可以适用", **more)
        await qian.ok("ticket:sync", **talk)
        if act == "opinion":
            assert (await other.refused("ticket:sync", **talk))["code"] == "not_found"
