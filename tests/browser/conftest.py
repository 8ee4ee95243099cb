"""A real Chromium for the pages, one for all tests of a worker, or a clear word that there is none.

The browser lives in the loop of the session, so these tests and what they talk to run in that loop too.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from chatserver.config import Config
from chatserver.resources import WEB
from tests.clients import Running, running
from tests.extent import extent, languages

try:
    from tests.browser.visitors import Window, opened_browser
except ImportError:  # `./run test` installs Playwright where there is a browser for it
    if TYPE_CHECKING:
        raise
    collect_ignore_glob = ["test_*.py"]
    warnings.warn(
        "the browser tests are left out, since Playwright is missing: install the package"
        " `chromium`, then `./run test` brings it",
        pytest.PytestCollectionWarning,
        stacklevel=1,
    )
if TYPE_CHECKING:
    from playwright.async_api import Browser

#: Chromium without a window's machinery, a quarter cheaper; it shows no notifications.
SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium(*preferred: str) -> str | None:
    """The browser's path: `CHROMIUM`, else the system's."""
    found = map(shutil.which, (*preferred, *NAMES))
    return os.environ.get("CHROMIUM") or next(filter(None, found), None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What a test calls `language` it is given: both, or the one whose turn it is."""
    if "language" in metafunc.fixturenames and not list(
        metafunc.definition.iter_markers("parametrize")
    ):
        metafunc.parametrize("language", languages(metafunc.definition.name))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are skipped, not failed, where there is no browser or no built front end.

    A person's main ways are walked every day, all of them in CI.
    """
    reason = None
    if chromium(SHELL) is None:
        reason = "no Chromium on this machine: install the package `chromium` to run browser tests"
    elif not (WEB / "dist" / "manifest.json").is_file():
        reason = "the front end is not built: `./run setup` with Node builds it"
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("everyday"):
                item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(extent(120, 480)))
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser of this worker."""
    path = chromium(SHELL)
    assert path is not None
    async with opened_browser(path) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def notifying() -> AsyncIterator[Window]:
    """Windows of a browser that shows notifications; few tests want it, so it does not stay."""
    path = chromium()
    if path is None:
        pytest.skip(f"{SHELL} shows no notifications: install the package `chromium` as well")
    async with opened_browser(path) as one:
        window = Window(one)
        yield window
    assert window.errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: Browser) -> AsyncIterator[Window]:
    """Opens windows: `await windows.open(...)`; at the end none of them may have had an error."""
    window = Window(browser)
    yield window
    for context in browser.contexts:
        await context.close()
    assert window.errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def server(config: Config, dsn: str) -> AsyncIterator[Running]:
    """A whole server in the browser's loop."""
    async with running(config, dsn) as one:
        yield one
