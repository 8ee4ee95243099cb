"""The panel's rulings at the borders of 26, 28, 29 and 31: experts rule, lawyers and operators read (36)."""

from __future__ import annotations

import secrets

from aiohttp import web

from chatserver.i18n import translate
from chatserver.rules import rulings as rules
from chatserver.rules.articles import Refused
from chatserver.rules.instants import instant
from chatserver.rules.people import Expert, actor_of
from chatserver.store import rulings

from . import api, templates
from . import api_refusing as shelf
from .access import Call
from .lists import part_of

PATH = "/rulings"
DONE = {"added": "判断口径已加入。"}


async def all_of(call: Call) -> shelf.Rulings:
    """GET /api/v1/rulings"""
    found, following = part_of(await _all(call), lambda it: it.id, call.request.query)
    return shelf.Rulings(list(found), following)


async def add(call: Call, wish: shelf.NewRuling) -> shelf.Ruling:
    """POST /api/v1/rulings"""
    database, expert = call.house.database, actor_of(call.account)
    assert isinstance(expert, Expert)
    new = rules.Ruling(wish.article, wish.title.strip(), wish.ruling.strip(), wish.reason.strip())
    former = await rulings.find(database, wish.supersedes) if wish.supersedes else None
    rules.lay_down(expert, new, former)
    now = call.house.clock.now()
    kept = rulings.Kept(secrets.token_hex(16), new, expert.staff_no, now, wish.supersedes or None)
    await rulings.add(database, kept)
    return _view(kept)


async def page(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /rulings, of one article with `?article=`"""
    chosen = call.request.query.get("article", "")
    shown = [one for one in await _all(call) if not chosen or str(one.article) == chosen]
    return templates.page(
        call,
        "rulings.html",
        PATH,
        refused,
        rulings=[one for one in shown if one.superseded_by is None],
        former=[one for one in shown if one.superseded_by is not None],
        borders=rules.BORDERS,
        chosen=chosen,
        longest=rules.LONGEST,
        may=call.account.role == "expert",
        given=call.form if refused else {},
        done=translate(call.language, DONE.get(call.request.query.get("done", ""), "")),
    )


async def act(call: Call) -> web.StreamResponse:
    """POST /rulings: a new one, or one in the place of another."""
    form = call.form
    try:
        article = form.get("article", "")
        wish = {
            **{name: form.get(name, "").strip() for name in ("title", "ruling", "reason")},
            "article": int(article) if article in map(str, rules.BORDERS) else 0,
            "supersedes": form.get("supersedes") or None,
        }
        await add(call, api.of_form(shelf.NewRuling, wish))
    except Refused as refused:
        return await page(call, refused)
    raise web.HTTPSeeOther(f"{PATH}?done=added")


async def _all(call: Call) -> list[shelf.Ruling]:
    return [_view(kept) for kept in await rulings.rulings(call.house.database)]


def _view(kept: rulings.Kept) -> shelf.Ruling:
    it = kept.it
    return shelf.Ruling(
        kept.id,
        it.article,
        it.title,
        it.ruling,
        it.reason,
        kept.by,
        instant(kept.since),
        kept.supersedes,
        kept.superseded_by,
    )
