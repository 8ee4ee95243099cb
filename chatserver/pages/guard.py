"""The only way to a handler: framing, session, policy, CSRF, body, and only then the handler itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec
from aiohttp import web

from chatserver.rules import audience
from chatserver.rules.articles import Refused
from chatserver.store.sessions import Session

from . import api, intake
from . import session as who
from .access import ANYONE, SAFE, Call, Route, Site, is_framed
from .language import language_of, remember

#: Seconds that an open page waits for the database to say whether someone is signed in.
GLANCE = 1.0


def guarded(route: Route, site: Site) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The only way to a handler: session, policy, CSRF, body, and only then the handler itself."""

    async def serve(request: web.Request) -> web.StreamResponse:
        secure = who.over_tls(site.house.config)
        try:
            if route.kind == "plain":
                call = Call(site, route, request, language_of(request))
                response = _response(route, await route.handler(call))
            else:
                response = _response(route, await _admitted(route, site, request))
        except web.HTTPException as elsewhere:
            remember(request, elsewhere, secure)
            raise
        remember(request, response, secure)
        return response

    return serve


async def _admitted(route: Route, site: Site, request: web.Request) -> Any:
    form: dict[str, str] = {}
    if route.kind == "page" and request.method not in SAFE:
        form = _form(request, await intake.body(request, route.limit))
        request[intake.KEPT] = form.get("body", "")
    try:
        async with asyncio.timeout(route.patience) as patience:
            identity = await _identity(route, site, request)
            session = identity.session
            if session is not None:
                request[intake.SESSION] = session
            if not (route.framed and is_framed(request)):
                _permit(route, request, session)
            _changes(route, site, request, identity, form)
            _spend(site, request, session)
            call = Call(site, route, request, language_of(request), session, form)
            if route.kind != "api":
                return await route.handler(call)
            body = await _body(route, request, patience)
            wish = (api.decoded(route.takes, _json(request, body)),) if route.takes else ()
            return await route.handler(call, *wish)
    except TimeoutError:
        raise Refused("unavailable") from None


async def _body(route: Route, request: web.Request, patience: asyncio.Timeout) -> bytes:
    """The body, while the caller's own slowness does not count."""
    loop, until = asyncio.get_running_loop(), patience.when()
    started = loop.time()
    patience.reschedule(None)
    body = await intake.body(request, route.limit)
    patience.reschedule(None if until is None else until + loop.time() - started)
    return body


async def _identity(route: Route, site: Site, request: web.Request) -> who.Identity:
    """A framed page knows nobody, and a form that is open to all asks nobody. For what else is open to all,
    a database that is away means only that nobody is signed in."""
    if route.framed and is_framed(request):
        return who.NOBODY
    if route.access != ANYONE:
        return await who.identify(site.house, request)
    if route.kind == "api" or request.method not in SAFE:
        return who.NOBODY
    try:
        async with asyncio.timeout(GLANCE):
            return await who.identify(site.house, request)
    except (Refused, TimeoutError):
        return who.NOBODY


def _changes(
    route: Route, site: Site, request: web.Request, identity: who.Identity, form: dict[str, str]
) -> None:
    """What changes anything is called by a page of ours, if a browser calls at all."""
    if request.method in SAFE:
        return
    config = site.house.config
    if identity.session is not None and identity.by_cookie and route.access != ANYONE:
        who.check_csrf(config, request, identity.session, form.get("csrf"))
    elif route.kind == "page":
        who.not_from_elsewhere(config, request)


def _spend(site: Site, request: web.Request, session: Session | None) -> None:
    """One write of an account, as of its events on a socket; without one, of an address."""
    if request.method in SAFE:
        return
    if session is not None:
        site.writes.spend(session.account.id)
    else:
        site.strangers.spend(who.address_of(site.house.config, request))


def _permit(route: Route, request: web.Request, session: Session | None) -> None:
    try:
        audience.admit(None if session is None else session.account, route.access)
    except Refused as refused:
        if refused.code == "unauthenticated" and route.kind == "page" and request.method in SAFE:
            target = quote(request.raw_path, safe="/")
            raise web.HTTPSeeOther(f"/login?next={target}") from None
        raise


def _form(request: web.Request, body: bytes) -> dict[str, str]:
    """The fields of a posted form; of a field given twice the last one counts."""
    if not body or request.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=False, max_num_fields=50
        )
    except ValueError:
        raise Refused("invalid") from None
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def _json(request: web.Request, body: bytes) -> bytes:
    """A JSON body. The type is asked for, so that no plain form of another site can be one."""
    if body and request.content_type != "application/json":
        raise Refused("unsupported_type", "请以 application/json 提交。")
    return body


def _response(route: Route, answer: Any) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is None:
        return web.Response(status=204)
    return web.Response(
        body=msgspec.json.encode(answer), status=route.status, content_type="application/json"
    )
