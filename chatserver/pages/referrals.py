"""The referral cards (28): operators keep them, lawyers send a citizen on with one of them."""

from __future__ import annotations

import secrets

from aiohttp import web

from chatserver.i18n import translate
from chatserver.rules.articles import Refused
from chatserver.rules.bodies import checked
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.refusing import Referral
from chatserver.store import referrals

from . import api, templates
from . import api_refusing as shelf
from .access import Call
from .lists import part_of

PATH = "/admin/referrals"
DONE = {"added": "办事指引已加入。", "dropped": "办事指引已删除。"}
FIELDS = ("who", "where", "phone", "hours", "url", "map")


async def all_of(call: Call) -> shelf.Cards:
    """GET /api/v1/referral-cards"""
    found, following = part_of(await _all(call), lambda it: it.id, call.request.query)
    return shelf.Cards(list(found), following)


async def add(call: Call, wish: shelf.NewCard) -> shelf.Card:
    """POST /api/v1/referral-cards"""
    checked(wish.who, "$.who", 200)
    for category in wish.categories:
        if category not in CATEGORIES:
            raise api.wrong("$.categories", "no such category")
    given = {name: (getattr(wish, name) or "").strip() or None for name in FIELDS}
    to = Referral(wish.who.strip(), *(given[name] for name in FIELDS[1:]))
    card = referrals.Card(secrets.token_hex(16), to, tuple(sorted(set(wish.categories))))
    await referrals.add(call.house.database, card, call.house.clock.now())
    return _view(card)


async def remove(call: Call) -> None:
    """DELETE /api/v1/referral-cards/{id}"""
    await referrals.remove(call.house.database, call.request.match_info["id"])


async def page(call: Call, refused: Refused | None = None) -> web.Response:
    """GET /admin/referrals"""
    return templates.page(
        call,
        "referrals.html",
        PATH,
        refused,
        cards=await _all(call),
        categories=CATEGORIES,
        given=call.form if refused else {},
        done=translate(call.language, DONE.get(call.request.query.get("done", ""), "")),
    )


async def act(call: Call) -> web.StreamResponse:
    """POST /admin/referrals: the page's forms; `do` says which."""
    form = call.form
    try:
        if form.get("do") == "drop":
            await referrals.remove(call.house.database, form.get("id", ""))
            done = "dropped"
        else:
            given = {name: form[name].strip() for name in FIELDS if form.get(name, "").strip()}
            chosen = [category for category in CATEGORIES if form.get(f"for_{category}")]
            wish = {"who": "", **given, "categories": chosen}
            await add(call, api.of_form(shelf.NewCard, wish))
            done = "added"
    except Refused as refused:
        return await page(call, refused)
    raise web.HTTPSeeOther(f"{PATH}?done={done}")


async def _all(call: Call) -> list[shelf.Card]:
    return [_view(card) for card in await referrals.cards(call.house.database)]


def _view(card: referrals.Card) -> shelf.Card:
    it = card.to
    return shelf.Card(
        card.id, it.who, it.where, it.phone, it.hours, it.url, it.map, list(card.categories)
    )
