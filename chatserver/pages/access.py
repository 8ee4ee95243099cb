"""Every URL is a `Route` with its access policy as data, and every call passes the guard built here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec
from aiohttp import web

from chatserver.house import House
from chatserver.rules.articles import Refused
from chatserver.rules.people import ROLES, Account
from chatserver.rules.ticket import Ticket
from chatserver.store.sessions import Session

from . import api, intake
from . import session as who
from .attempts import Attempts
from .language import language_of, remember

ANYONE = frozenset({"anonymous", *ROLES})
SIGNED_IN = frozenset(ROLES)
CITIZEN = frozenset({"citizen"})
LAWYER = frozenset({"lawyer"})
PARTIES = frozenset({"citizen", "lawyer", "supervisor"})
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Site:
    """What all pages share besides the house. The two documents are kept by language."""

    house: House
    attempts: Attempts
    ticket_object: Callable[[Ticket], Awaitable[Any]]
    openapi: Mapping[str, bytes]
    asyncapi: Mapping[str, bytes]


@dataclass(frozen=True)
class Call:
    """One admitted call: who asks, in which language, with what body."""

    site: Site
    route: Route
    request: web.Request
    language: str
    session: Session | None = None
    form: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.site.house

    @property
    def account(self) -> Account:
        """The account of a route that needs one."""
        if self.session is None:
            raise Refused("unauthenticated")
        return self.session.account


Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """`kind`: `api` (JSON), `page` (HTML) or `plain` (files and health, no session looked up).

    `takes` and `gives` are structs of api.py; `limit` lowers the size of a body; `framed` opens the
    page with `?frame=1` to anyone, without a look at the cookie, since a stranger's page may be around it.
    """

    method: str
    path: str
    handler: Handler
    access: frozenset[str]
    summary: str
    kind: str = "api"
    takes: type[msgspec.Struct] | None = None
    gives: Any = None
    status: int = 200
    limit: int = intake.LIMIT
    framed: bool = False
    query: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.access or not self.access <= ANYONE:
            raise TypeError(f"{self.method} {self.path} has no access policy")
        if self.kind not in ("api", "page", "plain"):
            raise TypeError(f"{self.method} {self.path} is of no known kind")


def is_framed(request: web.BaseRequest) -> bool:
    return request.query.get("frame") == "1"


def guarded(route: Route, site: Site) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The only way to a handler: session, policy, CSRF, body, and only then the handler itself."""

    async def serve(request: web.Request) -> web.StreamResponse:
        if route.kind == "plain":
            call = Call(site, route, request, language_of(request))
            answer = await route.handler(call)
        else:
            answer = await _admitted(route, site, request)
        response = _response(route, answer)
        remember(request, response, who.over_tls(site.house.config))
        return response

    return serve


async def _admitted(route: Route, site: Site, request: web.Request) -> Any:
    config = site.house.config
    stranger = route.framed and is_framed(request)
    identity = who.NOBODY if stranger else await _identity(route, site, request)
    session = identity.session
    request["session"] = session
    form: dict[str, str] = {}
    if route.kind == "page" and request.method not in SAFE:
        form = _form(request, await intake.body(request, route.limit))
        request["kept"] = form.get("body", "")
    if not stranger:
        _permit(route, request, session)
    body = await intake.body(request, route.limit) if route.kind == "api" else b""
    if request.method not in SAFE:
        if session is not None and identity.by_cookie and route.access != ANYONE:
            who.check_csrf(config, request, session, form.get("csrf"))
        elif route.kind == "page":
            who.not_from_elsewhere(config, request)
    call = Call(site, route, request, language_of(request), session, form)
    if route.takes is None:
        return await route.handler(call)
    return await route.handler(call, api.decoded(route.takes, _json(request, body)))


async def _identity(route: Route, site: Site, request: web.Request) -> who.Identity:
    """For what is open to all, a database that is away means only that nobody is signed in."""
    if route.access != ANYONE:
        return await who.identify(site.house, request)
    if route.kind == "api":
        return who.NOBODY
    try:
        return await who.identify(site.house, request)
    except Refused:
        return who.NOBODY


def _permit(route: Route, request: web.Request, session: Session | None) -> None:
    role = "anonymous" if session is None else session.account.role
    if role in route.access:
        return
    if session is not None:
        raise Refused("forbidden")
    if route.kind == "page" and request.method in SAFE:
        raise web.HTTPSeeOther(f"/login?next={quote(request.raw_path, safe='/')}")
    raise Refused("unauthenticated")


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
