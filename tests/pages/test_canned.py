"""Canned replies: shared ones for all lawyers, own ones for nobody else."""

from __future__ import annotations

from typing import Any

from tests.cast import CHEN, LIU, Person

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
