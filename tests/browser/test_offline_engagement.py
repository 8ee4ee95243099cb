"""Article 22: who wants to engage somebody offline is led to the directory."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from chatserver.store import people
from chatserver.store.database import Database
from tests.browser.test_console_promises import choose, confirm
from tests.browser.test_live_journey import citizen_at, lawyer_on_duty, meet
from tests.browser.visitors import TELEPHONE, Visitor, Window
from tests.clients import Running

NAMES = ("北京市示范律师事务所", "北京市第一示范公证处", "北京市示范人民调解委员会")
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


async def fill(db: Database) -> None:
    for name in NAMES:
        await people.add_institution(db, name)


@LANGUAGES
async def test_the_card_that_a_lawyer_sends_leads_the_citizen_to_the_directory(
    server: Running, windows: Window, db: Database, language: str
) -> None:
    await fill(db)
    citizen = await citizen_at(windows, server, language)
    lawyer = await lawyer_on_duty(windows, server, language)
    await meet(citizen, lawyer)
    await choose(lawyer, "线下委托提示")
    await lawyer.looks_right("console-offline-card")
    await confirm(lawyer, "发给用户")
    card = citizen.page.get_by_role("region", name=citizen.say("线下委托须知"))
    await expect(card).to_contain_text("12348")
    link = card.get_by_role("link", name=citizen.say("查看机构名录"))
    await link.scroll_into_view_if_needed()
    await citizen.looks_right("talk-offline")
    async with citizen.page.context.expect_page() as opened:
        await link.click()
    page = await opened.value
    windows.watch(page)
    await page.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
    await expect(page.locator(".names > li")).to_have_text(sorted(NAMES))
    assert page.url == f"{server.url}/institutions"
    assert await page.locator("html").get_attribute("lang") == (
        "en" if language == "en" else "zh-CN"
    )
    await Visitor(page, server.url, language).looks_right("institutions")
