"""What every page has in common: its headers, its language, its files."""

from __future__ import annotations

from typing import Any

import pytest
from yarl import URL

from chatserver.pages import routes
from chatserver.pages.language import preferred
from tests.cast import CHEN, WANG

from .conftest import Desk, Desks

OPEN = (
    "/",
    "/login",
    "/agreement-declined",
    "/institutions",
    "/api/docs",
    "/consult?frame=1",
    "/nope",
)
EMBEDDER = "https://www.bj148.example"


def policy(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";")]
    return {name: values for name, *values in parts}


async def every_page(desk: Desk) -> list[Any]:
    """The answers of all pages, as their own readers get them."""
    answers = [await desk.call("GET", path) for path in OPEN]
    for person in (WANG, CHEN):
        await desk.cookie(person)
        for route in routes.PAGES:
            if route.kind == "page" and route.method == "GET" and person.role in route.access:
                answers.append(await desk.call("GET", route.path))
        desk.client.session.cookie_jar.clear()
    return answers


async def test_every_page_has_a_strict_policy_and_keeps_nothing(desk: Desk) -> None:
    for answer in await every_page(desk):
        rules = policy(answer.headers["Content-Security-Policy"])
        assert rules["default-src"] == ["'none'"]
        assert rules["script-src"] == rules["style-src"] == ["'self'"]
        assert rules["object-src" if "object-src" in rules else "default-src"] == ["'none'"]
        assert rules["base-uri"] == ["'none'"] and rules["form-action"] == ["'self'"]
        assert rules["require-trusted-types-for"] == ["'script'"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "aiohttp" not in answer.headers["Server"]
        assert "Strict-Transport-Security" not in answer.headers


async def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(desk: Desk) -> None:
    import re

    for answer in await every_page(desk):
        text = await answer.text()
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", text)


async def test_only_the_consultation_in_a_frame_may_be_framed(desks: Desks) -> None:
    desk = await desks(allowed_origins=(EMBEDDER,))
    await desk.cookie(WANG)
    framed = await desk.call("GET", "/consult?frame=1")
    rules = policy(framed.headers["Content-Security-Policy"])
    assert rules["frame-ancestors"] == ["'self'", EMBEDDER]
    assert "X-Frame-Options" not in framed.headers
    for path in ("/", "/login?frame=1", "/consult", "/consult?frame=11", "/account", "/nope"):
        answer = await desk.call("GET", path)
        rules = policy(answer.headers["Content-Security-Policy"])
        assert rules["frame-ancestors"] == ["'none'"], path
        assert answer.headers["X-Frame-Options"] == "DENY"


async def test_a_framed_page_knows_nobody_though_the_cookie_came(desk: Desk) -> None:
    headers = await desk.cookie(WANG)
    text = await (await desk.call("GET", "/consult?frame=1")).text()
    assert headers["X-CSRF-Token"] not in text and 'name="csrf"' not in text
    assert "data-signed-in" not in text
    text = await (await desk.call("GET", "/consult")).text()
    assert f'<meta name="csrf" content="{headers["X-CSRF-Token"]}">' in text


async def test_over_tls_browsers_are_told_to_stay_there(desks: Desks) -> None:
    desk = await desks(public_url="https://law.example")
    answer = await desk.call("GET", "/")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "wss://law.example" in answer.headers["Content-Security-Policy"]


async def test_a_forged_host_does_not_get_into_the_policy(desk: Desk) -> None:
    for host in ("evil.example; script-src *", "a b", 'x"><script>'):
        answer = await desk.call("GET", "/", headers={"Host": host})
        assert "script-src *" not in answer.headers.get("Content-Security-Policy", "")
        assert "<script>" not in await answer.text()


async def test_pages_speak_the_language_that_is_asked_for_and_remember_it(desk: Desk) -> None:
    for headers, said in (
        ({}, "zh-CN"),
        ({"Accept-Language": "en-GB,en;q=0.9"}, "en"),
        ({"Accept-Language": "fr, zh;q=0.4, en;q=0.7"}, "en"),
        ({"Accept-Language": "zh-TW,en;q=0.9"}, "zh-CN"),
        ({"Accept-Language": "de"}, "zh-CN"),
    ):
        answer = await desk.call("GET", "/", headers=headers)
        assert answer.headers["Content-Language"] == said
        assert f'<html lang="{said}">' in await answer.text()
    chosen = await desk.call("GET", "/login?lang=en")
    assert "Sign in" in await chosen.text() and "登录" not in (await chosen.text()).replace(
        "中文", ""
    )
    assert "Back to the home page" in await (await desk.call("GET", "/nope")).text()
    told = await (await desk.call("GET", "/api/v1/me")).json()
    assert told["detail"] == "Please sign in first."
    again = await desk.call("GET", "/?lang=zh", headers={"Accept-Language": "en"})
    assert again.headers["Content-Language"] == "zh-CN"
    assert (await desk.call("GET", "/?lang=tlh")).status == 200


async def test_a_language_chosen_on_a_closed_page_is_kept_at_the_log_in(desk: Desk) -> None:
    away = await desk.call("GET", "/consult?lang=en")
    assert away.status == 303
    login = await desk.call("GET", away.headers["Location"])
    assert login.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    "header", ["en;q=x", ";;;,,", "en;q=-1", "*", "en;q=0", "\x7f", "e" * 9000]
)
def test_a_broken_accept_language_means_chinese(header: str) -> None:
    assert preferred(header) == "zh"


async def test_files_are_served_as_what_they_are_and_kept_while_they_stay_the_same(
    desk: Desk,
) -> None:
    from chatserver.pages import templates

    plain = await desk.call("GET", "/static/css/base.css")
    assert plain.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" not in plain.headers["Cache-Control"]
    hashed = await desk.call("GET", templates.asset("css/base.css"))
    assert "immutable" in hashed.headers["Cache-Control"]
    wrong = await desk.call("GET", "/static/css/base.css?v=0000000000")
    assert "immutable" not in wrong.headers["Cache-Control"]
    assert (await desk.call("GET", "/favicon.ico")).content_type == "image/svg+xml"
    assert (await desk.call("GET", "/robots.txt")).content_type == "text/plain"


NOT_SERVED = (
    "../templates/base.html",
    "%2e%2e/templates/base.html",
    "..%2ftemplates/base.html",
    "css/..%2f..%2ftemplates%2fbase.html",
    "css//base.css",
    "/etc/passwd",
    "css/%00base.css",
    "css%5cbase.css",
    "dist/..%2f..%2fpackage.json",
    "dist/../package.json",
    ".hidden.css",
    "css",
    "css/" + "a" * 5000 + ".css",
    "nope.css",
    "base.html",
)


async def test_no_file_beside_the_served_ones_is_reached(desk: Desk) -> None:
    for name in NOT_SERVED:
        url = URL(f"{desk.origin}/static/{name}", encoded=True)
        async with desk.client.session.get(url, allow_redirects=False) as answer:
            assert answer.status == 404, name


async def test_the_loader_may_stand_in_other_peoples_pages(desk: Desk) -> None:
    from chatserver import resources

    answer = await desk.call("GET", "/widget.js")
    if (resources.WEB / "dist" / "widget.js").is_file():
        assert answer.status == 200
        assert answer.content_type == "text/javascript"
        assert "immutable" not in answer.headers["Cache-Control"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    other = await desk.call("GET", "/static/icon.svg")
    assert other.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_head_says_what_get_would_without_the_body(desk: Desk) -> None:
    for path in ("/", "/login", "/healthz", "/api/v1/categories", "/static/icon.svg"):
        answer = await desk.call("HEAD", path)
        assert answer.status == 200 and await answer.read() == b"", path


async def test_the_figures_on_the_home_page_are_those_in_force(desks: Desks) -> None:
    from datetime import timedelta

    desk = await desks(
        live_answer_within=timedelta(minutes=90), message_answer_within=timedelta(hours=3)
    )
    text = await (await desk.call("GET", "/")).text()
    assert "90 分钟内解答" in text and "3 小时内解答" in text
    text = await (await desk.call("GET", "/?lang=en")).text()
    assert "90 minutes" in text and "3 hours" in text
