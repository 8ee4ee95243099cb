"""The events of `/expert` (contract, section 4): escalations and the review of given answers (7, 26, 27)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chatserver.rules import backstage, experts, panel, reviewing
from chatserver.rules.articles import Refused
from chatserver.rules.audience import may_read
from chatserver.rules.instants import instant
from chatserver.rules.ticket import Ticket
from chatserver.store import desks, review_queue, reviews, tickets
from chatserver.store import panel as panel_rows

from . import settling, supervise, wire
from . import wire_objects as objects
from . import wire_payloads as payloads
from . import wire_payloads_panel as panel_payloads
from .citizen import page
from .verbs import Seat, Verb, act, expert, later, verb


async def list_escalations(
    server: Any, seat: Seat, payload: panel_payloads.EscalationList
) -> bytes:
    """The desk: open ones first, the oldest of them first."""
    rows = await desks.escalations(server.db, payload.state, expert(seat))
    return wire.ack(escalations=await _shown(server, rows))


async def _shown(server: Any, rows: Sequence[Any]) -> list[objects.EscalationObject]:
    found = await tickets.several(server.db, [row["ticket"] for row in rows])
    them = [found[row["ticket"]] for row in rows]
    places = await server.queue.places_of(them)
    now = server.clock.now()
    return [
        wire.escalation(row, it, now, place)
        for row, it, place in zip(rows, them, places, strict=True)
    ]


async def _as_it_stands(server: Any, id: str) -> objects.EscalationObject:
    [shown] = await _shown(server, [await _found(server, id)])
    return shown


async def _found(server: Any, id: str) -> Any:
    row = await desks.escalation(server.db, id)
    if row is None:
        raise Refused("not_found")
    return row


async def claim(server: Any, seat: Seat, payload: panel_payloads.EscalationClaim) -> bytes:
    """One expert wins, the others get `conflict`."""
    row = await _found(server, payload.id)
    await server.casework.act("panel", experts.claim, row["ticket"], seat.actor, payload.id)
    return wire.ack(escalation=await _as_it_stands(server, payload.id))


async def pass_on(server: Any, seat: Seat, payload: panel_payloads.EscalationPass) -> bytes:
    """Left to the next expert, with a reason or without."""
    row = await _found(server, payload.id)
    await server.casework.act(
        "panel", panel.pass_on, row["ticket"], seat.actor, payload.id, payload.reason
    )
    return wire.ack(escalation=await _as_it_stands(server, payload.id))


async def bounce(server: Any, seat: Seat, payload: panel_payloads.EscalationBounce) -> bytes:
    """Back to the lawyer who asked, with the reason, once."""
    row = await _found(server, payload.id)
    await server.casework.act(
        "panel", panel.bounce, row["ticket"], seat.actor, payload.id, payload.reason
    )
    return wire.ack(escalation=await _as_it_stands(server, payload.id))


async def opinion(server: Any, seat: Seat, payload: panel_payloads.EscalationOpinion) -> bytes:
    """To the lawyer, who answers in their own name."""
    row = await _found(server, payload.id)
    await server.casework.act(
        "panel", experts.opinion, row["ticket"], seat.actor, payload.id, payload.body
    )
    return wire.ack(escalation=await _as_it_stands(server, payload.id))


async def answer(server: Any, seat: Seat, payload: panel_payloads.EscalationAnswer) -> bytes:
    """To the citizen directly, under the expert's own number."""
    row = await _found(server, payload.id)
    kind = "corrected" if row["reason"] == "review_overdue" else "answered"
    outcome = await server.casework.act(
        "panel",
        experts.answer_directly,
        row["ticket"],
        seat.actor,
        payload.client_id,
        payload.body,
        payload.id,
        payload.ground,
        said=(payload.client_id, kind, payload.body),
    )
    own = outcome.own
    if outcome.replayed:
        # The answer itself does not keep which question it settled; what was stored right after it does.
        then = await tickets.records(server.db, row["ticket"], own.entry + 1, own.entry + 2)
        if not experts.answers(then, payload.id, experts.ground_of(row["reason"], payload.ground)):
            raise Refused("id_reused")
    shown = await _as_it_stands(server, payload.id)
    return wire.ack(escalation=shown, seq=own.seq, sent_at=instant(own.at))


async def list_reviews(server: Any, seat: Seat, payload: payloads.Nothing) -> bytes:
    """Given answers to look at, low ratings and late ones first; `reasons` tells why of each."""
    found = await review_queue.waiting(server.db, expert(seat))
    now = server.clock.now()
    return wire.ack(
        tickets=[wire.ticket(it, now) for it, _ in found],
        reasons={it.number: why for it, why in found},
    )


async def _read(server: Any, seat: Seat, number: str) -> Ticket:
    """A ticket whose talk lies open to this expert; any other is not there (25)."""
    ticket = await tickets.find(server.db, number)
    may_read(seat.actor, ticket, await panel_rows.hand(server.db, number, expert(seat)))
    assert ticket is not None
    return ticket


async def sync(server: Any, seat: Seat, payload: payloads.TicketSync) -> bytes:
    """Everything after `after_seq`, and all internal notes."""
    ticket = await _read(server, seat, payload.number)
    notes = await desks.notes(server.db, ticket.number) if ticket.notes else []
    shown = await page(server, seat, payload, ticket, ticket.last_seq)
    return wire.ack(**shown, notes=[wire.note(row) for row in notes])


async def reviews_of(server: Any, seat: Seat, payload: payloads.OneTicket) -> bytes:
    """What experts said about a ticket, and what its lawyers said to that."""
    await _read(server, seat, payload.number)
    rows = await reviews.of_ticket(server.db, payload.number)
    return wire.ack(reviews=[wire.review(row) for row in rows])


async def list_notes(server: Any, seat: Seat, payload: payloads.OneTicket) -> bytes:
    """The internal notes of a ticket that is escalated or under review."""
    await _read(server, seat, payload.number)
    return wire.ack(notes=[wire.note(row) for row in await desks.notes(server.db, payload.number)])


VERBS: dict[str, Verb] = {
    "escalation:list": verb(panel_payloads.EscalationList, later(list_escalations), "escalations"),
    "escalation:claim": verb(panel_payloads.EscalationClaim, later(claim), "escalation"),
    "escalation:pass": verb(panel_payloads.EscalationPass, later(pass_on), "escalation"),
    "escalation:bounce": verb(panel_payloads.EscalationBounce, later(bounce), "escalation"),
    "escalation:opinion": verb(panel_payloads.EscalationOpinion, later(opinion), "escalation"),
    "escalation:answer": verb(
        panel_payloads.EscalationAnswer, later(answer), "escalation, seq, sent_at"
    ),
    "review:list": verb(payloads.Nothing, later(list_reviews), "tickets, reasons"),
    "review:of": verb(payloads.OneTicket, later(reviews_of), "reviews"),
    "review:pass": verb(
        panel_payloads.ReviewPass, act("panel", reviewing.pass_review, "scores", ack="ok")
    ),
    "review:suggest": verb(
        panel_payloads.ReviewSuggest,
        act("panel", reviewing.suggest, "seq", "body", "wording", "severity", "scores", ack="ok"),
    ),
    "ticket:sync": verb(payloads.TicketSync, later(sync), "ticket, messages, more, notes"),
    "ticket:note": verb(
        payloads.TicketNote, act("panel_note", backstage.note, "body", "id", ack="ok")
    ),
    "note:list": verb(payloads.OneTicket, later(list_notes), "notes"),
    **settling.VERBS,
    **supervise.VERBS,
}
