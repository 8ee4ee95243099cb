"""Canned replies: the house's own, which operators keep for all lawyers, and each lawyer's."""

from __future__ import annotations

import secrets

from aiohttp import web

from chatserver.i18n import translate
from chatserver.rules.articles import Refused
from chatserver.rules.bodies import checked
from chatserver.store import canned

from . import api, problem, templates
from .access import Call
from .lists import part_of

PATH = "/admin/replies"
DONE = {"added": "快捷回复已加入。", "dropped": "快捷回复已删除。"}


async def all_of(call: Call) -> api.Replies:
    """GET /api/v1/canned-replies"""
    found, following = part_of(await _all(call), lambda it: it.id, call.request.query)
    return api.Replies(list(found), following)


async def add(call: Call, wish: api.NewReply) -> api.Reply:
    """POST /api/v1/canned-replies: an operator's are everybody's."""
    reply = canned.Reply(
        id=secrets.token_hex(16),
        staff_account=_owner(call),
        title=checked(wish.title, "$.title", 100),
        body=checked(wish.body),
    )
    await canned.add(call.house.database, reply, call.house.clock.now())
    return _view(call, reply)


async def remove(call: Call) -> None:
    """DELETE /api/v1/canned-replies/{id}: one's own; another's is as if it were not there."""
    await canned.remove(call.house.database, call.request.match_info["id"], _owner(call))


async def page(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /admin/replies"""
    return templates.render(
        "replies.html",
        lang=call.language,
        path=PATH,
        session=call.session,
        status=problem.status_of(refused) if refused else 200,
        problem=problem.problem(refused, call.language) if refused else None,
        replies=await _all(call),
        given=call.form if refused else {},
        done=translate(call.language, DONE.get(call.request.query.get("done", ""), "")),
    )


async def act(call: Call) -> web.StreamResponse:
    """POST /admin/replies: the page's forms; `do` says which."""
    form = call.form
    try:
        if form.get("do") == "drop":
            await canned.remove(call.house.database, form.get("id", ""), _owner(call))
            done = "dropped"
        else:
            wish = {name: form.get(name, "") for name in ("title", "body")}
            await add(call, api.of_form(api.NewReply, wish))
            done = "added"
    except Refused as refused:
        return await page(call, refused)
    raise web.HTTPSeeOther(f"{PATH}?done={done}")


async def _all(call: Call) -> list[api.Reply]:
    found = await canned.of(call.house.database, call.account.id)
    return [_view(call, reply) for reply in found]


def _owner(call: Call) -> str | None:
    return None if call.account.role == "operator" else call.account.id


def _view(call: Call, reply: canned.Reply) -> api.Reply:
    own = reply.staff_account == _owner(call)
    return api.Reply(reply.id, reply.title, reply.body, shared=reply.staff_account is None, own=own)
