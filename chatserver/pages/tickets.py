"""Tickets for those who may see them: a list of one's own, and one by its number."""

from __future__ import annotations

from datetime import datetime

from chatserver.rules.audience import may_read
from chatserver.rules.audience_panel import NO_HAND
from chatserver.rules.people import Expert, actor_of
from chatserver.rules.shown import shown_to
from chatserver.rules.ticket import Ticket
from chatserver.store import panel, tickets

from . import api
from .access import Call
from .lists import cursor_of, limit_of, not_ours, place_of


async def all_of(call: Call) -> api.Tickets:
    """GET /api/v1/tickets"""
    query = call.request.query
    limit = limit_of(query.get("limit"))
    actor = actor_of(call.account)
    found = await tickets.listed(
        call.house.database,
        actor,
        open_only=_flag(query.get("open_only")),
        after=_place(query.get("cursor")),
        count=limit + 1,
    )
    shown = [await call.site.ticket_object(shown_to(actor, it)) for it in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return api.Tickets(shown, _cursor(last) if last else None)


async def one(call: Call) -> object:
    """GET /api/v1/tickets/{number}: a stranger's ticket and none cannot be told apart (25)."""
    ticket = await tickets.find(call.house.database, call.request.match_info["number"])
    actor = actor_of(call.account)
    hand = NO_HAND
    if isinstance(actor, Expert):
        hand = await panel.hand(call.house.database, call.request.match_info["number"], actor)
    may_read(actor, ticket, hand)
    assert ticket is not None
    return await call.site.ticket_object(shown_to(actor, ticket))


def _flag(given: str | None) -> bool:
    if given not in (None, "", "true", "false"):
        raise api.wrong("$.open_only", "true or false")
    return given == "true"


def _cursor(last: Ticket) -> str:
    return cursor_of(f"{last.opened_at.isoformat()} {last.number}")


def _place(cursor: str | None) -> tuple[datetime, str] | None:
    """When and as what the last ticket of the page before was opened."""
    place = place_of(cursor)
    if place is None:
        return None
    at, _, number = place.partition(" ")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise not_ours() from None
    if moment.tzinfo is None or not number:
        raise not_ours()
    return api.moment(moment, "$.cursor"), number
