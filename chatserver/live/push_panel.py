"""Pushes to the panel's desks: questions passed on, and whom they are offered to.

A listener of the road like `push`, and it speaks through it. Who is to keep out of a ticket hears
nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chatserver.calls import Outcome
from chatserver.rules.audience import room_of
from chatserver.rules.audience_panel import may_have
from chatserver.rules.events_desks import (
    CallbackDone,
    Escalated,
    EscalationClaimed,
    EscalationResolved,
)
from chatserver.rules.events_panel import EscalationOffered, EscalationPassed
from chatserver.rules.events_talk import Answered, Closed
from chatserver.rules.people import Expert
from chatserver.rules.ticket import Ticket
from chatserver.store import desks, panel
from chatserver.store.database import Database

from . import wire
from . import wire_objects as objects
from .push import Push

CHANGED = (Escalated, EscalationClaimed, EscalationResolved, EscalationOffered, EscalationPassed)
#: After these a question may have found its end without the panel.
ENDING = (Answered, CallbackDone, Closed)


class PanelPush:
    """`experts` gives those who are connected here."""

    def __init__(self, db: Database, push: Push, experts: Callable[[], Iterable[Expert]]) -> None:
        self.db = db
        self.push = push
        self.experts = experts
        #: number -> what is still on its way: an offer must not be overtaken by what was before it.
        self._line: dict[str, asyncio.Task[None]] = {}

    def deliver(self, batch: Sequence[Outcome]) -> None:
        """After the commit."""
        for saved in batch:
            events = [record.event for record in saved.records]
            if saved.ticket.escalation is None:
                continue
            ended = saved.ticket.escalation_state == "resolved"
            changed = [e for e in events if isinstance(e, CHANGED)]
            if changed or (ended and any(isinstance(e, ENDING) for e in events)):
                told = self._tell(saved.ticket, changed)
                self.push.in_order(self._line, saved.ticket.number, told)

    async def _tell(self, ticket: Ticket, changed: Sequence[Any]) -> None:
        to = sorted({room_of(one) for one in self.experts() if may_have(one, ticket)})
        if not to:
            return
        shown = await self._shown(ticket)
        new = any(isinstance(event, Escalated) for event in changed)
        body = wire.encode({"escalation": shown})
        self.push.tell(to, "escalation:new" if new else "escalation:update", body)
        for event in changed:
            if isinstance(event, EscalationOffered) and shown.offered_to == event.staff_no:
                self._offer(shown)

    def _offer(self, shown: objects.EscalationObject) -> None:
        body = wire.encode({"escalation": shown, "expires_at": shown.offer_expires_at})
        self.push.tell([f"staff:{shown.offered_to}"], "escalation:offer", body)

    async def greet(self, expert: Expert) -> None:
        """An expert who comes (back) sees what is offered to them."""
        for ticket in await panel.offered_to(self.db, expert.staff_no):
            self._offer(await self._shown(ticket))

    async def _shown(self, ticket: Ticket) -> objects.EscalationObject:
        assert ticket.escalation is not None
        row = await desks.escalation(self.db, ticket.escalation)
        place = await self.push.place_of(ticket)
        return wire.escalation(row, ticket, self.push.clock.now(), place)
