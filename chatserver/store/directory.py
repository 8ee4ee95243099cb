"""The public directory (13): institutions by name. It is never joined to accounts or staff numbers (22)."""

from __future__ import annotations

from dataclasses import dataclass

from .database import Database, queries


@dataclass(frozen=True)
class Institution:
    id: str
    name: str


async def institutions(db: Database, wanted: str = "") -> list[Institution]:
    """Those whose name holds `wanted`, by name; sorted here, since each database may sort otherwise."""
    async with db.use() as connection:
        rows = [row async for row in queries("directory").institutions(connection, wanted=wanted)]
    return sorted((Institution(row["id"], row["name"]) for row in rows), key=lambda one: one.name)
