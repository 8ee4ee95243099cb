"""The events of `/lawyer` that a live consultation needs (contract, section 4)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from chatserver.rules import answering, callback
from chatserver.rules.articles import WrongState
from chatserver.rules.categories import CATEGORIES
from chatserver.store import presence, tickets

from . import inside, promises, settling, wire
from . import wire_payloads as payloads
from .citizen import in_wire, list_tickets, read, sync, typing
from .verbs import Reply, Seat, Verb, act, later, say, unbuilt, verb


async def set_duty(server: Any, seat: Seat, payload: payloads.DutySet) -> bytes:
    """Goes on duty, pauses or leaves; the router wakes at once. Who leaves passes open offers on."""
    staff_no = seat.actor.pseudonym
    duty = await presence.set_duty(server.db, staff_no, payload.status, server.clock.now())
    if payload.status == "off":
        await _pass_on(server, seat)
    server.queue.stale()
    await server.announce_duty(staff_no)
    server.wake_router()
    return wire.ack(duty=wire.duty(duty))


async def _pass_on(server: Any, seat: Seat) -> None:
    for ticket in await tickets.listed(server.db, seat.actor, open_only=True):
        if ticket.offered_to == seat.actor.pseudonym:
            after = server.figures.offer_timeout
            with suppress(WrongState):  # it ended meanwhile
                await server.casework.act(
                    "decline", answering.decline, ticket.number, seat.actor, None, after
                )


async def list_pool(server: Any, seat: Seat, payload: payloads.PoolList) -> bytes:
    """Written messages that wait, soonest deadline first, and apart from them the call-backs that this
    lawyer may take; what a citizen is not satisfied with is told to whoever takes one."""
    if payload.category is not None and payload.category not in CATEGORIES:
        raise wire.invalid("unknown category - at `$.category`")
    staff_no = seat.actor.pseudonym
    lists = {
        "tickets": await tickets.pool(server.db, payload.category),
        "callbacks": await tickets.callbacks_to_take(server.db, staff_no, payload.category),
    }
    shown = {}
    for name, found in lists.items():
        shown[name] = await in_wire(server, [it.having(comment=None) for it in found])
    return wire.ack(**shown)


def decline(server: Any, seat: Seat, payload: payloads.TicketDecline, reply: Reply) -> None:
    """The next lawyer is asked; this one again only after a while."""

    def rule(ticket: Any, now: Any, actor: Any, reason: str | None) -> Any:
        return answering.decline(ticket, now, actor, reason, server.figures.offer_timeout)

    act("decline", rule, "reason")(server, seat, payload, reply)


def send(server: Any, seat: Seat, payload: payloads.MessageSend, reply: Reply) -> None:
    """A line of the talk under the staff number; the first one is preceded by the risk notice."""
    if payload.mask or payload.attachment is not None:
        raise unbuilt("$.mask" if payload.mask else "$.attachment")
    _send(server, seat, payload, reply)


_send = say("send", answering.send, "sent")

VERBS: dict[str, Verb] = {
    "duty:set": verb(payloads.DutySet, later(set_duty), "duty"),
    "ticket:accept": verb(payloads.OneTicket, act("accept", answering.accept), "ticket"),
    "ticket:decline": verb(payloads.TicketDecline, decline, "ticket"),
    "pool:list": verb(payloads.PoolList, later(list_pool), "tickets, callbacks"),
    "pool:claim": verb(payloads.OneTicket, act("claim", callback.take), "ticket"),
    "ticket:list": verb(payloads.TicketList, later(list_tickets), "tickets"),
    "ticket:sync": verb(payloads.TicketSync, later(sync), "ticket, messages, more"),
    "message:send": verb(payloads.MessageSend, send, "seq, sent_at"),
    "message:read": verb(payloads.MessageRead, read),
    "message:typing": verb(payloads.MessageTyping, later(typing)),
    "ticket:answer": verb(
        payloads.TicketAnswer, say("answer", answering.answer, "answered"), "seq, sent_at"
    ),
    **promises.VERBS,
    **inside.VERBS,
    **settling.VERBS,
    "ticket:close": verb(payloads.OneTicket, act("close", answering.close), "ticket"),
}
