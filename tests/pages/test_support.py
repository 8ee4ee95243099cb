"""A lawyer's question to those behind the talk is never lost (17) and has a due time (33), over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chatserver.rules import answering, backstage
from chatserver.rules.instants import instant
from chatserver.store import desks, tickets
from tests.cast import CHEN, FENG, HUANG, LI, LIU, TANG, WANG, ZHOU
from tests.clients import let_pass

from .conftest import Desk
from .test_alerts import alerts
from .test_backstage import act, employ, held, told

REPLIES = "/operator/replies"


async def asked(desk: Desk, *of: Any, text: str = "怎么算？") -> str:
    number = await held(desk, *of)
    await act(desk, "support", backstage.ask_support, number, of[0] if of else CHEN, text)
    return number


async def test_who_has_no_house_is_answered_by_the_operator(desk: Desk) -> None:
    await employ(desk, HUANG, LIU)
    number = await asked(desk)
    [alert] = await alerts(desk, FENG)
    assert (alert["kind"], alert["href"], alert["settled"]) == ("support", "#questions", False)
    assert (await told(desk, HUANG, "/backoffice"))[1]["questions"] == []
    _, seen = await told(desk, FENG, "/operator")
    [one] = seen["questions"]
    ticket = await tickets.find(desk.server.database, number)
    assert ticket is not None and ticket.support_due_at is not None
    assert (one["number"], one["body"], one["late"]) == (number, "怎么算？", False)
    assert one["due_at"] == instant(ticket.support_due_at) == alert["due_at"]
    for person in (HUANG, TANG, WANG, CHEN):
        assert (await told(desk, person, REPLIES, number=number, body="好"))[0] == 403
    status, _ = await told(desk, FENG, REPLIES, number=number, body="按约定基数。")
    assert status == 201
    last = (await desks.notes(desk.server.database, number))[-1]
    assert (last["about"], last["by"], last["body"]) == ("reply", "S0002", "按约定基数。")
    assert (await told(desk, FENG, "/operator"))[1]["questions"] == []
    assert [one["settled"] for one in await alerts(desk, FENG)] == [True]
    assert (await told(desk, FENG, REPLIES, number=number, body="再说"))[0] == 404


async def test_a_house_with_a_back_office_answers_for_itself_until_it_is_late(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN)
    number = await asked(desk)
    assert (await told(desk, FENG, "/operator"))[1]["questions"] == []
    assert (await told(desk, FENG, REPLIES, number=number, body="好"))[0] == 404
    await let_pass(desk.server, number, timedelta(hours=2.1))
    async with desk.server.database.use() as connection:
        await connection.execute("update notes set due_at = due_at - interval '2.1 h'")
    [late] = [one for one in await alerts(desk, FENG) if one["kind"] == "unsupported"]
    assert (late["href"], late["settled"]) == ("#questions", False)
    for person, path in ((FENG, "/operator"), (HUANG, "/backoffice")):
        [one] = (await told(desk, person, path))[1]["questions"]
        assert one["late"], person
    assert (await told(desk, FENG, REPLIES, number=number, body="按约定基数。"))[0] == 201
    assert (await told(desk, HUANG, "/backoffice"))[1]["questions"] == []


async def test_the_soonest_due_comes_first(desk: Desk) -> None:
    await employ(desk, HUANG, CHEN, ZHOU)
    first = await asked(desk)
    second = await asked(desk, ZHOU, LI)
    async with desk.server.database.use() as connection:
        await connection.execute(
            "update notes set due_at = due_at - interval '1 h' where ticket = $1", second
        )
    _, office = await told(desk, HUANG, "/backoffice")
    assert [one["number"] for one in office["questions"]] == [second, first]


async def test_the_operators_reply_works_by_forms_alone(desk: Desk) -> None:
    number = await asked(desk, text="<b>怎么算？</b>")
    headers = await desk.cookie(FENG)
    page = await (await desk.call("GET", "/admin")).text()
    assert number in page and "&lt;b&gt;怎么算" in page
    form = {"csrf": headers["X-CSRF-Token"], "do": "reply", "number": number, "body": "按约定。"}
    answer = await desk.call("POST", "/admin", data=form, headers={"Origin": desk.origin})
    assert (answer.status, answer.headers["Location"]) == (303, "/admin?done=reply")


async def test_a_reply_goes_to_the_own_house_and_settles_what_that_house_asked(desk: Desk) -> None:
    """Chen asks, passes the ticket on to Zhou of another house, and Zhou asks too."""
    await employ(desk, CHEN, LIU)
    await employ(desk, ZHOU, HUANG, at="另一机构")
    number = await asked(desk, text="甲所的问题")
    passing = (None, None, None, timedelta(seconds=30))
    await act(desk, "transfer", backstage.transfer, number, CHEN, *passing)
    await act(desk, "claim", answering.claim, number, ZHOU)
    await act(desk, "support", backstage.ask_support, number, ZHOU, "乙所的问题")
    before = await tickets.find(desk.server.database, number)
    status, _ = await told(desk, HUANG, "/backoffice/replies", number=number, body="乙所的回复")
    assert status == 201
    records = await tickets.records(desk.server.database, number, 1, 99)
    [reply] = [it.event for it in records if getattr(it.event, "about", "") == "reply"]
    assert getattr(reply, "to", None) == "L0003", "not who asked first, of another house"
    after = await tickets.find(desk.server.database, number)
    assert before is not None and after is not None
    assert after.support_due_at == before.support_due_at is not None, "Chen's still waits"
    assert (await told(desk, HUANG, "/backoffice"))[1]["questions"] == []

    await employ(desk, HUANG)
    [one] = (await told(desk, HUANG, "/backoffice"))[1]["questions"]
    assert (one["number"], one["body"]) == (number, "甲所的问题")
    assert (await told(desk, HUANG, f"/tickets/{number}/clock"))[0] == 200
    status, _ = await told(desk, HUANG, "/backoffice/replies", number=number, body="甲所的回复")
    assert status == 201
    settled = await tickets.find(desk.server.database, number)
    assert settled is not None and settled.support_due_at is None

    again = {"number": number, "body": "还有一句"}
    assert (await told(desk, HUANG, "/backoffice/replies", **again))[0] == 404, "not ours any more"
    assert (await told(desk, HUANG, f"/tickets/{number}/clock"))[0] == 404
    await employ(desk, HUANG, at="另一机构")
    assert (await told(desk, HUANG, "/backoffice/replies", **again))[0] == 201, "the holder's house"
