"""The database goes away and comes back, as seen over HTTP."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.cast import WANG
from tests.line import Line

from .conftest import Desks, wish

SESSIONS = "/api/v1/sessions"


@pytest.mark.slow
async def test_when_the_database_is_away_calls_say_so_within_three_seconds(
    line: Line, desks: Desks
) -> None:
    desk = await desks(line.dsn)
    await desk.cookie(WANG)
    bearer = await desk.bearer(WANG)
    for silent in (False, True):
        async with line.away(silent):
            for path in ("/api/v1/me", "/api/v1/agreement"):
                started = time.monotonic()
                answer = await desk.call("GET", path, headers=bearer)
                told = await answer.json()
                assert (answer.status, told["code"]) == (503, "unavailable"), told
                assert time.monotonic() - started < 3.2
            for path, sent in (("/login", {"data": wish(WANG)}), (SESSIONS, {"json": wish(WANG)})):
                started = time.monotonic()
                answer = await desk.call("POST", path, headers={"Origin": desk.origin}, **sent)
                assert answer.status == 503, await answer.text()
                assert time.monotonic() - started < 3.2
            for path in ("/", "/healthz") if silent else ("/", "/login", "/api/docs", "/healthz"):
                assert (await desk.call("GET", path, headers=bearer)).status == 200
            ready = await desk.call("GET", "/readyz")
            assert ready.status == 503
            assert (await ready.json())["parts"]["database"] is False
        async with asyncio.timeout(5):
            while (await desk.call("GET", "/api/v1/me", headers=bearer)).status != 200:
                pass
        assert (await desk.call("GET", "/readyz")).status == 200
