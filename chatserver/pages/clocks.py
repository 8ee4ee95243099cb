"""The view that explains each clock: every start, stop, suspension and change, with its rule (23, 24)."""

from __future__ import annotations

from chatserver.i18n import translate
from chatserver.rules import clocks
from chatserver.rules.audience import authorize
from chatserver.rules.explain import explain
from chatserver.rules.instants import instant, optional
from chatserver.rules.people import actor_of
from chatserver.rules.ticket import Ticket
from chatserver.store import tickets

from . import api_staff
from .access import Call


async def explained(call: Call) -> api_staff.Explained:
    """GET /api/v1/tickets/{number}/clock"""
    database = call.house.database
    ticket = await tickets.find(database, call.request.match_info["number"])
    authorize(actor_of(call.account), "explain", ticket)
    assert ticket is not None
    records = await tickets.records(database, ticket.number, 1, ticket.entry)
    steps = explain(ticket, records, internal=call.account.role != "citizen")
    return api_staff.Explained(
        ticket.number,
        shown(call, ticket),
        [
            api_staff.ClockStep(
                at=instant(step.at),
                clock=step.clock,
                what=step.what,
                due_at=optional(step.due_at),
                article=step.article,
                rule=translate(call.language, step.rule),
                staff_no=step.staff_no,
                answerable=step.answerable,
            )
            for step in steps
        ],
    )


def shown(call: Call, ticket: Ticket) -> api_staff.ClockNow | None:
    """The clock that runs now, if one does."""
    clock = clocks.clock(ticket, call.house.clock.now())
    if clock is None:
        return None
    due_at = optional(clock.due_at)
    return api_staff.ClockNow(clock.article, clock.kind, due_at, clock.late, due_at is None)
