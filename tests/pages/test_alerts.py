"""The ladder reaches its desks: rows written with their cause, to the institution concerned or the operator,
each once, with who has seen it (17, 22, 23)."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from chatserver.clock import Clock
from chatserver.rules import (
    answering,
    backstage,
    callback,
    deadlines,
    experts,
    feedback,
    promising,
    refusing,
)
from chatserver.rules.articles import Refused
from chatserver.rules.people import SYSTEM
from chatserver.store import people, tickets
from tests.cast import CHEN, FENG, HUANG, LI, LIU, QIAN, TANG, WANG, ZHOU, Person
from tests.clients import let_pass

from .conftest import Desk, Desks
from .test_backstage import act, employ, held, on_duty, told
from .test_tickets import opened

OTHER = Person("other", "backoffice", "别家", "S0009")


async def other_house(desk: Desk) -> None:
    await people.add(
        desk.server.database,
        role=OTHER.role,
        login=OTHER.login,
        password=OTHER.password,
        staff_no=OTHER.staff_no,
        institution="另一机构",
        now=Clock().now(),
    )


async def run(desk: Desk, number: str, *spans: float) -> None:
    """Applies the ladder as if so many shares of the written limit had passed, twice each."""
    five = desk.server.house.figures.message_answer_within
    for share in spans:
        await let_pass(desk.server, number, five * share)


async def alerts(desk: Desk, person: Person) -> list[dict[str, Any]]:
    status, seen = await told(desk, person, "/alerts")
    assert status == 200
    assert seen["unseen"] == sum(one["seen_at"] is None for one in seen["items"])
    items: list[dict[str, Any]] = seen["items"]
    return items


async def test_a_warning_goes_to_the_holders_institution_and_to_no_other(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    await other_house(desk)
    number = await held(desk)
    await run(desk, number, 0.81, 0.82)
    [near] = await alerts(desk, HUANG)
    assert (near["kind"], near["number"], near["settled"]) == ("near", number, False)
    assert "L0001" in near["text"] and near["due_at"]
    assert await alerts(desk, OTHER) == [] and await alerts(desk, FENG) == []


async def test_half_as_long_again_is_the_operators_once(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await run(desk, number, 0.81, 1.01, 1.51, 1.6)
    [overdue] = await alerts(desk, FENG)
    assert (overdue["kind"], overdue["number"]) == ("overdue", number)
    assert [one["kind"] for one in await alerts(desk, HUANG)] == ["near"]
    await act(desk, "answer", answering.answer, number, CHEN, "a", "可以。")
    assert (await alerts(desk, FENG))[0]["settled"]


async def test_what_nobody_holds_is_the_operators_to_find_somebody_for(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await opened(desk, WANG)
    await run(desk, number, 0.81)
    assert [one["kind"] for one in await alerts(desk, FENG)] == ["waiting"]
    assert await alerts(desk, HUANG) == []


@pytest.mark.parametrize("house", [None, "没有后台的律所"])
async def test_where_a_house_has_nobody_to_tell_the_operator_is_told(
    desk: Desk, house: str | None
) -> None:
    await employ(desk, HUANG)
    if house:
        await employ(desk, CHEN, at=house)
    number = await held(desk)
    await run(desk, number, 0.81, 0.82)
    assert await alerts(desk, HUANG) == []
    [near] = await alerts(desk, FENG)
    assert (near["kind"], near["href"]) == ("near", f"/admin/tickets/{number}")


async def test_the_row_is_there_if_and_only_if_its_event_is(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await run(desk, number, 0.81, 1.6)
    async with desk.server.database.use() as connection:
        ids = [row[0] for row in await connection.fetch("select id from alerts")]
        warned = await connection.fetch(
            "select j.entry, d.body from journal j join details d using (month, ticket, entry)"
            " where j.ticket = $1 and j.kind = 'warned'",
            number,
        )
    told = [
        row["entry"] for row in warned if json.loads(row["body"])["rung"] in ("warn", "operator")
    ]
    assert sorted(int(id.split(".")[1]) for id in ids) == sorted(told) and len(told) == 2


async def test_the_first_to_see_it_stands_and_another_desk_cannot(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    await other_house(desk)
    number = await held(desk)
    await run(desk, number, 0.81)
    id = (await alerts(desk, HUANG))[0]["id"]
    for stranger in (OTHER, FENG):
        assert await told(desk, stranger, "/alerts/seen", ids=[id]) == (200, {"seen": 0})
    assert await told(desk, HUANG, "/alerts/seen", ids=[id, "none"]) == (200, {"seen": 1})
    [seen] = await alerts(desk, HUANG)
    assert seen["seen_by"] == "S0001" and seen["seen_at"]
    assert await told(desk, HUANG, "/alerts/seen", ids=[id]) == (200, {"seen": 0})
    assert (await alerts(desk, HUANG))[0]["seen_at"] == seen["seen_at"]


async def test_nobody_else_has_such_a_desk(desk: Desk) -> None:
    for person in (WANG, CHEN, QIAN, TANG):
        assert (await told(desk, person, "/alerts"))[0] == 403
    assert await alerts(desk, HUANG) == [], "an account of no institution has an empty one"
    assert (await told(desk, HUANG, "/alerts/seen", ids=["x"]))[0] == 403
    assert (await told(desk, FENG, "/alerts/seen", ids=[]))[0] == 400
    status, problem = await told(desk, FENG, "/alerts/seen", ids=["x", "\u0000"])
    assert (status, problem["details"][0]["path"]) == (400, "$.ids[1]")


@pytest.mark.parametrize("who", ["same", "another", "expert"])
async def test_a_chosen_time_at_which_nobody_has_the_call_back_is_told_to_who_can_find_somebody(
    desk: Desk, who: str
) -> None:
    await employ(desk, HUANG, CHEN, LIU)
    number = await held(desk)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以。")
    await act(desk, "rate", feedback.rate, number, WANG, False)
    at = Clock().now() + timedelta(seconds=0.05)
    await act(desk, "callback_choose", callback.choose, number, WANG, at, who)
    await asyncio.sleep(0.1)
    await desk.server.casework.act("lapse", deadlines.lapse, number, SYSTEM)
    for person, told_of in ((FENG, ("another", "expert")), (HUANG, ("another",))):
        found = [(one["kind"], one["settled"]) for one in await alerts(desk, person)]
        assert found == ([("chosen", False)] if who in told_of else [])
    if who != "another":
        return
    await on_duty(desk, LIU)
    path = "/backoffice/stand-ins"
    status, done = await told(desk, HUANG, path, number=number, staff_no="L0002")
    assert (status, done["state"]) == (201, "answered")
    assert [one["settled"] for one in await alerts(desk, FENG)] == [True]
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and (ticket.assignee, ticket.profession) == ("L0002", "notary")


@pytest.mark.parametrize(
    ("who", "office", "operator"),
    [("same", ["near"], []), ("another", ["waiting"], ["waiting"]), ("expert", [], ["waiting"])],
)
async def test_a_call_back_near_its_end_is_told_to_who_can_do_something_about_it(
    desk: Desk, who: str, office: list[str], operator: list[str]
) -> None:
    await employ(desk, HUANG, CHEN, QIAN)
    number = await held(desk)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以。")
    await act(desk, "rate", feedback.rate, number, WANG, False)
    await act(desk, "close", answering.close, number, CHEN)
    at = Clock().now() + timedelta(minutes=1)
    chosen = await act(desk, "callback_choose", callback.choose, number, WANG, at, who)
    assert chosen.ticket.callback_due_at and chosen.ticket.clock_from
    span = 0.81 * (chosen.ticket.callback_due_at - chosen.ticket.clock_from)
    await let_pass(desk.server, number, span)
    for person, expected in ((HUANG, office), (FENG, operator)):
        # What is told at the chosen time and after it has tests of its own.
        found = [
            one for one in await alerts(desk, person) if one["kind"] not in ("chosen", "missed")
        ]
        assert [(one["kind"], one["settled"]) for one in found] == [(it, False) for it in expected]
    await act(
        desk,
        "callback_choose",
        callback.choose,
        number,
        WANG,
        chosen.ticket.callback_due_at,
        "same",
    )
    waiting = [one for one in await alerts(desk, FENG) if one["kind"] == "waiting"]
    assert all(one["settled"] for one in waiting)


async def test_of_a_call_back_that_an_expert_has_the_operator_hears_and_no_house(
    desk: Desk,
) -> None:
    await employ(desk, HUANG, CHEN)
    await other_house(desk)
    await employ(desk, QIAN, at="另一机构")
    number = await held(desk)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以。")
    await act(desk, "rate", feedback.rate, number, WANG, False)
    at = Clock().now() + timedelta(minutes=1)
    chosen = await act(desk, "callback_choose", callback.choose, number, WANG, at, "expert")
    await act(desk, "panel", experts.claim, number, QIAN, chosen.ticket.escalation)
    assert chosen.ticket.callback_due_at and chosen.ticket.clock_from
    span = 0.81 * (chosen.ticket.callback_due_at - chosen.ticket.clock_from)
    await let_pass(desk.server, number, span)
    told = {one["kind"]: one["text"] for one in await alerts(desk, FENG)}
    assert set(told) == {"missed", "near"} and all("E0001" in text for text in told.values())
    assert await alerts(desk, OTHER) == [] and await alerts(desk, HUANG) == []


@pytest.mark.parametrize("house", [True, False])
async def test_a_chosen_time_that_was_missed_is_told_to_the_house_or_else_the_operator(
    desk: Desk, house: bool
) -> None:
    if house:
        await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以。")
    await act(desk, "rate", feedback.rate, number, WANG, False)
    at = Clock().now() + timedelta(minutes=1)
    await act(desk, "callback_choose", callback.choose, number, WANG, at, "same")
    await let_pass(desk.server, number, timedelta(minutes=30))
    assert await alerts(desk, HUANG) == [] == await alerts(desk, FENG)
    await let_pass(desk.server, number, timedelta(minutes=32))
    told_to, other = (HUANG, FENG) if house else (FENG, HUANG)
    [missed] = await alerts(desk, told_to)
    assert (missed["kind"], missed["settled"]) == ("missed", False) and "L0001" in missed["text"]
    assert await alerts(desk, other) == []
    await act(desk, "callback_begin", callback.begin, number, CHEN)
    assert (await alerts(desk, told_to))[0]["settled"]


async def test_attempts_at_a_call_back_within_one_half_day_are_told_to_the_institution_once(
    desk: Desk,
) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "answer", answering.answer, number, CHEN, "a-1", "可以。")
    await act(desk, "rate", feedback.rate, number, WANG, False)
    for expected in ([], ["attempts"], ["attempts"]):
        await act(desk, "callback_attempt", callback.attempt, number, CHEN, "未接通")
        assert [one["kind"] for one in await alerts(desk, HUANG)] == expected
    assert "L0001" in (await alerts(desk, HUANG))[0]["text"] and await alerts(desk, FENG) == []


async def test_a_third_try_to_give_a_contact_is_reported_without_the_contact(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    for turn in range(5):
        with pytest.raises(Refused) as refused:
            await act(desk, "send", answering.send, number, CHEN, f"l-{turn}", "加微信：law12345")
        assert (refused.value.code, refused.value.article) == ("invalid", 22)
        expected = [] if turn < 2 else ["contacts"]
        for person in (HUANG, FENG):
            assert [one["kind"] for one in await alerts(desk, person)] == expected
    _, office = await told(desk, HUANG, "/backoffice")
    assert [one["contacts"] for one in office["lawyers"]] == [5]
    async with desk.server.database.use() as connection:
        bodies = await connection.fetch(
            "select body from messages union all select body from details"
        )
        rows = await connection.fetch("select to_jsonb(a)::text from alerts a")
    assert b"law12345" not in b"".join(row[0] for row in bodies)
    assert "law12345" not in str([row[0] for row in rows])
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.last_seq == 1, "the citizen saw nothing of it"


async def test_support_proposals_and_appeals_reach_their_desks_too(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await held(desk)
    await act(desk, "support", backstage.ask_support, number, CHEN, "怎么算？")
    assert [one["kind"] for one in await alerts(desk, HUANG)] == ["support"]
    assert await alerts(desk, FENG) == []
    await act(desk, "refuse", refusing.refuse, number, CHEN, "abuse", None, "广告")
    [abuse] = await alerts(desk, FENG)
    assert (abuse["kind"], abuse["settled"]) == ("abuse", False)
    await told(desk, FENG, "/operator/abuse", number=number, upheld=True, reason="广告")
    await act(desk, "appeal", refusing.appeal, number, WANG, "不是广告。")
    kinds = {one["kind"]: one["settled"] for one in await alerts(desk, FENG)}
    assert kinds == {"abuse": True, "appeal": False}


async def test_an_explanation_is_listed_for_the_institution_while_it_is_owed(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    await other_house(desk)
    number = await held(desk)
    await run(desk, number, 1.01, 1.02)
    _, office = await told(desk, HUANG, "/backoffice")
    [owed] = office["owed"]
    assert (owed["number"], owed["staff_no"], owed["clock"]) == (number, "L0001", "message_answer")
    assert (await told(desk, OTHER, "/backoffice"))[1]["owed"] == []
    await act(desk, "answer", answering.answer, number, CHEN, "a", "可以。")
    assert len((await told(desk, HUANG, "/backoffice"))[1]["owed"]) == 1, "not met by an answer"
    await act(
        desk, "explain_delay", promising.explain_delay, number, CHEN, "w", "核对规定用了时间。"
    )
    assert (await told(desk, HUANG, "/backoffice"))[1]["owed"] == []


async def test_the_list_works_by_forms_alone(desks: Desks) -> None:
    desk = await desks()
    await employ(desk, HUANG, CHEN, LIU)
    await held(desk, ZHOU, LI)
    numbers = [await held(desk)]
    await run(desk, numbers[0], 0.81)
    headers = await desk.cookie(HUANG)
    page = await (await desk.call("GET", "/backoffice?lang=en")).text()
    assert "A time limit is near" in page and numbers[0] in page and 'value="seen"' in page
    id = page.partition('name="ids" value="')[2].partition('"')[0]
    form = {"csrf": headers["X-CSRF-Token"], "do": "seen", "ids": id}
    answer = await desk.call("POST", "/backoffice", data=form, headers={"Origin": desk.origin})
    assert (answer.status, answer.headers["Location"]) == (303, "/backoffice?done=seen")
    page = await (await desk.call("GET", "/backoffice?done=seen")).text()
    assert "Seen by S0001" in page


async def test_what_waits_for_the_operator_has_a_time_and_the_soonest_stands_first(
    desk: Desk,
) -> None:
    first = await held(desk)
    await act(desk, "refuse", refusing.refuse, first, CHEN, "in_litigation")
    await act(desk, "appeal", refusing.appeal, first, WANG, "这个案件不是我的")
    second = await opened(desk, WANG, 2)
    await act(desk, "claim", answering.claim, second, CHEN)
    await act(desk, "refuse", refusing.refuse, second, CHEN, "abuse", None, "广告")
    _, seen = await told(desk, FENG, "/operator")
    [appealed], [proposed] = seen["appeals"], seen["abuse"]
    assert 0 < proposed["left_s"] <= 4 * 3600 and appealed["due_at"] > appealed["at"]
    for number in (first, second):
        await let_pass(desk.server, number, timedelta(days=30))
    late = [(one["kind"], one["number"], one["settled"]) for one in await alerts(desk, FENG)]
    assert ("unheard", first, False) in late and ("undecided", second, False) in late
    async with desk.server.database.use() as connection:
        rows = await connection.fetch("select appeal_late, abuse_due_at from tickets")
    assert {tuple(row) for row in rows} == {(True, None), (False, None)}
    await desk.cookie(FENG)
    page = await (await desk.call("GET", "/admin?lang=zh")).text()
    assert "还剩" in page and "前决定（第三十三条）" in page
    await told(desk, FENG, "/operator/appeals", number=first, upheld=False, reason="案号属实")
    settled = {one["kind"]: one["settled"] for one in await alerts(desk, FENG)}
    assert settled["unheard"] and settled["appeal"] and not settled["undecided"]
