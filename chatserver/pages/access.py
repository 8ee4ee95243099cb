"""Every URL is a `Route` with its access policy as data; what got past the guard is a `Call`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from chatserver.house import House
from chatserver.limits import Buckets
from chatserver.rules.articles import Refused
from chatserver.rules.people import ROLES, Account
from chatserver.rules.ticket import Ticket
from chatserver.store.sessions import Session

from . import intake
from .attempts import Attempts

ANYONE = frozenset({"anonymous", *ROLES})
SIGNED_IN = frozenset(ROLES)
CITIZEN = frozenset({"citizen"})
LAWYER = frozenset({"lawyer"})
EXPERT = frozenset({"expert"})
BACKOFFICE = frozenset({"backoffice"})
OPERATOR = frozenset({"operator"})
DESKS = BACKOFFICE | OPERATOR
SUPERVISOR = frozenset({"supervisor"})
PARTIES = frozenset({"citizen", "lawyer", "expert", "supervisor"})
TIMED = PARTIES | DESKS
SAFE = frozenset({"GET", "HEAD"})
#: Seconds after which a caller is told `unavailable`: with the look-up of the session, within three.
PATIENCE = 2.7


@dataclass(frozen=True)
class Site:
    """What all pages share besides the house. The two documents are kept by language. `writes` limits
    what an account changes, `strangers` what comes from an address without one."""

    house: House
    attempts: Attempts
    writes: Buckets
    strangers: Buckets
    ticket_object: Callable[[Ticket], Awaitable[Any]]
    openapi: Callable[[str], bytes]
    asyncapi: Callable[[str], bytes]


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
    `patience` is none where a person's password is hashed, which may queue.

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
    patience: float | None = PATIENCE
    framed: bool = False
    query: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.access or not self.access <= ANYONE:
            raise TypeError(f"{self.method} {self.path} has no access policy")
        if self.kind not in ("api", "page", "plain"):
            raise TypeError(f"{self.method} {self.path} is of no known kind")


def is_framed(request: web.BaseRequest) -> bool:
    return request.query.get("frame") == "1"
