"""One consultation as its citizen has it without JavaScript: what was said, and the forms below it."""

from __future__ import annotations

import secrets
from typing import Any

from chatserver.rules import asking, feedback, refusing, reviewing
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize
from chatserver.rules.bodies import named
from chatserver.rules.numbers import month_of
from chatserver.rules.people import actor_of
from chatserver.rules.refusing import may_appeal
from chatserver.rules.review import doubted
from chatserver.rules.ticket import Ticket
from chatserver.store import calendar, desks, tickets

from . import api, clocks
from .access import Call

#: So many of the newest lines are shown.
LONGEST_TALK = 500


async def seen(call: Call, number: str) -> Ticket:
    """The caller's own ticket; a stranger's is `not_found`."""
    ticket = await tickets.find(call.house.database, number)
    authorize(actor_of(call.account), "see", ticket)
    assert ticket is not None
    return ticket


async def shown(call: Call, number: str) -> dict[str, Any]:
    """What the template is given of a ticket; `asked` is the question that its clock waits for (23)."""
    ticket, database = await seen(call, number), call.house.database
    first = max(0, ticket.last_seq - LONGEST_TALK)
    said = await tickets.talk(database, ticket, first, ticket.last_seq, LONGEST_TALK)
    corrected = await desks.corrections(database, ticket.number)
    questions = [one for one in said if one.event.kind == "asked"]
    return {
        "talk": ticket,
        "said": said,
        "asked": questions[-1] if questions and ticket.suspended_at is not None else None,
        "corrected": corrected.by,
        "confirmed": corrected.confirmed,
        "doubted": doubted(ticket.open_reviews),
        "appeals": may_appeal(ticket),
        "clock": await clocks.told(call, ticket),
    }


async def act(call: Call, number: str) -> str:
    """One of the page's forms; `do` says which. Gives where to look next. Raises `Refused`."""
    if call.house.draining:
        raise Refused("unavailable")
    month_of(number)
    acts = {"reply": _reply, "confirm": _confirm, "appeal": _appeal, "unsatisfied": _unsatisfied}
    do = acts.get(call.form.get("do", ""))
    if do is None:
        raise api.wrong("$.do", "reply, confirm, appeal or unsatisfied")
    return f"/consult?number={number}#{await do(call, number)}"


async def _reply(call: Call, number: str) -> str:
    """A line of the citizen's, as `message:send`. Sent twice under one id, it is said once."""
    id = named(call.form.get("id") or secrets.token_urlsafe(16))
    body, actor = call.form.get("body", ""), actor_of(call.account)
    road = call.house.casework
    try:
        outcome = await road.act(
            "send", asking.send, number, actor, id, body, said=(id, "sent", body)
        )
    except Refused as refused:
        if refused.code != "id_reused":
            raise
        words = "这一页的上一条内容已经发出。如果还要发送下面的内容，请再按一次“发送”。"
        raise Refused("id_reused", words) from None
    assert outcome.own is not None
    return f"said-{outcome.own.seq}"


async def _confirm(call: Call, number: str) -> str:
    """The correction was seen, as `answer:confirm` (27)."""
    given = call.form.get("seq", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise api.wrong("$.seq", "a whole number")
    seq, actor = int(given), actor_of(call.account)
    authorize(actor, "confirm", await seen(call, number))
    there = (await desks.corrections(call.house.database, number)).confirmed
    await call.house.casework.act("confirm", reviewing.confirm, number, actor, seq, there)
    return f"said-{seq}"


async def _appeal(call: Call, number: str) -> str:
    """A refusal goes to the operator, as `ticket:appeal` (29)."""
    house = call.house
    known = await calendar.load(house.database, house.clock.now().year)
    given = (call.form.get("body", ""), known)
    await house.casework.act("appeal", refusing.appeal, number, actor_of(call.account), *given)
    return "appeal"


async def _unsatisfied(call: Call, number: str) -> str:
    """The answer does not satisfy, as `ticket:rate`: a call-back (24), unless there is one already."""
    house, ticket = call.house, await seen(call, number)
    if ticket.satisfied is not False or ticket.callback == "done":
        known = await calendar.load(house.database, house.clock.now().year)
        given = (False, None, None, known, house.figures)
        await house.casework.act("rate", feedback.rate, number, actor_of(call.account), *given)
    return "callback"
