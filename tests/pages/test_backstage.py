"""The back office (17), the operator on duty (29) and the view of clocks (23), over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chatserver.clock import Clock
from chatserver.rules import (
    answering,
    backstage,
    callback,
    deadlines,
    engaging,
    experts,
    feedback,
    refusing,
    reviewing,
    routing,
)
from chatserver.rules.people import SYSTEM, actor_of
from chatserver.rules.question import Question
from chatserver.store import migrate, people, presence, tickets
from tests.cast import CHEN, FENG, HUANG, LI, LIU, QIAN, TANG, WANG, ZHAO, ZHOU, Person

from .conftest import Desk
from .test_tickets import act, opened

FIRM = "示范律师事务所"
V1 = "/api/v1"


async def actor(desk: Desk, person: Person) -> Any:
    async with desk.server.database.use() as connection:
        row = await connection.fetchrow("select * from accounts where login = $1", person.login)
    return actor_of(people.account_of(row), agreed=True)


async def employ(desk: Desk, *persons: Person, at: str = FIRM) -> None:
    async with desk.server.database.use() as connection:
        await connection.execute(
            "update accounts set institution = $1 where login = any($2)",
            at,
            [person.login for person in persons],
        )


async def held(desk: Desk, lawyer: Person = CHEN, citizen: Person = WANG) -> str:
    """The number of a written ticket that this lawyer has claimed."""
    number = await opened(desk, citizen)
    await act(desk, "claim", answering.claim, number, lawyer)
    return number


async def told(desk: Desk, person: Person, path: str, **wish: Any) -> tuple[int, Any]:
    headers = await desk.bearer(person)
    method, more = ("POST", {"json": wish}) if wish else ("GET", {})
    answer = await desk.call(method, f"{V1}{path}", headers=headers, **more)
    return answer.status, await answer.json()


async def on_duty(desk: Desk, person: Person) -> None:
    assert person.staff_no
    now = Clock().now()
    await presence.set_duty(desk.server.database, person.staff_no, "on", now)
    await presence.renew(desk.server.database, "test", {person.staff_no: 1}, now)


async def test_the_back_office_sees_its_own_lawyers_and_no_others(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN, LIU)
    await employ(desk, ZHOU, at="另一机构")
    number = await held(desk)
    other = await held(desk, ZHOU, LI)
    await act(desk, "support", backstage.ask_support, number, CHEN, "加班费基数怎么算？")
    await act(desk, "support", backstage.ask_support, other, ZHOU, "别家的问题")
    status, seen = await told(desk, HUANG, "/backoffice")
    assert (status, seen["institution"]) == (200, FIRM)
    assert [one["staff_no"] for one in seen["lawyers"]] == ["L0001", "L0002"]
    assert seen["lawyers"][0]["written"] == 1 and seen["lawyers"][0]["duty"] == "off"
    assert [one["number"] for one in seen["clocks"]] == [number]
    assert seen["clocks"][0]["clock"]["kind"] == "message_answer"
    assert [one["body"] for one in seen["questions"]] == ["加班费基数怎么算？"]
    assert other not in str(seen) and "拖欠" not in str(seen)


async def test_a_back_office_without_an_institution_sees_nothing(desk: Desk) -> None:
    await held(desk)
    _, seen = await told(desk, HUANG, "/backoffice")
    lists: dict[str, list[str]] = {key: [] for key in ("lawyers", "clocks", "questions", "owed")}
    assert seen == {"institution": None, **lists, "reasons": {}}


async def test_missed_offers_and_own_lapses_are_counted(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    await opened(desk, WANG)
    casework = desk.server.casework
    live = Question("live-1", "live", "labour", "工资")
    number = (await casework.open(await actor(desk, WANG), live, b"")).ticket.number
    await casework.act("offer", routing.offer, number, SYSTEM, "L0001", timedelta(seconds=-1))
    await casework.act("lapse", deadlines.lapse, number, SYSTEM)
    _, seen = await told(desk, HUANG, "/backoffice")
    assert seen["lawyers"][0]["missed"] == 1 and seen["lawyers"][0]["lapses"] == 0


async def test_refusals_are_counted_by_their_ground_and_apart_from_breaches(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "in_litigation", None, None)
    number = await held(desk, citizen=LI)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, "广告")
    _, seen = await told(desk, HUANG, "/backoffice")
    [chen] = seen["lawyers"]
    assert chen["refused"] == {"in_litigation": 1} and chen["lapses"] == 0
    await act(desk, "decide_abuse", refusing.decide_abuse, number, FENG, True, "查证属实")
    _, seen = await told(desk, HUANG, "/backoffice")
    assert seen["lawyers"][0]["refused"] == {"in_litigation": 1, "abuse": 1}


async def test_quality_is_shown_for_each_lawyer(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "offline", engaging.offline, number, CHEN, 0)
    await act(desk, "offline", engaging.offline, number, CHEN, 1)
    outcome = await act(desk, "answer", answering.answer, number, CHEN, "a", "可以。")
    seq = outcome.own.seq
    await act(desk, "correct", reviewing.correct, number, CHEN, "c", "不可以。", seq, "引错条文")
    await act(desk, "rate", feedback.rate, number, WANG, False)
    [one] = (await told(desk, HUANG, "/backoffice"))[1]["lawyers"]
    assert (one["rated"], one["satisfied"]) == (1, 0)
    assert (one["corrected"], one["unasked"], one["contacts"]) == (1, 1, 0)


async def test_what_did_not_satisfy_is_counted_for_the_house_and_shown_to_the_operator(
    desk: Desk,
) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以申请仲裁")
    for reasons in (("unclear",), ("unclear", "too_slow")):
        said = (False, None, None, None, None, reasons, "not")
        await act(desk, "rate", feedback.rate, number, WANG, *said)
    _, seen = await told(desk, HUANG, "/backoffice")
    assert seen["reasons"] == {"too_slow": 1, "unclear": 1}, "a rating that was changed counts once"
    _, seen = await told(desk, FENG, f"/operator/tickets/{number}")
    assert (seen["level"], seen["reasons"]) == ("not", ["unclear", "too_slow"])
    await desk.cookie(FENG)
    page = await (await desk.call("GET", f"/admin/tickets/{number}?lang=zh")).text()
    assert "没讲明白" in page and "太慢" in page
    await desk.cookie(HUANG)
    assert "没讲明白 1" in await (await desk.call("GET", "/backoffice?lang=zh")).text()


async def test_a_reply_reaches_the_lawyer_and_the_question_is_done(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "support", backstage.ask_support, number, CHEN, "怎么算？")
    status, _ = await told(desk, HUANG, "/backoffice/replies", number=number, body="按约定基数。")
    assert status == 201
    _, seen = await told(desk, HUANG, "/backoffice")
    assert seen["questions"] == []


@pytest.mark.parametrize("path", ["/backoffice/replies", "/backoffice/stand-ins"])
async def test_another_institutions_ticket_and_none_are_alike(desk: Desk, path: str) -> None:
    await employ(desk, HUANG, LIU)
    number = await held(desk)
    await act(desk, "support", backstage.ask_support, number, CHEN, "怎么算？")
    more = {"body": "好"} if path.endswith("replies") else {"staff_no": "L0002"}
    theirs = await told(desk, HUANG, path, number=number, **more)
    none = await told(desk, HUANG, path, number="BJ20261123-999999-X"[:18] + "2", **more)
    assert theirs[0] == 404 and none[0] in (400, 404)
    assert (await tickets.find(desk.server.database, number)).assignee == "L0001"


async def test_a_colleague_of_the_institution_is_asked_to_stand_in(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN, LIU)
    number = await held(desk)
    status, refused = await told(
        desk, HUANG, "/backoffice/stand-ins", number=number, staff_no="L0002"
    )
    assert (status, refused["code"]) == (409, "conflict")
    await on_duty(desk, LIU)
    status, done = await told(desk, HUANG, "/backoffice/stand-ins", number=number, staff_no="L0002")
    assert (status, done["state"]) == (201, "queued")
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.offered_to == "L0002" and ticket.assignee is None
    await act(desk, "accept", answering.accept, number, LIU)
    status, _ = await told(desk, HUANG, "/backoffice/stand-ins", number=number, staff_no="L0003")
    assert status == 404


async def test_an_operator_decides_a_proposal_and_the_citizen_is_told_why(desk: Desk) -> None:
    number = await held(desk)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, "广告")
    _, seen = await told(desk, FENG, "/operator")
    (proposal,) = seen["abuse"]
    assert (proposal["number"], proposal["staff_no"], proposal["note"]) == (number, "L0001", "广告")
    assert "拖欠工资" in proposal["talk"][0]["body"] and seen["appeals"] == []
    until = (Clock().now() + timedelta(days=7)).isoformat()
    status, done = await told(
        desk,
        FENG,
        "/operator/abuse",
        number=number,
        upheld=True,
        reason="查实为广告",
        blocked_until=until,
    )
    assert (status, done["outcome"]) == (201, "refused:abuse")
    with pytest.raises(Exception) as blocked:
        await opened(desk, WANG, 2)
    assert blocked.value.code == "blocked"
    assert blocked.value.details["reason"] == "查实为广告"
    assert blocked.value.details["until"].endswith("Z")
    assert blocked.value.details["number"] == number and "申诉" in blocked.value.details["appeal"]
    await desk.cookie(WANG)
    link = f'href="/consult?number={number}#{number}"'
    page = await (await desk.call("GET", "/account?lang=zh")).text()
    assert link in page and "查实为广告" in page and "您不能提出新的咨询" in page
    desk.client.session.cookie_jar.clear()
    status, again = await told(
        desk, FENG, "/operator/abuse", number=number, upheld=True, reason="再次"
    )
    assert (status, again["code"]) == (409, "conflict")


async def test_a_dismissed_proposal_changes_nothing_for_the_citizen(desk: Desk) -> None:
    number = await held(desk)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, None)
    status, done = await told(
        desk, FENG, "/operator/abuse", number=number, upheld=False, reason="并非滥用"
    )
    assert (status, done["state"], done["outcome"]) == (201, "active", None)
    await opened(desk, WANG, 2)


@pytest.mark.parametrize(
    "until",
    [
        "2020-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
        "2026-12-01T00:00:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
async def test_a_block_ends_within_a_year(desk: Desk, until: str) -> None:
    number = await held(desk)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, None)
    status, refused = await told(
        desk, FENG, "/operator/abuse", number=number, upheld=True, reason="x", blocked_until=until
    )
    assert (status, refused["code"]) == (400, "invalid")


async def test_an_upheld_appeal_ends_the_block_and_opens_the_way(desk: Desk) -> None:
    number = await held(desk)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, None)
    until = (Clock().now() + timedelta(days=7)).isoformat()
    await told(
        desk, FENG, "/operator/abuse", number=number, upheld=True, reason="x", blocked_until=until
    )
    await act(desk, "appeal", refusing.appeal, number, WANG, "我确实被拖欠工资。")
    _, seen = await told(desk, FENG, "/operator")
    assert [(one["number"], one["body"], one["own"]) for one in seen["appeals"]] == [
        (number, "我确实被拖欠工资。", True)
    ]
    wish = {"number": number, "upheld": True, "reason": "属实"}
    status, refused = await told(desk, FENG, "/operator/appeals", **wish)
    assert (status, refused["code"], refused["article"]) == (403, "forbidden", 29)
    status, _ = await told(desk, TANG, "/operator/appeals", **wish)
    assert status == 201
    await opened(desk, WANG, 2)
    _, seen = await told(desk, FENG, "/operator")
    assert seen == {"abuse": [], "appeals": [], "questions": []}


async def test_an_own_finding_is_said_to_be_anothers_and_the_bureau_decides_by_forms_alone(
    desk: Desk,
) -> None:
    number, other = await proposed(desk, 1), await held(desk, citizen=LI)
    await found(desk, number, step="notice")
    await act(desk, "appeal", refusing.appeal, number, WANG, "不是广告。")
    await act(desk, "refuse", refusing.refuse, other, CHEN, "in_litigation", None, None)
    await act(desk, "appeal", refusing.appeal, other, LI, "没有在诉讼。")
    await desk.cookie(FENG)
    page = await (await desk.call("GET", "/admin?lang=zh")).text()
    assert page.count("这项认定是您作出的") == 1 and page.count('value="appeal"') == 1
    desk.client.session.cookie_jar.clear()
    headers = await desk.cookie(TANG)
    assert (await desk.call("GET", "/admin")).status == 403
    page = await (await desk.call("GET", "/bureau/appeals?lang=zh")).text()
    assert number in page and other not in page and "滥用提请" not in page
    assert page.count('value="appeal"') == 1 and "desk-alerts" not in page
    form = {"csrf": headers["X-CSRF-Token"], "do": "abuse", "number": number, "reason": "属实"}
    origin = {"Origin": desk.origin}
    answer = await desk.call(
        "POST", "/bureau/appeals", data=form | {"upheld": "true"}, headers=origin
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/bureau/appeals?done=1")
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.appeal == "upheld"
    refused = {"number": other, "upheld": True, "reason": "x"}
    assert (await told(desk, TANG, "/operator/appeals", **refused))[0] == 404


async def test_who_found_abuse_before_it_was_kept_is_read_from_the_record(desk: Desk) -> None:
    number = await proposed(desk, 1)
    await found(desk, number, step="notice")
    [file] = [one for one in migrate.files() if one.name == "0037_found_by.sql"]
    _, backfill = file.read_text("utf-8").split(";", 1)
    async with desk.server.database.use() as connection:
        await connection.execute("update tickets set abuse_found_by = null")
        await connection.execute(backfill)
        kept = await connection.fetchval("select abuse_found_by from tickets")
    assert kept == "S0002"


async def blocked_for(desk: Desk, days: int, number: str) -> datetime:
    """A finding of abuse on this ticket of Wang's that blocks her for so many days; until when."""
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, None)
    until = Clock().now() + timedelta(days=days)
    await act(desk, "decide_abuse", refusing.decide_abuse, number, FENG, True, f"{days}", until)
    return until


async def block(desk: Desk) -> tuple[Any, Any]:
    async with desk.server.database.use() as connection:
        row = await connection.fetchrow(
            "select blocked_until, blocked_reason from accounts where login = $1", WANG.login
        )
    return row["blocked_until"], row["blocked_reason"]


@pytest.mark.parametrize("days", [(30, 7), (7, 30)])
async def test_a_block_shortens_no_other_and_an_appeal_lifts_its_own(
    desk: Desk, days: tuple[int, int]
) -> None:
    numbers = [await opened(desk, WANG, count) for count in (1, 2)]
    for number in numbers:
        await act(desk, "claim", answering.claim, number, CHEN)
    until = [await blocked_for(desk, *of) for of in zip(days, numbers, strict=True)]
    assert await block(desk) == (max(until), "30")
    for number, left in zip(numbers, [(until[1], str(days[1])), (None, None)], strict=True):
        await act(desk, "appeal", refusing.appeal, number, WANG, "并非如此。")
        await act(desk, "decide_appeal", refusing.decide_appeal, number, TANG, True, "属实")
        assert await block(desk) == left


async def proposed(desk: Desk, turn: int) -> str:
    """Wang's question of that turn, which Chen takes for abuse."""
    number = await opened(desk, WANG, turn)
    await act(desk, "claim", answering.claim, number, CHEN)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, "广告")
    return number


async def found(desk: Desk, number: str, **taken: Any) -> int:
    wish = {"number": number, "upheld": True, "reason": "广告"} | taken
    status, _ = await told(desk, FENG, "/operator/abuse", **wish)
    return int(status)


async def test_the_ladder_goes_from_a_word_to_a_suspension(desk: Desk) -> None:
    first = await proposed(desk, 1)
    [one] = (await told(desk, FENG, "/operator"))[1]["abuse"]
    assert (one["suggested"], one["before"]) == ("notice", [])
    assert await found(desk, first, step="notice") == 201
    second = await proposed(desk, 2)
    [one] = (await told(desk, FENG, "/operator"))[1]["abuse"]
    assert one["suggested"] == "cool_down"
    assert [(it["number"], it["step"]) for it in one["before"]] == [(first, "notice")]
    assert await found(desk, second, step="cool_down") == 201
    with pytest.raises(Exception) as blocked:
        await opened(desk, WANG, 3)
    assert blocked.value.code == "blocked"


async def test_a_weekly_limit_counts_from_its_decision_and_an_appeal_lifts_it(desk: Desk) -> None:
    first = await proposed(desk, 1)
    until = (Clock().now() + timedelta(days=30)).isoformat()
    assert await found(desk, first, step="weekly", blocked_until=until) == 400, "how many?"
    assert await found(desk, first, step="weekly", blocked_until=until, per_week=2) == 201
    for turn in (2, 3):
        await opened(desk, WANG, turn)
    with pytest.raises(Exception) as limited:
        await opened(desk, WANG, 4)
    details = limited.value.details
    assert (limited.value.code, details["per_week"], details["reason"]) == ("blocked", 2, "广告")
    assert details["number"] == first
    week = datetime.fromisoformat(details["until"]) - Clock().now()
    assert timedelta(days=6, hours=23) < week <= timedelta(days=7)
    await act(desk, "appeal", refusing.appeal, first, WANG, "不是广告")
    await told(desk, TANG, "/operator/appeals", number=first, upheld=True, reason="属实")
    await opened(desk, WANG, 4)
    await proposed(desk, 5)
    [one] = (await told(desk, FENG, "/operator"))[1]["abuse"]
    assert one["before"] == [], "what an appeal has lifted is not held against anybody"


async def test_a_weekly_limit_holds_for_questions_that_come_at_once(desk: Desk) -> None:
    first = await proposed(desk, 1)
    until = (Clock().now() + timedelta(days=30)).isoformat()
    await found(desk, first, step="weekly", blocked_until=until, per_week=1)
    turns = [opened(desk, WANG, turn) for turn in range(2, 6)]
    made = await asyncio.gather(*turns, return_exceptions=True)
    assert sum(isinstance(one, str) for one in made) == 1


async def test_an_appeal_is_shown_while_the_citizen_is_called_back(desk: Desk) -> None:
    number = await held(desk)
    await act(desk, "refuse", refusing.refuse, number, CHEN, "in_litigation", None, None)
    await act(desk, "appeal", refusing.appeal, number, WANG, "没有在诉讼。")
    await act(desk, "rate", feedback.rate, number, WANG, False)
    await act(desk, "callback_begin", callback.begin, number, CHEN)
    status, seen = await told(desk, FENG, "/operator")
    assert (status, [one["number"] for one in seen["appeals"]]) == (200, [number])


async def test_a_clock_is_explained_to_its_parties_and_no_one_else(desk: Desk) -> None:
    number = await held(desk)
    path = f"/tickets/{number}/clock"
    for person in (WANG, CHEN, TANG):
        status, seen = await told(desk, person, path)
        assert (status, seen["number"]) == (200, number), person
        assert seen["clock"]["kind"] == "message_answer"
        assert [step["what"] for step in seen["items"]] == ["started"]
        (start,) = seen["items"]
        assert start["rule"] == "提出咨询，开始计时：应在 5 小时内解答。"
        assert (start["article"], start["basis"]) == (23, "第二十三条")
        assert (start["title"], start["name"]) == ("开始计时", "解答时限")
        assert seen["standing"] == "正在计时。"
    stranger = await told(desk, ZHAO, path)
    none = await told(desk, ZHAO, "/tickets/BJ20261123-999999-1/clock")
    assert stranger[0] == 404 or none[0] == 400
    assert (await told(desk, LIU, path))[0] == 404
    assert (await told(desk, QIAN, path))[0] == 404  # not passed on to the panel


async def test_a_clock_is_explained_to_the_panel_the_operator_and_the_own_back_office(
    desk: Desk,
) -> None:
    await employ(desk, HUANG, CHEN)
    await employ(desk, ZHOU, at="另一机构")
    own, other = await held(desk), await held(desk, ZHOU, LI)
    await act(desk, "escalate", experts.escalate, own, CHEN, "unclear", "是否适用？")
    for person in (HUANG, FENG, QIAN):
        status, seen = await told(desk, person, f"/tickets/{own}/clock")
        assert (status, [step["what"] for step in seen["items"]]) == (200, ["started"]), person
    assert (await told(desk, FENG, f"/tickets/{other}/clock"))[0] == 200
    for person in (HUANG, QIAN):
        assert (await told(desk, person, f"/tickets/{other}/clock"))[0] == 404, person


async def test_the_limits_in_the_explanation_are_the_tickets_own(desk: Desk) -> None:
    number = await held(desk)
    opened_with = desk.server.house.figures
    desk.server.house.figures = replace(
        opened_with,
        message_answer_within=timedelta(hours=9),
        callback_within=timedelta(minutes=20),
    )
    try:
        _, seen = await told(desk, WANG, f"/tickets/{number}/clock")
        assert "5 小时" in seen["items"][0]["rule"]
        headers = await desk.cookie(WANG)
        page = await (await desk.call("GET", "/consult?lang=en", headers=headers)).text()
        assert 'data-message="9 hours"' in page and 'data-callback="20 minutes"' in page
        assert "it is answered within 9 hours (Article 23)" in page
    finally:
        desk.server.house.figures = opened_with


async def test_the_pages_work_by_forms_alone(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "support", backstage.ask_support, number, CHEN, "<b>怎么算？</b>")
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, "广告")
    headers = await desk.cookie(HUANG)
    page = await (await desk.call("GET", "/backoffice")).text()
    assert number in page and "&lt;b&gt;怎么算" in page and 'action="/backoffice"' in page
    form = {"csrf": headers["X-CSRF-Token"], "do": "reply", "number": number, "body": "按约定。"}
    origin = {"Origin": desk.origin}
    answer = await desk.call("POST", "/backoffice", data=form, headers=origin)
    assert (answer.status, answer.headers["Location"]) == (303, "/backoffice?done=reply")
    bad = await desk.call("POST", "/backoffice", data=form | {"number": "x"}, headers=origin)
    assert bad.status == 400 and "按约定" not in await bad.text()
    desk.client.session.cookie_jar.clear()
    headers = await desk.cookie(FENG)
    page = await (await desk.call("GET", "/admin?lang=en")).text()
    assert "Proposals of abuse" in page and number in page
    form = {"csrf": headers["X-CSRF-Token"], "do": "abuse", "number": number, "reason": "广告"}
    empty = await desk.call("POST", "/admin", data=form, headers=origin)
    assert empty.status == 400
    answer = await desk.call("POST", "/admin", data=form | {"upheld": "true"}, headers=origin)
    assert answer.status == 303
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.outcome == "refused:abuse"
