"""The pages before the talk: home, log-in, documents, errors; in both languages and both widths."""

from __future__ import annotations

import pytest

from tests.browser.visitors import Window
from tests.clients import Running
from tests.extent import languages

PAGES = {
    "home": "/",
    "login": "/login?next=/consult",
    "declined": "/agreement-declined",
    "institutions-empty": "/institutions",
    "docs": "/api/docs",
    "not-found": "/nothing-here",
}


@pytest.mark.everyday
@pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in PAGES for language in languages(name)]
)
async def test_a_public_page_is_readable_everywhere(
    server: Running, windows: Window, name: str, language: str
) -> None:
    visitor = await windows.open(server.url, language)
    path = PAGES[name]
    await visitor.page.goto(f"{server.url}{path}{'&' if '?' in path else '?'}lang={language}")
    await visitor.looks_right(name)
    windows.errors[:] = [error for error in windows.errors if "404" not in error]
