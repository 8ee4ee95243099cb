"""What the operators and the panel keep for a refusal: where to refer to (28)."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.visitors import TELEPHONE, Window
from tests.cast import FENG
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
