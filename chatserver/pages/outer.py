"""The outermost layer of every request: its number, its framing, its errors, its headers, its figures."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import Counter, Histogram

from chatserver.config import Config
from chatserver.i18n import translate
from chatserver.rules.articles import Refused

from . import headers, intake, problem, templates
from .language import language_of

REQUESTS = Counter("chatserver_http_requests", "HTTP requests answered", ["route", "status"])
SECONDS = Histogram(
    "chatserver_http_seconds",
    "Time to answer an HTTP request",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10),
)
#: Where programs call and problem details are told.
PROGRAMS = ("/api/", headers.TRANSPORT)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def wrap(app: web.Application, config: Config) -> None:
    """Puts the layer around `app`: a middleware for errors, a signal for headers."""

    @web.middleware
    async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(headers.TRANSPORT):
            try:
                intake.inspect_framing(request)
            except Refused as refused:
                return told(request, refused)
            return await handler(request)
        request[intake.ID] = secrets.token_hex(8)
        resource = request.match_info.route.resource
        name = resource.canonical if resource else "unknown"
        started, status = time.perf_counter(), 500
        try:
            response = await _answered(request, handler, name)
            status = response.status
            return response
        except web.HTTPException as elsewhere:
            status = elsewhere.status
            raise
        finally:
            REQUESTS.labels(name, status).inc()
            SECONDS.observe(time.perf_counter() - started)

    async def prepare(request: web.BaseRequest, response: web.StreamResponse) -> None:
        headers.protect(config, request, response)
        if isinstance(request, web.Request) and intake.ID in request:
            response.headers["X-Request-Id"] = request[intake.ID]

    app.middlewares.append(outermost)
    app.on_response_prepare.append(prepare)


async def _answered(request: web.Request, handler: Handler, name: str) -> web.StreamResponse:
    """The handler's answer, or the error told; only redirections get through as exceptions."""
    try:
        intake.inspect_framing(request)
        intake.inspect(request)
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        refused = problem.from_http(answer)
    except Refused as error:
        refused = error
    except Exception as fault:
        refused = problem.from_fault(fault, request[intake.ID])
    problem.note(request[intake.ID], request.method, name, refused)
    return told(request, refused)


def told(request: web.Request, refused: Refused) -> web.Response:
    """An error as its reader wants it: problem details to programs, a page to people."""
    lang = language_of(request)
    program = request.path.startswith(PROGRAMS) and request.path != "/api/docs"
    response = problem.as_json(refused, lang) if program else _page(request, refused, lang)
    if isinstance(refused, intake.Turned) and refused.close:
        response.force_close()
    return response


def _page(request: web.Request, refused: Refused, lang: str) -> web.Response:
    told = problem.problem(refused, lang)
    try:
        return templates.render(
            "error.html",
            lang=lang,
            path=request.path,
            session=request.get(intake.SESSION),
            frame=request.query.get("frame") == "1",
            status=told.status,
            headers=problem.headers_of(refused),
            problem=told,
            kept=request.get(intake.KEPT, ""),
            request_id=request.get(intake.ID, ""),
        )
    except Exception:
        text = f"{told.title}\n{told.detail}\n{translate(lang, '公共法律服务热线')} 12348\n"
        return web.Response(text=text, status=told.status, headers=problem.headers_of(refused))
