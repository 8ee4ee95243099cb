"""Tickets for those who may see them: a list of one's own, and one by its number."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from chatserver.rules.audience import authorize
from chatserver.rules.people import actor_of
from chatserver.store import tickets

from . import api
from .access import Call

DEFAULT = 20
MOST = 100


async def all_of(call: Call) -> api.Tickets:
    """GET /api/v1/tickets"""
    query = call.request.query
    limit = limit_of(query.get("limit"))
    found = await tickets.listed(
        call.house.database,
        actor_of(call.account),
        open_only=_flag(query.get("open_only")),
        after=place_of(query.get("cursor")),
        count=limit + 1,
    )
    shown = [await call.site.ticket_object(ticket) for ticket in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return api.Tickets(shown, cursor_of(last.opened_at, last.number) if last else None)


async def one(call: Call) -> object:
    """GET /api/v1/tickets/{number}: a stranger's ticket and none cannot be told apart (25)."""
    ticket = await tickets.find(call.house.database, call.request.match_info["number"])
    authorize(actor_of(call.account), "see", ticket)
    assert ticket is not None
    return await call.site.ticket_object(ticket)


def limit_of(given: str | None) -> int:
    """How many: 20 unless asked, at most 100."""
    if given is None:
        return DEFAULT
    if len(given) > 3 or not given.isascii() or not given.isdigit() or not 1 <= int(given) <= MOST:
        raise api.wrong("$.limit", f"1 to {MOST}")
    return int(given)


def _flag(given: str | None) -> bool:
    if given not in (None, "", "true", "false"):
        raise api.wrong("$.open_only", "true or false")
    return given == "true"


def cursor_of(at: datetime, number: str) -> str:
    """An opaque place in a list, newest first."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {number}".encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> tuple[datetime, str] | None:
    """The place behind which a page begins; a cursor that we did not give is `invalid`."""
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        at, _, number = text.partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not number or "\x00" in number:
            raise ValueError(cursor)
    except (ValueError, binascii.Error):
        raise api.wrong("$.cursor", "not a cursor of ours") from None
    return moment, number
