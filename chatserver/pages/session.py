"""Whose call this is: a Bearer token, or the cookie of a page; and that a page of ours made the call."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from chatserver.address import bucket, client_address
from chatserver.config import Config
from chatserver.house import House
from chatserver.rules.articles import Refused
from chatserver.settings_addresses import is_loopback
from chatserver.store import sessions

#: Nobody's token is longer; a longer one is not even hashed.
LONGEST_TOKEN = 200
#: Makes a browser drop what pages kept in it: drafts on a computer that others use.
FORGET = {"Clear-Site-Data": '"cache", "storage"'}


@dataclass(frozen=True)
class Identity:
    """A session and how it came. A cookie is sent by the browser unasked, so it needs more proof."""

    session: sessions.Session | None = None
    by_cookie: bool = False


NOBODY = Identity()


def over_tls(config: Config) -> bool:
    """Whether cookies must be `Secure`: always, but on plain-http loopback."""
    return config.secure or not is_loopback(urlsplit(config.public_url).hostname or "")


def cookie_name(config: Config) -> str:
    return "__Host-session" if over_tls(config) else "session"


def set_cookie(response: web.StreamResponse, config: Config, token: str) -> None:
    """A cookie that ends with the browser; the server ends it earlier by itself."""
    response.set_cookie(
        cookie_name(config),
        token,
        path="/",
        httponly=True,
        secure=over_tls(config),
        samesite="Lax",
    )


def drop_cookie(response: web.StreamResponse, config: Config) -> None:
    response.del_cookie(
        cookie_name(config), path="/", httponly=True, secure=over_tls(config), samesite="Lax"
    )


def address_of(config: Config, request: web.Request) -> str:
    """What limits count the client by: its address, from trusted proxies only."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    return bucket(client_address(request.remote, forwarded, config.trusted_proxies))


async def identify(house: House, request: web.Request, cookies: bool = True) -> Identity:
    """The session of a Bearer token if there is an Authorization header, else of the cookie.

    A socket token opens sockets and nothing else. Raises `unavailable` while the database is away.
    """
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
    else:
        token = request.cookies.get(cookie_name(house.config), "") if cookies else ""
    if not token or len(token) > LONGEST_TOKEN:
        return NOBODY
    session = await sessions.find(house.database, token, house.clock.now())
    if session is None or session.kind == "socket":
        return NOBODY
    return Identity(session, by_cookie=header is None)


def own_origins(config: Config, request: web.BaseRequest) -> set[str]:
    """The origins that are ours: the public one, and the one this request was sent to."""
    public = urlsplit(config.public_url)
    return {f"{public.scheme}://{public.netloc}", f"{request.scheme}://{request.host}"}


def from_own_page(config: Config, request: web.BaseRequest) -> bool:
    """Whether the browser says that a page of ours made this call."""
    return request.headers.get("Origin") in own_origins(config, request)


def not_from_elsewhere(config: Config, request: web.BaseRequest) -> None:
    """For forms that need no session: a call that names another origin is refused."""
    foreign = "Origin" in request.headers and not from_own_page(config, request)
    if foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Refused("forbidden", "请从本网页面提交。")


def check_csrf(
    config: Config, request: web.BaseRequest, session: sessions.Session, given: str | None
) -> None:
    """Cookie calls that change anything: same-origin `Origin`, and the session's own CSRF token."""
    token = request.headers.get("X-CSRF-Token") or given or ""
    right = hmac.compare_digest(token.encode("utf-8", "replace"), session.csrf.encode())
    if not session.csrf or not right or not from_own_page(config, request):
        raise Refused("forbidden", "页面已过期，请刷新后重试。")
