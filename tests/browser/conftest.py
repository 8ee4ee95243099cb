"""A real Chromium for the pages, or a clear word that there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest

from chatserver.resources import WEB
from tests.browser.visitors import Window, opened_browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The browser's path: `CHROMIUM`, else the system's."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are skipped, not failed, where there is no browser or no built front end."""
    reason = None
    if chromium() is None:
        reason = "no Chromium on this machine: install the package `chromium` to run browser tests"
    elif not (WEB / "dist" / "manifest.json").is_file():
        reason = "the front end is not built: `./run setup` with Node builds it"
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
async def windows() -> AsyncIterator[Window]:
    """Opens windows: `await windows.open(...)`; at the end none of them may have had an error."""
    path = chromium()
    assert path is not None
    async with opened_browser(path) as window:
        yield window
    assert window.errors == []
