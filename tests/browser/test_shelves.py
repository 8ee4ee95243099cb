"""What the operators and the panel keep for a refusal: where to refer to (28), how to rule (31, 36)."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.test_console_promises import choose, in_a_talk, sheet
from tests.browser.visitors import TELEPHONE, Window
from tests.cast import FENG, QIAN
from tests.clients import Running


async def test_an_operator_keeps_the_cards_that_point_the_way(
    server: Running, windows: Window, language: str
) -> None:
    operator = await windows.open(server.url, language, TELEPHONE)
    await operator.enter(FENG, "/admin")
    await operator.page.get_by_role("link", name=operator.say("备用的办事指引")).click()
    await operator.reads("12348")
    await operator.field("向哪里咨询").fill("市规划和自然资源委员会")
    await operator.field("电话（可不填）").fill("010-55595000")
    await operator.field("地图链接（可不填）").fill("https://map.example.test/place/1")
    await operator.page.get_by_label(operator.say("房屋住房")).check()
    await operator.press("加入")
    await operator.reads(operator.say("办事指引已加入。"))
    await operator.looks_right("referrals")
    gone = operator.say("删除「{title}」", title="市规划和自然资源委员会")
    await operator.page.get_by_role("button", name=gone).click()
    await operator.reads(operator.say("办事指引已删除。"))
    await expect(operator.page.get_by_text(re.compile("市规划和自然资源委员会"))).to_have_count(0)


async def test_what_an_expert_rules_stands_beside_the_lawyers_form(
    server: Running, windows: Window, language: str
) -> None:
    expert = await windows.open(server.url, language, TELEPHONE)
    await expert.enter(QIAN, "/rulings")
    await expert.reads(expert.say("还没有判断口径。"))
    await expert.page.get_by_label(expert.say("哪一条")).select_option("31")
    await expert.field("标题").fill("判决后、上诉前")
    await expert.field("口径").fill("一审判决后、上诉期内的咨询，按正在办理的案件处理。")
    await expert.field("为什么这样判断").fill("仍在诉讼程序中，上诉期可能很短。")
    await expert.press("加入")
    await expert.reads(expert.say("判断口径已加入。"))
    await expert.looks_right("rulings")
    again = expert.page.locator("summary", has_text=expert.say("用新的口径取代"))
    await again.click()
    await expert.page.locator("details textarea[name=ruling]").fill("可以解答上诉程序的一般问题。")
    await expert.page.locator("details textarea[name=reason]").fill("不涉及案件实体。")
    await expert.press("以此取代")
    await expert.page.locator("summary", has_text=expert.say("已被取代的口径")).click()
    await expert.looks_right("rulings-superseded")

    lawyer, _, _ = await in_a_talk(server, windows, language)
    await choose(lawyer, "不予解答")
    beside = sheet(lawyer).locator(".rulings")
    await sheet(lawyer).locator("input[value=out_of_scope]").check()
    await expect(beside).to_have_count(0)
    await sheet(lawyer).locator("input[value=in_litigation]").check()
    await beside.locator("summary").click()
    await expect(beside).to_contain_text("可以解答上诉程序的一般问题。")
    await expect(beside).not_to_contain_text("按正在办理的案件处理")
    await lawyer.looks_right("console-rulings")
