"""The events of `/citizen` (contract, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chatserver.calls import Call, digest_of
from chatserver.rules import asking, callback, feedback, refusing, reviewing
from chatserver.rules.audience import authorize, may_read
from chatserver.rules.bodies import named
from chatserver.rules.numbers import month_of
from chatserver.rules.people import Citizen
from chatserver.rules.question import Question
from chatserver.rules.shown import shown_to
from chatserver.rules.ticket import Ticket
from chatserver.store import desks, tickets

from . import wire
from . import wire_payloads as payloads
from .verbs import (
    Reply,
    Seat,
    Verb,
    act,
    aware,
    earlier_number,
    later,
    say,
    show_ticket,
    unbuilt,
    verb,
)


def open_ticket(server: Any, seat: Seat, payload: payloads.TicketOpen, reply: Reply) -> None:
    """A question: a ticket under its own number, acknowledged with its place in the queue."""
    if payload.mask or payload.attachments:
        raise unbuilt("$.mask" if payload.mask else "$.attachments")
    named(payload.id)
    if payload.earlier is not None:
        earlier_number(payload.earlier.number, "$.earlier.number")
    asked = Question(
        id=payload.id,
        kind=payload.kind,
        category=payload.category,
        body=payload.body,
        title=payload.title or "",
        on_behalf_of=payload.on_behalf_of,
        in_litigation=payload.in_litigation,
        case_number_is_not_mine=payload.case_number_is_not_mine,
        earlier=payload.earlier.number if payload.earlier else None,
        because=payload.earlier.because if payload.earlier else None,
    )
    call = Call("open", None, None, seat.actor, (asked,), digest=digest_of(payload))
    server.road(call, seat, reply, show_ticket)


async def list_tickets(server: Any, seat: Seat, payload: payloads.TicketList) -> bytes:
    """The account's tickets, newest first."""
    found = [
        shown_to(seat.actor, it)
        for it in await tickets.listed(server.db, seat.actor, open_only=payload.open_only)
    ]
    return wire.ack(tickets=await in_wire(server, found))


async def in_wire(server: Any, found: Sequence[Ticket]) -> list[Any]:
    """These tickets as an acknowledgement lists them, with their places in the queue."""
    now, places = server.clock.now(), await server.queue.places_of(found)
    return [wire.ticket(it, now, place) for it, place in zip(found, places, strict=True)]


async def sync(server: Any, seat: Seat, payload: payloads.TicketSync) -> bytes:
    """Everything after `after_seq` that this account may see."""
    ticket = await tickets.find(server.db, payload.number)
    to_seq = may_read(seat.actor, ticket)
    assert ticket is not None
    return wire.ack(**await page(server, seat, payload, ticket, to_seq))


async def page(
    server: Any, seat: Seat, payload: payloads.TicketSync, ticket: Ticket, to_seq: int
) -> dict[str, Any]:
    """What `ticket:sync` acknowledges, of a ticket that may be read up to `to_seq`."""
    count = payload.limit
    records = await tickets.talk(server.db, ticket, payload.after_seq, to_seq, count + 1)
    place = await server.queue.place_of(ticket)
    corrected = desks.NO_CORRECTIONS
    if ticket.answers:
        corrected = await desks.corrections(server.db, ticket.number)
    return {
        "ticket": wire.ticket(shown_to(seat.actor, ticket), server.clock.now(), place),
        "messages": [
            wire.message(
                ticket.number,
                record,
                corrected.by.get(record.seq or 0),
                corrected.confirmed.get(record.seq or 0),
            )
            for record in records[:count]
        ],
        "more": len(records) > count,
    }


async def typing(server: Any, seat: Seat, payload: payloads.MessageTyping) -> bytes:
    """Passed on to the other side, and stored nowhere."""
    ticket = await tickets.find(server.db, payload.number)
    authorize(seat.actor, "typing", ticket)
    by = "citizen" if isinstance(seat.actor, Citizen) else seat.actor.kind
    server.push.typing(ticket, by, payload.on, seat.room)
    server.neighbours.typing(payload.number, by, payload.on, seat.room)
    return b'{"ok":true}'


def read(server: Any, seat: Seat, payload: payloads.MessageRead, reply: Reply) -> None:
    """A read mark, which is part of the record (32)."""
    by = "citizen" if isinstance(seat.actor, Citizen) else "staff"
    act("read", _read_by(by), "seq", ack="ok")(server, seat, payload, reply)


def _read_by(by: str) -> Any:
    return lambda ticket, now, actor, seq: asking.read(ticket, now, by, seq)


def convert(server: Any, seat: Seat, payload: payloads.OneTicket, reply: Reply) -> None:
    """A waiting live question becomes a written message."""

    def rule(ticket: Any, now: Any, actor: Any) -> Any:
        return asking.convert(ticket, now, actor, server.figures)

    act("convert", rule)(server, seat, payload, reply)


def rate(server: Any, seat: Seat, payload: payloads.TicketRate, reply: Reply) -> None:
    """Satisfied or not; "not satisfied" opens the call-back."""
    month_of(payload.number)
    said = (payload.satisfied, payload.score, payload.comment)
    arguments = (*said, server.calendar, server.figures, payload.reasons, payload.level)
    server.road(
        Call("rate", feedback.rate, payload.number, seat.actor, arguments), seat, reply, show_ticket
    )


async def confirm(server: Any, seat: Seat, payload: payloads.AnswerConfirm) -> bytes:
    """A correction was seen; said twice, the first time counts."""
    ticket = await tickets.find(server.db, payload.number)
    authorize(seat.actor, "confirm", ticket)
    seen = (await desks.corrections(server.db, payload.number)).confirmed
    await server.casework.act(
        "confirm", reviewing.confirm, payload.number, seat.actor, payload.seq, seen
    )
    return wire.ack()


def appeal(server: Any, seat: Seat, payload: payloads.TicketAppeal, reply: Reply) -> None:
    """A refusal goes to the operator; the acknowledgement tells by when it is decided."""
    month_of(payload.number)
    arguments = (payload.body, server.calendar)
    call = Call("appeal", refusing.appeal, payload.number, seat.actor, arguments)
    server.road(call, seat, reply, show_ticket)


def choose(server: Any, seat: Seat, payload: payloads.CallbackChoose, reply: Reply) -> None:
    """When to be called back, and by whom."""
    month_of(payload.number)
    arguments = (aware(payload.at, "$.at"), payload.who)
    call = Call("callback_choose", callback.choose, payload.number, seat.actor, arguments)
    server.road(call, seat, reply, show_ticket)


def send(server: Any, seat: Seat, payload: payloads.MessageSend, reply: Reply) -> None:
    """A line of the talk."""
    if payload.mask or payload.attachment is not None:
        raise unbuilt("$.mask" if payload.mask else "$.attachment")
    _send(server, seat, payload, reply)


_send = say("send", asking.send, "sent")

VERBS: dict[str, Verb] = {
    "ticket:open": verb(payloads.TicketOpen, open_ticket, "ticket"),
    "ticket:list": verb(payloads.TicketList, later(list_tickets), "tickets"),
    "ticket:sync": verb(payloads.TicketSync, later(sync), "ticket, messages, more"),
    "message:send": verb(payloads.MessageSend, send, "seq, sent_at"),
    "message:read": verb(payloads.MessageRead, read),
    "message:typing": verb(payloads.MessageTyping, later(typing)),
    "ticket:convert": verb(payloads.OneTicket, convert, "ticket"),
    "ticket:withdraw": verb(payloads.OneTicket, act("withdraw", asking.withdraw), "ticket"),
    "ticket:rate": verb(payloads.TicketRate, rate, "ticket"),
    "answer:confirm": verb(payloads.AnswerConfirm, later(confirm)),
    "callback:choose": verb(payloads.CallbackChoose, choose, "ticket"),
    "referral:confirm": verb(
        payloads.OneTicket, act("know_referral", refusing.know_referral), "ticket"
    ),
    "ticket:appeal": verb(payloads.TicketAppeal, appeal, "ticket"),
}
