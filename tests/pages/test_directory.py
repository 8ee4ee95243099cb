"""Articles 13 and 22: the directory of institutions is open to anyone and knows no staff."""

from __future__ import annotations

from typing import Any

import pytest

from chatserver.store import people
from chatserver.store.database import Database
from tests.casework.road import START
from tests.cast import CHEN, WANG

from .conftest import Desk

API = "/api/v1/institutions"
NAMES = ("北京市甲律师事务所", "北京市乙公证处", "ABC & <b>Partners</b>", "北京市丙律师事务所")


async def filled(db: Database, names: tuple[str, ...] = NAMES) -> list[str]:
    """Their names, as the directory lists them."""
    for name in names:
        await people.add_institution(db, name)
    return sorted(names)


async def told(desk: Desk, query: str = "", status: int = 200) -> Any:
    answer = await desk.call("GET", API + query)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_anyone_reads_the_names_in_order(desk: Desk, db: Database) -> None:
    assert await told(desk) == {"items": [], "next_cursor": None}
    names = await filled(db)
    found = await told(desk)
    assert [it["title"] for it in found["items"]] == names and found["next_cursor"] is None
    assert all(it.keys() == {"id", "title", "snippet"} and it["id"] for it in found["items"])


async def test_a_list_comes_in_pages_that_miss_and_repeat_none(desk: Desk, db: Database) -> None:
    names = await filled(db, tuple(f"第{n:03d}所" for n in range(45)))
    seen: list[str] = []
    query = "?limit=20"
    while True:
        page = await told(desk, query)
        seen += [it["title"] for it in page["items"]]
        if page["next_cursor"] is None:
            break
        assert len(page["items"]) == 20
        await people.add_institution(db, f"第000所之{len(seen)}")  # behind us: nothing moves
        query = f"?limit=20&cursor={page['next_cursor']}"
    assert seen == names
    assert len((await told(desk))["items"]) == 20


async def test_what_is_searched_is_marked_and_nothing_else_is_markup(
    desk: Desk, db: Database
) -> None:
    await filled(db)
    found = await told(desk, "?q=律师&limit=1")
    assert [it["snippet"] for it in found["items"]] == ["北京市丙<mark>律师</mark>事务所"]
    rest = await told(desk, f"?q=律师&limit=1&cursor={found['next_cursor']}")
    assert [it["title"] for it in rest["items"]] == ["北京市甲律师事务所"]
    assert rest["next_cursor"] is None
    [other] = (await told(desk, "?q=partners"))["items"]
    assert other["title"] == "ABC & <b>Partners</b>"
    assert other["snippet"] == "ABC &amp; &lt;b&gt;<mark>Partners</mark>&lt;/b&gt;"
    for literal in ("%", "_", "\\", ".*", "没有"):
        assert (await told(desk, f"?q={literal}"))["items"] == [], literal


@pytest.mark.parametrize(
    "query",
    ["?limit=0", "?limit=101", "?limit=x", "?cursor=%25", "?cursor=", "?cursor=AA", "?q=%00",
     "?q=" + "长" * 101, "?cursor=字"],
)  # fmt: skip
async def test_a_wrong_question_is_invalid(desk: Desk, query: str) -> None:
    assert (await told(desk, query, 400))["code"] == "invalid"


async def test_no_staff_and_no_house_of_an_account_gets_in(desk: Desk, db: Database) -> None:
    await people.add(
        db, role="lawyer", login="newlaw", password="correct horse", now=START, name="郑律",
        institution="只在账号里的所",
    )  # fmt: skip
    await filled(db, ("示范律师事务所",))
    text = await (await desk.call("GET", "/institutions")).text()
    for shown in (text, str(await told(desk))):
        assert "示范律师事务所" in shown
        for hidden in ("只在账号里的所", "郑律", "L0001", CHEN.name):
            assert hidden not in shown


async def test_an_empty_directory_says_so_and_names_the_telephone(desk: Desk) -> None:
    text = await (await desk.call("GET", "/institutions")).text()
    assert "名录里还没有机构" in text and 'href="tel:12348"' in text and 'type="search"' not in text
    text = await (await desk.call("GET", "/institutions?lang=en")).text()
    assert "No institution is in the directory yet" in text and 'href="tel:12348"' in text


async def test_the_page_lists_searches_and_goes_on(desk: Desk, db: Database) -> None:
    await filled(db, (*(f"第{n:03d}所" for n in range(101)), "<i>所"))
    text = await (await desk.call("GET", "/institutions?q=所")).text()
    assert "&lt;i&gt;<mark>所</mark>" in text and "<i>" not in text
    assert "第098<mark>所</mark>" in text and "第099<mark>所</mark>" not in text
    _, _, link = text.partition('rel="next" href="')
    following = link.partition('"')[0].replace("&amp;", "&")
    text = await (await desk.call("GET", following)).text()
    assert "第099<mark>所</mark>" in text and "第100<mark>所</mark>" in text
    assert "第098" not in text and 'rel="next"' not in text
    text = await (await desk.call("GET", "/institutions?q=无此名")).text()
    assert "没有名称含“无此名”的机构" in text


async def test_the_site_leads_there_whoever_reads(desk: Desk) -> None:
    for person in (None, WANG, CHEN):
        if person:
            await desk.cookie(person)
        assert '<a href="/institutions">' in await (await desk.call("GET", "/")).text()
        here = await (await desk.call("GET", "/institutions")).text()
        assert '<a href="/institutions" aria-current="page">' in here
