"""The public directory of institutions (13, 22): names, for anyone."""

from __future__ import annotations

import re
from html import escape

from aiohttp import web

from chatserver.rules.bodies import storable
from chatserver.store import directory
from chatserver.store.directory import Institution

from . import api, templates
from .access import Call
from .lists import MOST, cursor_of, limit_of, place_of

PATH = "/institutions"
#: Longer than any name.
LONGEST = 100


async def all_of(call: Call) -> api.Institutions:
    """GET /api/v1/institutions"""
    wanted, query = _wanted(call), call.request.query
    found, following = await _listed(call, wanted, limit_of(query.get("limit")))
    shown = [api.Institution(one.id, one.name, _snippet(one.name, wanted)) for one in found]
    return api.Institutions(shown, following)


async def page(call: Call) -> web.Response:
    """GET /institutions"""
    wanted = _wanted(call)
    found, following = await _listed(call, wanted, MOST)
    return templates.page(
        call,
        "institutions.html",
        PATH,
        wanted=wanted,
        names=[parts(one.name, wanted) for one in found],
        following=following,
        continued="cursor" in call.request.query,
    )


def parts(name: str, wanted: str) -> tuple[str, str, str]:
    """What stands before the match, the match and what stands behind it."""
    match = re.search(re.escape(wanted), name, re.IGNORECASE) if wanted else None
    if match is None:
        return name, "", ""
    return name[: match.start()], match[0], name[match.end() :]


def _snippet(name: str, wanted: str) -> str:
    before, match, behind = map(escape, parts(name, wanted))
    return f"{before}<mark>{match}</mark>{behind}" if match else before


def _wanted(call: Call) -> str:
    wanted = call.request.query.get("q", "").strip()
    if len(wanted) > LONGEST:
        raise api.wrong("$.q", f"at most {LONGEST} characters")
    return storable(wanted, "$.q")


async def _listed(call: Call, wanted: str, limit: int) -> tuple[list[Institution], str | None]:
    """One page of the list, and the cursor of the next."""
    after = place_of(call.request.query.get("cursor"))
    found = await directory.institutions(call.house.database, wanted)
    rest = [one for one in found if after is None or one.name > after]
    shown = rest[:limit]
    return shown, cursor_of(shown[-1].name) if len(rest) > limit else None
