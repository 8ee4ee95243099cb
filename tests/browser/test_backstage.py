"""The back office and the operator on duty in a browser: both languages, both widths, forms alone."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from chatserver.clock import Clock
from chatserver.rules import answering, backstage, refusing
from chatserver.rules.people import actor_of
from chatserver.store import people
from tests.browser.visitors import Window
from tests.cast import CHEN, FENG, HUANG, LIU, TANG, WANG, Person
from tests.clients import Running, ask


async def act(server: Running, action: str, rule: object, number: str, *args: object) -> None:
    async with server.server.database.use() as connection:
        row = await connection.fetchrow("select * from accounts where login = $1", CHEN.login)
    who = actor_of(people.account_of(row))
    await server.server.casework.act(action, rule, number, who, *args)


async def employ(server: Running, *persons: Person) -> None:
    async with server.server.database.use() as connection:
        await connection.execute(
            "update accounts set institution = '示范律师事务所' where login = any($1)",
            [person.login for person in persons],
        )


async def test_who_passed_it_on_and_who_has_no_house_hear_the_reply_too(
    server: Running, windows: Window, language: str
) -> None:
    citizen = await server.sit(WANG)
    number = await ask(citizen, kind="message")
    await act(server, "claim", answering.claim, number)
    await act(server, "support", backstage.ask_support, number, "加班费基数怎么算？")
    await act(
        server, "transfer", backstage.transfer, number, None, None, None, timedelta(seconds=30)
    )
    lawyer = await windows.open(server.url, language)
    await lawyer.enter(CHEN, "/lawyer")
    await lawyer.reads(lawyer.say("您现在不接单"))

    operator = await windows.open(server.url, language)
    await operator.enter(FENG, "/admin")
    await operator.reads("加班费基数怎么算？")
    await operator.looks_right("admin-question")
    await operator.field("回复（只有驻场人员看得到）").fill("按合同约定的工资。")
    await operator.press("回复")
    await operator.reads(operator.say("回复已送达驻场人员。"))

    await lawyer.reads("按合同约定的工资。")
    await lawyer.looks_right("console-late-reply")
    await lawyer.press("知道了")
    await expect(lawyer.page.get_by_text("按合同约定的工资。")).to_have_count(0)
    assert windows.errors == []


async def test_a_question_is_replied_to_and_abuse_decided(
    server: Running, windows: Window, language: str
) -> None:
    await employ(server, HUANG, CHEN, LIU)
    citizen = await server.sit(WANG)
    number = await ask(citizen, kind="message")
    await act(server, "claim", answering.claim, number)
    await act(server, "support", backstage.ask_support, number, "加班费基数怎么算？")
    await act(server, "refuse", refusing.refuse, number, "abuse", None, "疑似广告")

    office = await windows.open(server.url, language)
    await office.enter(HUANG, "/backoffice")
    await office.reads("加班费基数怎么算？")
    await office.looks_right("backoffice")
    await office.field("回复（只有驻场人员看得到）").fill("按合同约定的工资。")
    await office.press("回复")
    await office.reads(office.say("回复已送达驻场人员。"))
    await office.reads(office.say("没有待回复的求助。"))

    operator = await windows.open(server.url, language)
    await operator.enter(FENG, "/admin")
    await operator.reads("疑似广告")
    await operator.page.get_by_text(operator.say("查看咨询内容")).click()
    await operator.looks_right("admin")
    await operator.field("认定滥用").check()
    await operator.field("理由").fill("查实为广告。")
    step = operator.page.get_by_role("radio", name=operator.say("每周限问"))
    await step.check()
    await operator.press("记录决定")
    await operator.reads(operator.say("请填写限制的期限（一年以内）；每周限问还须填写次数。"))
    [refused] = windows.errors
    assert "400" in refused
    windows.errors.clear()
    await expect(step).to_be_checked()
    await expect(operator.field("理由")).to_have_value("查实为广告。")
    await operator.field("认定滥用").check()
    in_a_month = (Clock().now() + timedelta(days=30)).date().isoformat()
    await operator.field("措施到哪一天为止（每周限问、暂停须填）").fill(in_a_month)
    await operator.field("每七天可以提出几次（每周限问须填）").fill("3")
    await operator.looks_right("admin-step")
    await operator.press("记录决定")
    await operator.reads(operator.say("决定已记录，并已告知用户。"))

    await citizen.ok("ticket:appeal", number=number, body="我确实被拖欠工资。")
    await operator.page.goto(f"{server.url}/admin")
    await operator.reads("我确实被拖欠工资。")
    await operator.looks_right("admin-appeal")
    assert windows.errors == []


async def test_an_appeal_against_an_own_finding_is_left_to_a_second_person(
    server: Running, windows: Window, language: str
) -> None:
    citizen = await server.sit(WANG)
    number = await ask(citizen, kind="message")
    await act(server, "claim", answering.claim, number)
    await act(server, "refuse", refusing.refuse, number, "abuse", None, "广告")
    operator = await windows.open(server.url, language)
    await operator.enter(FENG, "/admin")
    await operator.page.get_by_text(operator.say("认定滥用"), exact=True).click()
    await operator.field("理由").fill("广告")
    await operator.press("记录决定")
    await citizen.ok("ticket:appeal", number=number, body="并非广告。")
    await operator.page.reload()
    await operator.reads(
        operator.say("这项认定是您作出的，申诉须由另一位值班人员或者监管人员决定。")
    )
    await operator.looks_right("admin-own-finding")

    bureau = await windows.open(server.url, language)
    await bureau.enter(TANG, "/bureau/appeals")
    await bureau.reads("并非广告。")
    await bureau.looks_right("bureau-appeals")
    await bureau.page.get_by_text(bureau.say("申诉成立"), exact=True).click()
    await bureau.field("理由").fill("属实")
    await bureau.press("记录决定")
    await bureau.reads(bureau.say("决定已记录，并已告知用户。"))
    assert windows.errors == []
