"""The panel's rulings (31, 36): experts add and supersede, lawyers and operators read, nothing is removed."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.cast import CHEN, FENG, HUANG, QIAN, WANG, Person

from .conftest import Desk

RULINGS = "/api/v1/rulings"
WISH = {
    "article": 31,
    "title": "判决后、上诉前",
    "ruling": "按正在办理的案件处理。",
    "reason": "仍在诉讼程序中。",
}


async def listed(desk: Desk, person: Person = CHEN) -> list[dict[str, Any]]:
    answer = await desk.call("GET", RULINGS, headers=await desk.bearer(person))
    items: list[dict[str, Any]] = (await answer.json())["items"]
    return items


async def test_an_expert_rules_and_lawyers_and_operators_read_it(desk: Desk) -> None:
    answer = await desk.call("POST", RULINGS, json=WISH, headers=await desk.bearer(QIAN))
    made = await answer.json()
    assert answer.status == 201
    assert made == {**WISH, **{name: made[name] for name in ("id", "since")}, "by": "E0001"} | {
        "supersedes": None,
        "superseded_by": None,
    }
    for person in (CHEN, FENG, QIAN):
        assert await listed(desk, person) == [made]


async def test_nobody_else_rules_and_no_citizen_reads(desk: Desk) -> None:
    for person in (CHEN, FENG, WANG, HUANG):
        bearer = await desk.bearer(person)
        assert (await desk.call("POST", RULINGS, json=WISH, headers=bearer)).status == 403
    for person in (WANG, HUANG):
        assert (await desk.call("GET", RULINGS, headers=await desk.bearer(person))).status == 403
        page = await desk.call("GET", "/rulings", headers=await desk.cookie(person))
        assert page.status == 403


async def test_a_ruling_is_superseded_once_and_stays_to_be_read(desk: Desk) -> None:
    bearer = await desk.bearer(QIAN)
    old = await (await desk.call("POST", RULINGS, json=WISH, headers=bearer)).json()
    new = WISH | {"ruling": "可以解答上诉程序的一般问题。", "supersedes": old["id"]}
    answers = await asyncio.gather(
        *(desk.call("POST", RULINGS, json=new, headers=bearer) for _ in range(3))
    )
    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    [inforce, former] = await listed(desk)
    assert inforce["supersedes"] == old["id"] and inforce["superseded_by"] is None
    assert former == old | {"superseded_by": inforce["id"]}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"article": 23}, "invalid"),
        ({"title": " "}, "invalid"),
        ({"reason": ""}, "invalid"),
        ({"ruling": "x\x00"}, "invalid"),
        ({"supersedes": "none"}, "not_found"),
        ({"supersedes": "\x00"}, "invalid"),
        ({"by": "E0002"}, "invalid"),
    ],
    ids=str,
)
async def test_what_is_no_ruling_is_refused(desk: Desk, wrong: dict[str, Any], code: str) -> None:
    answer = await desk.call("POST", RULINGS, json=WISH | wrong, headers=await desk.bearer(QIAN))
    assert (await answer.json())["code"] == code
    assert await listed(desk) == []


async def test_the_server_itself_can_neither_change_nor_remove_a_ruling(desk: Desk) -> None:
    await desk.call("POST", RULINGS, json=WISH, headers=await desk.bearer(QIAN))
    for deed in ("update rulings set ruling = 'x'", "delete from rulings"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with desk.server.database.use() as connection:
                await connection.execute(deed)


async def test_the_page_works_without_javascript_and_only_experts_have_its_form(desk: Desk) -> None:
    cookie = await desk.cookie(QIAN)
    form = {"csrf": cookie["X-CSRF-Token"]}

    async def send(**fields: str) -> tuple[int, str]:
        data, headers = form | fields, {"Origin": desk.origin}
        answer = await desk.call("POST", "/rulings", headers=headers, data=data)
        if answer.status == 303:
            answer = await desk.call("GET", answer.headers["Location"])
        return answer.status, await answer.text()

    given = {name: str(value) for name, value in WISH.items()}
    status, page = await send(**given)
    assert status == 200 and "判断口径已加入。" in page and WISH["ruling"] in page
    status, page = await send(**given | {"reason": " "})
    assert status == 400 and f'value="{WISH["title"]}"' in page
    async with desk.server.database.use() as connection:
        id = await connection.fetchval("select id from rulings")
    status, page = await send(**given | {"ruling": "改为可以解答。"}, supersedes=id)
    assert status == 200 and "已被取代的口径" in page and "改为可以解答。" in page
    other = await (await desk.call("GET", "/rulings?article=28")).text()
    assert "改为可以解答。" not in other
    await desk.cookie(CHEN)
    read = await (await desk.call("GET", "/rulings?article=31")).text()
    assert "改为可以解答。" in read and "<form" not in read.partition("<main")[2]
