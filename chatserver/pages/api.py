"""What the HTTP API takes and gives: the structs that validate the traffic and from which OpenAPI is made."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.rules.articles import Refused
from chatserver.rules.bodies import all_storable
from chatserver.rules.people import Account
from chatserver.rules.telling import Channel

T = TypeVar("T", bound=Struct)
_PLACE = re.compile(r"^(?P<problem>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.S)

Time = Annotated[
    str, Meta(description="RFC 3339, UTC, milliseconds", extra_json_schema={"format": "date-time"})
]
Login = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(Struct, forbid_unknown_fields=True):
    """`otp` is the six digits of the second factor; staff need it unless the house says otherwise."""

    login: Login
    password: Annotated[str, Meta(min_length=1, max_length=1000)]
    otp: Annotated[str, Meta(max_length=20)] | None = None


class AccountView(Struct):
    """An account as its owner sees it."""

    id: str
    login: str
    role: str
    name: str | None
    staff_no: str | None
    profession: str | None
    institution: str | None
    skills: list[str]
    capacity: int
    review: str


class SignedIn(Struct):
    """`csrf` goes into `X-CSRF-Token` when the cookie is used; Bearer calls need none."""

    token: str
    expires_at: Time
    account: AccountView
    csrf: str


class Me(AccountView):
    """`agreed`: whether the service agreement in force has been accepted (35). A citizen is told outside the
    page by those of `channels` that are in `told_by`; `email_pending` waits for its code. `push_key` is
    the key to subscribe a browser with, null where none can be; `devices` are the browsers that were, each by the
    first 32 hex digits of its endpoint's SHA-256."""

    agreed: bool
    expires_at: Time
    csrf: str
    email: str | None
    email_pending: str | None
    channels: list[Channel]
    told_by: list[Channel]
    push_key: str | None
    devices: list[str]


class MeChange(Struct, forbid_unknown_fields=True):
    """What is not given stays as it is. A new `email` counts once the code sent to it has come back; null
    removes the present one at once."""

    email: Annotated[str, Meta(min_length=3, max_length=254)] | UnsetType | None = UNSET
    told_by: Annotated[list[Channel], Meta(max_length=3)] | UnsetType = UNSET


class DeviceKeys(Struct, forbid_unknown_fields=True):
    """In base64url: the browser's public key (65 bytes) and its secret (16 bytes)."""

    p256dh: Annotated[str, Meta(max_length=100)]
    auth: Annotated[str, Meta(max_length=32)]


class NewDevice(Struct, forbid_unknown_fields=True):
    """What the browser's `PushSubscription` gives as JSON."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=2000)]
    keys: DeviceKeys
    expiration_time: float | None = msgspec.field(name="expirationTime", default=None)


class MailCode(Struct, forbid_unknown_fields=True):
    """The code of the letter that was sent last."""

    code: Annotated[str, Meta(pattern="^[0-9]{6}$")]


class SocketToken(Struct):
    token: str
    expires_at: Time


class Agreement(Struct):
    version: str
    title: str
    body: str


class Acceptance(Struct, forbid_unknown_fields=True):
    version: Annotated[str, Meta(min_length=1, max_length=64)]


class Accepted(Struct):
    version: str
    accepted_at: Time


class Category(Struct):
    id: str
    title: str


class Categories(Struct):
    items: list[Category]
    next_cursor: str | None = None


class Tickets(Struct):
    """`items` are the contract's ticket objects, whose struct the sockets' side has."""

    items: list[Any]
    next_cursor: str | None = None


class OneTicket(Struct):
    """Stands in the route table for the contract's ticket object."""


class Institution(Struct):
    """`title` is the name; `snippet` the name as HTML, with what was searched in `<mark>`."""

    id: str
    title: str
    snippet: str


class Institutions(Struct):
    items: list[Institution]
    next_cursor: str | None = None


class NewReply(Struct, forbid_unknown_fields=True):
    """A canned reply. `{number}` and `{category}` in it are filled in when it is used."""

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    body: Annotated[str, Meta(min_length=1, max_length=10_000)]


class Reply(Struct):
    """`shared` replies belong to the house; `own` ones may be deleted."""

    id: str
    title: str
    body: str
    shared: bool
    own: bool


class Replies(Struct):
    items: list[Reply]
    next_cursor: str | None = None


def account_view(account: Account) -> AccountView:
    return AccountView(
        id=account.id,
        login=account.login,
        role=account.role,
        name=account.name,
        staff_no=account.staff_no,
        profession=account.profession,
        institution=account.institution,
        skills=sorted(account.skills),
        capacity=account.capacity,
        review=account.review,
    )


def decoded(struct: type[T], body: bytes) -> T:
    """`body` as `struct`; raises `invalid` with `details: [{path, problem}]`."""
    try:
        value = msgspec.json.decode(body, type=struct)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        assert found is not None
        raise wrong(found["path"] or "$", found["problem"]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise wrong("$", "not JSON") from None
    all_storable(msgspec.to_builtins(value))
    return value


def of_form(struct: type[T], given: dict[str, Any]) -> T:
    """What a page's form holds, as the struct of the call that does the same."""
    return decoded(struct, msgspec.json.encode(given))


def moment(at: datetime, path: str) -> datetime:
    """A time with its zone, as RFC 3339 wants it, in UTC; anything else is `invalid`."""
    if at.tzinfo is None:
        raise wrong(path, "a time with its zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise wrong(path, "a time of this age") from None


def wrong(path: str, problem: str) -> Refused:
    """`invalid`, with the place and what is wrong there."""
    return Refused("invalid", details=[{"path": path, "problem": problem}])
