"""Canned replies: the house's own, shared by all lawyers, and each lawyer's."""

from __future__ import annotations

import secrets

from chatserver.rules.bodies import checked
from chatserver.store import canned

from . import api
from .access import Call


async def all_of(call: Call) -> api.Replies:
    """GET /api/v1/canned-replies"""
    found = await canned.of(call.house.database, call.account.id)
    return api.Replies([_view(reply) for reply in found])


async def add(call: Call, wish: api.NewReply) -> api.Reply:
    """POST /api/v1/canned-replies"""
    reply = canned.Reply(
        id=secrets.token_hex(16),
        staff_account=call.account.id,
        title=checked(wish.title, "$.title", 100),
        body=checked(wish.body),
    )
    await canned.add(call.house.database, reply, call.house.clock.now())
    return _view(reply)


async def remove(call: Call) -> None:
    """DELETE /api/v1/canned-replies/{id}: one's own; another's is as if it were not there."""
    await canned.remove(call.house.database, call.request.match_info["id"], call.account.id)


def _view(reply: canned.Reply) -> api.Reply:
    shared = reply.staff_account is None
    return api.Reply(reply.id, reply.title, reply.body, shared=shared, own=not shared)
