"""Who may do what, and who may hear what (25). Every event, route and push passes through here."""

from __future__ import annotations

from collections.abc import Callable

from .articles import Refused, article
from .events import Event, HandedOver, Offered, OfferEnded
from .people import Actor, Citizen, Lawyer, Staff, System
from .ticket import Ticket


def _owner(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Citizen) and actor.account == ticket.citizen


def _holder(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Lawyer) and actor.staff_no == ticket.assignee


def _party(actor: Actor, ticket: Ticket) -> bool:
    return _owner(actor, ticket) or _holder(actor, ticket)


def _offered(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Lawyer) and actor.staff_no in ticket.offered_before


def _pool(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Lawyer) and ticket.kind == "message"


def _viewer(actor: Actor, ticket: Ticket) -> bool:
    return visible_to(actor, ticket) is not None


def _clock(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, System)


#: action -> who may; an action that is not here is nobody's.
PERMITTED: dict[str, Callable[[Actor, Ticket], bool]] = {
    "see": _viewer,
    "send": _party,
    "read": _party,
    "typing": _party,
    "convert": _owner,
    "withdraw": _owner,
    "rate": _owner,
    "accept": _offered,
    "decline": _offered,
    "claim": _pool,
    "answer": _holder,
    "close": _holder,
    "offer": _clock,
    "lapse": _clock,
    "hand_over": _clock,
    "notice_drop": _clock,
}


@article(25)
def authorize(actor: Actor, action: str, ticket: Ticket | None) -> None:
    """应当保守在法律咨询活动中获取的国家秘密、商业秘密和个人隐私。

    Raises `not_found`, alike for a missing ticket and for a stranger's.
    """
    if ticket is None or not PERMITTED[action](actor, ticket):
        raise Refused("not_found")


def visible_to(actor: Actor, ticket: Ticket) -> int | None:
    """The last `seq` that `actor` may read, or None for nothing at all.

    A lawyer reads a ticket that is theirs or on offer to them, and one they lost up to that point.
    """
    if _owner(actor, ticket) or isinstance(actor, System):
        return ticket.last_seq
    if isinstance(actor, Lawyer):
        if actor.staff_no in (ticket.assignee, ticket.offered_to):
            return ticket.last_seq
        return dict(ticket.former).get(actor.staff_no)
    if isinstance(actor, Staff) and actor.role == "supervisor":
        return ticket.last_seq
    return None


@article(25)
def rooms(ticket: Ticket, event: Event) -> list[str]:
    """The rooms that hear of `event`: the citizen's and the holder's, and whom the event itself names."""
    heard = [f"citizen:{ticket.citizen}"]
    if ticket.assignee is not None:
        heard.append(f"staff:{ticket.assignee}")
    if isinstance(event, HandedOver):
        heard.append(f"staff:{event.staff_no}")
    if isinstance(event, (Offered, OfferEnded)):
        return [f"staff:{event.staff_no}"]
    return heard


def room_of(actor: Actor) -> str:
    """The one room that every connection of this actor is in."""
    return f"citizen:{actor.account}" if isinstance(actor, Citizen) else f"staff:{actor.pseudonym}"
