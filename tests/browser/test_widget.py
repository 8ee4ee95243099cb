"""The widget on somebody else's page: one tag, a frame from our host, a wall between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Frame, expect

from chatserver.config import Config
from tests.browser.visitors import DESKTOP, TELEPHONE, Visitor, Window
from tests.cast import WANG
from tests.clients import Running, free_port, running


@pytest_asyncio.fixture(loop_scope="session")
async def neighbour() -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Another site: its origin, and `{"host": ...}` of the widget that its page embeds."""
    where: dict[str, str] = {}
    port = free_port()

    async def page(request: web.Request) -> web.Response:
        tag = f'<script src="{where["host"]}/widget.js" async></script>'
        head = '<title>街道办</title><link rel="icon" href="data:,">'
        text = f"<!doctype html><html lang=zh>{head}<h1>街道办</h1>{tag}</html>"
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}", where
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def host(
    config: Config, dsn: str, neighbour: tuple[str, dict[str, str]]
) -> AsyncIterator[Running]:
    """Our server, which lets the neighbour embed its widget."""
    async with running(replace(config, allowed_origins=(neighbour[0],)), dsn) as one:
        neighbour[1]["host"] = one.url
        yield one


async def press_the_button(visitor: Visitor) -> None:
    """The button is in a closed shadow tree, so a test presses where a person sees it: bottom right."""
    await visitor.page.wait_for_function("document.body.lastElementChild.shadowRoot === null")
    await visitor.page.wait_for_timeout(300)  # the loader is async and draws nothing we can await
    size = visitor.page.viewport_size
    assert size is not None
    await visitor.page.mouse.click(size["width"] - 60, size["height"] - 40)


async def frame_of(visitor: Visitor) -> Frame:
    """The frame that the widget opened."""
    for _ in range(100):
        for frame in visitor.page.frames:
            if "/consult" in frame.url or "/login" in frame.url:
                return frame
        await visitor.page.wait_for_timeout(100)
    raise AssertionError("the widget opened no frame")


@pytest.mark.everyday
@pytest.mark.parametrize("size", [TELEPHONE, DESKTOP])
async def test_a_citizen_signs_in_and_asks_inside_the_widget(
    host: Running, neighbour: tuple[str, dict[str, str]], windows: Window, size: tuple[int, int]
) -> None:
    visitor = await windows.open(neighbour[0], "zh", size)
    await visitor.page.goto(neighbour[0])
    await press_the_button(visitor)
    frame = await frame_of(visitor)
    await frame.locator("input:not([type=password])").first.fill(WANG.login)
    await frame.locator("[type=password]").fill(WANG.password)
    await visitor.looks_right(f"widget-{size[0]}", frame)
    await visitor.page.keyboard.press("Enter")
    await expect(frame.get_by_role("heading", name="我要咨询")).to_be_visible()
    await visitor.page.context.clear_cookies()  # in somebody else's page none may be relied on
    await frame.get_by_label("没有", exact=True).check()
    await frame.get_by_role("radio", name="留言咨询").check()
    await frame.get_by_label("问题类别").select_option("labour")
    await frame.get_by_label("您的问题", exact=True).fill("公司拖欠工资怎么办？")
    await visitor.looks_right(f"widget-question-{size[0]}", frame)
    await frame.get_by_role("button", name="提交咨询").click()
    await expect(frame.get_by_text("BJ20").first).to_be_visible()


async def test_a_site_that_is_not_allowed_gets_no_frame(
    server: Running, neighbour: tuple[str, dict[str, str]], windows: Window
) -> None:
    neighbour[1]["host"] = server.url
    visitor = await windows.open(neighbour[0])
    await visitor.page.goto(neighbour[0])
    async with visitor.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        await press_the_button(visitor)
    windows.errors.clear()  # the browser says that it refused, which is what was wanted
