"""People in front of real pages: they look for words, not for selectors, as a screen reader does."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from playwright.async_api import Browser, Frame, Locator, Page, async_playwright, expect

from chatserver.i18n import translate
from chatserver.resources import WEB
from tests.cast import Person
from tests.conftest import IN_MEMORY
from tests.extent import ALL_THE_WAY

#: Shared memory on a disk is a tenth of a browser's work; only a container's 64 MB make it necessary.
ON_DISK = () if IN_MEMORY in os.environ else ("--disable-dev-shm-usage",)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    *ON_DISK,
    "--disable-background-networking",
    "--disable-component-update",
)
TELEPHONE, DESKTOP = (360, 740), (1440, 900)
NARROW = 800
LOCALE = {"zh": "zh-CN", "en": "en-GB"}
PATIENCE_MS = 15_000
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", Path(__file__).parent / "screenshots"))
PICTURES = ALL_THE_WAY or "SCREENSHOTS" in os.environ
#: Twice, since the first time may come before what the new width changes.
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: What sticks out of the window, if anything does, and every box whose content is cut off or must be pushed aside.
WIDER = """(() => {
    const name = box => `${box.tagName}.${box.className}`;
    const root = document.documentElement, boxes = [...document.querySelectorAll('body *')];
    const out = box => box.getBoundingClientRect().right > root.clientWidth + 1;
    const page = root.scrollWidth <= root.clientWidth ? [] : [`page: ${root.scrollWidth} > ${root.clientWidth}`,
        ...boxes.filter(box => out(box) && ![...box.children].some(out)).map(name)];
    const cut = boxes.filter(box => {
        if (box.clientWidth <= 1 || box.scrollWidth <= box.clientWidth + 1) return false;
        if (box.matches('.table-scroll, .rail ul, .visually-hidden, input, select')) return false;
        const { overflowX, textOverflow } = getComputedStyle(box);
        return textOverflow !== 'ellipsis' && ['auto', 'scroll', 'hidden'].includes(overflowX);
    });
    return [...page, ...cut.map(box => `${name(box)}: ${box.scrollWidth} > ${box.clientWidth}`)];
})()"""
#: What a person may have asked the browser for, beside what every page is looked at in.
LOOKS: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark"},
    "contrast": {"contrast": "more"},
    "forced": {"forced_colors": "active"},
}
AS_EVER: dict[str, Any] = {
    "color_scheme": "light",
    "contrast": "no-preference",
    "forced_colors": "none",
}
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What a cut or a killed server makes the browser itself say.
EXPECTED = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION",
    "WebSocket connection to",
    "503",
    "net::",
)

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Visitor:
    """One page of one person, in one language."""

    page: Page
    url: str
    language: str

    def say(self, msgid: str, **values: object) -> str:
        """The text as this person reads it."""
        return translate(self.language, msgid, **values)

    def button(self, msgid: str, within: Locator | None = None) -> Locator:
        """The button with this name."""
        return (within or self.page).get_by_role("button", name=self.say(msgid), exact=True)

    def field(self, msgid: str) -> Locator:
        """The field with this label."""
        return self.page.get_by_label(self.say(msgid), exact=True)

    async def press(self, msgid: str) -> None:
        """Presses the button with this name, as soon as it can be pressed."""
        await self.button(msgid).first.click()

    async def reads(self, text: str) -> None:
        """This text is to be seen."""
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def enter(self, person: Person, next: str) -> None:
        """Signed in as the log-in page would have it, but without a look at that page."""
        wish = {"login": person.login, "password": person.password}
        answer = await self.page.context.request.post(f"{self.url}/api/v1/sessions", data=wish)
        assert answer.status == 201, await answer.text()
        await self.page.goto(f"{self.url}{next}?lang={self.language}")

    async def sign_in(self, person: Person, next: str) -> None:
        """Through the log-in page."""
        await self.page.goto(f"{self.url}/login?next={next}&lang={self.language}")
        await self.page.fill("[name=login]", person.login)
        await self.page.fill("[name=password]", person.password)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url(f"**{next}*")

    async def looks_right(self, name: str, frame: Frame | None = None) -> None:
        """No accessibility violation, nothing wider than the screen, in both widths; and a picture of each.

        Every day axe looks at the width that this person has, and pictures are taken if a place is named.
        All the way, it looks at that width in Chinese and at the other in English. In Chinese it looks at
        other colours too, which are the same in both languages; in English, whose words are the longer
        ones, text is made larger.
        Given a frame of the page, it is this frame that must look right.
        """
        size = self.page.viewport_size
        own = TELEPHONE if size and size["width"] <= NARROW else DESKTOP
        seen = frame or self.page
        wrong: list[str] = []
        for width, height in (TELEPHONE, DESKTOP):
            await self.page.set_viewport_size({"width": width, "height": height})
            where = f"{name}-{self.language}-{width}"
            wrong += await self.too_wide(seen, where)
            if PICTURES:
                await self.picture(where)
            other = ALL_THE_WAY and self.language == "en"
            if ((width, height) == own) != other:
                wrong += [f"{where}: {one}" for one in await violations(seen)]
            if ALL_THE_WAY and self.language == "en":
                wrong += await self.too_wide_in_large_text(seen, where)
        if size:
            await self.page.set_viewport_size(size)
        if ALL_THE_WAY and self.language == "zh":
            wrong += await self.pale_in_other_colours(seen, f"{name}-{self.language}")
        assert wrong == [], "\n".join(wrong)

    async def too_wide(self, seen: Page | Frame, where: str) -> list[str]:
        """What is wider than the screen, or than the box that it scrolls in."""
        await self.page.evaluate(DRAWN)
        return [f"{where}: {one}" for one in await seen.evaluate(WIDER)]

    async def too_wide_in_large_text(self, seen: Page | Frame, where: str) -> list[str]:
        """The same when the browser is told to show text twice as large (WCAG 1.4.4)."""
        browser = await self.page.context.new_cdp_session(self.page)
        await browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        wrong = await self.too_wide(seen, f"{where} with text twice as large")
        if "SCREENSHOTS" in os.environ:
            await self.picture(f"{where}-text")
        await browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
        await browser.detach()
        return wrong

    async def pale_in_other_colours(self, seen: Page | Frame, where: str) -> list[str]:
        """Text that does not stand out where a person asked for dark, for more contrast, or for own colours."""
        wrong: list[str] = []
        # Dark everywhere; of the two that few people ask for, every page is seen in one.
        rare = ("contrast", "forced")[crc32(where.encode()) % 2]
        for look, media in LOOKS.items():
            if look not in ("dark", rare):
                continue
            await self.page.emulate_media(**AS_EVER | media)
            await self.page.evaluate(DRAWN)
            if "SCREENSHOTS" in os.environ:
                await self.picture(f"{where}-{look}")
            pale = await violations(seen, rules=["color-contrast"])
            wrong += [f"{where} in {look}: {one}" for one in pale]
        await self.page.emulate_media(**AS_EVER)
        return wrong

    async def picture(self, name: str) -> None:
        """For people to look at; nothing is compared with it."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def violations(seen: Page | Frame, **only: list[str]) -> list[str]:
    """What axe finds by its rules of WCAG, or by `rules` alone; a line each."""
    if not await seen.evaluate("'axe' in window"):
        await seen.evaluate(AXE.read_text("utf-8"))
    kind, values = next(iter(only.items()), ("tag", RULES))
    found: list[dict[str, Any]] = await seen.evaluate(
        "runOnly => axe.run(document, {resultTypes: ['violations'], runOnly})"
        ".then(result => result.violations)",
        {"type": kind.removesuffix("s"), "values": values},
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@dataclass
class Window:
    """A browser, and every error that its pages logged."""

    browser: Browser
    errors: list[str] = field(default_factory=list)

    async def open(
        self, url: str, language: str = "zh", size: tuple[int, int] = DESKTOP, **options: Any
    ) -> Visitor:
        """A new person's window: nothing shared with the others."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=LOCALE[language],
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",  # what moves is drawn sixty times a second
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        self.watch(page)
        return Visitor(page, url, language)

    def watch(self, page: Page) -> None:
        """Errors of this page count, but for those that a lost connection brings by itself."""

        def note(text: str) -> None:
            if not any(word in text for word in EXPECTED):
                self.errors.append(text)

        page.on("pageerror", lambda error: note(str(error)))
        page.on("console", lambda said: note(said.text) if said.type == "error" else None)


@asynccontextmanager
async def opened_browser(path: str) -> AsyncIterator[Browser]:
    """Chromium, started and stopped."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
