"""From a clock that ran out to an expert's answer: what the citizen reads on the way, in two browsers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import expect

from chatserver.config import Config
from tests.browser.test_expert_desk import choose, expert_at
from tests.browser.test_live_journey import QUESTION, ask, citizen_at
from tests.browser.visitors import Window
from tests.cast import QIAN
from tests.clients import running

ANSWER = "可以向劳动监察部门投诉，也可以在一年内申请劳动仲裁。"


@pytest.mark.everyday
async def test_a_question_that_nobody_answered_in_time_is_answered_by_an_expert(
    config: Config, dsn: str, windows: Window, language: str
) -> None:
    hurried = replace(config, live_answer_within=timedelta(seconds=6))
    async with running(hurried, dsn) as server:
        expert = await expert_at(windows, server, language)
        citizen = await citizen_at(windows, server, language)
        limit = citizen.say("{n} 秒", n=6)
        await citizen.reads(
            citizen.say("排队与律师当场交谈，{span}内解答。请留在页面上。", span=limit)
        )
        await ask(citizen)
        sorry = "很抱歉，未能在 {span}内为您解答。您的咨询已报专家组，正在尽快处理。"
        await citizen.reads(citizen.say(sorry, span=limit))
        shown = citizen.page.locator(".escalated")
        await expect(shown).to_contain_text(citizen.say("已转交专家组"))
        await citizen.looks_right("lapse-passed-on")

        await choose(expert, "BJ20")
        await expert.reads(QUESTION)
        await expert.press("认领")
        await expect(shown).to_contain_text(citizen.say("专家正在研究您的问题"))
        # Nobody is to be advised, so there is no choice.
        await expert.reads(expert.say("现在没有承办律师，请直接答复用户，或者转给下一位。"))
        await expect(expert.button("给律师的意见")).to_have_count(0)
        await expert.looks_right("lapse-claimed")
        await expert.page.get_by_role("textbox", name=expert.say("答复正文")).fill(ANSWER)
        await expert.field("为什么直接答复（告知律师，用户看不到）").select_option("late")
        await expert.press("预览")
        await expert.press("确认，答复用户")
        await expert.reads(expert.say("已办结。"))

        await citizen.reads(ANSWER)
        await citizen.reads(f"{citizen.say('专家组')} {QIAN.staff_no}")
        await citizen.reads(citizen.say("已解答"))
        await expect(shown).to_have_count(0)
        await citizen.looks_right("lapse-answered")
