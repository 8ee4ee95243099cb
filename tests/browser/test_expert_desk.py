"""The panel's desk: a question claimed, an opinion to the lawyer, an answer to the citizen, a review."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.test_promises import met
from tests.browser.visitors import DESKTOP, Visitor, Window
from tests.cast import CHEN, LIU, QIAN, WANG, Person
from tests.clients import QUESTION, Running, Seat, meet
from tests.journeys.test_panel import han

__all__ = ["han"]
HARD = "新业态用工是否适用劳动合同法？"


async def expert_at(windows: Window, server: Running, language: str = "zh") -> Visitor:
    visitor = await windows.open(server.url, language, DESKTOP)
    await visitor.enter(QIAN, "/expert")
    await expect(visitor.page.get_by_role("link", name=visitor.say("转交的问题"))).to_be_visible()
    return visitor


async def passed_on(lawyer: Seat, number: str) -> None:
    await lawyer.ok("ticket:note", number=number, body="本所也有分歧")
    await lawyer.ok("ticket:escalate", number=number, ground="unclear", question=HARD)


async def escalated(citizen: Seat, lawyer: Seat) -> str:
    number = await meet(citizen, lawyer)
    await passed_on(lawyer, number)
    return number


async def choose(expert: Visitor, text: str) -> None:
    await expert.page.get_by_role("link").filter(has_text=text).first.click()


@pytest.mark.everyday
async def test_a_question_is_claimed_and_answered_to_the_citizen_directly(
    server: Running, windows: Window, language: str
) -> None:
    expert = await expert_at(windows, server, language)
    await expert.reads(expert.say("这里没有问题。"))
    citizen, lawyer, number = await met(server, windows, language)
    await passed_on(lawyer, number)
    await expert.reads(HARD)  # it comes by itself
    await expect(expert.page).to_have_title(re.compile(f"【{expert.say('待接单 {n}', n=1)}】"))
    await choose(expert, HARD)
    await expert.reads(QUESTION["body"])
    await expert.reads("本所也有分歧")
    await expert.reads(expert.say("规定不够明确"))
    await expert.looks_right("expert-question")
    await expert.press("认领")
    await expert.press("直接答复用户")
    await expert.page.get_by_role("textbox", name=expert.say("答复正文")).fill(
        "可以先申请劳动仲裁，由仲裁机构认定是否存在劳动关系，并保存派单和收入记录。"
    )
    await expert.press("预览")
    await expert.reads(expert.say("请先选择为什么直接答复用户。"))
    ground = expert.field("为什么直接答复（告知律师，用户看不到）")
    await expect(ground).to_be_focused()
    await ground.select_option("urgent")
    await expert.looks_right("expert-direct")
    await expert.press("预览")
    await expert.looks_right("expert-preview")
    await expert.press("确认，答复用户")
    await citizen.reads("由仲裁机构认定是否存在劳动关系")
    await citizen.reads(f"{citizen.say('专家组')} {QIAN.staff_no}")
    await citizen.looks_right("talk-expert-answered")
    await expert.reads(expert.say("已办结。"))
    await expert.looks_right("expert-done")
    told = await lawyer.wait("note:new", lambda it: it["about"] == "direct")
    assert (told["author"], told["body"]) == (QIAN.staff_no, "情况紧急，来不及经由律师答复")
    assert "来不及" not in await citizen.page.content()


async def test_an_opinion_reaches_the_lawyer_and_never_the_citizen(
    server: Running, windows: Window
) -> None:
    expert = await expert_at(windows, server)
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    number = await escalated(citizen, lawyer)
    await choose(expert, HARD)
    await expert.press("认领")
    box = expert.page.get_by_role("textbox", name="意见正文")
    await expect(box).to_be_focused()
    await expert.page.get_by_label("内部备注（用户看不到）").fill("查过类案")
    await expert.press("记下")
    await expert.reads("查过类案")
    await box.fill("建议参照司法解释第二条处理。")
    await expert.page.reload()
    await expect(box).to_have_value("建议参照司法解释第二条处理。")
    await box.press("Control+Enter")
    await expect(expert.button("确认，发给律师")).to_be_focused()
    await expert.page.keyboard.press("Enter")
    review = await lawyer.wait("review:new")
    assert review["number"] == number and review["kind"] == "opinion"
    await expert.reads("已办结。")
    await server.settled()
    heard = "".join(str(body) for _, body in citizen.pushes)
    assert "司法解释第二条" not in heard and "查过类案" not in heard


async def test_what_is_not_hard_goes_back_to_the_lawyer_with_the_reason(
    server: Running, windows: Window, language: str
) -> None:
    expert = await expert_at(windows, server, language)
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    await escalated(citizen, lawyer)
    await choose(expert, HARD)
    await expert.press("认领")
    await expert.press("退回律师")
    box = expert.field("退回的理由（律师会看到，用户看不到；同一问题只能退回一次）")
    await expect(box).to_be_focused()
    await box.fill("《劳动合同法》第二条已有明确规定。")
    await expert.looks_right("expert-bounce")
    await expert.page.get_by_role("button", name=expert.say("退回"), exact=True).click()
    await expert.reads(expert.say("已退回律师。"))
    told = await lawyer.wait("note:new", lambda it: it["about"] == "bounced")
    assert told["body"] == "《劳动合同法》第二条已有明确规定。"
    await expert.reads(told["body"])
    await expert.looks_right("expert-bounced")


async def test_another_experts_claim_is_seen_and_one_too_late_is_told(
    server: Running, windows: Window, han: Person
) -> None:
    expert = await expert_at(windows, server)
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    await escalated(citizen, lawyer)
    await choose(expert, HARD)
    other = await server.sit(han)
    [listed] = (await other.ok("escalation:list", state="open"))["escalations"]
    await other.ok("escalation:claim", id=listed["id"])
    await expect(expert.button("认领")).to_have_count(0)  # the push told it
    await expect(expert.page.locator(".panel-lists")).to_contain_text("这里没有问题。")
    await expert.press("办理中")
    await expect(expert.page.locator(".panel-lists")).to_contain_text(HARD)
    # What another has settled is read on record from then on.
    await other.ok("escalation:opinion", id=listed["id"], body="可以适用。")
    await expert.reads("已办结。")
    await expert.reads("对话现在不对您开放。正在进行的咨询可以先旁阅。")
    await expert.looks_right("expert-not-open")


async def test_a_given_answer_is_looked_at_and_its_wording_changed_in_the_open(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(citizen, lawyer)
    await lawyer.ok("ticket:answer", number=number, id="a-1", body="申请仲裁的时效为两年。")
    expert = await expert_at(windows, server, language)
    await expert.page.get_by_role("link", name=expert.say("待审阅的解答")).click()
    await choose(expert, number)
    await expert.reads("申请仲裁的时效为两年。")
    await expert.press("提修改意见")
    await expert.field("在原文上修改").fill("申请仲裁的时效为一年。")
    await expect(expert.page.locator(".difference del")).to_have_text("两")
    await expect(expert.page.locator(".difference ins")).to_have_text("一")
    await expert.press("发出修改意见")
    await expert.reads(expert.say("请写明理由，作者据此判断。"))
    await expert.field("理由").fill("《劳动争议调解仲裁法》第二十七条")
    await expert.page.get_by_role("radio", name=expert.say("可能造成损失")).check()
    await expert.looks_right("expert-suggestion")
    await expert.press("发出，并提示用户")
    review = await lawyer.wait("review:new")
    assert review["severity"] == "harmful"
    assert review["kind"] == "suggestion" and review["wording"] == "申请仲裁的时效为一年。"
    assert review["body"] == "《劳动争议调解仲裁法》第二十七条"
    await expert.reads(expert.say("已审阅。"))
    await expect(expert.page.locator(".internal-note ins")).to_have_text("一")


async def test_what_another_expert_suggests_about_an_own_answer_is_settled_at_this_desk(
    server: Running, windows: Window, language: str, han: Person
) -> None:
    old, new = "申请仲裁的时效为两年。", "申请仲裁的时效为一年。"
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    other = await server.sit(han)
    number = await meet(citizen, lawyer)
    asked = await lawyer.ok("ticket:escalate", number=number, ground="unclear", question=HARD)
    id = asked["escalation"]["id"]
    expert = await expert_at(windows, server, language)
    seat = await server.sit(QIAN)
    await seat.ok("escalation:claim", id=id)
    seq = (await seat.ok("escalation:answer", id=id, client_id="e", body=old))["seq"]
    suggestion = {"number": number, "seq": seq}
    await other.ok("review:suggest", **suggestion, body="请写明依据。")
    await expert.page.get_by_role("link", name=expert.say("待审阅的解答")).click()
    await choose(expert, "请写明依据。")  # it comes by itself
    await expert.press("提出异议")
    await expert.field("不同意的理由（仅内部可见）").fill("依据已在前文。")
    await expert.press("提交异议")
    await expert.reads(expert.say("已提出异议"))
    await other.ok("review:suggest", **suggestion, body="时效有误。", wording=new)
    await choose(expert, "时效有误。")
    await expect(expert.page.locator(".panel-writing.inside ins")).to_have_text("一")
    await expect(expert.field("新的解答（用户可见）")).to_have_value(new)
    await expect(expert.field("更正的原因（用户可见）")).to_have_value("时效有误。")
    await expert.looks_right("expert-own")
    await expert.press("采纳，作为更正发出")
    await expert.reads(expert.say("更正已发出，用户会看到原因和新旧两个版本"))
    said = await citizen.wait("message:new", lambda it: it["corrects"] == seq)
    assert (said["body"], said["author"]["staff_no"]) == (new, QIAN.staff_no)
    assert "请写明依据" not in str(citizen.pushes)


async def test_an_answer_without_fault_is_passed(server: Running, windows: Window) -> None:
    citizen, lawyer = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(citizen, lawyer)
    await lawyer.ok("ticket:answer", number=number, id="a-1", body="可以申请劳动仲裁。")
    expert = await expert_at(windows, server)
    await expert.page.goto(f"{server.url}/expert#r/{number}")
    await expert.page.get_by_text("逐项评价（可不填，作者只看到汇总）").click()
    for part, mark in (("适用的法律", "部分达到"), ("分析", "达到")):
        row = expert.page.get_by_role("group", name=part, exact=True)
        await row.get_by_role("radio", name=mark, exact=True).check()
    await expert.looks_right("expert-scorecard")
    await expert.press("没有意见，通过")
    await expert.reads("已审阅。")
    sums = (await lawyer.ok("review:own"))["scorecard"]
    assert sums["law"] == {"met": 0, "partly": 1, "not": 0} and sums["analysis"]["met"] == 1
    other = await server.sit(QIAN)
    assert (await other.ok("review:list"))["tickets"] == []


async def test_a_lawyer_has_no_way_to_the_panels_desk(server: Running, windows: Window) -> None:
    visitor = await windows.open(server.url, "zh", DESKTOP)
    await visitor.enter(LIU, "/lawyer")
    await visitor.reads("您现在不接单")
    answer = await visitor.page.context.request.get(f"{server.url}/expert")
    assert answer.status == 403
