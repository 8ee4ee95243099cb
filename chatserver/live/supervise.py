"""Events of `/expert` on talks that nobody passed on (7): a list, reading along, stepping in."""

from __future__ import annotations

from typing import Any

from chatserver.rules import supervising
from chatserver.rules.categories import CATEGORIES
from chatserver.store import panel

from . import wire
from . import wire_payloads as payloads
from . import wire_payloads_panel as panel_payloads
from .citizen import typing
from .verbs import Reply, Seat, Verb, act, expert, later, say, unbuilt, verb


async def list_talks(server: Any, seat: Seat, payload: panel_payloads.TalkList) -> bytes:
    """Talks that go on, but for those of the own house, the oldest first."""
    if payload.category is not None and payload.category not in CATEGORIES:
        raise wire.invalid("unknown category - at `$.category`")
    found = await panel.running(server.db, expert(seat), payload.category)
    # The first words of the question and the rating are to be read on record, with the talk.
    found = [it.having(title="", comment=None) for it in found]
    now = server.clock.now()
    places = await server.queue.places_of(found)
    shown = [wire.ticket(it, now, place) for it, place in zip(found, places, strict=True)]
    return wire.ack(tickets=shown)


def send(server: Any, seat: Seat, payload: payloads.MessageSend, reply: Reply) -> None:
    """A line under the expert's own number; before the first one the citizen is told who speaks."""
    if payload.mask or payload.attachment is not None:
        raise unbuilt("$.mask" if payload.mask else "$.attachment")
    _send(server, seat, payload, reply)


_send = say("step_in", supervising.step_in, "sent")

VERBS: dict[str, Verb] = {
    "talk:list": verb(panel_payloads.TalkList, later(list_talks), "tickets"),
    "talk:join": verb(payloads.OneTicket, act("read_along", supervising.read_along), "ticket"),
    "talk:leave": verb(payloads.OneTicket, act("leave", supervising.leave, ack="ok")),
    "message:send": verb(payloads.MessageSend, send, "seq, sent_at"),
    "message:typing": verb(payloads.MessageTyping, later(typing)),
}
