"""Canned replies: shared ones for all lawyers, own ones for nobody else."""

from __future__ import annotations

from typing import Any

from tests.cast import CHEN, FENG, LIU, Person

from .conftest import Desk

REPLIES = "/api/v1/canned-replies"


async def listed(desk: Desk, lawyer: Person) -> list[dict[str, Any]]:
    answer = await desk.call("GET", REPLIES, headers=await desk.bearer(lawyer))
    items: list[dict[str, Any]] = (await answer.json())["items"]
    return [item for item in items if item["own"]]


async def test_a_lawyer_keeps_and_drops_own_replies(desk: Desk) -> None:
    bearer = await desk.bearer(CHEN)
    wish = {"title": "问候", "body": "您好，我是 {staff_no} 号。"}
    answer = await desk.call("POST", REPLIES, json=wish, headers=bearer)
    reply = await answer.json()
    assert answer.status == 201
    assert reply == {**wish, "id": reply["id"], "shared": False, "own": True}
    assert await listed(desk, CHEN) == [reply]
    assert (await desk.call("DELETE", f"{REPLIES}/{reply['id']}", headers=bearer)).status == 204
    assert await listed(desk, CHEN) == []


async def test_another_lawyers_reply_is_neither_seen_nor_removed(desk: Desk) -> None:
    wish = {"title": "私人", "body": "我自己的话"}
    answer = await desk.call("POST", REPLIES, json=wish, headers=await desk.bearer(CHEN))
    id = (await answer.json())["id"]
    assert await listed(desk, LIU) == []
    other = await desk.bearer(LIU)
    foreign = await desk.call("DELETE", f"{REPLIES}/{id}", headers=other)
    missing = await desk.call("DELETE", f"{REPLIES}/{'0' * 32}", headers=other)
    assert foreign.status == missing.status == 404
    assert await foreign.read() == await missing.read()
    assert len(await listed(desk, CHEN)) == 1


async def test_a_shared_reply_is_seen_by_all_and_removed_by_none(desk: Desk) -> None:
    async with desk.server.database.use() as connection:
        await connection.execute(
            "insert into canned_replies values ('shared-1', null, '问候', '您好', now())"
        )
    for lawyer in (CHEN, LIU):
        bearer = await desk.bearer(lawyer)
        items = (await (await desk.call("GET", REPLIES, headers=bearer)).json())["items"]
        shown = {"id": "shared-1", "title": "问候", "body": "您好", "shared": True, "own": False}
        assert shown in items
        assert (await desk.call("DELETE", f"{REPLIES}/shared-1", headers=bearer)).status == 404


async def test_an_operator_keeps_the_shared_replies(desk: Desk) -> None:
    operator = await desk.bearer(FENG)
    wish = {"title": "问候", "body": "您好，我是 {staff_no} 号。"}
    made = await (await desk.call("POST", REPLIES, json=wish, headers=operator)).json()
    assert made == {**wish, "id": made["id"], "shared": True, "own": True}
    lawyer = await desk.bearer(CHEN)
    items = (await (await desk.call("GET", REPLIES, headers=lawyer)).json())["items"]
    assert {**made, "own": False} in items
    own = await (await desk.call("POST", REPLIES, json=wish, headers=lawyer)).json()
    assert (await desk.call("DELETE", f"{REPLIES}/{own['id']}", headers=operator)).status == 404
    assert (await desk.call("DELETE", f"{REPLIES}/{made['id']}", headers=operator)).status == 204
    assert await listed(desk, CHEN) == [own]


async def test_the_operators_page_adds_and_deletes_without_javascript(desk: Desk) -> None:
    form = {"csrf": (await desk.cookie(FENG))["X-CSRF-Token"]}

    async def send(**fields: str) -> tuple[int, str]:
        data, headers = form | fields, {"Origin": desk.origin}
        answer = await desk.call("POST", "/admin/replies", headers=headers, data=data)
        if answer.status == 303:
            answer = await desk.call("GET", answer.headers["Location"])
        return answer.status, await answer.text()

    status, page = await send(do="add", title="请补充", body="请补充时间和金额。")
    assert status == 200 and "快捷回复已加入。" in page and "请补充时间和金额。" in page
    status, page = await send(do="add", title="只有标题", body=" ")
    assert status == 400 and 'value="只有标题"' in page
    async with desk.server.database.use() as connection:
        id = await connection.fetchval("select id from canned_replies where title = '请补充'")
    status, page = await send(do="drop", id=id)
    assert status == 200 and "快捷回复已删除。" in page and "请补充时间和金额。" not in page


async def test_a_reply_that_cannot_be_kept_is_refused(desk: Desk) -> None:
    bearer = await desk.bearer(CHEN)
    for wish in (
        {"title": "", "body": "x"},
        {"title": " ", "body": "x"},
        {"title": "x", "body": " \n"},
        {"title": "x" * 101, "body": "x"},
        {"title": "x", "body": "x\x00"},
        {"title": "x", "body": "x", "shared": True},
    ):
        answer = await desk.call("POST", REPLIES, json=wish, headers=bearer)
        assert (await answer.json())["code"] == "invalid", wish
    assert await listed(desk, CHEN) == []


async def test_a_lawyer_keeps_at_most_two_hundred(desk: Desk) -> None:
    async with desk.server.database.use() as connection:
        await connection.execute(
            "insert into canned_replies select 'r' || n, a.id, 'x', 'x', now()"
            " from generate_series(1, 200) n, accounts a where login = 'chen'"
        )
    wish = {"title": "x", "body": "x"}
    answer = await desk.call("POST", REPLIES, json=wish, headers=await desk.bearer(CHEN))
    assert (await answer.json())["code"] == "conflict"


async def test_a_reply_id_that_no_database_keeps_is_not_found(desk: Desk) -> None:
    bearer = await desk.bearer(CHEN)
    assert (await desk.call("DELETE", f"{REPLIES}/%00", headers=bearer)).status == 404
