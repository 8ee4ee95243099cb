"""A citizen on a telephone and a lawyer at a desk, each in a browser of their own."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.visitors import DESKTOP, TELEPHONE, Visitor, Window
from tests.cast import CHEN, SUN, WANG, Person
from tests.clients import Running

QUESTION = "公司拖欠两个月工资，应当向哪里反映？"


async def citizen_at(
    windows: Window, server: Running, language: str = "zh", who: Person = WANG
) -> Visitor:
    visitor = await windows.open(server.url, language, TELEPHONE)
    await visitor.enter(who, "/consult")
    return visitor


async def lawyer_on_duty(windows: Window, server: Running, language: str = "zh") -> Visitor:
    visitor = await windows.open(server.url, language, DESKTOP)
    await visitor.enter(CHEN, "/lawyer")
    await visitor.press("开始接单")
    await visitor.button("开始接单", visitor.page.get_by_role("dialog")).click()
    await expect(visitor.button("上岗")).to_have_attribute("aria-pressed", "true")
    return visitor


async def ask(citizen: Visitor, kind: str = "在线咨询") -> None:
    await citizen.field("没有").check()
    await citizen.page.get_by_role("radio", name=citizen.say(kind)).check()
    await citizen.field("问题类别").select_option("labour")
    await citizen.field("您的问题").fill(QUESTION)
    await citizen.press("提交咨询")


async def say(visitor: Visitor, label: str, text: str) -> None:
    await visitor.page.get_by_role("textbox", name=visitor.say(label)).fill(text)
    await visitor.page.keyboard.press("Enter")


async def meet(citizen: Visitor, lawyer: Visitor) -> None:
    await ask(citizen)
    await lawyer.press("接单")
    await expect(lawyer.page.get_by_role("log").get_by_text(QUESTION).first).to_be_visible()


@pytest.mark.everyday
async def test_the_whole_journey_in_two_browsers(
    server: Running, windows: Window, language: str
) -> None:
    citizen = await windows.open(server.url, language, TELEPHONE)
    await citizen.sign_in(SUN, "/consult")
    lawyer = await windows.open(server.url, language, DESKTOP)
    await lawyer.sign_in(CHEN, "/lawyer")
    await citizen.reads(citizen.say("咨询之前，请先了解"))
    await citizen.looks_right("agreement")
    await citizen.press("同意，开始咨询")
    await citizen.reads(citizen.say("我要咨询"))
    await citizen.looks_right("question")
    await ask(citizen)
    await citizen.reads("BJ20")
    await citizen.looks_right("queue-nobody-on-duty")

    await lawyer.looks_right("console-off-duty")
    await lawyer.press("开始接单")
    await lawyer.looks_right("console-check")
    await lawyer.button("开始接单", lawyer.page.get_by_role("dialog")).click()
    await expect(lawyer.button("接单").first).to_be_visible()
    await lawyer.looks_right("console-offer")
    await lawyer.press("接单")

    await say(lawyer, "给用户的消息", "您好，请说明入职时间。")
    await citizen.reads("您好，请说明入职时间。")
    await citizen.reads(citizen.say("风险提示"))
    await citizen.looks_right("talk-risk-notice")
    await say(citizen, "写给律师的话", "去年三月入职，没有签合同。")
    await lawyer.reads("去年三月入职，没有签合同。")
    await lawyer.looks_right("console-talk")

    await lawyer.press("撰写解答")
    await lawyer.looks_right("console-answer")
    await answer(lawyer, "可以向劳动监察部门投诉，也可以申请劳动仲裁。")
    await citizen.reads("可以向劳动监察部门投诉，也可以申请劳动仲裁。")
    await citizen.looks_right("talk-answered")

    await close(lawyer)
    await citizen.looks_right("rating")
    await citizen.press("满意")
    await citizen.press("提交评价")
    await citizen.reads(citizen.say("您的评价：满意。谢谢！"))
    await citizen.looks_right("rated")
    await citizen.page.get_by_role("link", name=citizen.say("返回我的咨询")).click()
    await citizen.reads(QUESTION)
    await citizen.looks_right("earlier-consultations")


async def answer(lawyer: Visitor, text: str) -> None:
    """As a distinct act: written, previewed, confirmed."""
    await lawyer.page.get_by_role("textbox", name=lawyer.say("解答正文")).fill(text)
    await lawyer.press("预览解答")
    await lawyer.press("确认，作为解答发出")


async def close(lawyer: Visitor) -> None:
    await lawyer.press("结束")
    sheet = lawyer.page.get_by_role("dialog")
    if await sheet.count():
        await sheet.get_by_role("button").last.click()
