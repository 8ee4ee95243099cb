"""A fresh database with one road over it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.casework.road import Road, road


@pytest.fixture
async def one(dsn: str) -> AsyncIterator[Road]:
    """The road of the only process."""
    async with road(dsn) as only:
        yield only
