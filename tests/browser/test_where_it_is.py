"""The citizen always sees where the question is, and until when: at telephone width, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from playwright.async_api import expect

from chatserver.config import Config
from tests.browser.test_expert_desk import passed_on
from tests.browser.test_promises import met
from tests.browser.visitors import Window
from tests.cast import QIAN
from tests.clients import Running, running


async def test_offered_passed_claimed_given_back_and_advised(
    server: Running, windows: Window, language: str
) -> None:
    qian = await server.sit(QIAN)
    citizen, lawyer, number = await met(server, windows, language)
    shown = citizen.page.locator(".escalated")
    await passed_on(lawyer, number)
    id = (await qian.wait("escalation:offer"))["escalation"]["id"]
    await expect(shown).to_contain_text(citizen.say("已转交专家组"))
    due = (await shown.inner_text()).split("\n")[-1]
    assert any(letter.isdigit() for letter in due), due  # until when
    await citizen.looks_right("where-offered")
    await qian.ok("escalation:pass", id=id, reason="内部原因")
    await server.settled()
    await expect(shown).to_contain_text(citizen.say("已转交专家组"))
    await expect(shown).not_to_contain_text("内部原因")
    await qian.ok("escalation:claim", id=id)
    await expect(shown).to_contain_text(citizen.say("专家正在研究您的问题"))
    await citizen.looks_right("where-claimed")
    await qian.ok("escalation:pass", id=id)
    await expect(shown).to_contain_text(citizen.say("已转交专家组"))
    await qian.ok("escalation:claim", id=id)
    await qian.ok("escalation:opinion", id=id, body="可以适用第三十条")
    await expect(shown).to_contain_text(citizen.say("专家组已把意见交给律师"))
    await citizen.looks_right("where-advised")
    await lawyer.ok("ticket:answer", number=number, id="a", body="可以申请劳动仲裁。")
    await expect(shown).to_have_count(0)


async def test_late_and_then_the_operator(
    config: Config, dsn: str, windows: Window, language: str
) -> None:
    hurried = replace(config, live_answer_within=timedelta(seconds=12))
    async with running(hurried, dsn) as server:
        citizen, _, _ = await met(server, windows, language)
        shown = citizen.page.locator(".escalated")
        await expect(shown).to_contain_text(
            citizen.say("因为没有按时答复，您的问题已报专家组督促处理。"), timeout=40_000
        )
        await expect(shown).to_contain_text(
            citizen.say("已超过时限，值班人员正在督办，有结果会在这里告诉您。"), timeout=40_000
        )
        await citizen.looks_right("where-late")
