"""What a citizen sees of the own lines: their marks, their days, those that failed; and the record on paper."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.async_api import expect

from chatserver.clock import Clock
from tests.browser.test_live_journey import QUESTION, say
from tests.browser.test_promises import answered, met
from tests.browser.test_told import becomes
from tests.browser.visitors import Visitor, Window
from tests.clients import Running

BOX = "写给律师的话"
#: Notes what becomes of a line.
WATCH = """line => {
    window.was = [];
    const note = () => window.was.push(line.className.trim().split(' ').at(-1));
    new MutationObserver(note).observe(line, { attributeFilter: ['class'] });
}"""


@pytest.mark.everyday
async def test_a_line_is_marked_as_stored_and_then_as_read(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await citizen.page.context.set_offline(True)
    for seat in list(server.server.transport.connections()):
        if seat.namespace == "/citizen":
            seat.close(reconnect=True)
    await say(citizen, BOX, "我有一份合同。")
    line = citizen.page.locator(".line.mine", has_text="我有一份合同。")
    await expect(line).to_contain_text(citizen.say("发送中…"))
    await citizen.page.context.set_offline(False)
    await expect(line).to_contain_text(citizen.say("已送达"))
    await expect(line).not_to_contain_text(citizen.say("对方已读"))
    said = await lawyer.wait("message:new", lambda it: it["body"] == "我有一份合同。")
    await lawyer.ok("message:read", number=number, seq=said["seq"])
    await expect(line).to_contain_text(citizen.say("对方已读"))
    await expect(line).not_to_contain_text(citizen.say("发送中…"))

    typing = citizen.page.locator(".typing")
    await lawyer.ok("message:typing", number=number, on=True)
    await expect(typing).to_contain_text("L0001")
    await lawyer.ok("message:send", number=number, id="m-1", body="请发给我看看。")
    await citizen.reads("请发给我看看。")
    await expect(typing).to_be_empty()


async def test_a_line_that_failed_is_sent_again_or_deleted(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, _ = await met(server, windows, language)
    await say(citizen, BOX, "从别处粘贴的\0文字")  # what no database can keep
    failed = citizen.page.locator(".line.failed")
    await expect(failed.get_by_role("alert")).to_be_visible()
    await citizen.looks_right("talk-failed")
    await say(citizen, BOX, "后面一句照样送到。")
    await lawyer.wait("message:new", lambda it: it["body"] == "后面一句照样送到。")
    await expect(citizen.page.locator(".line.unsent")).to_have_count(0)  # no line moves any more
    await failed.evaluate(WATCH)
    await citizen.button("重新发送", failed).click()
    await becomes(
        citizen.page, "window.was.join() === 'unsent,failed'"
    )  # asked again, refused again
    await citizen.button("删除", failed).click()
    await expect(failed).to_have_count(0)
    await citizen.page.reload()
    await citizen.reads("后面一句照样送到。")
    await expect(citizen.page.get_by_text("从别处粘贴的")).to_have_count(0)


async def test_each_day_of_a_talk_has_its_heading(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await answered(lawyer, number)
    days = citizen.page.locator(".talk-day")
    await expect(days).to_have_count(1)
    clock, tomorrow = server.server.casework.transactions.clock, Clock().now() + timedelta(days=1)

    class Tomorrow(Clock):
        def now(self) -> datetime:
            return tomorrow

    server.server.casework.transactions.clock = Tomorrow()
    await say(citizen, BOX, "今天又想到一点。")
    await lawyer.wait("message:new", lambda it: it["body"] == "今天又想到一点。")
    server.server.casework.transactions.clock = clock
    await expect(days).to_have_count(2)
    keys = [await day.locator("time").get_attribute("datetime") for day in await days.all()]
    assert keys == sorted(set(keys))


async def on_paper(citizen: Visitor, selector: str) -> bool:
    """Whether anything of this is printed."""
    found = citizen.page.locator(selector)
    assert await found.count(), selector
    return any([await one.is_visible() for one in await found.all()])


async def test_the_printed_record_is_the_talk_and_nothing_to_press(
    server: Running, windows: Window, language: str
) -> None:
    citizen, lawyer, number = await met(server, windows, language)
    await say(citizen, BOX, "我有一份合同。")
    await answered(lawyer, number)
    await lawyer.ok("ticket:close", number=number)
    await expect(citizen.button("打印记录")).to_be_visible()
    await citizen.page.emulate_media(media="print")
    for hidden in (".site-nav", ".language", ".talk-head .back", ".talk-after", ".rate-card"):
        assert not await on_paper(citizen, hidden), hidden
    assert not await on_paper(citizen, "button")
    for text in (QUESTION, "我有一份合同。", number):
        await citizen.reads(text)
    for shown in (".talk-day", ".line-who", ".answer", ".answer-foot", "time"):
        assert await on_paper(citizen, shown), shown
    # Whole, and not the piece of it that a window would show.
    box = citizen.page.locator(".talk-scroll")
    assert await box.evaluate("it => getComputedStyle(it).overflowY") == "visible"
