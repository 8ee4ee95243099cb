"""What the server publishes of itself: two documents for programs, one page for people."""

from __future__ import annotations

import msgspec
from aiohttp import web

from chatserver.rules.articles import MESSAGES, STATUS

from . import templates
from .access import Call
from .language import tag
from .problem import TITLES


def _document(body: bytes, lang: str) -> web.Response:
    return web.Response(
        body=body,
        content_type="application/json",
        headers={"Cache-Control": "no-cache", "Content-Language": tag(lang)},
    )


async def openapi(call: Call) -> web.Response:
    """GET /api/v1/openapi.json"""
    return _document(call.site.openapi(call.language), call.language)


async def asyncapi(call: Call) -> web.Response:
    """GET /api/v1/asyncapi.json"""
    return _document(call.site.asyncapi(call.language), call.language)


async def page(call: Call) -> web.Response:
    """GET /api/docs"""
    http = msgspec.json.decode(call.site.openapi(call.language))
    sockets = msgspec.json.decode(call.site.asyncapi(call.language))
    return templates.page(
        call,
        "docs.html",
        "/api/docs",
        http=http,
        sockets=sockets,
        schemas=http["components"]["schemas"] | sockets["components"]["schemas"],
        codes=[(code, status, TITLES[code], MESSAGES[code]) for code, status in STATUS.items()],
    )
