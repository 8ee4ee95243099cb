"""The agreement, and the form that files a written message without JavaScript."""

from __future__ import annotations

import re
from typing import Any

from tests.cast import CHEN, LI, SUN, WANG

from .conftest import Desk, Desks

QUESTION = {
    "category": "labour",
    "title": "拖欠工资",
    "body": "公司拖欠两个月工资，\r\n应当向哪里反映？",
    "on_behalf_of": "self",
    "in_litigation": "false",
}


async def filed(desk: Desk, **changes: str) -> tuple[int, str, str]:
    """Posts the form as the browser would; status, where it leads, what it says."""
    page = await (await desk.call("GET", "/consult")).text()
    token = re.search(r'<meta name="csrf" content="([^"]+)">', page)
    assert token is not None
    form = {**QUESTION, "csrf": token[1], "id": "form-1", **changes}
    answer = await desk.call("POST", "/consult", data=form, headers={"Origin": desk.origin})
    return answer.status, answer.headers.get("Location", ""), await answer.text()


async def tickets(desk: Desk) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await (await desk.call("GET", "/api/v1/tickets")).json())[
        "items"
    ]
    return items


async def test_a_question_is_filed_once_however_often_the_form_is_sent(desk: Desk) -> None:
    await desk.cookie(WANG)
    status, place, _ = await filed(desk)
    assert status == 303 and place.startswith("/consult?filed=BJ")
    assert (await filed(desk))[:2] == (status, place)
    (ticket,) = await tickets(desk)
    assert ticket["kind"] == "message" and ticket["state"] == "queued"
    assert ticket["title"] == "拖欠工资" and ticket["category"] == "labour"
    page = await (await desk.call("GET", place)).text()
    assert ticket["number"] in page


async def test_anothers_filed_question_is_not_confirmed(desk: Desk) -> None:
    await desk.cookie(WANG)
    _, place, _ = await filed(desk)
    desk.client.session.cookie_jar.clear()
    await desk.cookie(LI)
    assert (await desk.call("GET", place)).status == 404
    assert (await desk.call("GET", "/consult?filed=x")).status == 400


async def test_the_agreement_comes_first_and_can_be_accepted_in_the_form(desk: Desk) -> None:
    await desk.cookie(SUN)
    status, _, text = await filed(desk)
    assert status == 403 and "请先阅读并同意服务协议" in text
    assert "公司拖欠两个月工资" in text and 'name="agree"' in text
    version = re.search(r'name="agree" value="([^"]+)"', text)
    assert version is not None
    assert (await filed(desk, agree="1999-01"))[0] == 409
    assert (await filed(desk, agree=version[1]))[0] == 303
    assert 'name="agree"' not in await (await desk.call("GET", "/consult")).text()


async def test_a_refused_question_is_given_back_with_the_reason(desk: Desk) -> None:
    await desk.cookie(WANG)
    for changes, status, says in [
        ({"in_litigation": "true"}, 422, "网上不予解答"),
        ({"in_litigation": ""}, 400, "请回答这件事是否正在打官司"),
        ({"title": "(2026)京0105民初123号怎么办"}, 422, "您写到了案号"),
        ({"category": "astrology"}, 400, "没有这个咨询类别"),
        ({"body": " \n "}, 400, "内容不能为空"),
        ({"body": "x" * 10_001}, 413, "内容过长"),
        ({"body": "a\x00b"}, 400, "无法保存的字符"),
        ({"on_behalf_of": "the neighbour"}, 400, "格式不正确"),
        ({"id": "x" * 65}, 400, "格式不正确"),
        ({"title": "x" * 101}, 413, "内容过长"),
    ]:
        refused, _, text = await filed(desk, **changes)
        assert refused == status and says in text and 'role="alert"' in text, changes
        assert await tickets(desk) == []


async def test_an_old_form_with_another_text_is_given_back_under_an_id_of_its_own(
    desk: Desk,
) -> None:
    def id_in(page: str) -> str:
        found = re.search(r'name="id" value="([^"]+)"', page)
        assert found is not None
        return found[1]

    await desk.cookie(WANG)
    assert (await filed(desk, id="f-1"))[0] == 303
    status, _, page = await filed(desk, id="f-1", body="这是另一个问题。")
    assert status == 409 and "这是另一个问题。" in page and "请再提交一次" in page
    fresh = id_in(page)
    assert fresh != "f-1"
    status, place, _ = await filed(desk, id=fresh, body="这是另一个问题。")
    assert status == 303 and (await filed(desk, id=fresh, body="这是另一个问题。"))[1] == place
    assert len(await tickets(desk)) == 2
    _, _, page = await filed(desk, id="f-3", body=" ")
    assert id_in(page) == "f-3", "what was not filed keeps its id"


async def test_a_written_question_outlives_the_session_it_was_written_in(desk: Desk) -> None:
    answer = await desk.call("POST", "/consult", data=QUESTION, headers={"Origin": desk.origin})
    text = await answer.text()
    assert answer.status == 401 and "公司拖欠两个月工资" in text and "/login?next=/consult" in text
    await desk.cookie(WANG)
    answer = await desk.call(
        "POST", "/consult", data={**QUESTION, "csrf": "old"}, headers={"Origin": desk.origin}
    )
    assert answer.status == 403 and "公司拖欠两个月工资" in await answer.text()


async def test_identity_is_asked_for_where_the_house_asks_it(desks: Desks) -> None:
    desk = await desks(identity="real_name")
    async with desk.server.database.use() as connection:
        await connection.execute("update accounts set review = 'pending' where login = 'wang'")
    await desk.cookie(WANG)
    status, _, text = await filed(desk)
    assert status == 403 and "身份核验" in text


async def test_while_draining_nothing_new_is_filed(desk: Desk) -> None:
    await desk.cookie(WANG)
    desk.server.house.draining = True
    assert (await filed(desk))[0] == 503
    assert (await desk.call("GET", "/readyz")).status == 503


async def test_the_agreement_is_read_by_anyone_and_accepted_in_its_present_version(
    desk: Desk,
) -> None:
    given = await (await desk.call("GET", "/api/v1/agreement")).json()
    assert given.keys() == {"version", "title", "body"}
    bearer = await desk.bearer(SUN)
    path = "/api/v1/agreement/acceptances"
    old = await desk.call("POST", path, json={"version": "1999-01"}, headers=bearer)
    refused = await old.json()
    assert (old.status, refused["code"]) == (409, "conflict")
    assert refused["details"]["state"] == given["version"]
    first = await desk.call("POST", path, json={"version": given["version"]}, headers=bearer)
    assert first.status == 201
    again = await desk.call("POST", path, json={"version": given["version"]}, headers=bearer)
    assert await again.json() == await first.json()
    assert (await (await desk.call("GET", "/api/v1/me", headers=bearer)).json())["agreed"] is True


async def test_declining_shows_the_other_ways_and_leaves_the_site_open(desk: Desk) -> None:
    text = await (await desk.call("GET", "/agreement-declined")).text()
    assert 'href="tel:12348"' in text and "法律援助机构" in text


async def test_categories_are_the_contracts_in_the_callers_language(desk: Desk) -> None:
    items = (await (await desk.call("GET", "/api/v1/categories")).json())["items"]
    assert [item["id"] for item in items] == (
        [
            "labour",
            "housing",
            "family",
            "inheritance",
            "contract",
            "consumer",
            "traffic",
            "injury",
            "property",
            "criminal",
            "administrative",
            "other",
        ]
    )
    assert items[0]["title"] == "劳动人事"
    english = await (await desk.call("GET", "/api/v1/categories?lang=en")).json()
    assert english["items"][0]["title"].isascii()


async def test_a_lawyer_does_not_ask_and_a_citizen_has_no_console(desk: Desk) -> None:
    await desk.cookie(CHEN)
    assert (await desk.call("GET", "/consult")).status == 403
    assert (await desk.call("GET", "/lawyer")).status == 200
    desk.client.session.cookie_jar.clear()
    await desk.cookie(WANG)
    assert (await desk.call("GET", "/lawyer")).status == 403


async def test_a_case_number_is_asked_about_and_the_form_has_the_answer(desk: Desk) -> None:
    headers = await desk.cookie(WANG)
    form = {
        "csrf": headers["X-CSRF-Token"],
        "category": "other",
        "body": "邻居的案号是(2026)京0105民初123号，我能去旁听吗？",
        "in_litigation": "false",
    }
    answer = await desk.call("POST", "/consult", data=form, headers={"Origin": desk.origin})
    page = await answer.text()
    assert answer.status == 422 and 'name="case_number_is_not_mine"' in page
    form["case_number_is_not_mine"] = "true"
    answer = await desk.call("POST", "/consult", data=form, headers={"Origin": desk.origin})
    assert answer.status == 303


async def test_what_was_said_is_read_without_javascript_by_nobody_else(desk: Desk) -> None:
    await desk.cookie(WANG)
    _, place, _ = await filed(desk)
    number = place.partition("=")[2]
    shown = await (await desk.call("GET", f"/consult?number={number}")).text()
    assert '<p class="kept">公司拖欠两个月工资，\n应当向哪里反映？</p>' in shown
    listed = await (await desk.call("GET", "/consult?list=1")).text()
    assert f'href="/consult?number={number}"' in listed
    desk.client.session.cookie_jar.clear()
    await desk.cookie(LI)
    assert (await desk.call("GET", f"/consult?number={number}")).status == 404
    assert number not in await (await desk.call("GET", "/consult?list=1")).text()
    assert (await desk.call("GET", "/consult?number=x")).status == 400
