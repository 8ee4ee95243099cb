"""How an event becomes a call on the road, or a read: one line for each in `citizen` and `lawyer`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from chatserver.calls import Call, Outcome
from chatserver.rules.articles import Refused
from chatserver.rules.numbers import month_of
from chatserver.rules.people import Actor, Expert
from chatserver.rules.shown import shown_to

from . import wire
from . import wire_payloads as payloads

Reply = Callable[[bytes], None]
#: Seconds that an acknowledgement waits for the place in the queue.
PLACE_WITHIN = 1.0


@dataclass(frozen=True)
class Seat:
    """Who sits at a connection; the transport keeps it as `connection.account`."""

    actor: Actor
    language: str
    session: bytes
    room: str


def expert(seat: Seat) -> Expert:
    """Who sits on the expert's side of the house."""
    assert isinstance(seat.actor, Expert)
    return seat.actor


@dataclass(frozen=True, slots=True)
class Verb:
    """An event that a namespace knows: what it takes, what it does, what it gives."""

    payload: type[payloads.Payload]
    handle: Callable[[Any, Seat, Any, Reply], None]
    gives: str
    #: Bytes to `payload`; raises what `wire.unreadable` words.
    decode: Callable[[bytes], Any]


def verb(payload: type[payloads.Payload], handle: Any, gives: str = "ok") -> Verb:
    """`handle(server, seat, payload, reply)`; `gives` names the acknowledgement for the documents."""
    return Verb(payload, handle, gives, msgspec.json.Decoder(payload).decode)


def act(
    action: str, rule: Callable[..., Any], *fields: str, ack: str = "ticket"
) -> Callable[[Any, Seat, Any, Reply], None]:
    """A handler that applies `rule(ticket, now, actor, *fields of the payload)`."""

    def handle(server: Any, seat: Seat, payload: Any, reply: Reply) -> None:
        month_of(payload.number)
        arguments = tuple(getattr(payload, field) for field in fields)
        server.road(
            Call(action, rule, payload.number, seat.actor, arguments), seat, reply, _ACKS[ack]
        )

    return handle


def say(
    action: str, rule: Callable[..., Any], kind: str
) -> Callable[[Any, Seat, Any, Reply], None]:
    """A handler for what carries a body under the client's own id: the hot path."""

    def handle(server: Any, seat: Seat, payload: Any, reply: Reply) -> None:
        month_of(payload.number)
        if payload.body is None:
            raise wire.invalid("Object missing required field `body` - at `$.body`")
        server.road(
            Call(
                action,
                rule,
                payload.number,
                seat.actor,
                (payload.id, payload.body, payload.epoch),
                said=(payload.id, kind, payload.body),
            ),
            seat,
            reply,
            said,
        )

    return handle


def later(work: Callable[..., Awaitable[bytes]]) -> Callable[[Any, Seat, Any, Reply], None]:
    """A handler that must wait for the database: `work(server, seat, payload) -> ack`."""

    def handle(server: Any, seat: Seat, payload: Any, reply: Reply) -> None:
        server.spawn(work(server, seat, payload), seat, reply)

    return handle


def said(server: Any, seat: Seat, outcome: Outcome, reply: Reply) -> None:
    """The acknowledgement of one's own message."""
    assert outcome.own is not None and outcome.own.seq is not None
    reply(wire.said(outcome.own.seq, outcome.own.at))


def show_ticket(server: Any, seat: Seat, outcome: Outcome, reply: Reply) -> None:
    """The acknowledgement with the ticket as it stands."""
    if outcome.ticket.state == "queued":
        server.spawn(shown(server, seat, outcome), seat, reply)
    else:
        seen = shown_to(seat.actor, outcome.ticket)
        reply(wire.ack(ticket=wire.ticket(seen, server.clock.now())))


async def shown(server: Any, seat: Seat, outcome: Outcome) -> bytes:
    """The acknowledgement with a ticket that waits: with its place, if that can be had in time.

    What was committed is acknowledged, even if the database has gone away since."""
    place = None
    with contextlib.suppress(Refused, TimeoutError):
        async with asyncio.timeout(PLACE_WITHIN):
            place = await server.queue.place_of(outcome.ticket)
    seen = shown_to(seat.actor, outcome.ticket)
    return wire.ack(ticket=wire.ticket(seen, server.clock.now(), place))


def _ok(server: Any, seat: Seat, outcome: Outcome, reply: Reply) -> None:
    reply(b'{"ok":true}')


_ACKS = {"ticket": show_ticket, "ok": _ok}


def aware(at: datetime, path: str) -> datetime:
    """A time with its zone, as RFC 3339 wants it; anything else is `invalid`."""
    if at.tzinfo is None:
        raise wire.invalid(f"Expected a time with its zone - at `{path}`")
    try:
        return at.astimezone(UTC)
    except OverflowError:  # before the year 1 or after 9999, once its zone is taken off
        raise wire.invalid(f"Expected a time of this age - at `{path}`") from None


def earlier_number(number: str, path: str) -> None:
    """Refuses what is no ticket number, at its own place in the payload."""
    try:
        month_of(number)
    except Refused:
        raise wire.invalid(f"not a ticket number - at `{path}`") from None


def unbuilt(path: str) -> Refused:
    """A part of the contract that a later version serves; better said than silently ignored."""
    return Refused(
        "invalid",
        "此版本尚不支持附件和信息隐去。",
        details=[{"path": path, "problem": "not offered by this version"}],
    )
