"""The network is cut in the middle, there are two tabs, the server is killed and comes back."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.test_live_journey import ask, citizen_at, lawyer_on_duty, meet, say
from tests.browser.visitors import DESKTOP, TELEPHONE, Window
from tests.cast import CHEN, LI, WANG
from tests.clients import PATIENCE, Running, free_port
from tests.extent import extent

CITIZEN_BOX, LAWYER_BOX = "写给律师的话", "给用户的消息"


@pytest.mark.everyday
async def test_what_was_missed_during_a_cut_arrives_and_what_was_typed_is_sent(
    server: Running, windows: Window
) -> None:
    citizen, lawyer = await citizen_at(windows, server), await lawyer_on_duty(windows, server)
    await meet(citizen, lawyer)

    await citizen.page.context.set_offline(True)
    for seat in list(server.server.transport.connections()):
        if seat.namespace == "/citizen":
            seat.close(reconnect=True)
    await say(lawyer, LAWYER_BOX, "断线期间说的话")
    await say(citizen, CITIZEN_BOX, "断线期间写的话")
    await citizen.page.context.set_offline(False)

    await citizen.reads("断线期间说的话")
    await lawyer.reads("断线期间写的话")
    await expect(citizen.page.get_by_text("断线期间写的话")).to_have_count(1)
    await expect(lawyer.page.get_by_role("log").get_by_text("断线期间写的话")).to_have_count(1)


async def test_two_tabs_show_the_same_talk(server: Running, windows: Window) -> None:
    first, lawyer = await citizen_at(windows, server), await lawyer_on_duty(windows, server)
    await meet(first, lawyer)
    page = await first.page.context.new_page()
    windows.watch(page)
    second = type(first)(page, first.url, first.language)
    await page.goto(first.page.url)
    await second.reads("公司拖欠两个月工资，应当向哪里反映？")

    await say(first, CITIZEN_BOX, "在第一个窗口说的")
    await second.reads("在第一个窗口说的")
    await say(second, CITIZEN_BOX, "在第二个窗口说的")
    await first.reads("在第二个窗口说的")
    await say(lawyer, LAWYER_BOX, "两边都看得到")
    for visitor in (first, second):
        await visitor.reads("两边都看得到")
        await expect(visitor.page.get_by_role("log").get_by_text("在第一个窗口说的")).to_have_count(
            1
        )


async def test_unsent_text_is_kept_over_a_reload_and_meets_nobody_else(
    server: Running, windows: Window
) -> None:
    citizen, lawyer = await citizen_at(windows, server), await lawyer_on_duty(windows, server)
    await meet(citizen, lawyer)
    box = citizen.page.get_by_role("textbox", name=citizen.say(CITIZEN_BOX))
    await box.fill("还没有发出去的话")
    await citizen.page.reload()
    await expect(box).to_have_value("还没有发出去的话")

    await citizen.enter(LI, "/consult")  # another person, in the same tab
    question = citizen.page.get_by_role("textbox", name="您的问题", exact=True)
    await question.fill("没有提交的问题")
    await citizen.enter(LI, "/consult")
    await expect(question).to_have_value("没有提交的问题")
    await citizen.enter(WANG, "/consult")
    await expect(box).to_have_value("")
    await citizen.page.goto(f"{server.url}/consult#ask")
    await expect(question).to_have_value("")


async def test_the_enter_that_ends_a_composition_sends_nothing(
    server: Running, windows: Window
) -> None:
    citizen, lawyer = await citizen_at(windows, server), await lawyer_on_duty(windows, server)
    await meet(citizen, lawyer)
    for visitor, label in ((citizen, CITIZEN_BOX), (lawyer, LAWYER_BOX)):
        box = visitor.page.get_by_role("textbox", name=visitor.say(label))
        await box.fill("nihao")
        for init in ("{isComposing: true, keyCode: 13}", "{isComposing: false, keyCode: 229}"):
            await box.evaluate(
                "(element) => element.dispatchEvent(new KeyboardEvent('keydown',"
                f" {{key: 'Enter', bubbles: true, cancelable: true, ...{init}}}))"
            )
        await expect(box).to_have_value("nihao")


async def test_a_waiting_citizen_turns_the_question_into_a_message(
    server: Running, windows: Window
) -> None:
    citizen = await citizen_at(windows, server)
    await ask(citizen)
    await citizen.reads(citizen.say("现在没有律师值班"))
    await citizen.looks_right("queue-empty-duty")
    await citizen.press("改为留言")
    await expect(citizen.button("改为留言")).to_have_count(0)
    await expect(citizen.page.get_by_text(citizen.say("现在没有律师值班"))).to_have_count(0)
    await citizen.looks_right("written-message-waits")


@pytest.mark.parametrize("fate", extent(("cut",), ("cut", "swallowed")))
async def test_where_no_websocket_passes_a_question_is_answered_by_polling(
    server: Running, windows: Window, fate: str
) -> None:
    lawyer = await server.sit(CHEN, transports=["polling"])
    await lawyer.ok("duty:set", status="on")
    citizen = await windows.open(server.url, "zh", TELEPHONE)
    tried: list[str] = []

    async def meets(socket: WebSocketRoute) -> None:
        tried.append(socket.url)
        if fate == "cut":  # or it opens, and nothing passes
            await socket.close()

    await citizen.page.route_web_socket("**/socket.io/**", meets)
    await citizen.enter(WANG, "/consult")
    await ask(citizen)
    number = (await lawyer.wait("ticket:offer"))["ticket"]["number"]
    await lawyer.ok("ticket:accept", number=number)
    await lawyer.ok("message:send", number=number, id="m-1", body="您好，请说明入职时间。")
    await citizen.reads("您好，请说明入职时间。")
    await say(citizen, CITIZEN_BOX, "去年三月入职。")
    await lawyer.wait("message:new", lambda it: it["body"] == "去年三月入职。")
    await lawyer.ok("ticket:answer", number=number, id="a-1", body="可以申请劳动仲裁。")
    await citizen.reads("可以申请劳动仲裁。")
    await citizen.reads("已解答")
    assert tried
    assert not any(seat.socket.upgraded for seat in server.server.transport.connections())


@pytest.fixture
async def mortal(dsn: str, tmp_path: Path) -> AsyncIterator[tuple[str, Callable[[], object]]]:
    """A server process that can be killed: its address, and `again()` to kill and start it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = os.environ | {
        "DATABASE_URL": dsn,
        "PORT": str(port),
        "CHATSERVER_DATA": str(tmp_path),
        "CHATSERVER_STAFF_OTP": "optional",
        "CHATSERVER_CONNECTIONS_PER_ADDRESS": "0",
        "CHATSERVER_CONNECTS_PER_SECOND": "0",
    }
    processes: list[subprocess.Popen[bytes]] = []

    async def again() -> None:
        for process in processes:
            process.kill()
            process.wait()
        command = [sys.executable, "-m", "chatserver", "serve"]
        processes.append(subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL))
        async with asyncio.timeout(PATIENCE * 3), aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(f"{url}/readyz") as ready:
                        if ready.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)

    await again()
    yield url, again
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.everyday
async def test_a_killed_server_comes_back_and_the_talk_goes_on(
    mortal: tuple[str, Callable[[], object]], windows: Window
) -> None:
    url, again = mortal
    citizen = await windows.open(url, "zh", TELEPHONE)
    await citizen.enter(WANG, "/consult")
    lawyer = await windows.open(url, "zh", DESKTOP)
    await lawyer.enter(CHEN, "/lawyer")
    await lawyer.press("开始接单")
    await lawyer.button("开始接单", lawyer.page.get_by_role("dialog")).click()
    await meet(citizen, lawyer)
    await say(citizen, CITIZEN_BOX, "关机之前")
    await lawyer.reads("关机之前")

    restarted = asyncio.ensure_future(again())
    await asyncio.sleep(0.2)  # the old process is dead by now, the new one is not up yet
    await say(citizen, CITIZEN_BOX, "关机之中")
    await restarted

    await lawyer.reads("关机之中")
    await say(lawyer, LAWYER_BOX, "恢复之后")
    await citizen.reads("恢复之后")
    for text in ("关机之前", "关机之中", "恢复之后"):
        await expect(citizen.page.get_by_role("log").get_by_text(text)).to_have_count(1)
