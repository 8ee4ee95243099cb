"""How a citizen is told outside the page: an address that a code proves, channels, and a note of the browser's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import expect

from chatserver.config import Config
from tests.browser.test_live_journey import ask, citizen_at
from tests.browser.visitors import TELEPHONE, Visitor, Window
from tests.cast import CHEN, WANG
from tests.clients import Running, Seat, running
from tests.pages.test_told import code_from
from tests.timers.sinks import mail_server

pytest.importorskip("aiosmtplib")
ADDRESS = "wang.fang@example.test"
#: Remembers what the browser was really asked to show, and whether it was asked for leave.
WITNESS = """
    window.shown = []; window.asked = 0;
    const Real = window.Notification;
    window.Notification = class extends Real {
        constructor(...said) { super(...said); window.shown.push(said); }
        static requestPermission() { window.asked += 1; return Real.requestPermission(); }
    };
"""


async def test_a_citizen_gives_an_address_proves_it_and_chooses(
    config: Config, dsn: str, windows: Window, language: str
) -> None:
    async with mail_server() as mails:
        settings: dict[str, Any] = {
            "smtp_url": mails.url,
            "mail_from": "no-reply@example.test",
            "webhook_url": "http://127.0.0.1:9/",
            "webhook_secret": "0123456789abcdef",
        }
        async with running(replace(config, **settings), dsn) as server:
            citizen = await windows.open(server.url, language, TELEPHONE)
            await citizen.enter(WANG, "/account")
            await citizen.reads(citizen.say("有消息时怎样提醒您"))
            await citizen.field("邮箱地址").fill("wang@nowhere")
            await citizen.press("发送验证码")
            await citizen.reads(citizen.say("这不是一个电子邮箱地址。"))
            await citizen.looks_right("account-wrong-address")
            await citizen.field("邮箱地址").fill(ADDRESS)
            await citizen.press("发送验证码")
            await citizen.looks_right("account-code")
            await citizen.field("六位验证码").fill("000000")
            await citizen.press("确认邮箱")
            await citizen.reads(citizen.say("验证码不正确或已失效，请核对，或重新发送。"))
            await citizen.field("六位验证码").fill(await code_from(mails, ADDRESS))
            await citizen.press("确认邮箱")
            await citizen.reads(citizen.say("邮箱已确认，今后的答复会用邮件提醒您。"))
            await citizen.page.get_by_role("checkbox", name=citizen.say("短信或微信")).uncheck()
            await citizen.press("保存提醒方式")
            await citizen.reads(citizen.say("提醒方式已保存。"))
            await citizen.page.get_by_text(citizen.say("更换或删除邮箱")).click()
            await citizen.looks_right("account-change")
            await citizen.press("删除邮箱")
            await citizen.reads(citizen.say("邮箱已删除，不会再向它发送邮件。"))
            windows.errors[:] = [one for one in windows.errors if "400" not in one]  # as it should
            assert ADDRESS not in await citizen.page.content() and "example" not in citizen.page.url


async def written(citizen: Visitor, lawyer: Seat) -> str:
    """The number of the question that this citizen has just filed in writing, and this lawyer claimed."""
    await citizen.reads(citizen.say("我要咨询"))
    await ask(citizen, "留言咨询")
    await citizen.reads(citizen.say("留言已收到"))
    number: str = (await lawyer.ok("pool:list"))["tickets"][0]["number"]
    await lawyer.ok("pool:claim", number=number)
    return number


async def test_who_allowed_it_is_told_by_the_browser_while_looking_elsewhere(
    server: Running, notifying: Window, language: str
) -> None:
    lawyer = await server.sit(CHEN)
    citizen = await notifying.open(server.url, language, TELEPHONE)
    page = citizen.page
    await page.add_init_script(WITNESS)
    await citizen.enter(WANG, "/consult")
    number = await written(citizen, lawyer)
    assert await page.evaluate("window.asked") == 0  # never at load, nor by filing
    await citizen.looks_right("talk-notify-offered")
    await page.context.grant_permissions(["notifications"])
    await page.reload()
    await citizen.reads(number)
    assert await page.evaluate("[Notification.permission, window.asked]") == ["granted", 0]
    await expect(citizen.button("在浏览器中提醒")).to_have_count(0)

    await lawyer.ok("message:send", number=number, id="m-1", body="正在看您的材料。")
    await citizen.reads("正在看您的材料。")
    assert await page.evaluate("window.shown") == []  # who looks is not told twice

    await look_away(page)
    await lawyer.ok("ticket:answer", number=number, id="a-1", body="可以向劳动监察部门投诉。")
    await becomes(page, "window.shown.length === 1")
    (shown,) = await page.evaluate("window.shown")
    assert shown[0] == citizen.say("您的咨询有新消息")
    assert "投诉" not in str(shown) and number not in str(shown)
    assert (await page.title()).startswith("(1)")


async def look_away(page: Any) -> None:
    """A window without a screen is never out of sight, so its page is told that it is."""
    await page.evaluate("""() => {
        Object.defineProperty(document, 'hidden', { get: () => true });
        Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
        document.dispatchEvent(new Event('visibilitychange'));
    }""")


async def becomes(page: Any, condition: str) -> None:
    """Waits for it without `eval`, which the page's policy forbids."""
    for _ in range(100):
        if await page.evaluate(condition):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(condition)


async def test_who_turned_the_browsers_notes_off_gets_none_and_is_not_asked(
    server: Running, notifying: Window
) -> None:
    lawyer = await server.sit(CHEN)
    citizen = await citizen_at(notifying, server)
    await citizen.reads("我要咨询")
    await citizen.page.goto(f"{server.url}/account")
    await citizen.page.get_by_role("checkbox", name="浏览器提醒").uncheck()
    await citizen.press("保存提醒方式")
    await citizen.reads("提醒方式已保存。")
    await citizen.page.goto(f"{server.url}/consult")
    await written(citizen, lawyer)
    await expect(citizen.button("在浏览器中提醒")).to_have_count(0)
