"""What a citizen may do: ask, say on, turn a live question into a message, withdraw, read."""

from __future__ import annotations

from datetime import datetime

from . import notices
from .articles import Refused, WrongState, article, policy
from .bodies import LONGEST_TITLE, checked, storable
from .categories import CATEGORIES
from .events import Closed, Converted, Event, OfferEnded, Opened, Read, Reopened, Resumed, Sent
from .people import Citizen
from .policy import Policy
from .ticket import Ticket

TITLE_FROM_BODY = 30


@article(35)
def agree(citizen: Citizen) -> None:
    """在用户获取公共法律服务前提供给用户，并征得其同意。"""
    if not citizen.agreed:
        raise Refused("agreement_required", article=35)


@article(6)
def identify(citizen: Citizen, now: datetime, figures: Policy) -> None:
    """可以要求用户进行注册并提供真实身份信息。"""
    if figures.identity != "none" and not citizen.verified:
        raise Refused("identity_required", article=6)
    if citizen.blocked_until is not None and citizen.blocked_until > now:
        until = citizen.blocked_until.isoformat(timespec="milliseconds")
        raise Refused("blocked", article=29, details={"until": until.replace("+00:00", "Z")})


@article(31)
def not_in_litigation(in_litigation: bool) -> None:
    """对处于诉讼程序或者正在办理的案件提出的法律咨询，在网上不予解答。"""
    if in_litigation:
        raise Refused("in_litigation", article=31, details=notices.IN_LITIGATION_HELP)


@article(4, 17)
def open_ticket(
    citizen: Citizen,
    now: datetime,
    figures: Policy,
    *,
    id: str,
    kind: str,
    category: str,
    body: str,
    title: str = "",
    on_behalf_of: str = "self",
    in_litigation: bool = False,
    earlier: str | None = None,
) -> list[Event]:
    """为用户解答法律咨询: a question under its own number; the body is message 1."""
    checked(body)
    if category not in CATEGORIES:
        raise Refused(
            "invalid",
            "没有这个咨询类别。",
            details=[{"path": "$.category", "problem": "unknown category"}],
        )
    if title:
        checked(title, "$.title", LONGEST_TITLE)
    agree(citizen)
    identify(citizen, now, figures)
    not_in_litigation(in_litigation)
    opened = Opened(
        ticket_kind=kind,
        category=category,
        title=title or " ".join(body.split())[:TITLE_FROM_BODY],
        on_behalf_of=on_behalf_of,
        answer_within=figures.answer_within(kind),
        idle_close=int(figures.idle_close.total_seconds()),
        warn_at=figures.warn_at,
        earlier=earlier,
    )
    return [opened, Sent(by="citizen", body=body, id=id)]


@article(17)
def send(
    ticket: Ticket, now: datetime, citizen: Citizen, id: str, body: str, epoch: int | None = None
) -> list[Event]:
    """A citizen's line. After an answer it is a question asked on: a new clock (23)."""
    named(id)
    sent = Sent(by="citizen", body=checked(body), id=id)
    if ticket.suspended_at is not None:
        return [Resumed(), sent]
    return [Reopened(), sent] if ticket.state == "answered" else [sent]


@article(23)
def convert(ticket: Ticket, now: datetime, citizen: Citizen, figures: Policy) -> list[Event]:
    """对于留言咨询问题，应当在5小时内进行解答: counted from the opening, with its text and number."""
    if ticket.state != "queued" or ticket.kind != "live":
        raise WrongState(ticket.state, "只有排队中的即时咨询可以转为留言。")
    return [*withdraw_offer(ticket), Converted(figures.answer_within("message"))]


@policy("a citizen may take a question back until it is answered")
def withdraw(ticket: Ticket, now: datetime, citizen: Citizen) -> list[Event]:
    """The citizen takes the question back; possible in queued, active, scheduled."""
    if ticket.state not in ("queued", "active", "scheduled"):
        raise WrongState(ticket.state)
    said = notices.notice("closed", notices.CLOSED["withdrawn"], ticket.entry + 1)
    return [said, *withdraw_offer(ticket), Closed("withdrawn")]


def withdraw_offer(ticket: Ticket) -> list[Event]:
    """The end of an open offer, when the ticket goes another way."""
    return [OfferEnded(ticket.offered_to, "withdrawn")] if ticket.offered_to else []


@article(32)
def read(ticket: Ticket, now: datetime, by: str, seq: int) -> list[Event]:
    """Who has seen what is part of the record; `by` is citizen or staff."""
    if not 1 <= seq <= ticket.last_seq:
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "no such message"}])
    seen = ticket.citizen_read if by == "citizen" else ticket.staff_read
    return [Read(by, seq)] if seq > seen else []


def named(id: str) -> str:
    """A client's own id, checked: 1 to 64 characters that can be kept."""
    if not 1 <= len(id) <= 64:
        raise Refused("invalid", details=[{"path": "$.id", "problem": "1 to 64 characters"}])
    return storable(id, "$.id")
