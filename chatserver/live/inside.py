"""What the lawyer who opens another screen is not told by the tickets themselves: notes, opinions, what is owed."""

from __future__ import annotations

from typing import Any

from chatserver.rules.audience import authorize
from chatserver.store import alerts, desks, reviews, tickets

from . import wire
from . import wire_payloads as payloads
from .citizen import in_wire
from .verbs import Seat, Verb, later, verb


async def list_notes(server: Any, seat: Seat, payload: payloads.OneTicket) -> bytes:
    """The internal notes of an own ticket, the back office's replies among them (17)."""
    authorize(seat.actor, "note", await tickets.find(server.db, payload.number))
    return wire.ack(notes=[wire.note(row) for row in await desks.notes(server.db, payload.number)])


async def list_reviews(server: Any, seat: Seat, payload: payloads.OneTicket) -> bytes:
    """What experts said about an own ticket (26, 27)."""
    authorize(seat.actor, "note", await tickets.find(server.db, payload.number))
    rows = await reviews.of_ticket(server.db, payload.number)
    return wire.ack(reviews=[wire.review(row) for row in rows])


async def list_explanations(server: Any, seat: Seat, payload: payloads.Nothing) -> bytes:
    """The delays that this lawyer is still to explain, of tickets that have gone on too (23)."""
    rows = await alerts.owed_by(server.db, seat.actor.pseudonym)
    return wire.ack(explanations=[wire.explanation(row) for row in rows])


async def list_callbacks(server: Any, seat: Seat, payload: payloads.Nothing) -> bytes:
    """The call-backs that this lawyer is to make (24), soonest first and however long ago it was asked."""
    found = await tickets.callbacks_of(server.db, seat.actor.pseudonym)
    return wire.ack(callbacks=await in_wire(server, found))


VERBS: dict[str, Verb] = {
    "note:list": verb(payloads.OneTicket, later(list_notes), "notes"),
    "review:list": verb(payloads.OneTicket, later(list_reviews), "reviews"),
    "explanation:list": verb(payloads.Nothing, later(list_explanations), "explanations"),
    "callback:list": verb(payloads.Nothing, later(list_callbacks), "callbacks"),
}
