"""Alerts reach an open desk by themselves; an explanation that is owed stands in the console until it is given."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.async_api import expect

from chatserver.rules import answering
from tests.browser.test_backstage import act, employ
from tests.browser.visitors import Window
from tests.cast import CHEN, FENG, HUANG, LIU, QIAN, WANG
from tests.clients import Running, ask, let_pass

HOUR = timedelta(hours=1)


async def test_a_warning_comes_to_an_open_desk_and_is_seen(
    server: Running, windows: Window, language: str
) -> None:
    await employ(server, HUANG, CHEN)
    citizen = await server.sit(WANG)
    number = await ask(citizen, kind="message")
    await act(server, "claim", answering.claim, number)
    office = await windows.open(server.url, language)
    await office.enter(HUANG, "/backoffice")
    await office.reads(office.say("没有新的提醒。"))
    await office.button("声音").click()
    await expect(office.button("声音")).to_have_attribute("aria-pressed", "true")
    operator = await windows.open(server.url, language)
    await operator.enter(FENG, "/admin")
    await operator.reads(operator.say("没有新的提醒。"))

    await let_pass(server.server, number, 4.1 * HOUR)
    told = office.page.locator(".alert.fresh")
    await expect(told).to_contain_text("L0001")
    await expect(office.page).to_have_title(re.compile(r"^\(1\) "))
    await expect(office.page.locator("desk-alerts [role=status]")).to_contain_text("L0001")
    await office.looks_right("alerts-backoffice")
    await let_pass(server.server, number, 7.6 * HOUR)
    await expect(operator.page.locator(".alert.fresh")).to_contain_text("L0001")
    await operator.looks_right("alerts-admin")

    await office.press("知悉")
    await expect(told).to_have_count(0)
    await office.reads("S0001")
    await office.page.reload()
    await office.reads(office.say("尚未向用户说明的延误"))
    await office.looks_right("alerts-owed")


async def test_the_operator_frees_a_question_that_stands_still(
    server: Running, windows: Window, language: str
) -> None:
    citizen = await server.sit(WANG)
    number = await ask(citizen, kind="message")
    await act(server, "claim", answering.claim, number)
    for share in (4.1, 5.1, 7.6):
        await let_pass(server.server, number, share * HOUR)
    expert = await server.sit(QIAN)
    await expert.ok("escalation:claim", id=f"{number}.1")
    other = await server.sit(LIU)
    await other.ok("duty:set", status="on")
    operator = await windows.open(server.url, language)
    await operator.enter(FENG, "/admin")
    await operator.page.get_by_text(operator.say("去处理")).first.click()
    await operator.page.wait_for_url(f"**/admin/tickets/{number}")
    await operator.reads("E0001")
    await operator.looks_right("standing")
    await operator.press("撤销认领，请其他专家接手")
    await operator.reads(operator.say("已撤销认领，专家组将重新接手。"))
    await operator.press("请对方接手")
    asked = "已请这位驻场人员接手；对方不接手的，排在队伍最前。"
    await operator.reads(operator.say(asked))
    await operator.looks_right("standing-offered")
    await other.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)
    await other.ok("ticket:accept", number=number)
    assert windows.errors == []


async def test_a_delay_is_explained_from_the_console(
    server: Running, windows: Window, language: str
) -> None:
    citizen = await server.sit(WANG)
    number = await ask(citizen, kind="message")
    await act(server, "claim", answering.claim, number)
    await let_pass(server.server, number, 5.1 * HOUR)
    lawyer = await windows.open(server.url, language)
    await lawyer.enter(CHEN, "/lawyer")
    banner = lawyer.say("咨询 {number} 已超时，须由您向用户说明原因（第二十三条）", number=number)
    await lawyer.reads(banner)
    await lawyer.looks_right("console-owed")
    await lawyer.press("说明原因")
    await lawyer.field("原因（用户可见）").fill("核对当年的规定用了时间，很抱歉。")
    await lawyer.looks_right("console-explain")
    await lawyer.press("发给用户")
    await expect(lawyer.page.get_by_text(banner)).to_have_count(0)
    said = await citizen.wait(
        "message:new", lambda it: it["notice"] == "delay_explained" and it["author"]["staff_no"]
    )
    assert said["body"] == "核对当年的规定用了时间，很抱歉。"
