"""A citizen says how to be told: an address that a code proves, channels turned on and off; nobody else hears of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chatserver.rules import answering
from chatserver.rules.telling import CODE_TRIES, CODES_A_DAY
from tests.casework.road import Road, SetClock, accounts_of
from tests.cast import CHEN, LI, WANG
from tests.timers.sinks import MailServer, mail_server

from .conftest import Desk, Desks

pytest.importorskip("aiosmtplib")
ME, PROOF = "/api/v1/me", "/api/v1/me/email-confirmations"
ADDRESS, OTHER = "wang.fang@Example.TEST", "other@example.test"
KEPT = "wang.fang@example.test"


@asynccontextmanager
async def posted(desks: Desks) -> AsyncIterator[tuple[Desk, MailServer]]:
    """A server that sends e-mail, and where it arrives."""
    async with mail_server() as mails:
        desk = await desks(
            smtp_url=mails.url,
            mail_from="no-reply@example.test",
            webhook_url="http://127.0.0.1:9/",
            webhook_secret="0123456789abcdef",
        )
        yield desk, mails


async def change(desk: Desk, who: dict[str, str], **wish: Any) -> tuple[int, dict[str, Any]]:
    answer = await desk.call("PATCH", ME, json=wish, headers=who)
    return answer.status, await answer.json()


async def prove(desk: Desk, who: dict[str, str], code: str) -> tuple[int, dict[str, Any]]:
    answer = await desk.call("POST", PROOF, json={"code": code}, headers=who)
    return answer.status, await answer.json()


async def code_from(mails: MailServer, recipient: str, place: int = 1) -> str:
    """The code in the `place`-th letter to this address."""
    for _ in range(100):
        if len(found := mails.to(recipient)) >= place:
            text = found[place - 1].get_content()
            return re.findall(r"\b\d{6}\b", text)[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no letter came")


async def stored(desk: Desk, what: str = "email") -> Any:
    async with desk.server.database.use() as connection:
        return await connection.fetchval(f"select {what} from accounts where login = 'wang'")


async def test_an_address_counts_once_the_code_sent_to_it_has_come_back(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        status, me = await change(desk, who, email=ADDRESS)
        assert status == 200
        assert (me["email"], me["email_pending"], me["told_by"]) == (
            None,
            KEPT,
            ["browser", "webhook"],
        )
        code = await code_from(mails, KEPT)
        assert await stored(desk) is None
        status, me = await prove(desk, who, code)
        assert status == 201 and (me["email"], me["email_pending"]) == (KEPT, None)
        assert me["told_by"] == me["channels"] == ["browser", "mail", "webhook"]
        assert (await prove(desk, who, code))[0] == 400  # it counts once
        assert await stored(desk) == KEPT


async def test_a_new_address_takes_the_old_ones_place_only_when_it_is_proved(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        await change(desk, who, email=ADDRESS)
        await prove(desk, who, await code_from(mails, KEPT))
        _, me = await change(desk, who, email=OTHER)
        assert (me["email"], me["email_pending"]) == (KEPT, OTHER)
        _, me = await prove(desk, who, await code_from(mails, OTHER))
        assert me["email"] == OTHER
        _, me = await change(desk, who, email=None)
        assert (me["email"], me["email_pending"], me["told_by"]) == (
            None,
            None,
            ["browser", "webhook"],
        )
        assert await stored(desk) is None


async def test_a_removed_address_is_nowhere_any_more(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        await change(desk, who, email=ADDRESS)
        await prove(desk, who, await code_from(mails, KEPT))
        await change(desk, who, email=OTHER)
        await change(desk, who, email=None)
        async with desk.server.database.use() as connection:
            tables = await connection.fetch(
                "select table_name from information_schema.tables where table_schema = 'public'"
            )
            for (table,) in tables:
                rows = await connection.fetch(f'select t::text from "{table}" t')
                assert not [row for row in rows if "example.test" in row[0].lower()], table


async def test_the_last_code_counts_and_a_wrong_one_only_so_often(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        await change(desk, who, email=ADDRESS)
        first = await code_from(mails, KEPT)
        await change(desk, who, email=OTHER)
        second = await code_from(mails, OTHER)
        if first != second:
            assert (await prove(desk, who, first))[0] == 400
        wrong = f"{(int(second) + 1) % 10**6:06}"
        for _ in range(CODE_TRIES):
            status, problem = await prove(desk, who, wrong)
            assert (status, problem["code"]) == (400, "invalid") and wrong not in str(problem)
        assert (await prove(desk, who, second))[0] == 400
        assert await stored(desk) is None


async def test_nobody_elses_code_helps(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        wang, li = await desk.bearer(WANG), await desk.bearer(LI)
        await change(desk, wang, email=ADDRESS)
        code = await code_from(mails, KEPT)
        assert (await prove(desk, li, code))[0] == 400
        assert (await prove(desk, wang, code))[0] == 201


async def test_a_code_is_good_for_a_quarter_of_an_hour(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        await change(desk, who, email=ADDRESS)
        code = await code_from(mails, KEPT)
        async with desk.server.database.use() as connection:
            await connection.execute(
                "update mail_codes set expires_at = expires_at - interval '15m'"
            )
        assert (await prove(desk, who, code))[0] == 400
        answer = await desk.call("GET", ME, headers=who)
        assert (await answer.json())["email_pending"] is None


async def test_no_letter_box_is_flooded_through_us(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        for _ in range(CODES_A_DAY):
            assert (await change(desk, who, email=ADDRESS))[0] == 200
        status, problem = await change(desk, who, email=ADDRESS)
        assert (status, problem["code"]) == (429, "rate_limited")
        await change(desk, who, email=None)  # starts no new count
        assert (await change(desk, who, email=ADDRESS))[0] == 429
        await asyncio.sleep(1.5)
        assert len(mails.taken) <= CODES_A_DAY


@pytest.mark.parametrize(
    "email",
    [
        "wang",
        "wang@",
        "@example.test",
        "wang@example",
        "wang@example.test\r\nBcc: all@example.test",
        "wang@example.test\n",
        "wang\r\n@example.test",
        "wang@exa mple.test",
        "a@b.test,c@d.test",
        "<wang@example.test>",
        '"wang fang"@example.test',
        "王芳@example.test",
        "wang@例子.test",
        "wang..fang@example.test",
        ".wang@example.test",
        "wang@-example.test",
        "wang@[127.0.0.1]",
        f"{'w' * 65}@example.test",
        f"wang@{'e' * 64}.test",
        f"wang@{'e.' * 120}test",
        "wang\u0000@example.test",
        7,
        "",
        ["wang@example.test"],
    ],
)
async def test_what_is_no_address_is_refused_and_not_repeated(desks: Desks, email: Any) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        answer = await desk.call("PATCH", ME, json={"email": email}, headers=who)
        if email == "wang@example.test\n":  # a slip of the hand, not another address
            assert answer.status == 200
            return
        text = await answer.text()
        assert answer.status == 400 and "example" not in text.replace("name@example.cn", "")
        assert mails.talks == [] and await stored(desk, "not_told_by") == []


async def test_channels_are_turned_off_and_on_and_only_those_that_are_there(desks: Desks) -> None:
    async with posted(desks) as (desk, _):
        who = await desk.bearer(WANG)
        assert (await change(desk, who, told_by=["browser"]))[1]["told_by"] == ["browser"]
        assert await stored(desk, "not_told_by") == ["mail", "webhook"]
        assert (await change(desk, who, told_by=[]))[1]["told_by"] == []
        _, me = await change(desk, who, told_by=["webhook", "mail", "browser"])
        assert me["told_by"] == ["browser", "webhook"]  # mail has no address yet
        for wrong in (["pigeon"], "browser", [1], ["browser"] * 4):
            assert (await change(desk, who, told_by=wrong))[0] == 400
        assert (await change(desk, who, told_by=[], email="nonsense"))[0] == 400
        assert await stored(desk, "not_told_by") == []  # a bad call changes nothing at all
        assert (await change(desk, who, sms=True))[0] == 400
    plain = await desks()
    who = await plain.bearer(WANG)
    assert (await change(plain, who, told_by=["mail"]))[0] == 400
    assert (await change(plain, who, email=ADDRESS))[0] == 503
    _, me = await change(plain, who, told_by=["browser"])
    assert me["channels"] == me["told_by"] == ["browser"]


async def test_staff_are_told_at_their_desks(desk: Desk) -> None:
    lawyer = await desk.bearer(CHEN)
    assert (await change(desk, lawyer, email=ADDRESS))[0] == 403
    answer = await desk.call("GET", ME, headers=lawyer)
    me = await answer.json()
    assert (me["email"], me["channels"], me["told_by"]) == (None, [], [])
    page = await desk.call("GET", "/account", headers=lawyer)
    assert "怎样提醒您" not in await page.text()


async def test_the_page_does_the_same_without_javascript(
    desks: Desks, caplog: pytest.LogCaptureFixture
) -> None:
    async with posted(desks) as (desk, mails):
        headers = await desk.cookie(WANG)

        async def press(**form: str) -> Any:
            given = form | {"csrf": headers["X-CSRF-Token"]}
            answer = await desk.call(
                "POST", "/account", data=given, headers={"Origin": desk.origin}
            )
            where = answer.headers.get("Location", "")
            assert "example" not in where
            if answer.status == 303:
                answer = await desk.call("GET", where.partition("#")[0])
            return answer.status, await answer.text()

        assert "请填写电子邮箱。" in (await press(do="address", email=" "))[1]
        status, page = await press(do="address", email="wang@nowhere")
        assert status == 400 and "这不是一个电子邮箱地址。" in page and "wang@nowhere" in page
        assert f"验证码已发到 {KEPT}" in (await press(do="address", email=ADDRESS))[1]
        code = await code_from(mails, KEPT)
        assert "请填写邮件中的六位数字。" in (await press(do="code", code="12"))[1]
        status, page = await press(do="code", code=f" {code[:3]} {code[3:]} ")
        assert status == 200 and "邮箱已确认" in page and KEPT in page
        _, page = await press(do="channels", browser="on")
        assert re.search(r'name="browser" value="on" checked', page)
        assert re.search(r'name="mail" value="on">', page)
        assert "邮箱已删除" in (await press(do="remove"))[1]
        assert (await press(do="else"))[0] == 400
        assert "example.test" not in caplog.text.lower() and code not in caplog.text


async def test_an_answer_then_comes_by_mail(desks: Desks) -> None:
    async with posted(desks) as (desk, mails):
        who = await desk.bearer(WANG)
        await change(desk, who, email=ADDRESS)
        await prove(desk, who, await code_from(mails, KEPT))
        server = desk.server
        own = Road(server.casework, server.database, SetClock(), await accounts_of(server.database))
        number = await own.ask(WANG, kind="message")
        await own.act("claim", answering.claim, number, own.actor(CHEN))
        await own.say(CHEN, number, "a-1", "可以投诉。", answer=True)
        for _ in range(100):
            if len(mails.taken) == 2:
                break
            await asyncio.sleep(0.05)
        assert number in mails.taken[1]["Subject"] and mails.taken[1]["To"] == KEPT
