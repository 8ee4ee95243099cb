"""The panel's desk: asked to take a question, passing it on, reading along; and the operators' rota."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.test_expert_desk import HARD, choose, escalated, expert_at
from tests.browser.test_promises import met
from tests.browser.visitors import DESKTOP, TELEPHONE, Window
from tests.cast import CHEN, FENG, QIAN, WANG
from tests.clients import QUESTION, Running, meet


async def test_an_expert_is_asked_with_a_countdown_and_takes_it(
    server: Running, windows: Window, language: str
) -> None:
    expert = await expert_at(windows, server, language)
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    number = await escalated(citizen, lawyer)
    asked = expert.page.get_by_role("region", name=expert.say("请您接手"))
    await expect(asked).to_contain_text(HARD)
    await expect(asked.get_by_role("timer")).to_be_visible()
    await expect(expert.page).to_have_title(re.compile(f"【{expert.say('待接单 {n}', n=1)}】"))
    await expert.looks_right("expert-offer")
    await asked.get_by_role("button", name=expert.say("接手"), exact=True).click()
    await expect(asked).to_have_count(0)
    await expert.page.wait_for_url(f"**#e/{number}.1")
    await expert.reads(expert.say("直接答复用户"))


async def test_what_is_passed_on_goes_with_a_reason_and_may_still_be_claimed(
    server: Running, windows: Window
) -> None:
    expert = await expert_at(windows, server)
    await escalated(await server.sit(WANG), await server.sit(CHEN))
    await expert.press("转给下一位")
    await expert.press("不熟悉该领域")
    await expect(expert.page.get_by_role("region", name="请您接手")).to_have_count(0)
    await choose(expert, HARD)
    await expert.press("认领")
    await expert.press("不能办理，转给下一位")
    await expect(expert.button("认领")).to_be_visible()


async def test_an_expert_reads_along_and_steps_in_and_everybody_sees_it(
    server: Running, windows: Window, language: str
) -> None:
    expert = await expert_at(windows, server, language)
    citizen, lawyer, number = await met(server, windows, language)
    await expert.page.get_by_role("link", name=expert.say("进行中的咨询")).click()
    await choose(expert, number)
    await expect(expert.page.locator("main")).not_to_contain_text(str(QUESTION["body"])[40:] or "—")
    await expert.looks_right("expert-talk-closed")
    await expert.press("开始旁阅")
    await expert.reads(QUESTION["body"])
    await lawyer.wait("ticket:update", lambda it: it["readers"] == ["E0001"])
    await citizen.reads(citizen.say("专家组成员 {no} 号正在旁阅这次咨询，以便指导。", no="E0001"))
    await lawyer.ok("message:send", number=number, id="l-9", body="请问何时入职？")
    await expert.reads("请问何时入职？")
    await expert.page.get_by_label(expert.say("只提醒律师（用户看不到）")).fill("核对考勤")
    await expert.press("记下")
    assert (await lawyer.wait("note:new"))["body"] == "核对考勤"
    box = expert.page.get_by_label(expert.say("以专家身份发言")).get_by_role("textbox")
    await box.fill("请先保存考勤和工资记录。")
    await expert.looks_right("expert-talk")
    await expert.press("发送")
    await citizen.reads("请先保存考勤和工资记录。")
    await citizen.reads(f"{citizen.say('专家组')} {QIAN.staff_no}")
    await citizen.looks_right("talk-expert-joined")
    await expect(box).to_have_value("")
    await expert.page.get_by_role("link", name=expert.say("转交的问题")).click()
    await lawyer.wait("ticket:update", lambda it: not it["readers"] and it["last_seq"] > 3)


async def test_the_lawyer_sees_that_an_expert_reads_along(server: Running, windows: Window) -> None:
    lawyer = await windows.open(server.url, "zh", DESKTOP)
    await lawyer.enter(CHEN, "/lawyer")
    await lawyer.reads("您现在不接单")
    seat, wang = await server.sit(CHEN), await server.sit(WANG)
    number = await meet(wang, seat)
    qian = await server.sit(QIAN)
    await qian.ok("talk:join", number=number)
    await lawyer.reads("专家 E0001 正在旁阅")
    await qian.ok("talk:leave", number=number)
    await expect(lawyer.page.get_by_text("专家 E0001 正在旁阅")).to_have_count(0)


async def test_an_operator_keeps_the_panels_rota_and_the_shared_replies(
    server: Running, windows: Window, language: str
) -> None:
    operator = await windows.open(server.url, language, TELEPHONE)
    await operator.enter(FENG, "/admin")
    await operator.page.get_by_role("link", name=operator.say("专家组排班")).click()
    await operator.reads(operator.say("没有排班：在线的专家都会被询问。"))
    await operator.press("加入排班")
    await operator.reads(operator.say("班次已加入。"))
    await operator.reads("钱教授")
    await operator.looks_right("rota")
    await operator.page.get_by_role("button", name=re.compile(operator.say("撤下"))).first.click()
    await operator.reads(operator.say("班次已撤下。"))
    await operator.enter(FENG, "/admin/replies")
    await operator.page.get_by_label(operator.say("标题"), exact=True).fill("请补充")
    await operator.page.get_by_label(operator.say("正文"), exact=True).fill("请补充时间和金额。")
    await operator.press("加入")
    await operator.reads(operator.say("快捷回复已加入。"))
    await operator.looks_right("replies")
    await operator.page.get_by_role("button", name=re.compile(operator.say("删除"))).click()
    await operator.reads(operator.say("还没有共用的快捷回复。"))
