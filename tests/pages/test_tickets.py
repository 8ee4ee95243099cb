"""Tickets over HTTP: pages of one's own, newest first, and one by its number."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from chatserver.clock import Clock
from chatserver.rules import answering, backstage, experts, feedback
from chatserver.rules.people import actor_of
from chatserver.rules.question import Question
from chatserver.store import people, sessions
from tests.cast import CHEN, LI, QIAN, TANG, WANG, ZHOU, Person

from .conftest import Desk


async def opened(desk: Desk, citizen: Person, count: int = 1) -> str:
    """The number of the last of `count` new tickets of this citizen."""
    database = desk.server.database
    async with database.use() as connection:
        id = await connection.fetchval("select id from accounts where login = $1", citizen.login)
    account = await people.by_id(database, id)
    assert account is not None
    version, _, _ = await sessions.agreement(database)
    await sessions.accept(database, account.id, version, Clock().now())
    number = ""
    for turn in range(count):
        body = f"第 {turn} 个问题：公司拖欠工资怎么办？"
        payload = Question(f"q{turn}-{id[:8]}", "message", "labour", body)
        outcome = await desk.server.casework.open(actor_of(account), payload, b"")
        number = outcome.ticket.number
    return number


async def act(desk: Desk, action: str, rule: Any, number: str, person: Person, *args: Any) -> Any:
    """What this person does to a ticket."""
    async with desk.server.database.use() as connection:
        row = await connection.fetchrow("select * from accounts where login = $1", person.login)
    who = actor_of(people.account_of(row), agreed=True)
    return await desk.server.casework.act(action, rule, number, who, *args)


async def test_one_sees_ones_own_ticket_as_the_contract_has_it(desk: Desk) -> None:
    number = await opened(desk, WANG)
    answer = await desk.call("GET", f"/api/v1/tickets/{number}", headers=await desk.bearer(WANG))
    ticket = await answer.json()
    assert answer.status == 200
    assert ticket["number"] == number and ticket["state"] == "queued"
    assert ticket["clock"]["article"] == 23 and ticket["queue"]["position"] == 1
    assert ticket["opened_at"].endswith("Z") and len(ticket["opened_at"]) == 24


async def test_a_mistyped_number_is_caught_before_any_look_up(desk: Desk) -> None:
    bearer = await desk.bearer(WANG)
    for number in [
        "x",
        "BJ20261123-000042-6",
        "BJ20261132-000042-5",
        "bj20261123-000042-5",
        "BJ20261123-000042-5%00",
    ]:
        answer = await desk.call("GET", f"/api/v1/tickets/{number}", headers=bearer)
        told = await answer.json()
        assert (answer.status, told["code"]) == (400, "invalid")
        assert told["details"][0]["path"] == "$.number"


async def test_a_list_is_turned_page_by_page_and_nothing_is_missed(desk: Desk) -> None:
    await opened(desk, WANG, 5)
    await opened(desk, LI, 2)
    bearer, seen, cursor = await desk.bearer(WANG), [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = await (
            await desk.call("GET", "/api/v1/tickets", params=query, headers=bearer)
        ).json()
        seen.append([ticket["number"] for ticket in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [len(numbers) for numbers in seen] == [2, 2, 1]
    flat = [number for numbers in seen for number in numbers]
    assert flat == sorted(flat, reverse=True) and len(set(flat)) == 5


async def test_a_supervisor_sees_all_tickets_and_a_lawyer_only_own_ones(desk: Desk) -> None:
    number = await opened(desk, WANG, 2)
    found = {}
    for person in (TANG, CHEN, LI):
        answer = await desk.call("GET", "/api/v1/tickets", headers=await desk.bearer(person))
        found[person] = len((await answer.json())["items"])
    assert found == {TANG: 2, CHEN: 0, LI: 0}
    answer = await desk.call("GET", f"/api/v1/tickets/{number}", headers=await desk.bearer(TANG))
    assert answer.status == 200


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


async def test_a_wrong_page_is_invalid(desk: Desk) -> None:
    bearer = await desk.bearer(WANG)
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=-1",
        "limit=²",
        "limit=1e9",
        "limit=00000010",
        "limit=" + "9" * 5000,
        "cursor=x",
        "cursor=字",
        "cursor=MjAyNg",
        "cursor=" + "A" * 4000,
        "open_only=maybe",
        "cursor=MjAyNi0xMS0yM1QwMDowMDowMCAx",
        "cursor=" + cursor("0001-01-01T00:00:00+14:00 x"),
        "cursor=" + cursor("9999-12-31T23:59:59-12:00 x"),
    ]:
        answer = await desk.call("GET", f"/api/v1/tickets?{query}", headers=bearer)
        assert (answer.status, (await answer.json())["code"]) == (400, "invalid"), query


async def test_a_former_holder_is_not_told_what_the_citizen_says_of_the_next(desk: Desk) -> None:
    number = await opened(desk, WANG)
    await act(desk, "claim", answering.claim, number, CHEN)
    passing = (None, None, None, timedelta(seconds=30))
    await act(desk, "transfer", backstage.transfer, number, CHEN, *passing)
    await act(desk, "claim", answering.claim, number, ZHOU)
    await act(desk, "answer", answering.answer, number, ZHOU, "a", "可以申请仲裁。")
    await act(desk, "rate", feedback.rate, number, WANG, False, None, "第二位也没听懂")
    seen = {}
    for person in (CHEN, ZHOU, WANG):
        answer = await desk.call(
            "GET", f"/api/v1/tickets/{number}", headers=await desk.bearer(person)
        )
        seen[person] = await answer.json()
    assert seen[WANG]["callback"]["comment"] == seen[ZHOU]["callback"]["comment"] != ""
    former = seen[CHEN]
    assert (former["number"], former["satisfied"], former["callback"]) == (number, None, None)
    assert former["last_seq"] < seen[ZHOU]["last_seq"]
    assert former.keys() == seen[ZHOU].keys(), "a field may be empty for somebody, and not be gone"


async def test_an_expert_finds_what_the_panel_is_asked_and_lists_what_was_claimed(
    desk: Desk,
) -> None:
    number, other = await opened(desk, LI), await opened(desk, WANG)
    bearer = await desk.bearer(QIAN)

    async def seen(path: str) -> tuple[int, Any]:
        answer = await desk.call("GET", f"/api/v1/tickets{path}", headers=bearer)
        return answer.status, await answer.json()

    assert (await seen(""))[1]["items"] == []
    assert (await seen(f"/{number}"))[0] == 404
    for one in (number, other):
        await act(desk, "claim", answering.claim, one, CHEN)
    await act(desk, "escalate", experts.escalate, number, CHEN, "unclear", "如何？")
    assert (await seen(f"/{number}"))[1]["escalation"]["state"] == "open"
    assert (await seen(""))[1]["items"] == []
    await act(desk, "panel", experts.claim, number, QIAN, f"{number}.1")
    await act(desk, "panel", experts.opinion, number, QIAN, f"{number}.1", "可以适用")
    status, page = await seen("")
    assert (status, [it["number"] for it in page["items"]]) == (200, [number])
    assert (await seen(f"/{number}"))[0] == 200 and (await seen(f"/{other}"))[0] == 404
    await act(desk, "answer", answering.answer, other, CHEN, "a", "可以")
    assert (await seen(f"/{other}"))[0] == 200, "an answer that waits for a look"
