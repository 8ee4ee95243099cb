"""Promises kept, over real sockets: what is late is told and passed on, what is asked of experts comes
back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chatserver.config import Config
from chatserver.rules.instants import instant
from chatserver.store import people
from chatserver.store.database import Database
from tests.cast import CHEN, LIU, QIAN, WANG, Person
from tests.clients import Running, Seat, ask, let_pass, meet, running

HAN = Person("hanxu", "expert", "韩教授", "E0002", "lawyer")
SECOND = timedelta(seconds=1)


def in_time(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat()


def notices(seat: Seat) -> list[str]:
    return [it["notice"] for it in seat.heard("message:new") if it["notice"]]


async def told(seat: Seat, notice: str) -> Any:
    """The notice, past or to come."""
    return await seat.wait("message:new", lambda it: it["notice"] == notice)


async def state(seat: Seat, number: str) -> Any:
    return (await seat.ok("ticket:sync", number=number, after_seq=0))["ticket"]


@asynccontextmanager
async def hurried(config: Config, dsn: str, **figures: Any) -> AsyncIterator[Running]:
    """A server whose clocks are short."""
    async with running(replace(config, **figures), dsn) as one:
        yield one


async def test_when_the_clock_runs_out_everything_happens_in_one_go(
    config: Config, dsn: str, db: Database
) -> None:
    async with hurried(config, dsn, message_answer_within=SECOND) as server:
        wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
        await chen.ok("duty:set", status="on")
        number = await ask(wang, kind="message")
        await told(wang, "delay_explained")
        new = (await qian.wait("escalation:new"))["escalation"]
        assert (new["reason"], new["state"]) == ("message_overdue", "open")
        assert new["ticket"]["number"] == number
        offer = await chen.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)
        assert offer["ticket"]["clock"]["late"] and offer["ticket"]["clock"]["next"] == "operator"
        async with db.use() as connection:
            rows = await connection.fetch(
                "select kind, at from journal where ticket = $1 order by entry", number
            )
        kinds = [row["kind"] for row in rows]
        place = kinds.index("lapsed")
        assert kinds[place - 1 : place + 2] == ["noticed", "lapsed", "escalated"]
        assert len({row["at"] for row in rows[place - 1 : place + 2]}) == 1
        await chen.ok("ticket:accept", number=number)
        await chen.ok("ticket:answer", number=number, id="a", body="可以。")
        assert (await state(wang, number))["clock"] is None


async def test_a_live_ticket_that_is_late_stays_with_its_holder(config: Config, dsn: str) -> None:
    async with hurried(config, dsn, live_answer_within=1.5 * SECOND) as server:
        wang, chen, liu = [await server.sit(who) for who in (WANG, CHEN, LIU)]
        number = await meet(wang, chen)
        await liu.ok("duty:set", status="on")
        warned = await chen.wait("deadline:warning")
        assert (warned["number"], warned["kind"]) == (number, "live_answer")
        await told(wang, "delay_explained")
        seen = await state(wang, number)
        assert seen["assignee"]["staff_no"] == "L0001" and seen["state"] == "active"
        assert seen["clock"]["late"] and seen["escalation"]["reason"] == "live_overdue"
        await server.settled()
        assert liu.heard("ticket:offer") == []
        await chen.ok("message:send", number=number, id="l", body="抱歉，我在核对。")


async def test_the_warning_comes_at_its_share_of_the_clock_and_once(
    config: Config, dsn: str
) -> None:
    within = 2 * SECOND
    async with hurried(config, dsn, live_answer_within=within, warn_at=0.75) as server:
        wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
        number = await meet(wang, chen)
        due = datetime.fromisoformat((await state(wang, number))["answer_due_at"])
        half = await chen.wait("deadline:reminder")
        assert chen.heard("deadline:warning") == []
        warned = await chen.wait("deadline:warning")
        assert due - 0.25 * within <= datetime.now(UTC) < due
        assert half == warned == {"number": number, "kind": "live_answer", "due_at": instant(due)}
        # The step after the end, for the operator on duty, warns of nothing any more.
        await chen.wait("deadline:reminder", lambda it: len(chen.heard("deadline:reminder")) == 2)
        assert len(chen.heard("deadline:warning")) == 1
        assert not [name for name, _ in wang.pushes + qian.pushes if name.startswith("deadline")]


async def test_who_comes_back_is_told_what_was_said_to_nobody(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    called = await unhappy(wang, chen, "q-2")
    at = in_time(60 * SECOND)
    await wang.ok("callback:choose", number=called, at=at, who="same")
    await chen.leave()
    await let_pass(server.server, number, timedelta(minutes=50))
    await let_pass(server.server, called, timedelta(minutes=5))
    back = await server.sit(CHEN)
    assert (await back.wait("deadline:warning"))["number"] == number
    assert (await back.wait("callback:due"))["due_at"][:19] == at[:19]
    await server.settled()
    assert (len(back.heard("deadline:warning")), len(back.heard("callback:due"))) == (1, 1)
    assert back.heard("deadline:reminder") == []


async def test_a_promise_is_told_and_its_miss_too(config: Config, dsn: str) -> None:
    async with hurried(config, dsn) as server:
        wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
        number = await meet(wang, chen)
        at = in_time(1.5 * SECOND)
        ack = await chen.ok(
            "ticket:schedule", number=number, promised_at=at, explanation="需要核对材料"
        )
        assert ack["ticket"]["state"] == "scheduled"
        assert ack["ticket"]["clock"]["kind"] == "promise"
        assert "需要核对材料" in (await told(wang, "answer_promised"))["body"]
        await told(wang, "delay_explained")
        new = (await qian.wait("escalation:new"))["escalation"]
        assert new["reason"] == "promise_overdue"
        error = await chen.refused(
            "ticket:schedule", number=number, promised_at=in_time(SECOND * 60), explanation="再等等"
        )
        assert error["code"] == "conflict"


async def test_a_question_stops_the_clock_until_the_citizen_speaks(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    due = (await state(wang, number))["answer_due_at"]
    await chen.ok("ticket:ask", number=number, id="ask-1", body="请问何时入职？")
    await told(wang, "question_asked")
    clock = (await state(wang, number))["clock"]
    assert clock["suspended"] and clock["due_at"] is None
    await wang.ok("message:send", number=number, id="c-1", body="三月")
    clock = (await state(wang, number))["clock"]
    assert not clock["suspended"] and clock["due_at"] > due


async def experts(server: Running, db: Database) -> list[Seat]:
    await people.add(
        db,
        role=HAN.role,
        login=HAN.login,
        password=HAN.password,
        staff_no=HAN.staff_no,
        profession=HAN.profession,
        now=datetime.now(UTC),
    )
    return [await server.sit(QIAN), await server.sit(HAN)]


async def passed_on(chen: Seat, number: str) -> str:
    ack = await chen.ok("ticket:escalate", number=number, ground="unclear", question="是否适用？")
    id: str = ack["escalation"]["id"]
    return id


async def test_of_two_experts_one_claims_and_the_opinion_goes_to_the_lawyer(
    server: Running, db: Database
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    panel = await experts(server, db)
    number = await meet(wang, chen)
    id = await passed_on(chen, number)
    acks = await asyncio.gather(*(seat.call("escalation:claim", id=id) for seat in panel))
    assert sorted(ack["ok"] for ack in acks) == [False, True]
    winner, loser = panel if acks[0]["ok"] else reversed(panel)
    assert (await loser.refused("escalation:opinion", id=id, body="意见"))["code"] == "conflict"
    await winner.ok("escalation:opinion", id=id, body="可以适用第三十条")
    review = await chen.wait("review:new")
    assert review["kind"] == "opinion" and review["body"] == "可以适用第三十条"
    done = await loser.wait("escalation:update", lambda it: it["escalation"]["state"] == "resolved")
    assert done["escalation"]["claimed_by"] == winner.person.staff_no
    assert (await state(wang, number))["escalation"]["state"] == "resolved"


async def test_an_expert_answers_directly_under_an_own_number(
    server: Running, db: Database
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    qian, _ = await experts(server, db)
    number = await meet(wang, chen)
    id = await passed_on(chen, number)
    await qian.ok("escalation:claim", id=id)
    first = await qian.ok("escalation:answer", id=id, client_id="e-1", body="专家的解答")
    again = await qian.ok("escalation:answer", id=id, client_id="e-1", body="专家的解答")
    assert again["seq"] == first["seq"]
    said = await wang.wait("message:new", lambda it: it["type"] == "answer")
    assert said["author"] == {"kind": "expert", "staff_no": "E0001", "profession": "lawyer"}
    assert notices(wang)[-2:] == ["expert_joined", "disclaimer"]
    assert (await state(wang, number))["state"] == "answered"


async def test_a_refusal_comes_with_its_card(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    refuse = {"number": number, "ground": "out_of_scope"}
    error = await chen.refused("ticket:refuse", **refuse)
    assert error["code"] == "invalid" and error["article"] == 28
    await chen.ok("ticket:refuse", **refuse, refer_to={"who": "市人社局", "phone": "12333"})
    said = await told(wang, "refusal")
    assert "市人社局" in said["body"] and "12333" in said["body"]
    assert (await state(wang, number))["outcome"] == "refused:out_of_scope"
    assert (await state(wang, number))["referral_known_at"] is None
    known = (await wang.ok("referral:confirm", number=number))["ticket"]["referral_known_at"]
    assert known is not None
    again = await wang.ok("referral:confirm", number=number)
    assert again["ticket"]["referral_known_at"] == known
    await chen.wait("ticket:update", lambda body: body["referral_known_at"] == known)
    await wang.ok("ticket:appeal", number=number, body="属于劳动争议。")
    assert (await wang.refused("ticket:appeal", number=number, body="再次"))["code"] == "conflict"


async def test_a_card_that_operators_keep_is_named_by_its_id(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    refuse = {"number": number, "ground": "out_of_scope"}
    for unknown in ("none", ""):
        error = await chen.refused("ticket:refuse", **refuse, refer_to=unknown)
        assert error["code"] == "not_found"
    await chen.ok("ticket:refuse", **refuse, refer_to="first-12333")
    said = await told(wang, "refusal")
    assert "请咨询：北京市人力资源和社会保障局\n电话：12333" in said["body"]
    assert (await state(wang, number))["outcome"] == "refused:out_of_scope"


async def test_a_call_back_is_opened_begun_and_done(config: Config, dsn: str) -> None:
    async with hurried(config, dsn, callback_within=SECOND * 60) as server:
        wang, chen = await server.sit(WANG), await server.sit(CHEN)
        number = await meet(wang, chen)
        await chen.ok("ticket:answer", number=number, id="a", body="可以。")
        await chen.ok("ticket:close", number=number)
        rated = (await wang.ok("ticket:rate", number=number, satisfied=False))["ticket"]
        assert rated["callback_due_at"] and rated["clock"]["kind"] == "callback"
        assert (await chen.wait("callback:due"))["due_at"] == rated["callback_due_at"]
        chosen = await wang.ok(
            "callback:choose", number=number, at=in_time(SECOND * 30), who="same"
        )
        assert chosen["ticket"]["callback"]["who"] == "same"
        await chen.ok("callback:begin", number=number)
        assert (await state(wang, number))["state"] == "active"
        await chen.ok("ticket:answer", number=number, id="b", body="再次解答。")
        seen = await state(wang, number)
        assert (seen["callback"]["state"], seen["clock"]) == ("done", None)


async def unhappy(wang: Seat, chen: Seat, id: str) -> str:
    """A closed ticket of Chen's whose citizen is not satisfied."""
    number = await meet(wang, chen, id)
    await chen.ok("ticket:answer", number=number, id="a", body="可以。")
    await chen.ok("ticket:close", number=number)
    await wang.ok("ticket:rate", number=number, satisfied=False)
    return number


async def test_another_lawyer_is_one_who_finds_it_in_the_pool(server: Running) -> None:
    wang, chen, liu = [await server.sit(who) for who in (WANG, CHEN, LIU)]
    number = await unhappy(wang, chen, "q-1")
    await wang.ok("callback:choose", number=number, at=in_time(60 * SECOND), who="another")
    assert (await chen.refused("callback:begin", number=number))["code"] == "forbidden"
    assert (await chen.refused("pool:claim", number=number))["code"] == "forbidden"
    pool = await liu.ok("pool:list")
    assert ([it["number"] for it in pool["callbacks"]], pool["tickets"]) == ([number], [])
    claimed = (await liu.ok("pool:claim", number=number))["ticket"]
    assert (claimed["state"], claimed["assignee"]["staff_no"]) == ("active", "L0002")
    assert number not in [it["number"] for it in (await liu.ok("pool:list"))["callbacks"]]
    await liu.ok("ticket:answer", number=number, id="b", body="再次解答。")
    assert (await state(wang, number))["callback"]["state"] == "done"


async def test_who_owes_call_backs_finds_them_soonest_first_and_nobody_elses(
    server: Running,
) -> None:
    wang, chen, liu = [await server.sit(who) for who in (WANG, CHEN, LIU)]
    first, second = [await unhappy(wang, chen, id) for id in ("q-1", "q-2")]
    for number, hours in ((first, 20), (second, 10)):
        at = in_time(hours * 3600 * SECOND)
        await wang.ok("callback:choose", number=number, at=at, who="same")
    owed = (await chen.ok("callback:list"))["callbacks"]
    assert [it["number"] for it in owed] == [second, first]
    await chen.ok("callback:begin", number=second)
    await chen.ok("ticket:answer", number=second, id="b", body="再次解答。")
    assert [it["number"] for it in (await chen.ok("callback:list"))["callbacks"]] == [first]
    assert (await liu.ok("callback:list"))["callbacks"] == []


async def test_what_an_expert_answered_out_of_the_queue_is_called_back_by_who_finds_it_in_the_pool(
    config: Config, dsn: str
) -> None:
    async with hurried(config, dsn, live_answer_within=SECOND) as server:
        wang, chen, liu, qian = [await server.sit(who) for who in (WANG, CHEN, LIU, QIAN)]
        number = await ask(wang)
        id = (await qian.wait("escalation:new"))["escalation"]["id"]
        await qian.ok("escalation:claim", id=id)
        await qian.ok("escalation:answer", id=id, client_id="e", body="专家的解答。")
        assert (await state(wang, number))["assignee"] is None
        assert (await liu.ok("pool:list"))["callbacks"] == []
        await wang.ok("ticket:rate", number=number, satisfied=False)
        for lawyer in (chen, liu):
            [waits] = (await lawyer.ok("pool:list"))["callbacks"]
            assert (waits["number"], waits["clock"]["kind"]) == (number, "callback")
        claims = await asyncio.gather(*(it.call("pool:claim", number=number) for it in (chen, liu)))
        assert sorted(claim["ok"] for claim in claims) == [False, True]
        winner = chen if claims[0]["ok"] else liu
        assert (await liu.ok("pool:list"))["callbacks"] == []
        await winner.ok("ticket:answer", number=number, id="b", body="再次解答。")
        seen = await state(wang, number)
        assert (seen["callback"]["state"], seen["callback"]["how"]) == ("done", "answered")


async def test_an_expert_who_was_wished_for_calls_back_and_no_lawyer_does(
    server: Running, db: Database
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    qian, _ = await experts(server, db)
    number = await unhappy(wang, chen, "q-1")
    await wang.ok("callback:choose", number=number, at=in_time(60 * SECOND), who="expert")
    for event in ("callback:begin", "callback:attempt"):
        more = {"note": "x"} if event == "callback:attempt" else {}
        assert (await chen.refused(event, number=number, **more))["code"] == "forbidden"
    asked = (await qian.wait("escalation:new"))["escalation"]
    assert (asked["reason"], asked["cause"]) == ("callback_overdue", "callback")
    id = asked["id"]
    await qian.ok("escalation:claim", id=id)
    await qian.ok("escalation:answer", id=id, client_id="e", body="专家再次解答。")
    seen = await state(wang, number)
    assert (seen["callback"]["state"], seen["state"]) == ("done", "answered")


async def test_the_same_lawyer_is_reminded_at_the_chosen_time_and_three_attempts_are_enough(
    server: Running,
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await unhappy(wang, chen, "q-1")
    at = in_time(SECOND)
    await wang.ok("callback:choose", number=number, at=at, who="same")
    due = await chen.wait("callback:due", lambda it: it["due_at"][:19] == at[:19])
    assert due["number"] == number
    for place in range(1, 4):
        ack = await chen.ok("callback:attempt", number=number, note=f"第 {place} 次无人应答")
        assert ack["ticket"]["callback"]["attempts"] == place
        assert len(ack["ticket"]["callback"]["attempted_at"]) == place
    assert ack["ticket"]["callback"]["state"] == "done"
    assert ack["ticket"]["callback"]["how"] == "attempted"
    await wang.wait("message:new", lambda it: "没有联系上您" in it["body"])
    refused = await chen.refused("callback:attempt", number=number, note="第四次")
    assert refused["code"] == "conflict"


async def test_not_satisfied_after_the_call_back_goes_to_the_experts(
    server: Running, db: Database
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    qian, _ = await experts(server, db)
    number = await unhappy(wang, chen, "q-1")
    await chen.ok("callback:begin", number=number)
    await chen.ok("ticket:answer", number=number, id="b", body="再次解答。")
    assert notices(wang).count("rate_us") == 1
    await chen.ok("ticket:close", number=number)
    await wang.wait("message:new", lambda it: it["notice"] == "rate_us" and it["seq"] > 8)
    assert qian.heard("escalation:new") == []
    rated = (await wang.ok("ticket:rate", number=number, satisfied=False))["ticket"]
    assert rated["escalation"]["state"] == "open" and rated["callback"]["state"] == "done"
    assert (await qian.wait("escalation:new"))["escalation"]["ticket"]["number"] == number


async def test_what_the_citizen_wrote_goes_with_the_call_back_and_not_into_the_pool(
    server: Running, db: Database
) -> None:
    wang, chen, liu = [await server.sit(who) for who in (WANG, CHEN, LIU)]
    qian, _ = await experts(server, db)
    number = await unhappy(wang, chen, "q-1")
    said = {"satisfied": False, "comment": "没有说到期限"}
    await wang.ok("ticket:rate", number=number, **said)
    assert (await state(chen, number))["callback"]["comment"] == "没有说到期限"
    await wang.ok("callback:choose", number=number, at=in_time(60 * SECOND), who="another")
    [waits] = (await liu.ok("pool:list"))["callbacks"]
    assert waits["callback"]["at"] and waits["callback"]["comment"] is None
    taken = (await liu.ok("pool:claim", number=number))["ticket"]
    assert taken["callback"]["comment"] == "没有说到期限"
    await liu.ok("ticket:answer", number=number, id="b", body="再次解答。")
    assert (await state(wang, number))["callback"]["how"] == "answered"
    await wang.ok("ticket:rate", number=number, satisfied=False, comment="还是没有")
    new = (await qian.wait("escalation:new"))["escalation"]
    assert new["question"] == new["ticket"]["callback"]["comment"] == "还是没有"


async def test_a_missed_call_back_is_told_and_goes_to_the_experts(config: Config, dsn: str) -> None:
    async with hurried(config, dsn, callback_within=SECOND) as server:
        wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
        number = await meet(wang, chen)
        await chen.ok("ticket:answer", number=number, id="a", body="可以。")
        await wang.ok("ticket:rate", number=number, satisfied=False)
        await told(wang, "delay_explained")
        new = (await qian.wait("escalation:new"))["escalation"]
        assert new["reason"] == "callback_overdue"
