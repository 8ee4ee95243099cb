"""No link of the citizen's pages, or of a refusal, leads to a page that is not there (28, 31)."""

from __future__ import annotations

import re

import pytest

from chatserver.resources import WEB
from chatserver.rules.notices import IN_LITIGATION_HELP
from tests.cast import WANG

from .conftest import Desk

APPS = sorted((WEB / "app").glob("citizen/*.js")) + sorted((WEB / "app").glob("promises/*.js"))
#: In a script: what the link names is a ticket's or a file's, and is there when the link is shown.
NAMED = ("/api/v1/",)


def links(text: str) -> set[str]:
    """Addresses of this site that are written out in `text`."""
    return {link for link in re.findall(r'href="(/[^"$]*)"', text) if not link.startswith(NAMED)}


async def is_there(desk: Desk, path: str) -> bool:
    answer = await desk.call("GET", path, headers={"Accept": "text/html"})
    return answer.status in (200, 303)


async def test_what_stays_open_in_proceedings_is_there_for_anyone(desk: Desk) -> None:
    assert IN_LITIGATION_HELP["open"]
    for path in IN_LITIGATION_HELP["open"]:
        assert (await desk.call("GET", path)).status == 200, path


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_link_of_a_page_leads_somewhere(desk: Desk, language: str) -> None:
    seen: set[str] = set()
    await desk.cookie(WANG)
    waiting = ["/", "/consult", "/account", "/login", "/agreement-declined", "/nope"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await desk.call("GET", path, headers={"Accept-Language": language})
        if answer.content_type != "text/html":
            continue
        for link in links(await answer.text()):
            assert await is_there(desk, link.partition("#")[0]), f"{link} in {path}"
            waiting.append(link.partition("?")[0].partition("#")[0])
    assert len(seen) > 6


async def test_every_link_of_the_citizens_app_leads_somewhere(desk: Desk) -> None:
    await desk.cookie(WANG)
    found = {(path.name, link) for path in APPS for link in links(path.read_text("utf-8"))}
    assert {link for _, link in found} >= {"/", "/agreement-declined", "/account", "/institutions"}
    for name, link in sorted(found):
        assert await is_there(desk, link), f"{link} in {name}"
