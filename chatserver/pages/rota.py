"""The panel's rota (7): who of the experts is asked first, and when; a plain table that operators edit."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from chatserver.clock import BEIJING
from chatserver.i18n import translate
from chatserver.rules import panel as rules
from chatserver.rules.articles import Refused
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.instants import instant
from chatserver.store import panel

from . import api, api_rota, problem, templates
from .access import Call

PATH = "/admin/rota"
DONE = {"added": "班次已加入。", "dropped": "班次已撤下。"}


async def overview(call: Call) -> api_rota.Rota:
    """GET /api/v1/operator/rota"""
    database, now = call.house.database, call.house.clock.now()
    return api_rota.Rota(
        [
            api_rota.Shift(
                row["id"],
                row["staff_no"],
                row["name"],
                instant(row["starts_at"]),
                instant(row["ends_at"]),
                row["starts_at"] <= now,
            )
            for row in await panel.shifts(database, now)
        ],
        [
            api_rota.Member(row["staff_no"], row["name"], row["institution"], sorted(row["skills"]))
            for row in await panel.panel(database)
        ],
    )


async def add(call: Call, wish: api_rota.NewShift) -> api_rota.Rota:
    """POST /api/v1/operator/rota"""
    starts_at = api.moment(wish.starts_at, "$.starts_at")
    ends_at = api.moment(wish.ends_at, "$.ends_at")
    now, by = call.house.clock.now(), call.account.staff_no or ""
    rules.shift(now, starts_at, ends_at)
    await panel.add_shift(call.house.database, wish.staff_no, starts_at, ends_at, by, now)
    return await overview(call)


async def drop(call: Call) -> None:
    """DELETE /api/v1/operator/rota/{id}"""
    await _drop(call, call.request.match_info["id"])


async def _drop(call: Call, id: str) -> None:
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        raise Refused("not_found", "没有这个班次。")
    await panel.drop_shift(call.house.database, int(id))


async def page(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /admin/rota"""
    hour = call.house.clock.now().astimezone(BEIJING).replace(minute=0, second=0, microsecond=0)
    begins = hour + timedelta(hours=1)
    return templates.render(
        "rota.html",
        lang=call.language,
        path=PATH,
        session=call.session,
        status=problem.status_of(refused) if refused else 200,
        problem=problem.problem(refused, call.language) if refused else None,
        rota=await overview(call),
        categories=CATEGORIES,
        given=call.form,
        begins=f"{begins:%Y-%m-%dT%H:%M}",
        ends=f"{begins + timedelta(hours=8):%Y-%m-%dT%H:%M}",
        done=translate(call.language, DONE.get(call.request.query.get("done", ""), "")),
    )


async def act(call: Call) -> web.StreamResponse:
    """POST /admin/rota: the page's forms; `do` says which."""
    form = call.form
    try:
        if form.get("do") == "drop":
            await _drop(call, form.get("id", ""))
            done = "dropped"
        else:
            times = {name: _beijing(form.get(name, ""), name) for name in ("starts_at", "ends_at")}
            wish = {"staff_no": form.get("staff_no", ""), **times}
            await add(call, api.of_form(api_rota.NewShift, wish))
            done = "added"
    except Refused as refused:
        return await page(call, refused)
    raise web.HTTPSeeOther(f"{PATH}?done={done}")


def _beijing(text: str, name: str) -> str:
    """What a browser's field for date and time holds, as a time of Beijing."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING).isoformat()
    except ValueError:
        raise Refused(
            "invalid",
            "请填写日期和时间。",
            details=[{"path": f"$.{name}", "problem": "not a time"}],
        ) from None
