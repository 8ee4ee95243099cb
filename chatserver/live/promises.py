"""Events of `/lawyer` beyond the talk itself: promises, experts, refusals, notes, call-backs, corrections."""

from __future__ import annotations

from typing import Any

from chatserver.calls import Call
from chatserver.rules import backstage, callback, engaging, experts, promising, refusing
from chatserver.rules.articles import Refused, WrongState
from chatserver.rules.audience import authorize
from chatserver.rules.bodies import checked
from chatserver.rules.events import Message
from chatserver.rules.numbers import month_of
from chatserver.store import desks, drafts, referrals, tickets
from chatserver.store import presence as leases

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
    said,
    show_ticket,
    shown,
    verb,
)


def schedule(server: Any, seat: Seat, payload: payloads.TicketSchedule, reply: Reply) -> None:
    """An answer by appointment."""
    month_of(payload.number)
    arguments = (aware(payload.promised_at, "$.promised_at"), payload.explanation, payload.id)
    call = Call("schedule", promising.schedule, payload.number, seat.actor, arguments)
    server.road(call, seat, reply, show_ticket)


def own(action: str, rule: Any, kind: str, *fields: str, **kept: str) -> Any:
    """A handler for what carries a body under the client's own id, and more fields; `kept` names those
    that the event keeps, and as what, so that a repeat is known by them too."""

    def handle(server: Any, seat: Seat, payload: Any, reply: Reply) -> None:
        month_of(payload.number)
        arguments = (payload.id, payload.body, *(getattr(payload, field) for field in fields))
        call = Call(
            action,
            rule,
            payload.number,
            seat.actor,
            arguments,
            said=(payload.id, kind, payload.body),
            beside=tuple((name, getattr(payload, field)) for field, name in kept.items()),
        )
        server.road(call, seat, reply, said)

    return handle


def refuse(server: Any, seat: Seat, payload: payloads.TicketRefuse, reply: Reply) -> None:
    """Out of scope, in proceedings, repeated; abuse is a proposal."""
    month_of(payload.number)
    if payload.earlier is not None:
        earlier_number(payload.earlier, "$.earlier")
    card = None
    if isinstance(payload.refer_to, payloads.ReferTo):
        it = payload.refer_to
        checked(it.who, "$.refer_to.who")
        card = refusing.Referral(it.who, it.where, it.phone, it.hours, it.url, it.map)
    if payload.ground == "repeated" or isinstance(payload.refer_to, str):
        server.spawn(_looked_up(server, seat, payload, card), seat, reply)
        return
    arguments = (payload.ground, card, payload.note)
    call = Call("refuse", refusing.refuse, payload.number, seat.actor, arguments)
    server.road(call, seat, reply, show_ticket)


async def _looked_up(
    server: Any, seat: Seat, payload: payloads.TicketRefuse, card: refusing.Referral | None
) -> bytes:
    """With a card that is named by its id, or the answer that was given before."""
    number, actor = payload.number, seat.actor
    ticket = await tickets.find(server.db, number)
    authorize(actor, "refuse", ticket)
    assert ticket is not None
    if isinstance(payload.refer_to, str):
        card = await referrals.find(server.db, payload.refer_to)
    found = None
    if payload.ground == "repeated":
        found = await tickets.earlier_answer(
            server.db, ticket, actor.pseudonym, payload.earlier, server.clock.now()
        )
    arguments = (payload.ground, card, payload.note, found)
    outcome = await server.casework.act("refuse", refusing.refuse, number, actor, *arguments)
    return await shown(server, seat, outcome)


def transfer(server: Any, seat: Seat, payload: payloads.TicketTransfer, reply: Reply) -> None:
    """To a colleague, a category or the queue."""
    month_of(payload.number)
    to = payload.to
    if sum((to.staff_no is not None, to.category is not None, to.queue)) != 1:
        raise wire.invalid("Expected one of staff_no, category, queue - at `$.to`")
    server.spawn(_transfer(server, seat, payload), seat, reply)


async def _transfer(server: Any, seat: Seat, payload: payloads.TicketTransfer) -> bytes:
    ticket = await tickets.find(server.db, payload.number)
    authorize(seat.actor, "transfer", ticket)
    assert ticket is not None
    to = payload.to
    if to.staff_no is not None and not await server.is_on_duty(to.staff_no):
        if not await leases.is_lawyer(server.db, to.staff_no):
            details = [{"path": "$.to.staff_no", "problem": "no such lawyer"}]
            raise Refused("not_found", "没有这位驻场人员。", details=details)
        raise WrongState(ticket.state, "对方现在不在岗。")
    outcome = await server.casework.act(
        "transfer",
        backstage.transfer,
        payload.number,
        seat.actor,
        to.staff_no,
        to.category,
        payload.note,
        server.figures.offer_timeout,
    )
    return await shown(server, seat, outcome)


async def escalate(server: Any, seat: Seat, payload: payloads.TicketEscalate) -> bytes:
    """Asks the platform to pass the question on to the panel (26)."""
    month_of(payload.number)
    day = experts.day_of(server.clock.now())
    asked_today = await desks.asked_since(server.db, seat.actor.pseudonym, day)
    outcome = await server.casework.act(
        "escalate",
        experts.escalate,
        payload.number,
        seat.actor,
        payload.ground,
        payload.question,
        asked_today,
    )
    row = await desks.escalation(server.db, outcome.ticket.escalation)
    return wire.ack(escalation=wire.escalation(row, outcome.ticket, server.clock.now()))


async def offline(server: Any, seat: Seat, payload: payloads.OneTicket) -> bytes:
    """The card on offline engagement, with whether the citizen spoke of it first (22)."""
    month_of(payload.number)
    ticket = await tickets.find(server.db, payload.number)
    authorize(seat.actor, "offline", ticket)
    assert ticket is not None
    said = await tickets.talk(server.db, ticket, 0, ticket.last_seq, ticket.last_seq)
    lines = [
        (one.seq or 0, one.event.body)
        for one in said
        if isinstance(one.event, Message) and one.event.by == "citizen"
    ]
    given = (engaging.asked_first(lines), server.figures.directory)
    outcome = await server.casework.act(
        "offline", engaging.offline, payload.number, seat.actor, *given
    )
    return await shown(server, seat, outcome)


async def save_draft(server: Any, seat: Seat, payload: payloads.DraftSave) -> bytes:
    """An unsent answer, for the next screen of the same lawyer."""
    ticket = await tickets.find(server.db, payload.number)
    authorize(seat.actor, "note", ticket)
    now = server.clock.now()
    await drafts.save(server.db, seat.actor.pseudonym, payload.number, payload.body, now)
    return wire.ack()


async def get_draft(server: Any, seat: Seat, payload: payloads.OneTicket) -> bytes:
    """What was kept, or null."""
    ticket = await tickets.find(server.db, payload.number)
    authorize(seat.actor, "note", ticket)
    return wire.ack(body=await drafts.find(server.db, seat.actor.pseudonym, payload.number))


VERBS: dict[str, Verb] = {
    "ticket:schedule": verb(payloads.TicketSchedule, schedule, "ticket"),
    "ticket:explain_delay": verb(
        payloads.ExplainDelay,
        own("explain_delay", promising.explain_delay, "delay_explained"),
        "seq, sent_at",
    ),
    "ticket:ask": verb(
        payloads.TicketAnswer, own("ask", promising.ask, "asked", "epoch"), "seq, sent_at"
    ),
    "ticket:offline": verb(payloads.OneTicket, later(offline), "ticket"),
    "ticket:transfer": verb(payloads.TicketTransfer, transfer, "ticket"),
    "ticket:escalate": verb(payloads.TicketEscalate, later(escalate), "escalation"),
    "ticket:refuse": verb(payloads.TicketRefuse, refuse, "ticket"),
    "ticket:note": verb(payloads.TicketNote, act("note", backstage.note, "body", "id", ack="ok")),
    "support:ask": verb(
        payloads.SupportAsk, act("support", backstage.ask_support, "question", "id", ack="ok")
    ),
    "callback:begin": verb(payloads.OneTicket, act("callback_begin", callback.begin), "ticket"),
    "callback:attempt": verb(
        payloads.CallbackAttempt, act("callback_attempt", callback.attempt, "note", "id"), "ticket"
    ),
    "draft:save": verb(payloads.DraftSave, later(save_draft)),
    "draft:get": verb(payloads.OneTicket, later(get_draft), "body"),
}
