"""Every route of the table, with everyone who may not call it: made from the table, so that none is forgotten."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from chatserver.pages import problem as problem_details
from chatserver.pages import routes
from chatserver.pages.access import ANYONE, SAFE, Route
from chatserver.pages.problem import TITLES
from chatserver.rules.articles import STATUS
from tests.cast import CHEN, EVERYBODY, LI, WANG

from .conftest import Desk, Desks
from .test_tickets import opened

API = [route for route in routes.ROUTES if route.kind == "api"]
PAGES = [route for route in routes.PAGES if route.kind == "page"]
CLOSED = [route for route in routes.ROUTES if route.access != ANYONE]
CHANGING = [route for route in CLOSED if route.method not in SAFE]
NAMED = {"number": "BJ20261123-000042-5", "id": "0" * 32, "name": "css/base.css"}


def known(route: Route) -> str:
    return f"{route.method} {route.path}"


def address(route: Route) -> str:
    path = route.path
    for name, value in NAMED.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:.+}}", value)
    return path


async def problem(answer: ClientResponse, code: str, status: int | None = None) -> dict[str, Any]:
    """The problem document, checked against RFC 9457 and the contract."""
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = await answer.json()
    assert told["code"] == code, told
    assert told["status"] == answer.status == (status or STATUS[code])
    assert told["title"] and told["detail"] and told["type"].endswith(code)
    assert told.keys() <= {"type", "title", "status", "detail", "code", "article", "details"}
    assert answer.headers["Cache-Control"] == "no-store"
    return told


def test_a_route_without_a_policy_does_not_mount() -> None:
    first = routes.ROUTES[0]
    for access in (None, frozenset(), frozenset({"everybody"})):
        with pytest.raises(TypeError, match="no access policy"):
            replace(first, access=access)


def test_each_address_has_one_route_for_each_method() -> None:
    names = [known(route) for route in routes.ROUTES]
    assert len(names) == len(set(names))


def test_every_code_has_a_title_and_a_status() -> None:
    assert TITLES.keys() == STATUS.keys()


async def test_without_a_session_a_closed_call_is_unauthenticated(desk: Desk) -> None:
    for route in [r for r in API if r in CLOSED]:
        told = await problem(await desk.call(route.method, address(route)), "unauthenticated")
        assert told["detail"] == "请先登录。"


async def test_without_a_session_a_closed_page_leads_to_the_log_in(desk: Desk) -> None:
    for route in PAGES:
        if route.method == "GET" and route in CLOSED:
            answer = await desk.call("GET", f"{address(route)}?a=1")
            assert answer.status == 303
            assert answer.headers["Location"] == f"/login?next={address(route)}?a%3D1"


async def test_every_role_is_kept_out_of_what_is_not_its_own(desk: Desk) -> None:
    for person in EVERYBODY:
        bearer = await desk.bearer(person)
        for route in CLOSED:
            if person.role in route.access:
                continue
            answer = await desk.call(route.method, address(route), headers=bearer)
            if route.kind == "api":
                await problem(answer, "forbidden")
            else:
                assert (answer.status, answer.content_type) == (403, "text/html"), known(route)


async def test_a_cookie_alone_changes_nothing(desk: Desk) -> None:
    for person in (WANG, CHEN):
        good = await desk.cookie(person)
        other = {"Origin": "https://evil.example", "X-CSRF-Token": good["X-CSRF-Token"]}
        for route in CHANGING:
            if person.role not in route.access:
                continue
            for headers in (
                {},
                {"Origin": good["Origin"]},
                {"X-CSRF-Token": good["X-CSRF-Token"]},
                {"Origin": "null", "X-CSRF-Token": good["X-CSRF-Token"]},
                {"Origin": good["Origin"] + ".evil.example", "X-CSRF-Token": good["X-CSRF-Token"]},
                {"Origin": good["Origin"], "X-CSRF-Token": "x" * 22},
                {"Origin": good["Origin"], "X-CSRF-Token": "字"},
                other,
            ):
                sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
                answer = await desk.call(route.method, address(route), headers=sent)
                assert answer.status == 403, (known(route), headers)
        assert (await desk.call("GET", "/api/v1/me")).status == 200
        desk.client.session.cookie_jar.clear()


async def test_a_bearer_needs_no_csrf_token_wherever_it_comes_from(desk: Desk) -> None:
    headers = await desk.bearer(WANG) | {"Origin": "https://elsewhere.example"}
    assert (await desk.call("POST", "/api/v1/socket-tokens", headers=headers)).status == 201


async def test_a_strangers_ticket_is_as_missing_as_one_that_never_was(desk: Desk) -> None:
    ticket = await opened(desk, WANG)
    for person in (LI, CHEN):
        bearer = await desk.bearer(person)
        foreign = await desk.call("GET", f"/api/v1/tickets/{ticket}", headers=bearer)
        missing = await desk.call("GET", "/api/v1/tickets/BJ20261123-000042-5", headers=bearer)
        await problem(foreign, "not_found")
        assert await foreign.read() == await missing.read()
        same = {"Content-Type", "Content-Length", "Cache-Control"}
        assert {n: foreign.headers[n] for n in same} == {n: missing.headers[n] for n in same}


async def test_an_unknown_call_and_a_wrong_method_are_problems(desk: Desk) -> None:
    for path in ("/api/v1/nope", "/api/v1/", "/api/v1/tickets/a/b", "/api/v1/%2e%2e/x"):
        await problem(await desk.call("GET", path), "not_found")
    for route in API:
        answer = await desk.call("PUT", address(route))
        await problem(answer, "unknown_event", 405)
        assert route.method in answer.headers["Allow"]


async def test_a_body_over_the_limit_is_refused_on_every_route(desk: Desk) -> None:
    bearers = {person.role: await desk.bearer(person) for person in EVERYBODY}
    for route in routes.ROUTES:
        role = next((r for r in bearers if r in route.access), "citizen")
        for extra in ({}, {"Content-Type": "application/json"}):
            answer = await desk.call(
                "POST" if route.method == "GET" else route.method,
                address(route),
                data=b"x" * (128 * 1024 + 1),
                headers=bearers[role] | extra,
            )
            assert answer.status == 413, known(route)
            if route.path.startswith("/api/v1"):
                await problem(answer, "too_large")


async def test_a_flood_of_bad_calls_is_a_few_lines_and_none_of_their_words(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another test may have used up the lines of this second.
    monkeypatch.setattr(problem_details, "_lines", problem_details._Lines())
    caplog.set_level(logging.INFO)
    wishes = [{"login": f"secret-{n}", "秘密": 1} for n in range(60)]
    await asyncio.gather(*(desk.call("POST", "/api/v1/sessions", json=wish) for wish in wishes))
    ends = "/api/v1/sessions invalid"
    written = [record.created for record in caplog.records if record.message.endswith(ends)]
    assert written
    # Ten of a kind each second; any span of a second meets two of them at most.
    assert all(sum(one <= other < one + 1 for other in written) <= 20 for one in written)
    assert "secret" not in caplog.text and "秘密" not in caplog.text


async def test_a_limit_is_only_ever_lowered() -> None:
    assert all(route.limit <= 128 * 1024 for route in routes.ROUTES)


async def test_a_route_with_a_lower_limit_holds_it_for_chunked_bodies_too(desk: Desk) -> None:
    async def slowly() -> Any:
        for _ in range(20):
            yield b"x" * 1024

    answer = await desk.call(
        "POST", "/api/v1/sessions", data=slowly(), headers={"Content-Type": "application/json"}
    )
    told = await problem(answer, "too_large")
    assert told["details"] == {"limit": 16 * 1024}


async def test_a_compressed_body_is_refused(desk: Desk) -> None:
    for encoding in ("gzip", "br", "deflate"):
        answer = await desk.call(
            "POST", "/api/v1/sessions", data=b"x" * 100, headers={"Content-Encoding": encoding}
        )
        await problem(answer, "unsupported_type")


async def test_a_fault_of_ours_is_told_without_its_insides(
    desks: Desks, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(call: Any) -> None:
        raise RuntimeError("秘密 secret words")

    def mounted(path: str, kind: str) -> Route:
        return Route("GET", path, broken, ANYONE, "", kind=kind)

    extra = (mounted("/api/v1/broken", "api"), mounted("/broken", "page"))
    monkeypatch.setattr(
        routes.mount, "__kwdefaults__", {**routes.mount.__kwdefaults__, "routes": extra}
    )
    desk = await desks()
    for _ in range(12):  # a flood of bad requests cannot drown it
        bad = await desk.call("POST", "/api/v1/sessions", headers={"Content-Encoding": "gzip"})
        assert bad.status == 415
    answer = await desk.call("GET", "/api/v1/broken")
    told = await problem(answer, "unavailable", 500)
    page = await desk.call("GET", "/broken")
    assert page.status == 500
    for text in (str(told), await page.text(), caplog.text):
        assert "secret" not in text and "秘密" not in text and "Traceback" not in text
    lines = [record for record in caplog.records if "failed: RuntimeError" in record.message]
    assert len(lines) == 2 and answer.headers["X-Request-Id"] in lines[0].getMessage()
    assert page.headers["X-Request-Id"] in await page.text()


def test_a_handler_is_reached_only_through_the_guard() -> None:
    app = web.Application()
    with pytest.raises(TypeError):
        routes.mount(app, None)
