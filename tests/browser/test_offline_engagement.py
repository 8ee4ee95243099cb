"""Article 22: who wants to engage somebody offline is led to the directory, with JavaScript and without."""

from __future__ import annotations

from playwright.async_api import expect

from chatserver.store import people
from chatserver.store.database import Database
from tests.browser.test_console import asks
from tests.browser.test_console_promises import choose, confirm
from tests.browser.test_live_journey import citizen_at, lawyer_on_duty, meet
from tests.browser.visitors import TELEPHONE, Visitor, Window
from tests.cast import CHEN, WANG
from tests.clients import Running

NAMES = ("北京市示范律师事务所", "北京市第一示范公证处", "北京市示范人民调解委员会")


async def fill(db: Database) -> None:
    for name in NAMES:
        await people.add_institution(db, name)


async def test_the_card_that_a_lawyer_sends_leads_the_citizen_to_the_directory(
    server: Running, windows: Window, language: str
) -> None:
    await fill(server.server.database)
    citizen = await citizen_at(windows, server, language)
    lawyer = await lawyer_on_duty(windows, server, language)
    await meet(citizen, lawyer)
    await choose(lawyer, "线下委托提示")
    await lawyer.looks_right("console-offline-card")
    await confirm(lawyer, "发给用户")
    card = citizen.page.get_by_role("region", name=citizen.say("线下委托须知"))
    await expect(card).to_contain_text("12348")
    await expect(card).to_contain_text(f"{server.server.config.public_url}/institutions")
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


async def test_without_javascript_the_card_has_the_link_and_the_directory_is_searched(
    server: Running, windows: Window, language: str
) -> None:
    await fill(server.server.database)
    lawyer = await server.sit(CHEN)
    await lawyer.ok("duty:set", status="on")
    await asks(server, WANG, "o1")
    number = (await lawyer.wait("ticket:offer"))["ticket"]["number"]
    await lawyer.ok("ticket:accept", number=number)
    await lawyer.ok("ticket:offline", number=number)
    citizen = await windows.open(server.url, language, TELEPHONE, java_script_enabled=False)
    await citizen.sign_in(WANG, "/consult")
    await expect(citizen.page.locator("form[action='/consult']")).to_be_visible()
    await citizen.page.goto(f"{server.url}/consult?number={number}")
    await citizen.page.locator("article a[href='/institutions']").click()
    await citizen.page.wait_for_url("**/institutions")
    await expect(citizen.page.locator(".names > li")).to_have_text(sorted(NAMES))
    await citizen.field("机构名称").fill("公证")
    await citizen.press("查找")
    await expect(citizen.page.locator(".names > li")).to_have_text(["北京市第一示范公证处"])
    await expect(citizen.page.locator("mark")).to_have_text("公证")
    await citizen.field("机构名称").fill("无此名")
    await citizen.press("查找")
    await citizen.reads(
        citizen.say("没有名称含“{words}”的机构。请换个写法，或只写名称的一部分。", words="无此名")
    )
    await citizen.page.get_by_role("link", name=citizen.say("全部机构")).click()
    await expect(citizen.page.locator(".names > li")).to_have_count(len(NAMES))
