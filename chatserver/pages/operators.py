"""The operator on duty (29): proposals of abuse and appeals against refusals, each decided by a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from chatserver.clock import BEIJING
from chatserver.i18n import translate
from chatserver.rules import refusing, restraints
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize, visible_to
from chatserver.rules.events import Message
from chatserver.rules.events_desks import AbuseProposed, Appealed
from chatserver.rules.instants import instant, optional
from chatserver.rules.people import actor_of
from chatserver.store import backoffice, tickets

from . import alerts, api, api_staff, support, templates
from .access import Call
from .support import decided

PATH, BUREAU = "/admin", "/bureau/appeals"
DONE = {
    "1": "决定已记录，并已告知用户。",
    "seen": "已记录由您知悉。",
    "reply": "回复已送达驻场人员。",
}
#: Lines of a talk that are shown with what is to be decided.
LINES = 200


async def overview(call: Call) -> api_staff.ToDecide:
    """GET /api/v1/operator: soonest due first (33); the bureau's is what an operator may not decide alone (29)."""
    database, on_duty = call.house.database, _on_duty(call)
    abuse: list[api_staff.Proposal] = []
    appeals: list[api_staff.Appeal] = []
    for one in await backoffice.to_decide(database, AbuseProposed.kind) if on_duty else []:
        assert isinstance(one.event, AbuseProposed)
        abuse.append(
            api_staff.Proposal(
                one.number,
                one.title,
                one.category,
                one.event.staff_no,
                one.event.note,
                instant(one.at),
                await _talk(call, one.number),
                *_due(call, one.event.due_at),
                before := await _before(call, one.number),
                restraints.suggested([it.step for it in before]),
            )
        )
    for one in await backoffice.to_decide(database, Appealed.kind):
        assert isinstance(one.event, Appealed)
        if not on_duty and one.found_by is None:
            continue
        appeals.append(
            api_staff.Appeal(
                one.number,
                one.title,
                one.category,
                one.outcome,
                one.event.body,
                instant(one.at),
                await _talk(call, one.number),
                *_due(call, one.event.due_at),
                one.found_by == call.account.staff_no,
            )
        )
    for waits in (abuse, appeals):
        waits.sort(key=lambda one: one.due_at or one.at)
    return api_staff.ToDecide(abuse, appeals, await support.questions(call) if on_duty else [])


def _on_duty(call: Call) -> bool:
    return call.account.role == "operator"


async def _before(call: Call, number: str) -> list[api_staff.Found]:
    rows = await backoffice.found_before(call.house.database, number, call.house.clock.now())
    return [
        api_staff.Found(other, instant(at), step, optional(until))
        for other, at, step, until in rows
    ]


def _due(call: Call, due_at: datetime | None) -> tuple[str | None, int | None]:
    """By when, and how many seconds are left; what was asked before there were times has none."""
    if due_at is None:
        return None, None
    return instant(due_at), int((due_at - call.house.clock.now()).total_seconds())


async def _talk(call: Call, number: str) -> list[api_staff.Line]:
    database, actor = call.house.database, actor_of(call.account)
    ticket = await tickets.find(database, number)
    authorize(actor, "see", ticket)
    assert ticket is not None
    records = await tickets.talk(database, ticket, 0, visible_to(actor, ticket) or 0, LINES)
    return [
        api_staff.Line(
            record.seq or 0,
            record.event.by,
            record.event.staff_no,
            record.event.body,
            instant(record.at),
        )
        for record in records
        if isinstance(record.event, Message)
    ]


async def find_abuse(call: Call, wish: api_staff.AbuseFinding) -> api_staff.Decided:
    """POST /api/v1/operator/abuse"""
    until = wish.blocked_until
    if until is not None:
        until = api.moment(until, "$.blocked_until")
    outcome = await call.house.casework.act(
        "decide_abuse",
        refusing.decide_abuse,
        wish.number,
        actor_of(call.account),
        wish.upheld,
        wish.reason,
        until,
        wish.step,
        wish.per_week,
    )
    return decided(outcome.ticket)


async def find_appeal(call: Call, wish: api_staff.AppealFinding) -> api_staff.Decided:
    """POST /api/v1/operator/appeals"""
    outcome = await call.house.casework.act(
        "decide_appeal",
        refusing.decide_appeal,
        wish.number,
        actor_of(call.account),
        wish.upheld,
        wish.reason,
    )
    return decided(outcome.ticket)


async def page(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /admin; GET /bureau/appeals"""
    today = call.house.clock.now().astimezone(BEIJING).date()
    return templates.page(
        call,
        "admin.html",
        _path(call),
        refused,
        desk=await overview(call),
        alerts=await alerts.overview(call) if _on_duty(call) else None,
        given=call.form,
        first_day=(today + timedelta(days=1)).isoformat(),
        last_day=(today + timedelta(days=365)).isoformat(),
        done=translate(call.language, DONE.get(call.request.query.get("done", ""), "")),
    )


def _path(call: Call) -> str:
    return PATH if _on_duty(call) else BUREAU


async def act(call: Call) -> web.StreamResponse:
    """POST /admin, POST /bureau/appeals: the page's forms; `do` says which."""
    form = call.form if _on_duty(call) else call.form | {"do": "appeal"}
    given: dict[str, Any] = {
        "number": form.get("number", ""),
        "upheld": form.get("upheld") == "true",
        "reason": form.get("reason", "").strip(),
    }
    try:
        if form.get("do") == "seen":
            await alerts.see_form(call)
            raise web.HTTPSeeOther(f"{PATH}?done=seen")
        if form.get("do") == "reply":
            said = {"number": given["number"], "body": form.get("body", "")}
            await support.reply(call, api.of_form(api_staff.SupportReply, said))
            raise web.HTTPSeeOther(f"{PATH}?done=reply")
        if form.get("upheld") not in ("true", "false"):
            raise Refused("invalid", "请选择决定。")
        if form.get("do") == "abuse":
            wish = given | (_step(form) if given["upheld"] else {})
            await find_abuse(call, api.of_form(api_staff.AbuseFinding, wish))
        else:
            await find_appeal(call, api.of_form(api_staff.AppealFinding, given))
    except Refused as refused:
        return await page(call, refused)
    raise web.HTTPSeeOther(f"{_path(call)}?done=1")


def _step(form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says of the step that was chosen; fields of the others are not looked at."""
    step = form.get("step")
    taken: dict[str, Any] = {"step": step} if step else {}
    if form.get("blocked_until") and step in (None, "weekly", "suspension"):
        taken["blocked_until"] = _end_of(form["blocked_until"])
    if step == "weekly" and form.get("per_week", "").isdecimal():
        taken["per_week"] = int(form["per_week"][:4])
    return taken


def _end_of(day: str) -> str:
    """The end of a day in Beijing, as a time."""
    try:
        midnight = datetime.combine(datetime.fromisoformat(day).date(), time(), BEIJING)
        return (midnight + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        raise api.wrong("$.blocked_until", "not a date") from None
