"""Requests as the library wants to see them, and the short answers to those that it never sees."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from chatserver.i18n import translate
from chatserver.rules.articles import MESSAGES, STATUS

TEXT = {"Content-Type": "text/plain; charset=UTF-8", "Cache-Control": "no-store"}


def as_environ(request: web.Request) -> dict[str, Any]:
    """As much of a WSGI environ as the library looks at; it lives as long as the WebSocket."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string,
        "wsgi.url_scheme": request.scheme,
        "aiohttp.request": request,
    }
    for name in ("Origin", "Upgrade", "Connection", "Access-Control-Request-Headers"):
        if name in request.headers:
            environ["HTTP_" + name.upper().replace("-", "_")] = request.headers[name]
    return environ


def language_of(request: web.Request) -> str:
    """What the browser prefers: Chinese unless English comes first."""
    first = request.headers.get("Accept-Language", "").partition(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def refuse(status: int, why: str) -> web.Response:
    """An answer that says no, after which the connection is closed."""
    response = web.Response(status=status, text=why, headers=TEXT)
    response.force_close()
    return response


def over(code: str, request: web.Request, **details: int) -> web.Response:
    """What the contract has a code for, as the problem document that every other HTTP call gives
    (section 3), after which the connection is closed."""
    said = translate(language_of(request), MESSAGES[code])
    problem = {
        "type": f"/api/docs#error-{code}",
        "title": said,
        "status": STATUS[code],
        "detail": said,
        "code": code,
        "details": details,
    }
    response = web.Response(
        status=STATUS[code],
        body=msgspec.json.encode(problem),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )
    if "retry_after_s" in details:
        response.headers["Retry-After"] = str(details["retry_after_s"])
    response.force_close()
    return response


def with_cors(response: web.Response, origin: str | None) -> web.Response:
    """The answer, readable by the page of an allowed origin."""
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
    return response
