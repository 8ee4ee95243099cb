"""Referral cards (28): operators keep them, lawyers refer with them, nobody else sees them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import CHEN, FENG, QIAN, WANG, Person

from .conftest import Desk

CARDS = "/api/v1/referral-cards"
WISH = {
    "who": "西城区法律援助中心",
    "where": "广安门内大街1号",
    "phone": "010-83975000",
    "hours": "工作日 9:00-17:00",
    "url": "https://example.test/a",
    "map": "https://map.example.test/b",
    "categories": ["labour", "family"],
}


async def cards(desk: Desk, person: Person = CHEN) -> list[dict[str, Any]]:
    answer = await desk.call("GET", CARDS, headers=await desk.bearer(person))
    items: list[dict[str, Any]] = (await answer.json())["items"]
    return items


async def test_a_lawyer_finds_the_public_lines_from_the_first_day(desk: Desk) -> None:
    found = await cards(desk)
    assert {"12333", "12345", "12348"} <= {card["phone"] for card in found}
    assert [card["categories"] == [] for card in found] == sorted(
        card["categories"] == [] for card in found
    )


async def test_an_operator_adds_a_card_and_takes_it_away(desk: Desk) -> None:
    operator = await desk.bearer(FENG)
    answer = await desk.call("POST", CARDS, json=WISH, headers=operator)
    made = await answer.json()
    assert answer.status == 201
    assert made == {**WISH, "id": made["id"], "categories": ["family", "labour"]}
    assert made in await cards(desk)
    gone = f"{CARDS}/{made['id']}"
    assert (await desk.call("DELETE", gone, headers=operator)).status == 204
    assert made not in await cards(desk)
    assert (await desk.call("DELETE", gone, headers=operator)).status == 404
    assert (await desk.call("DELETE", f"{CARDS}/%00", headers=operator)).status == 404


async def test_the_cards_come_in_pages_that_miss_and_repeat_none(desk: Desk) -> None:
    bearer, whole = await desk.bearer(FENG), await cards(desk)
    url, seen = f"{CARDS}?limit=2", []
    while url:
        page = await (await desk.call("GET", url, headers=bearer)).json()
        seen += page["items"]
        following = page["next_cursor"]
        assert len(page["items"]) == 2 or following is None
        url = f"{CARDS}?limit=2&cursor={following}" if following else ""
    assert seen == whole and len(whole) > 2


async def test_a_page_goes_on_though_the_card_it_ended_with_is_gone(desk: Desk) -> None:
    bearer, whole = await desk.bearer(FENG), await cards(desk)
    page = await (await desk.call("GET", f"{CARDS}?limit=2", headers=bearer)).json()
    await desk.call("DELETE", f"{CARDS}/{whole[1]['id']}", headers=bearer)
    rest = f"{CARDS}?limit=2&cursor={page['next_cursor']}"
    page = await (await desk.call("GET", rest, headers=bearer)).json()
    assert page["items"] == whole[2:4]


@pytest.mark.parametrize("path", ["categories", "canned-replies", "referral-cards", "rulings"])
async def test_every_list_takes_a_limit_and_a_cursor(desk: Desk, path: str) -> None:
    bearer = await desk.bearer(CHEN)
    bad = ["limit=0", "limit=101", "limit=x", "cursor=", "cursor=x", "cursor=AAAA", "cursor=MSA"]
    for query in bad:
        answer = await desk.call("GET", f"/api/v1/{path}?{query}", headers=bearer)
        assert (answer.status, (await answer.json())["code"]) == (400, "invalid"), query
    answer = await desk.call("GET", f"/api/v1/{path}?limit=100", headers=bearer)
    assert (await answer.json())["next_cursor"] is None
    answer = await desk.call("GET", f"/api/v1/{path}?limit=1", headers=bearer)
    assert len((await answer.json())["items"]) <= 1


async def test_only_operators_keep_cards_and_only_lawyers_read_them_beside(desk: Desk) -> None:
    for person in (CHEN, WANG, QIAN):
        bearer = await desk.bearer(person)
        assert (await desk.call("POST", CARDS, json=WISH, headers=bearer)).status == 403
        assert (await desk.call("DELETE", f"{CARDS}/first-122", headers=bearer)).status == 403
    for person in (WANG, QIAN):
        assert (await desk.call("GET", CARDS, headers=await desk.bearer(person))).status == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"who": " "},
        {"who": "x" * 201},
        {"url": "javascript:alert(1)"},
        {"map": "geo:39.9,116.4"},
        {"categories": ["dance"]},
        {"phone": "1\x00"},
        {"fax": "1"},
    ],
    ids=str,
)
async def test_a_card_that_cannot_be_used_is_refused(desk: Desk, wrong: dict[str, Any]) -> None:
    answer = await desk.call("POST", CARDS, json=WISH | wrong, headers=await desk.bearer(FENG))
    assert (await answer.json())["code"] == "invalid"


async def test_the_operators_page_adds_and_deletes_without_javascript(desk: Desk) -> None:
    form = {"csrf": (await desk.cookie(FENG))["X-CSRF-Token"]}

    async def send(**fields: str) -> tuple[int, str]:
        data, headers = form | fields, {"Origin": desk.origin}
        answer = await desk.call("POST", "/admin/referrals", headers=headers, data=data)
        if answer.status == 303:
            answer = await desk.call("GET", answer.headers["Location"])
        return answer.status, await answer.text()

    status, page = await send(do="add", who="市规自委", phone="010-55595000", for_housing="1")
    assert status == 200 and "办事指引已加入。" in page and "市规自委" in page
    async with desk.server.database.use() as connection:
        known = "select id, categories, place from referral_cards where who = '市规自委'"
        card = await connection.fetchrow(known)
    assert (card["categories"], card["place"]) == (["housing"], None)
    status, page = await send(do="add", who="", phone="12", for_family="1")
    assert status == 400 and 'name="for_family" value="1" checked' in page
    status, page = await send(do="drop", id=card["id"])
    assert status == 200 and "办事指引已删除。" in page and "市规自委" not in page
