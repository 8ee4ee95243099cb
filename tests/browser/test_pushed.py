"""A browser that tells its owner while no page of ours is open: turned on by a press, shown by the worker, turned off.

Only what the browser would ask of its maker's push service is stood in for: Chromium's cannot be reached from
a test. What comes to the service is opened, and given to the real worker as the service would.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

from playwright.async_api import CDPSession, Page, expect

from chatserver.config import Config
from tests.browser.test_told import WITNESS, becomes, written
from tests.browser.visitors import TELEPHONE, Visitor, Window
from tests.cast import CHEN, WANG
from tests.clients import running
from tests.timers.sinks import Browser, PushService, push_service

KEY = bytes(range(1, 33))
#: The maker's part of a subscription; kept over pages, as the real one is.
MAKER = """
    const given = () => ({
        ...JSON.parse(localStorage.maker), toJSON() { return JSON.parse(localStorage.maker); },
        async unsubscribe() { delete localStorage.maker; return true; },
    });
    PushManager.prototype.getSubscription = async () => (localStorage.maker ? given() : null);
    PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
        if (!MAKER) throw new DOMException('no service', 'AbortError');
        if (!userVisibleOnly || !applicationServerKey) throw new TypeError('as it is here');
        localStorage.maker = JSON.stringify(MAKER);
        return given();
    };
"""
NOTES = """navigator.serviceWorker.getRegistration('/consult').then(async (worker) =>
    (await worker.getNotifications()).map(({ title, body, tag, data, renotify }) =>
        ({ title, body, tag, data, renotify })))"""
ON = "有答复时，这个浏览器会提醒您，关着页面也会。"


def maker(browser: Browser | None) -> str:
    return MAKER.replace("MAKER", json.dumps(browser.subscription if browser else None))


async def workers_of(page: Page) -> tuple[CDPSession, list[str]]:
    """The browser's own line, and the ids of the registrations that it tells of."""
    line = await page.context.new_cdp_session(page)
    ids: list[str] = []

    def note(told: Any) -> None:
        ids.extend(one["registrationId"] for one in told["registrations"] if not one["isDeleted"])

    line.on("ServiceWorker.workerRegistrationUpdated", note)
    await line.send("ServiceWorker.enable")
    return line, ids


async def test_a_closed_page_is_told_and_only_of_the_number(
    config: Config, dsn: str, notifying: Window, language: str
) -> None:
    async with (
        push_service() as service,
        running(replace(config, vapid_key=KEY), dsn) as server,
    ):
        lawyer = await server.sit(CHEN)
        citizen = await notifying.open(server.url, language, TELEPHONE)
        page = citizen.page
        await page.add_init_script(WITNESS)
        await page.add_init_script(maker(service.subscribe("phone")))
        await citizen.enter(WANG, "/consult")
        number = await written(citizen, lawyer)
        await expect(citizen.button("在浏览器中提醒")).to_be_visible()
        registered = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
        assert await page.evaluate(f"{registered}") == 0  # never at load, nor by filing
        assert await page.evaluate("window.asked") == 0
        await citizen.looks_right("talk-push-offered")

        await page.context.grant_permissions(["notifications"])
        await citizen.press("在浏览器中提醒")
        await citizen.reads(citizen.say(ON))
        await citizen.looks_right("talk-push-on")
        await page.reload()
        await citizen.reads(citizen.say(ON))

        await page.goto(f"{server.url}/account")
        state = citizen.say("这个浏览器会提醒您，关着页面也会；退出登录后不再提醒。")
        await citizen.reads(state)
        await citizen.looks_right("account-push-on")

        await lawyer.ok("ticket:answer", number=number, id="a-1", body="可以投诉。")
        told = await pushed(service, 1)
        await delivered(page, server.url, told[0])
        (shown,) = await page.evaluate(NOTES)
        assert shown["title"] == citizen.say("您的咨询有了回复")
        assert shown["body"] == shown["tag"] == number and "投诉" not in str(shown)
        assert shown["renotify"] is True
        await delivered(page, server.url, told[0])  # the same again: one note, and not heard twice
        await asyncio.sleep(0.3)
        (shown,) = await page.evaluate(NOTES)
        assert shown["renotify"] is False

        await citizen.press("关闭这个浏览器的提醒")
        await citizen.reads(citizen.say("这个浏览器还没有打开提醒。"))
        await citizen.looks_right("account-push-off")
        await lawyer.ok("message:send", number=number, id="m-1", body="还有什么不清楚吗？")
        me = await page.context.request.get(f"{server.url}/api/v1/me")
        assert (await me.json())["devices"] == []


async def pushed(service: PushService, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while len(service.calls) < count:
            await asyncio.sleep(0.05)
    return service.told("phone")


async def delivered(page: Page, url: str, told: dict[str, Any]) -> None:
    """What the service passes on comes to the worker."""
    line, ids = await workers_of(page)
    async with asyncio.timeout(10):
        while not ids:
            await asyncio.sleep(0.05)
    await line.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": url, "registrationId": ids[0], "data": json.dumps(told)},
    )
    await becomes(page, f"{NOTES}.then((all) => all.length > 0)")
    await line.detach()


async def test_where_no_push_service_can_be_reached_the_open_page_still_tells(
    config: Config, dsn: str, notifying: Window
) -> None:
    async with running(replace(config, vapid_key=KEY), dsn) as server:
        lawyer = await server.sit(CHEN)
        citizen: Visitor = await notifying.open(server.url, "zh", TELEPHONE)
        page = citizen.page
        await page.add_init_script(maker(None))
        await citizen.enter(WANG, "/consult")
        number = await written(citizen, lawyer)
        await page.context.grant_permissions(["notifications"])
        await citizen.press("在浏览器中提醒")
        await citizen.reads("这个浏览器连不上推送服务，页面开着时仍会提醒您。")
        await citizen.looks_right("talk-push-failed")
        await page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
        await lawyer.ok("ticket:answer", number=number, id="a-1", body="可以投诉。")
        await becomes(page, f"{NOTES}.then((all) => all.length === 1)")
        (shown,) = await page.evaluate(NOTES)
        assert shown["tag"] == number and shown["title"] == "您的咨询有新消息"
