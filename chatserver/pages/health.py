"""For those who run the service: is it alive, may it be sent people, what does it do."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chatserver.store import migrate
from chatserver.store.database import UNREACHABLE

from .access import Call

PATIENCE = 2.5


class Alive(msgspec.Struct):
    alive: bool = True


class Parts(msgspec.Struct):
    database: bool
    migrations: bool
    draining: bool


class Readiness(msgspec.Struct):
    """`broker`: `none` when there is none; its absence never fails."""

    ready: bool
    parts: Parts
    broker: str


async def alive(call: Call) -> web.Response:
    """GET /healthz"""
    return web.Response(body=msgspec.json.encode(Alive()), content_type="application/json")


async def ready(call: Call) -> web.Response:
    """GET /readyz: anyone may ask, so one look at the database serves all who ask meanwhile."""
    house = call.house
    if house.look is None or house.look.done():
        house.look = asyncio.create_task(_look(house.database))
    reachable, migrated = await asyncio.shield(house.look)
    draining = bool(house.draining)
    fine = reachable and migrated and not draining
    told = Readiness(fine, Parts(reachable, migrated, draining), broker_state(house))
    return web.Response(
        body=msgspec.json.encode(told),
        status=200 if fine else 503,
        content_type="application/json",
    )


def broker_state(house: Any) -> str:
    return "unused" if house.config.redis_url else "none"


async def _look(database: Any) -> tuple[bool, bool]:
    """Whether the database answers, and whether its schema is ours."""
    reachable, migrated = await asyncio.gather(_reachable(database), _migrated(database))
    return reachable, migrated


async def _reachable(database: Any) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return bool(await database.reachable())
    except TimeoutError:
        return False


async def _migrated(database: Any) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return not await migrate.pending(database.dsn)
    except (migrate.SchemaError, *UNREACHABLE):
        return False


async def metrics(call: Call) -> web.Response:
    """GET /metrics"""
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
