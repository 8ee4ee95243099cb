"""The consultation page, its form for browsers without JavaScript, and the service agreement (35)."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from chatserver.calls import digest_of
from chatserver.i18n import translate
from chatserver.rules import notices, repeats
from chatserver.rules.articles import Refused
from chatserver.rules.bodies import named
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.instants import instant
from chatserver.rules.numbers import month_of
from chatserver.rules.people import actor_of
from chatserver.rules.question import Question
from chatserver.store import sessions, tickets

from . import api, talk, templates
from .access import Call, is_framed
from .lists import part_of

YES = frozenset({"true", "yes", "on", "1"})
#: So many of one's own consultations are listed without JavaScript.
MOST_LISTED = 50
#: To whom an old form was restored by the browser, and filled in anew.
FILED_BEFORE = "这张表单此前已经提交过另一个问题。如果现在这个问题也要提出，请再提交一次。"
BEHALF = ("self", "relative_or_friend")


async def categories(call: Call) -> api.Categories:
    """GET /api/v1/categories"""
    found, following = part_of(list(CATEGORIES), str, call.request.query)
    shown = [api.Category(id, translate(call.language, CATEGORIES[id])) for id in found]
    return api.Categories(shown, following)


async def agreement(call: Call) -> api.Agreement:
    """GET /api/v1/agreement"""
    version, title, body = await sessions.agreement(call.house.database)
    return api.Agreement(version, translate(call.language, title), translate(call.language, body))


async def accept(call: Call, wish: api.Acceptance) -> api.Accepted:
    """POST /api/v1/agreement/acceptances"""
    now = call.house.clock.now()
    accepted = await sessions.accept(call.house.database, call.account.id, wish.version, now)
    return api.Accepted(wish.version, instant(accepted))


async def show(call: Call) -> web.Response:
    """GET /consult. Without JavaScript `filed=NUMBER` confirms what was just filed, `number=NUMBER` shows
    what was said, `list=1` one's own consultations."""
    query, database = call.request.query, call.house.database
    if call.session is None:
        return await _page(call)
    if number := query.get("number"):
        return await _page(call, **await talk.shown(call, number))
    if query.get("list"):
        actor = actor_of(call.account)
        own = await tickets.listed(database, actor, open_only=False, after=None, count=MOST_LISTED)
        return await _page(call, own=own)
    number = query.get("filed")
    return await _page(call, filed=await talk.seen(call, number) if number else None)


async def _page(call: Call, refused: Refused | None = None, **more: Any) -> web.Response:
    database = call.house.database
    framed = is_framed(call.request) and call.session is None
    agreed = call.session is not None and await sessions.has_agreed(database, call.account.id)
    # What an old form was filed under is taken: given back with it, the new text could never be filed.
    used = refused is not None and refused.code == "id_reused"
    return templates.page(
        call,
        "consult.html",
        "/consult",
        refused,
        frame=framed,
        categories=CATEGORIES,
        agreement=await agreement(call),
        agreed=agreed,
        given=call.form,
        id=(not used and call.form.get("id")) or secrets.token_urlsafe(16),
        figures=call.house.figures,
        **more,
    )


async def file(call: Call) -> web.StreamResponse:
    """POST /consult: a written message (23), filed without JavaScript. Sent twice, it is filed once.
    With `number=NUMBER` the forms of that consultation's page."""
    number = call.request.query.get("number")
    try:
        next = await talk.act(call, number) if number else f"/consult?filed={await _filed(call)}"
    except Refused as refused:
        if number:
            return await _page(call, refused, **await talk.shown(call, number))
        if refused.code == "id_reused":
            refused = Refused("id_reused", FILED_BEFORE)
        return await _page(call, refused)
    raise web.HTTPSeeOther(next)


async def _filed(call: Call) -> str:
    house, form = call.house, call.form
    if house.draining:
        raise Refused("unavailable")
    behalf = form.get("on_behalf_of", "self")
    if behalf not in BEHALF:
        raise api.wrong("$.on_behalf_of", "self or relative_or_friend")
    if not (in_litigation := form.get("in_litigation", "").strip().lower()):
        # Left open it would be taken for "no", and 31 is the one thing that must be answered.
        raise Refused(
            "invalid",
            "请回答这件事是否正在打官司或由有关机关办理。",
            article=31,
            details=[{"path": "$.in_litigation", "problem": "true or false"}],
        )
    because = form.get("because") if form.get("earlier") else None
    if because is not None and because in repeats.CHOICES:
        month_of(form["earlier"])
    else:
        because = None
    asked = Question(
        id=named(form.get("id") or secrets.token_urlsafe(16)),
        kind="message",
        category=form.get("category", ""),
        body=form.get("body", ""),
        title=form.get("title", "").strip(),
        on_behalf_of=behalf,
        in_litigation=in_litigation in YES,
        case_number_is_not_mine=form.get("case_number_is_not_mine", "").lower() in YES,
        earlier=form["earlier"] if because else None,
        because=because,
    )
    if version := form.get("agree"):
        await sessions.accept(house.database, call.account.id, version, house.clock.now())
    outcome = await house.casework.open(actor_of(call.account), asked, digest_of(asked))
    return outcome.ticket.number


async def declined(call: Call) -> web.Response:
    """GET /agreement-declined: the other ways to get help, which stay open (35)."""
    return templates.page(
        call, "agreement_declined.html", "/agreement-declined", ways=notices.OTHER_WAYS
    )


async def console(call: Call) -> web.Response:
    """GET /lawyer"""
    return templates.page(call, "lawyer.html", "/lawyer", categories=CATEGORIES)


async def expert_desk(call: Call) -> web.Response:
    """GET /expert"""
    return templates.page(call, "expert.html", "/expert", categories=CATEGORIES)
