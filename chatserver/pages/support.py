"""Lawyers' questions to those behind the talk (17) and the replies: the own back office's, else the operator's."""

from __future__ import annotations

from typing import Any

from chatserver.rules import backstage
from chatserver.rules.articles import Refused
from chatserver.rules.instants import instant, optional
from chatserver.rules.people import actor_of
from chatserver.rules.ticket import Ticket
from chatserver.store import backoffice, tickets

from . import api_staff
from .access import Call


async def questions(call: Call) -> list[api_staff.Question]:
    """What waits for a reply at this desk, soonest due first (33)."""
    now = call.house.clock.now()
    return [
        api_staff.Question(
            row["ticket"],
            row["by"],
            row["body"],
            instant(row["at"]),
            optional(row["due_at"]),
            row["due_at"] is not None and row["due_at"] <= now,
        )
        for row in await _waiting(call)
    ]


async def _waiting(call: Call) -> list[Any]:
    database, own = call.house.database, call.account.institution
    if call.account.role == "operator":
        return await backoffice.questions_left(database, call.house.clock.now())
    return await backoffice.questions(database, own) if own else []


async def reply(call: Call, wish: api_staff.SupportReply) -> api_staff.Decided:
    """POST /api/v1/backoffice/replies, POST /api/v1/operator/replies"""
    database = call.house.database
    ticket = await _asked(call, wish.number)
    asker = await _asker(call, ticket.number)
    still_due = await backoffice.due_after(database, ticket.number, asker, call.house.clock.now())
    outcome = await call.house.casework.act(
        "support_reply",
        backstage.reply_support,
        ticket.number,
        actor_of(call.account),
        wish.body,
        asker,
        still_due,
    )
    return decided(outcome.ticket)


async def _asker(call: Call, number: str) -> str | None:
    """Who has waited longest, of those whom this desk supports; none if it only adds a word."""
    if call.account.role == "operator":
        waiting = (row["by"] for row in await _waiting(call) if row["ticket"] == number)
        return next(waiting, None)
    own = call.account.institution
    return (await backoffice.unanswered(call.house.database, [number], own)).get(number)


async def _asked(call: Call, number: str) -> Ticket:
    """A ticket whose lawyers are this desk's to support; any other is not there."""
    database, own = call.house.database, call.account.institution
    ticket = await tickets.find(database, number)
    if ticket is None:
        raise Refused("not_found")
    if call.account.role == "operator":
        ours = any(row["ticket"] == number for row in await _waiting(call))
    else:
        ours = await backoffice.is_lawyer_of(
            database, own, ticket.assignee
        ) or await backoffice.has_asked(database, number, own)
    if not ours:
        raise Refused("not_found")
    return ticket


def decided(ticket: Ticket) -> api_staff.Decided:
    """What a caller is told of the ticket that was acted on."""
    return api_staff.Decided(ticket.number, ticket.state, ticket.outcome)
