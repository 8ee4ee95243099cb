"""Promises kept, as the citizen sees them: asked back, promised, refused, corrected, called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from chatserver.config import Config
from tests.browser.test_live_journey import QUESTION, ask, citizen_at, say
from tests.browser.visitors import Visitor, Window
from tests.cast import CHEN, QIAN
from tests.clients import Running, Seat, running

ANSWER = "可以向劳动监察部门投诉。"
#: Long enough to be compared with earlier ones.
LONG = "公司拖欠我两个月工资，也没有签过劳动合同，应当向哪里反映？"


async def met(server: Running, windows: Window, language: str) -> tuple[Visitor, Seat, str]:
    """A citizen in a browser and a lawyer on a socket, who has taken the question."""
    lawyer = await server.sit(CHEN)
    await lawyer.ok("duty:set", status="on")
    citizen = await citizen_at(windows, server, language)
    await citizen.reads(citizen.say("我要咨询"))
    await ask(citizen)
    number: str = (await lawyer.wait("ticket:offer"))["ticket"]["number"]
    await lawyer.ok("ticket:accept", number=number)
    await citizen.reads(QUESTION)
    return citizen, lawyer, number


async def ask_about(citizen: Visitor, body: str) -> None:
    """The form, filled in with this question and sent."""
    await citizen.field("没有").check()
    await citizen.page.get_by_role("radio", name=citizen.say("在线咨询")).check()
    await citizen.field("问题类别").select_option("labour")
    await citizen.field("您的问题").fill(body)
    await citizen.press("提交咨询")


async def answered(lawyer: Seat, number: str) -> int:
    """The `seq` of the answer that was given."""
    ack = await lawyer.ok("ticket:answer", number=number, id="answer-1", body=ANSWER)
    seq: int = ack["seq"]
    return seq


async def test_a_question_to_the_citizen_stands_out_and_the_clock_goes_on_with_the_reply(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await lawyer.ok("ticket:ask", number=number, id="ask-1", body="请问何时入职，有无合同？")
    await citizen.reads("请问何时入职，有无合同？")
    await citizen.reads(citizen.say("等待您补充情况，计时已暂停"))
    await citizen.reads(citizen.say("回复后继续计时"))
    await expect(citizen.page.locator(".line.asked")).to_contain_text(citizen.say("需要您补充"))
    await citizen.looks_right("talk-asked-back")
    await say(citizen, "写给律师的话", "去年三月入职，没有合同。")
    await expect(citizen.page.get_by_text(citizen.say("回复后继续计时"))).to_have_count(0)


async def test_a_promise_and_an_escalation_tell_when_and_where(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    at = datetime.now(UTC) + timedelta(hours=20)
    await lawyer.ok(
        "ticket:schedule", number=number, promised_at=at.isoformat(), explanation="需要核对材料。"
    )
    await citizen.reads("需要核对材料。")
    await citizen.reads(citizen.say("已约定答复时间"))
    await lawyer.ok("ticket:escalate", number=number, ground="unclear", question="是否适用？")
    await citizen.reads(citizen.say("已转交专家组"))
    await lawyer.ok("ticket:offline", number=number)
    await citizen.reads(citizen.say("是否委托、委托谁，由您自己决定。"))
    await citizen.looks_right("talk-promised")


@pytest.mark.everyday
async def test_a_refusal_is_a_card_that_points_the_way_and_can_be_appealed(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    refer = {
        "who": "市人社局",
        "phone": "12333",
        "url": "https://rsj.example/guide",
        "hours": "9:00–17:00",
        "map": "https://map.example/rsj",
    }
    await lawyer.ok("ticket:refuse", number=number, ground="out_of_scope", refer_to=refer)
    card = citizen.page.get_by_role("region", name=citizen.say("不予解答的说明"))
    await expect(card.get_by_role("link", name="12333")).to_have_attribute("href", "tel:12333")
    link = card.get_by_role("link", name="https://rsj.example/guide")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(card.get_by_role("link", name="map.example")).to_be_visible()
    await citizen.looks_right("talk-refused")
    await citizen.press("我已知道去哪里")
    await expect(card.get_by_role("status")).to_be_visible()
    await lawyer.wait("ticket:update", lambda it: it["referral_known_at"])
    await citizen.press("申诉")
    await citizen.field("为什么您认为应当解答").fill("这是劳动争议，属于法律咨询。")
    await citizen.looks_right("talk-appeal")
    await citizen.press("提交申诉")
    await citizen.reads(citizen.say("申诉已提交，由值班人员复核。"))
    await citizen.reads(citizen.say("答复期限：{time}。", time="|").split("|")[0].strip())
    await citizen.looks_right("talk-appealed")


async def test_a_repeat_leads_to_the_consultation_in_which_it_was_answered(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await answered(lawyer, number)
    await lawyer.ok("ticket:close", number=number)
    await citizen.page.goto(f"{server.url}/consult#ask")
    await citizen.page.reload()
    await ask_about(citizen, "还是同一件事：公司拖欠工资怎么办")
    fresh = await lawyer.wait("ticket:offer", lambda it: it["ticket"]["number"] != number)
    second = fresh["ticket"]["number"]
    await lawyer.ok("ticket:accept", number=second)
    await lawyer.ok("ticket:refuse", number=second, ground="repeated", earlier=number)
    card = citizen.page.get_by_role("region", name=citizen.say("不予解答的说明"))
    await expect(card).to_contain_text(ANSWER)
    await citizen.looks_right("talk-repeated")
    await card.get_by_role("link", name=number).click()
    await expect(citizen.page.locator(".answer-body")).to_contain_text(ANSWER)


async def test_only_telephones_and_addresses_of_the_web_become_links(
    server: Running, windows: Window
) -> None:
    citizen, lawyer, number = await met(server, windows, "zh")
    refer = {"who": "某处", "url": "javascript:alert(1)"}
    ack = await lawyer.call("ticket:refuse", number=number, ground="out_of_scope", refer_to=refer)
    if not ack["ok"]:
        return  # the server does not even take it
    card = citizen.page.get_by_role("region", name="不予解答的说明")
    await expect(card.get_by_text("javascript:alert(1)")).to_be_visible()
    await expect(card.get_by_role("link")).to_have_count(0)


async def test_a_corrected_answer_is_marked_and_leads_to_the_new_one(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    seq = await answered(lawyer, number)
    await citizen.reads(ANSWER)
    await lawyer.ok(
        "answer:correct",
        number=number,
        seq=seq,
        id="correct-1",
        body="可以向人社部门投诉，时效为一年。",
        reason="引用的条文有误",
    )
    await citizen.reads("可以向人社部门投诉，时效为一年。")
    old = citizen.page.locator("article.corrected")
    await expect(old).to_contain_text(citizen.say("已更正"))
    await citizen.press("看更正后的解答")
    new = citizen.page.locator("li.line.wide:focus")
    await expect(new).to_contain_text("时效为一年")
    what = new.get_by_role("group", name=citizen.say("改了什么"))
    await expect(what.locator("del")).to_have_text("劳动监察")
    await expect(what.locator("ins")).to_have_text(["人社", "，时效为一年"])
    await expect(what).to_contain_text(citizen.say("新增："))  # heard, not only seen
    await citizen.looks_right("talk-corrected")
    await citizen.press("我已看到更正")
    await expect(citizen.button("我已看到更正")).to_have_count(0)
    await expect(citizen.page.locator(".receipt")).to_have_role("status")
    await citizen.looks_right("talk-correction-seen")
    await lawyer.wait("message:update", lambda it: it["corrects"] == seq)


async def test_who_is_not_satisfied_chooses_when_and_by_whom_to_be_called_back(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await answered(lawyer, number)
    await citizen.press("不满意")
    await citizen.press("提交评价")
    await citizen.press("选择回访的时间和人")
    box = citizen.field("什么时候方便（北京时间）")
    await box.fill("2020-01-01T10:00")
    await citizen.press("确定")
    await citizen.reads(citizen.say("请选择以后的时间。"))
    await citizen.looks_right("callback-choice")
    at = datetime.now(UTC) + timedelta(hours=8 + 20)
    await box.fill(f"{at:%Y-%m-%dT%H:00}")
    await citizen.field("另一位律师").check()
    await citizen.press("确定")
    await expect(citizen.button("换个时间或人")).to_be_visible()
    heard = await lawyer.wait("ticket:update", lambda it: (it["callback"] or {}).get("at"))
    assert heard["callback"]["who"] == "another"
    assert heard["callback"]["at"] == f"{at - timedelta(hours=8):%Y-%m-%dT%H:00:00.000Z}"
    await citizen.looks_right("callback-chosen")


async def test_a_long_wait_offers_a_message_and_a_late_one_is_explained(
    config: Config, dsn: str, windows: Window, language: str
) -> None:
    short = replace(config, live_answer_within=timedelta(seconds=6))
    async with running(short, dsn) as server:
        citizen = await citizen_at(windows, server, language)
        await citizen.reads(citizen.say("我要咨询"))
        await ask(citizen)
        offer = citizen.page.get_by_role("region", name=citizen.say("可以改为留言"))
        await expect(offer.get_by_role("button")).to_be_visible()
        await citizen.reads(citizen.say("延误说明"))
        await citizen.reads(citizen.say("已转交专家组"))
        await citizen.reads(citizen.say("已经超时，正在为您催办，并会向您说明原因"))
        await citizen.looks_right("talk-late")
        await offer.get_by_role("button").click()
        await citizen.reads(citizen.say("留言已收到"))
        await expect(offer.get_by_role("button")).to_have_count(0)


async def test_who_is_still_not_satisfied_after_the_call_back_goes_to_the_experts(
    server: Running, windows: Window
) -> None:
    citizen, lawyer, number = await met(server, windows, "zh")
    await answered(lawyer, number)
    await citizen.press("不满意")
    await citizen.press("提交评价")
    await expect(citizen.button("选择回访的时间和人")).to_be_visible()
    await lawyer.ok("callback:begin", number=number)
    await citizen.reads("现在回访您的咨询，再次为您解答。")
    await lawyer.ok("ticket:answer", number=number, id="answer-2", body="再次解答：可以申请仲裁。")
    await citizen.reads("回访已完成。")
    await citizen.press("评价这次回访")
    await citizen.reads("将转由专家组处理。")
    await citizen.press("提交评价")
    await citizen.reads("已转交专家组")


async def test_who_was_not_reached_reads_so_and_how_to_go_on(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await answered(lawyer, number)
    await citizen.press("不满意")
    await citizen.field("没讲明白").check()
    await citizen.field("哪里不满意（可以不写）").fill("没有说到期限")
    await citizen.looks_right("callback-comment")
    await citizen.press("提交评价")
    await citizen.press("修改评价")
    await expect(citizen.field("哪里不满意（可以不写）")).to_have_value("没有说到期限")
    await expect(citizen.field("没讲明白")).to_be_checked()
    await citizen.press("取消")
    for _ in range(3):
        await lawyer.ok("callback:attempt", number=number, note="未接通")
    await citizen.reads(citizen.say("我们三次回访都没有联系上您。"))
    await expect(citizen.page.get_by_text(citizen.say("回访已完成。"))).to_have_count(0)
    await citizen.looks_right("callback-unreached")
    await citizen.press("再次评价")
    await citizen.press("提交评价")
    await citizen.reads(citizen.say("已转交专家组"))


async def test_who_is_satisfied_in_part_says_why_and_is_not_called_back(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await answered(lawyer, number)
    await citizen.press("部分满意")
    await citizen.reads(citizen.say("需要我们回访、再次为您解答的，请选“不满意”。"))
    await citizen.looks_right("rating-partly")
    await citizen.field("太慢").check()
    await citizen.press("提交评价")
    await citizen.reads(citizen.say("您的评价：部分满意。谢谢！"))
    ticket = (await lawyer.ok("ticket:sync", number=number, after_seq=0))["ticket"]
    assert (ticket["satisfied"], ticket["level"], ticket["reasons"]) == (
        True,
        "partly",
        ["too_slow"],
    )
    assert ticket["callback"] is None


async def test_a_question_answered_before_shows_its_answer_and_can_still_be_asked(
    server: Running, windows: Window, language: str
) -> None:
    lawyer = await server.sit(CHEN)
    await lawyer.ok("duty:set", status="on")
    citizen = await citizen_at(windows, server, language)
    await ask_about(citizen, LONG)
    number: str = (await lawyer.wait("ticket:offer"))["ticket"]["number"]
    await lawyer.ok("ticket:accept", number=number)
    await answered(lawyer, number)
    await citizen.reads(ANSWER)
    await citizen.page.goto(f"{server.url}/consult#ask")
    await citizen.page.reload()
    await ask_about(citizen, LONG)
    await citizen.reads(citizen.say("看起来与 {number} 相同", number=number))
    await citizen.reads(ANSWER)
    await expect(citizen.button("就是同一个问题")).to_be_visible()
    await citizen.looks_right("ask-repeated")
    await citizen.press("不满意，请回访")
    rated = await lawyer.wait("ticket:update", lambda it: it["satisfied"] is False)
    assert rated["number"] == number and rated["callback"]["state"] == "open"
    await expect(citizen.button("选择回访的时间和人")).to_be_visible()
    await citizen.looks_right("ask-called-back")
    await citizen.page.reload()
    await ask_about(citizen, LONG)
    await citizen.press("不满意，请回访")  # was said before: where the call-back stands
    await expect(citizen.button("选择回访的时间和人")).to_be_visible()
    await citizen.press("仍要再次提问")
    offer = await lawyer.wait("ticket:offer", lambda it: it["ticket"]["number"] != number)
    assert offer["ticket"]["kind"] == "live"


async def test_a_case_number_raises_a_question_and_who_says_it_is_another_s_goes_on(
    server: Running, windows: Window, language: str
) -> None:
    lawyer = await server.sit(CHEN)
    await lawyer.ok("duty:set", status="on")
    citizen = await citizen_at(windows, server, language)
    await ask_about(citizen, "新闻里的(2026)京0105民初123号判决是什么意思？")
    await citizen.reads(citizen.say("这是您自己正在办理的案件吗？"))
    await citizen.looks_right("ask-case-number")
    await citizen.press("是我的案件")
    await citizen.reads(citizen.say("就案件本身获得意见"))
    await citizen.looks_right("ask-case-of-ones-own")
    await citizen.field("没有").check()
    await citizen.press("不是我的案件")
    assert (await lawyer.wait("ticket:offer"))["ticket"]["number"]


async def test_an_answer_that_may_do_harm_says_so_until_it_is_put_right(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    seq = await answered(lawyer, number)
    await citizen.reads(ANSWER)
    expert = await server.sit(QIAN)
    await expert.ok("review:suggest", number=number, seq=seq, body="时效已过", severity="harmful")
    warning = citizen.page.locator(f"#said-{seq} .doubt")
    await expect(warning).to_have_text(citizen.say("这条解答正在复核，请先不要据此行动。"))
    await citizen.press("看这条解答")
    await expect(citizen.page.locator(f"#said-{seq}")).to_be_focused()
    await citizen.looks_right("talk-doubted")
    new = {"body": "时效为一年，请尽快申请。", "reason": "时效有误"}
    await lawyer.ok("answer:correct", number=number, seq=seq, id="c", **new)
    await citizen.reads(new["body"])
    await expect(warning).to_have_count(0)
