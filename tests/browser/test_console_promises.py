"""What a lawyer does besides talking: promises, questions, experts, refusals, corrections, call-backs, notes."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.test_console import asks, box
from tests.browser.test_live_journey import lawyer_on_duty
from tests.browser.visitors import Visitor, Window
from tests.cast import CHEN, QIAN, WANG
from tests.clients import QUESTION, Running, Seat

ANSWER = "请先书面催告，保存工资记录；公司仍不支付的，向劳动监察部门投诉或者在一年内申请仲裁。"


async def in_a_talk(
    server: Running, windows: Window, language: str = "zh"
) -> tuple[Visitor, Seat, str]:
    """A lawyer at the console, a citizen elsewhere, and their talk."""
    lawyer = await lawyer_on_duty(windows, server, language)
    citizen = await asks(server, WANG, "p1")
    await lawyer.press("接单")
    await expect(box(lawyer)).to_be_focused()
    number: str = (await citizen.wait("ticket:update", lambda it: it["state"] == "active"))[
        "number"
    ]
    return lawyer, citizen, number


async def choose(lawyer: Visitor, deed: str) -> None:
    """A line of the list of further actions."""
    await lawyer.page.get_by_label(lawyer.say("更多操作")).click()
    await lawyer.page.get_by_role("button", name=lawyer.say(deed)).first.click()


def sheet(lawyer: Visitor) -> Locator:
    return lawyer.page.get_by_role("dialog")


async def confirm(lawyer: Visitor, verb: str) -> None:
    """The button that does it, and the sheet goes."""
    await lawyer.button(verb, sheet(lawyer)).click()
    await expect(sheet(lawyer)).to_have_count(0)


async def answered(lawyer: Visitor, citizen: Seat) -> None:
    """The lawyer answers by the sheet."""
    await lawyer.press("撰写解答")
    await lawyer.page.get_by_label(lawyer.say("解答正文")).fill(ANSWER)
    await lawyer.press("预览解答")
    await lawyer.press("确认，作为解答发出")
    await citizen.wait("message:new", lambda it: it["type"] == "answer")


async def test_an_answer_is_promised_with_a_reason_and_a_time_once_more_at_most(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, _ = await in_a_talk(server, windows, language)
    for turn in range(2):
        await choose(lawyer, "约期答复")
        await lawyer.field("原因（用户可见）").fill(f"需要查阅地方规定（{turn}）。")
        await lawyer.page.locator(".deeds-usual button").last.click()
        await lawyer.reads("前答复您。")
        if turn == 0:
            await lawyer.looks_right("console-schedule")
        await confirm(lawyer, "约定这个时间")
        said = await citizen.wait(
            "message:new",
            lambda it, turn=turn: it["notice"] == "answer_promised" and f"（{turn}）" in it["body"],
        )
        assert "18:00 前答复您" in said["body"]  # Beijing's time, whatever the browser's
    await expect(lawyer.page.locator(".talk-head .clock")).to_contain_text(
        "约定" if language == "zh" else "promised"
    )
    await lawyer.page.get_by_label(lawyer.say("更多操作")).click()
    await lawyer.reads(lawyer.say("已约期两次，请解答或提请专家组"))
    await lawyer.looks_right("console-more")


async def test_a_question_stops_the_clock_until_the_citizen_speaks(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, number = await in_a_talk(server, windows, language)
    await choose(lawyer, "向用户提问并暂停计时")
    await lawyer.field("问题（用户可见）").fill("您是哪天入职的？可以加微信 lawyer_8888 告诉我。")
    await lawyer.reads("lawyer_8888")
    await expect(sheet(lawyer).get_by_role("alert").first).to_contain_text(
        "22" if language == "en" else "二十二"
    )
    await lawyer.field("问题（用户可见）").fill("您是哪天入职的？有书面合同吗？")
    await lawyer.looks_right("console-ask")
    await confirm(lawyer, "发出并暂停计时")
    clock = lawyer.page.locator(".talk-head .clock")
    await expect(clock).to_have_class("clock held")
    await citizen.ok("message:send", number=number, id="p2", body="三月入职，没有合同。")
    await expect(clock).to_have_class("clock ok")


async def test_the_panels_opinion_comes_back_into_the_internal_panel(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, _ = await in_a_talk(server, windows, language)
    expert = await server.sit(QIAN)
    await choose(lawyer, "提请专家组")
    await lawyer.page.get_by_label(lawyer.say("实务有争议")).check()
    await lawyer.field("一句话写明问题（仅内部可见）").fill("试用期内欠薪能否主张赔偿金？")
    await lawyer.looks_right("console-escalate")
    await confirm(lawyer, "提请")
    asked = (await expert.wait("escalation:new"))["escalation"]
    assert asked["ground"] == "disputed"
    await expert.ok("escalation:claim", id=asked["id"])
    await expert.ok("escalation:opinion", id=asked["id"], body="可以主张，注意仲裁时效。")
    await lawyer.page.get_by_role("button", name=lawyer.say("内部")).first.click()
    await lawyer.reads("可以主张，注意仲裁时效。")
    await lawyer.field("备注（仅内部可见）").fill("已看专家意见，下午答复。")
    await lawyer.press("保存备注")
    await lawyer.reads("已看专家意见，下午答复。")
    await lawyer.press("请后台支援")
    await lawyer.field("问后台（仅内部可见）").fill("请帮忙找最新的地方规定。")
    await lawyer.page.keyboard.press("Control+Enter")
    await lawyer.reads(lawyer.say("请求后台支援"))
    await lawyer.looks_right("console-internal")
    await lawyer.page.reload()
    await lawyer.page.get_by_role("button", name=lawyer.say("内部")).first.click()
    for text in (
        "可以主张，注意仲裁时效。",
        "已看专家意见，下午答复。",
        "请帮忙找最新的地方规定。",
    ):
        await lawyer.reads(text)
    await server.settled()
    assert not [name for name, _ in citizen.pushes if name in ("note:new", "review:new")]
    assert "专家意见" not in str(citizen.pushes)


@pytest.mark.everyday
async def test_a_refusal_points_the_way_and_is_read_before_it_is_sent(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, number = await in_a_talk(server, windows, language)
    await choose(lawyer, "不予解答")
    await sheet(lawyer).locator("input[value=out_of_scope]").check()
    await lawyer.button("确认，不予解答", sheet(lawyer)).click()
    await lawyer.reads(lawyer.say("请写明用户可以向哪里咨询。"))
    await sheet(lawyer).get_by_role("button", name="北京市人力资源和社会保障局").click()
    await lawyer.field("时间（可不填）").fill("工作日 9:00-17:30")
    preview = sheet(lawyer).locator(".will-read .talk-notice")
    shown = await preview.text_content()
    await lawyer.looks_right("console-refuse")
    await confirm(lawyer, "确认，不予解答")
    said = await citizen.wait("message:new", lambda it: it["notice"] == "refusal")
    assert said["body"] == shown
    await citizen.wait("ticket:update", lambda it: it["outcome"] == "refused:out_of_scope")
    await lawyer.reads(lawyer.say("用户尚未确认知道去哪里"))
    await citizen.ok("referral:confirm", number=number)
    await lawyer.reads(lawyer.say("用户已知道去哪里（{at}）").partition("{")[0])
    await lawyer.looks_right("console-refused")


async def test_a_repeat_shows_both_things_that_the_citizen_may_read(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, _ = await in_a_talk(server, windows, language)
    await choose(lawyer, "不予解答")
    await sheet(lawyer).locator("input[value=repeated]").check()
    await expect(sheet(lawyer).locator(".will-read")).to_have_count(2)
    unproven = sheet(lawyer).locator(".will-read .talk-notice").nth(1)
    shown = await unproven.text_content()
    await lawyer.looks_right("console-repeated")
    await confirm(lawyer, "确认，不予解答")
    said = await citizen.wait("message:new", lambda it: it["notice"] == "refusal")
    assert said["body"] == shown


async def test_why_it_is_asked_again_and_a_case_number_are_seen_by_the_lawyer(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, number = await in_a_talk(server, windows, language)
    await answered(lawyer, citizen)
    again = {"id": "p2", "earlier": {"number": number, "because": "not_understood"}}
    await citizen.ok("ticket:open", **(QUESTION | again))
    await lawyer.press("接单")
    chip = lawyer.page.get_by_text(number).filter(has_text=lawyer.say("没看懂"))
    await expect(chip).to_be_visible()
    news = await citizen.wait(
        "ticket:update", lambda it: it["state"] == "active" and it["number"] != number
    )
    second = news["number"]
    await citizen.ok(
        "message:send", number=second, id="c-1", body="案号是（2026）京0105民初123号。"
    )
    await lawyer.reads(lawyer.say("写有案号，请核对（第三十一条）"))
    await lawyer.looks_right("console-asked-again")
    await lawyer.page.locator(".talk.focused").get_by_label(lawyer.say("更多操作")).click()
    await lawyer.page.get_by_role("button", name=lawyer.say("不予解答")).first.click()
    await sheet(lawyer).locator("input[value=repeated]").check()
    once = "用户提问时说明没看懂：应当再解释一次。已经再解释过的，才能作为重复咨询。"
    await lawyer.reads(lawyer.say(once))


async def test_abuse_is_only_proposed(server: Running, windows: Window) -> None:
    lawyer, citizen, _ = await in_a_talk(server, windows)
    await choose(lawyer, "不予解答")
    await sheet(lawyer).locator("input[value=abuse]").check()
    await lawyer.field("事实（仅内部可见）").fill("连续发送广告。")
    await lawyer.looks_right("console-abuse")
    await confirm(lawyer, "提请处理")
    await expect(box(lawyer)).to_be_visible()
    await server.settled()
    assert not [it for it in citizen.heard("ticket:update") if it["state"] == "closed"]


async def test_a_suggestion_is_accepted_and_becomes_a_correction_with_its_difference(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, number = await in_a_talk(server, windows, language)
    await answered(lawyer, citizen)
    expert = await server.sit(QIAN)
    seq = (await citizen.wait("message:new", lambda it: it["type"] == "answer"))["seq"]
    wording = ANSWER.replace("一年内", "自离职起一年内")
    suggestion = {"number": number, "seq": seq, "body": "漏写了时效的起算点。"}
    await expert.ok("review:suggest", **suggestion, wording=wording)
    await lawyer.page.get_by_role("button", name=lawyer.say("内部")).first.click()
    review = lawyer.page.locator("expert-review")
    await expect(review.locator("ins")).to_have_text("自离职起")
    await lawyer.looks_right("console-suggestion")
    await lawyer.press("采纳并更正")
    # Nothing is typed again: what the expert drew up is there, and may be changed.
    await expect(lawyer.field("新的解答（用户可见）")).to_have_value(wording)
    await expect(lawyer.field("更正的原因（用户可见）")).to_have_value("漏写了时效的起算点。")
    await expect(sheet(lawyer).locator("ins")).to_have_text("自离职起")
    await lawyer.looks_right("console-correct")
    await confirm(lawyer, "作为更正发出")
    said = await citizen.wait("message:new", lambda it: it["corrects"] == seq)
    assert said["body"] == wording
    notice = await citizen.wait("message:new", lambda it: it["notice"] == "correction")
    assert "漏写了时效的起算点。" in notice["body"]
    await expect(review).to_contain_text(lawyer.say("已采纳"))
    log = lawyer.page.get_by_role("log", name=lawyer.say("与用户的对话"))
    await expect(log.locator(".answer.corrected")).to_have_count(1)
    await log.get_by_text(lawyer.say("与原解答的不同")).click()
    await expect(log.locator("ins")).to_have_text("自离职起")
    await lawyer.looks_right("console-corrected")


async def test_a_suggestion_about_a_closed_talk_is_found_and_a_remark_is_no_wording(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, number = await in_a_talk(server, windows, language)
    await answered(lawyer, citizen)
    await lawyer.press("结束")
    await lawyer.button("结束咨询", sheet(lawyer)).click()
    await citizen.wait("ticket:update", lambda it: it["state"] == "closed")
    expert = await server.sit(QIAN)
    seq = (await citizen.wait("message:new", lambda it: it["type"] == "answer"))["seq"]
    suggestion = {"seq": seq, "body": "请说明时效从何时起算。", "scorecard": {"steps": "partly"}}
    await expert.ok("review:suggest", number=number, **suggestion)
    await lawyer.page.reload()
    await lawyer.press("查看")
    sums = sheet(lawyer).locator("dl dd").nth(3)
    await expect(sums).to_have_text(f"{lawyer.say('部分达到')} 1")
    await lawyer.looks_right("console-suggestions")
    await lawyer.press("采纳并更正")
    await expect(lawyer.field("新的解答（用户可见）")).to_have_value(ANSWER)
    await expect(lawyer.field("更正的原因（用户可见）")).to_have_value("")
    await expect(sheet(lawyer)).to_contain_text("请说明时效从何时起算。")
    await lawyer.field("新的解答（用户可见）").fill(ANSWER.replace("一年内", "自离职起一年内"))
    await lawyer.field("更正的原因（用户可见）").fill("漏写了时效的起算点。")
    await lawyer.looks_right("console-correct-remark")
    await confirm(lawyer, "作为更正发出")
    await citizen.wait("message:new", lambda it: it["corrects"] == seq)
    await expect(lawyer.page.locator(".banner")).to_have_count(0)


@pytest.mark.everyday
async def test_a_citizen_who_is_not_satisfied_is_called_back_with_the_old_talk_at_hand(
    server: Running, windows: Window, language: str
) -> None:
    lawyer, citizen, number = await in_a_talk(server, windows, language)
    await answered(lawyer, citizen)
    await lawyer.press("结束")
    await lawyer.button("结束咨询", sheet(lawyer)).click()
    await citizen.wait("ticket:update", lambda it: it["state"] == "closed")
    said = {"satisfied": False, "comment": "没有说到仲裁的期限，\n也没有说材料。"}
    rated = (await citizen.ok("ticket:rate", number=number, **said))["ticket"]
    await citizen.ok("callback:choose", number=number, at=rated["callback_due_at"], who="same")
    await lawyer.page.reload()
    await lawyer.press("查看")
    await lawyer.reads(lawyer.say("由您回访"))
    await lawyer.reads("没有说到仲裁的期限，")
    await lawyer.looks_right("console-callbacks")
    await lawyer.press("打开此前的咨询")
    await lawyer.reads(ANSWER)
    await lawyer.press("记录未联系上")
    await lawyer.field("联系情况（仅内部可见）").fill("九点发消息，未回。")
    await lawyer.press("保存这次尝试")
    await lawyer.reads(lawyer.say("已尝试 {n} / {most} 次", n=1, most=3))
    await lawyer.looks_right("console-callback")
    await lawyer.press("开始回访")
    await citizen.wait("ticket:update", lambda it: (it["callback"] or {}).get("state") == "begun")
    await answered(lawyer, citizen)
    await citizen.wait("ticket:update", lambda it: (it["callback"] or {}).get("state") == "done")
    await expect(lawyer.page.locator("callback-card")).to_have_count(0)


async def test_a_talk_is_passed_on_with_an_internal_note(server: Running, windows: Window) -> None:
    lawyer, citizen, number = await in_a_talk(server, windows)
    await choose(lawyer, "转交")
    await sheet(lawyer).locator("input[value=category]").check()
    await lawyer.field("类别").select_option("family")
    await lawyer.field("给接手同事的内部备注（可不填）").fill("其实是离婚财产问题。")
    await lawyer.looks_right("console-transfer")
    await confirm(lawyer, "转交")
    await citizen.wait("ticket:update", lambda it: it["category"] == "family")
    await lawyer.reads(lawyer.say("咨询 {number} 已转交", number=number))


async def test_an_answer_that_was_begun_waits_on_the_next_screen(
    server: Running, windows: Window
) -> None:
    lawyer, _, _ = await in_a_talk(server, windows)
    await lawyer.press("撰写解答")
    await lawyer.page.get_by_label(lawyer.say("解答正文")).fill("写到一半的解答")
    await lawyer.reads("已存到服务器")
    other = await windows.open(server.url)
    await other.enter(CHEN, "/lawyer")
    await expect(other.page.get_by_label(other.say("解答正文"))).to_have_value("写到一半的解答")


async def test_contacts_in_a_line_are_pointed_out_before_it_goes(
    server: Running, windows: Window
) -> None:
    lawyer, citizen, _ = await in_a_talk(server, windows)
    await box(lawyer).fill("请打 138 1234 5678 找我。")
    await box(lawyer).press("Enter")
    await lawyer.reads("似乎含有联系方式")
    await lawyer.looks_right("console-contacts")
    assert not [it for it in citizen.heard("message:new") if it["author"]["kind"] == "staff"]
    await box(lawyer).fill("请打 12348 咨询。")
    await box(lawyer).press("Enter")
    await citizen.wait("message:new", lambda it: it["body"] == "请打 12348 咨询。")


async def test_the_further_actions_are_led_by_the_keyboard(
    server: Running, windows: Window
) -> None:
    lawyer, citizen, _ = await in_a_talk(server, windows)
    keyboard = lawyer.page.keyboard
    await keyboard.press("Escape")
    await keyboard.press("m")
    for _ in range(3):
        await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await expect(sheet(lawyer)).to_contain_text("线下委托提示")
    await lawyer.looks_right("console-offline")
    await lawyer.button("发给用户", sheet(lawyer)).focus()
    await keyboard.press("Enter")
    await citizen.wait("message:new", lambda it: it["notice"] == "offline_engagement")
    await expect(sheet(lawyer)).to_have_count(0)
    await keyboard.press("n")
    await keyboard.type("只给同事看。")
    await keyboard.press("Control+Enter")
    await lawyer.reads("只给同事看。")
    await keyboard.press("Escape")
    await expect(lawyer.page.locator("internal-side")).to_have_count(0)
    await keyboard.press("b")
    await expect(sheet(lawyer)).to_contain_text("没有待进行的回访")
