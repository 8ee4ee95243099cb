"""How a ticket stands, for the operator on duty whom an alert has called, and what can be done about it (23, 26).

Who, what, since when: never what was said (25)."""

from __future__ import annotations

from aiohttp import web

from chatserver.i18n import translate
from chatserver.rules import experts, operating
from chatserver.rules.articles import Refused, WrongState
from chatserver.rules.audience import authorize
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.instants import instant, optional
from chatserver.rules.people import actor_of
from chatserver.rules.routing import OnDuty
from chatserver.rules.ticket import Ticket
from chatserver.store import desks, presence, tickets

from . import api, api_operator, clocks, templates
from .access import Call

PATH = "/admin/tickets/{number}"
#: What a rating without a level amounts to.
LEVELS: dict[bool | None, str] = {True: "satisfied", False: "not"}
DONE = {
    "released": "已撤销认领，专家组将重新接手。",
    "offered": "已请这位驻场人员接手；对方不接手的，排在队伍最前。",
    "forward": "已排在队伍最前。",
}


async def overview(call: Call) -> api_operator.Standing:
    """GET /api/v1/operator/tickets/{number}"""
    return await _standing(call, call.request.match_info["number"])


async def release(call: Call, wish: api_operator.Release) -> api_operator.Standing:
    """POST /api/v1/operator/releases"""
    await call.house.casework.act(
        "release",
        operating.release,
        wish.number,
        actor_of(call.account),
        wish.staff_no,
        wish.reason,
    )
    return await _standing(call, wish.number)


async def offer(call: Call, wish: api_operator.Offer) -> api_operator.Standing:
    """POST /api/v1/operator/offers"""
    house = call.house
    there = await presence.on_duty(house.database, house.clock.now())
    if wish.staff_no is not None and all(it.staff_no != wish.staff_no for it, _ in there):
        ticket = await tickets.find(house.database, wish.number)
        authorize(actor_of(call.account), "find_lawyer", ticket)
        assert ticket is not None
        raise WrongState(ticket.state, "对方现在不在岗。")
    await house.casework.act(
        "find_lawyer",
        operating.find_lawyer,
        wish.number,
        actor_of(call.account),
        wish.staff_no,
        house.figures.offer_timeout,
    )
    return await _standing(call, wish.number)


async def _standing(call: Call, number: str) -> api_operator.Standing:
    database, now = call.house.database, call.house.clock.now()
    ticket = await tickets.find(database, number)
    authorize(actor_of(call.account), "standing", ticket)
    assert ticket is not None
    lawyers = [lawyer for lawyer, _ in await presence.on_duty(database, now)]
    people = [no for no in (ticket.assignee, ticket.escalated_to) if no]
    there = await presence.connected(database, people, now)
    waits = (await call.site.ticket_object(ticket)).queue
    holder = offered = None
    if ticket.assignee is not None:
        since = optional(ticket.accepted_at)
        holder = api_operator.Holder(ticket.assignee, since, ticket.assignee in there)
    if ticket.offered_to is not None and ticket.offer_expires_at is not None:
        offered = api_operator.Asked(ticket.offered_to, instant(ticket.offer_expires_at))
    may = operating.may(ticket)
    return api_operator.Standing(
        number=ticket.number,
        kind=ticket.kind,
        category=ticket.category,
        state=ticket.state,
        outcome=ticket.outcome,
        opened_at=instant(ticket.opened_at),
        clock=clocks.shown(call, ticket),
        holder=holder,
        offered=offered,
        queue=waits and api_operator.Place(waits.position, waits.on_duty),
        escalation=await _passed(call, ticket, there),
        contacts=[api_operator.Tries(by, tries) for by, tries in ticket.contact_tries],
        may=may,
        lawyers=_free(ticket, lawyers) if "offer" in may else [],
        level=ticket.level or LEVELS.get(ticket.satisfied),
        reasons=ticket.reasons,
        referral_known_at=optional(ticket.referral_known_at),
    )


async def _passed(call: Call, ticket: Ticket, there: set[str]) -> api_operator.Passed | None:
    if ticket.escalation is None:
        return None
    row = await desks.escalation(call.house.database, ticket.escalation)
    cause = ticket.escalation_reason or "lawyer"
    claimed = offered = None
    if ticket.escalated_to is not None:
        since, by = optional(row["claimed_at"]), ticket.escalated_to
        claimed = api_operator.Holder(by, since, by in there)
    if ticket.panel_offered_to is not None and ticket.panel_offer_expires_at is not None:
        until = instant(ticket.panel_offer_expires_at)
        offered = api_operator.Asked(ticket.panel_offered_to, until)
    return api_operator.Passed(
        ticket.escalation,
        ticket.escalation_state or "",
        experts.TOLD_AS[cause],
        instant(row["opened_at"]),
        claimed,
        offered,
        cause=cause,
    )


def _free(ticket: Ticket, lawyers: list[OnDuty]) -> list[api_operator.Free]:
    """Who can be asked, the suitable first and of them who has most room."""
    others = [it for it in lawyers if it.staff_no not in (ticket.assignee, ticket.offered_to)]
    shown = [api_operator.Free(it.staff_no, it.can(ticket.category), it.room) for it in others]
    return sorted(shown, key=lambda one: (not one.suits, -one.room, one.staff_no))


async def page(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /admin/tickets/{number}"""
    number = call.request.match_info["number"]
    return templates.page(
        call,
        "standing.html",
        PATH.format(number=number),
        refused,
        it=await _standing(call, number),
        categories=CATEGORIES,
        given=call.form,
        done=translate(call.language, DONE.get(call.request.query.get("done", ""), "")),
    )


async def act(call: Call) -> web.StreamResponse:
    """POST /admin/tickets/{number}: the page's forms; `do` says which."""
    form, number = call.form, call.request.match_info["number"]
    wish = {"number": number}
    if form.get("staff_no"):
        wish["staff_no"] = form["staff_no"]
    try:
        if form.get("do") == "release":
            reason = form.get("reason", "").strip()
            more = {"reason": reason} if reason else {}
            await release(call, api.of_form(api_operator.Release, wish | more))
            done = "released"
        else:
            await offer(call, api.of_form(api_operator.Offer, wish))
            done = "offered" if "staff_no" in wish else "forward"
    except Refused as refused:
        return await page(call, refused)
    raise web.HTTPSeeOther(f"{PATH.format(number=number)}?done={done}")
