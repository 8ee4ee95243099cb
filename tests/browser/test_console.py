"""The lawyer's console: led by the keyboard alone, kind to input methods, never forgetting a word."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.test_live_journey import lawyer_on_duty
from tests.browser.visitors import Visitor, Window
from tests.cast import LI, WANG, Person
from tests.clients import QUESTION, Running, Seat

BOX = "给用户的消息"


async def asks(server: Running, who: Person, id: str, **changes: object) -> Seat:
    """A citizen on another device, and their question in the queue."""
    seat = await server.sit(who)
    await seat.ok("ticket:open", **(QUESTION | {"id": id} | changes))
    return seat


def box(lawyer: Visitor) -> Locator:
    return lawyer.page.get_by_role("textbox", name=lawyer.say(BOX))


@pytest.mark.everyday
async def test_a_talk_is_led_by_the_keyboard_alone(server: Running, windows: Window) -> None:
    lawyer = await lawyer_on_duty(windows, server)
    keyboard = lawyer.page.keyboard
    citizen = await asks(server, WANG, "k1")
    await expect(lawyer.button("接单")).to_be_visible()
    await keyboard.press("Alt+Enter")
    await expect(box(lawyer)).to_be_focused()
    await keyboard.type("您好？")
    await keyboard.press("Shift+Enter")
    await keyboard.type("请说明入职时间。")
    await keyboard.press("Enter")
    said = await citizen.wait("message:new", lambda it: it["author"]["kind"] == "staff")
    assert said["body"] == "您好？\n请说明入职时间。"

    await keyboard.press("Escape")
    await keyboard.press("c")
    await lawyer.reads("还不能结束")
    await keyboard.press("e")
    await keyboard.type(
        "请先书面催告，保存工资记录；公司仍不支付的，向劳动监察部门投诉或者申请仲裁。"
    )
    await keyboard.press("Control+Enter")
    await expect(lawyer.button("确认，作为解答发出")).to_be_focused()
    await keyboard.press("Enter")
    await lawyer.reads("已解答，法定计时已停止")
    await expect(box(lawyer)).to_be_focused()
    await keyboard.press("Escape")
    await keyboard.press("c")
    await expect(lawyer.page.get_by_role("dialog")).to_be_visible()
    await keyboard.press("Enter")
    await citizen.wait("ticket:update", lambda it: it["state"] == "closed")


async def test_the_enter_of_an_input_method_sends_nothing(server: Running, windows: Window) -> None:
    lawyer = await lawyer_on_duty(windows, server)
    await asks(server, WANG, "i1")
    await lawyer.press("接单")
    await box(lawyer).fill("nihao")
    for init in ({"key": "Enter", "isComposing": True}, {"key": "Enter", "keyCode": 229}):
        await box(lawyer).dispatch_event("keydown", init | {"bubbles": True})
    await expect(box(lawyer)).to_have_value("nihao")
    await expect(lawyer.page.get_by_role("log").get_by_text("nihao")).to_have_count(0)
    await box(lawyer).press("Enter")
    await lawyer.reads("nihao")
    await expect(box(lawyer)).to_have_value("")


async def test_a_draft_outlives_a_reload_and_stays_with_its_ticket(
    server: Running, windows: Window
) -> None:
    lawyer = await lawyer_on_duty(windows, server)
    await asks(server, WANG, "d1")
    await lawyer.press("接单")
    await box(lawyer).fill("写到一半")
    await lawyer.page.reload()
    await expect(box(lawyer)).to_have_value("写到一半")
    await asks(server, LI, "d2", category="family", body="离婚后孩子的抚养费怎么确定？")
    await lawyer.press("接单")
    await expect(box(lawyer)).to_have_count(2)
    await expect(box(lawyer).last).to_have_value("")


async def test_a_talk_that_is_not_shown_is_marked_until_it_is_looked_at(
    server: Running, windows: Window
) -> None:
    lawyer = await lawyer_on_duty(windows, server)
    first = await asks(server, WANG, "u1")
    await lawyer.press("接单")
    await lawyer.page.locator(".side-by-side .btn").first.click()
    await asks(server, LI, "u2", category="family", body="离婚后孩子的抚养费怎么确定？")
    await lawyer.press("接单")
    # A talk that is left before its question came is rightly unread.
    await expect(lawyer.page.locator(".talk-log")).to_contain_text("抚养费怎么确定")
    rail = lawyer.page.get_by_role("navigation", name=lawyer.say("在办咨询"))
    number = first.heard("ticket:update")[0]["number"]
    await first.ok("message:send", number=number, id="u3", body="补充一句。")
    await expect(rail.locator(".count")).to_have_text("未读 1")
    await rail.get_by_role("button").first.click()
    await expect(rail.locator(".count")).to_have_count(0)
    await first.wait("message:read", lambda it: it["by"] == "staff")


async def test_a_canned_reply_comes_by_a_slash_with_its_variables_filled_in(
    server: Running, windows: Window
) -> None:
    lawyer = await lawyer_on_duty(windows, server)
    await asks(server, WANG, "c1")
    await lawyer.press("接单")
    await box(lawyer).press("/")
    await lawyer.press("管理")
    await lawyer.field("标题").fill("问候")
    await lawyer.field("正文").fill("您好，{staff_no} 号为您服务，关于{category}。")
    await lawyer.press("保存")
    await lawyer.reads("自己的")
    await lawyer.page.keyboard.press("Escape")
    await lawyer.press("关闭快捷回复")
    await box(lawyer).press("/")
    await lawyer.page.get_by_role("combobox", name=lawyer.say("搜索快捷回复")).fill("问候")
    await lawyer.page.keyboard.press("Enter")
    await expect(box(lawyer)).to_have_value("您好，L0001 号为您服务，关于劳动人事。")
    await lawyer.looks_right("console-canned")
