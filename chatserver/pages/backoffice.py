"""The institution's back office (17): its lawyers, their load and clocks, their questions, stand-ins."""

from __future__ import annotations

from aiohttp import web

from chatserver.i18n import translate
from chatserver.rules import backstage
from chatserver.rules.articles import Refused
from chatserver.rules.instants import instant
from chatserver.rules.people import actor_of
from chatserver.store import alerts as alert_rows
from chatserver.store import backoffice, presence, tickets

from . import alerts, api, api_staff, support, templates
from .access import Call
from .clocks import shown

PATH = "/backoffice"


async def overview(call: Call) -> api_staff.BackOffice:
    """GET /api/v1/backoffice: the own institution's, and nobody else's."""
    database, own = call.house.database, call.account.institution
    if not own:
        return api_staff.BackOffice(None, [], [], [], [], {})
    clocks = [
        api_staff.OwnClock(ticket.number, ticket.assignee or "", ticket.state, clock)
        for ticket in await backoffice.clocks(database, own)
        if (clock := shown(call, ticket)) is not None
    ]
    return api_staff.BackOffice(
        own,
        [
            api_staff.OwnLawyer(
                staff_no=row["staff_no"],
                name=row["name"],
                profession=row["profession"],
                duty=row["status"],
                duty_reason=row["reason"],
                live=row["live"],
                written=row["written"],
                capacity=row["capacity"],
                missed=row["missed"],
                lapses=row["lapses"],
                contacts=row["contacts"],
                refused=row["refused"],
                rated=row["rated"],
                satisfied=row["satisfied"],
                corrected=row["corrected"],
                unasked=row["unasked"],
            )
            for row in await backoffice.lawyers(database, own, call.house.clock.now())
        ],
        sorted(clocks, key=lambda one: one.clock.due_at or "9"),
        await support.questions(call),
        [
            api_staff.Owed(row["ticket"], row["staff_no"], row["clock"], instant(row["owed_at"]))
            for row in await alert_rows.owed_at(database, own)
        ],
        await backoffice.reasons(database, own, call.house.clock.now()),
    )


async def stand_in(call: Call, wish: api_staff.StandIn) -> api_staff.Decided:
    """POST /api/v1/backoffice/stand-ins"""
    house, own = call.house, call.account.institution
    ticket = await tickets.find(house.database, wish.number)
    if ticket is None or not await backoffice.is_lawyer_of(house.database, own, ticket.assignee):
        raise Refused("not_found")
    now = house.clock.now()
    ours = {
        row["staff_no"]: row for row in await backoffice.lawyers(house.database, own or "", now)
    }
    if wish.staff_no not in ours:
        raise Refused("not_found", "本机构没有这位驻场人员。")
    there = await presence.on_duty(house.database, now)
    if all(lawyer.staff_no != wish.staff_no for lawyer, _ in there):
        raise Refused("conflict", "对方现在不在岗。", details={"state": ticket.state})
    outcome = await house.casework.act(
        "stand_in",
        backstage.stand_in,
        ticket.number,
        actor_of(call.account),
        ticket.assignee,
        wish.staff_no,
        house.figures.offer_timeout,
        ours[wish.staff_no]["profession"],
    )
    return support.decided(outcome.ticket)


async def page(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /backoffice"""
    return templates.page(
        call,
        "backoffice.html",
        PATH,
        refused,
        desk=await overview(call),
        alerts=await alerts.overview(call),
        given=call.form,
        done=translate(call.language, DONE.get(call.request.query.get("done", ""), "")),
    )


DONE = {
    "reply": "回复已送达驻场人员。",
    "stand-in": "已转请本机构的同事接手。",
    "seen": "已记录由您知悉。",
}


async def act(call: Call) -> web.StreamResponse:
    """POST /backoffice: the page's forms; `do` says which."""
    form = call.form
    try:
        if form.get("do") == "seen":
            await alerts.see_form(call)
        elif form.get("do") == "reply":
            given = {"number": form.get("number", ""), "body": form.get("body", "")}
            await support.reply(call, api.of_form(api_staff.SupportReply, given))
        else:
            given = {"number": form.get("number", ""), "staff_no": form.get("staff_no", "")}
            await stand_in(call, api.of_form(api_staff.StandIn, given))
    except Refused as refused:
        return await page(call, refused)
    done = form["do"] if form.get("do") in DONE else "stand-in"
    raise web.HTTPSeeOther(f"{PATH}?done={done}")
