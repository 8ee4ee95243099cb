"""How a deadline is counted: at the citizen's clock, at the lawyer's, and without JavaScript."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.test_console_promises import choose, confirm, in_a_talk
from tests.browser.test_live_journey import say
from tests.browser.test_promises import answered, met
from tests.browser.test_written import picture
from tests.browser.visitors import TELEPHONE, Visitor, Window
from tests.cast import CHEN, WANG
from tests.clients import Running, meet

HOW = "这个时限怎么算的"


def steps(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("region", name=visitor.say(HOW))


async def counted(visitor: Visitor, *titles: str) -> None:
    """The steps so far are these, and nothing else."""
    shown = steps(visitor).locator("li:not(.now) strong")
    await expect(shown).to_have_text([visitor.say(title) for title in titles])


async def test_the_citizen_sees_each_start_and_stop_as_it_happens(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await citizen.press(HOW)
    await counted(citizen, "开始计时")
    limit = citizen.say("1 小时")
    rule = citizen.say("提出咨询，开始计时：应在 {span}内解答。", span=limit)
    await expect(steps(citizen)).to_contain_text(rule)
    await expect(steps(citizen)).to_contain_text(citizen.say("正在计时。"))
    await lawyer.ok("ticket:ask", number=number, id="ask-1", body="请问何时入职？")
    await counted(citizen, "开始计时", "计时暂停")
    await expect(steps(citizen)).to_contain_text(citizen.say("计时暂停，等待用户补充情况。"))
    await say(citizen, "写给律师的话", "去年三月入职。")
    await counted(citizen, "开始计时", "计时暂停", "计时继续")
    await citizen.looks_right("clock-citizen")
    await answered(lawyer, number)
    await counted(citizen, "开始计时", "计时暂停", "计时继续", "计时停止")
    await expect(steps(citizen)).to_contain_text(citizen.say("现在没有正在计算的时限。"))
    await citizen.button(HOW).focus()
    await citizen.page.keyboard.press("Escape")
    await expect(steps(citizen)).to_have_count(0)
    await expect(citizen.button(HOW)).to_be_focused()


async def test_the_lawyer_sees_a_promise_change_the_clock(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, _, _ = await in_a_talk(server, windows, language)
    await lawyer.press(HOW)
    await counted(lawyer, "开始计时")
    await choose(lawyer, "约期答复")
    await lawyer.field("原因（用户可见）").fill("需要核对材料。")
    await lawyer.page.locator(".deeds-usual button").last.click()
    await confirm(lawyer, "约定这个时间")
    await counted(lawyer, "开始计时", "时限变更")
    await expect(steps(lawyer)).to_contain_text(lawyer.say("约定的答复时间"))
    await lawyer.looks_right("clock-console")


async def test_the_list_is_there_without_javascript(
    server: Running, windows: Window, language: str
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    await chen.ok("ticket:answer", number=number, id="a-1", body="可以申请劳动仲裁。")
    options: dict[str, Any] = {"java_script_enabled": False}
    citizen = await windows.open(server.url, language, TELEPHONE, **options)
    await citizen.enter(WANG, "/consult")
    await citizen.page.goto(f"{server.url}/consult?number={number}&lang={language}")
    await citizen.page.locator("details.how summary").click()
    shown = citizen.page.locator(".clock-steps li strong")
    titles = [citizen.say(title) for title in ("开始计时", "计时停止", "现在")]
    await expect(shown).to_have_text(titles)
    await picture(citizen.page, f"nojs-clock-{language}")
