"""The panel's rulings (31, 36), which are added to and superseded, and never removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from chatserver.rules.articles import Refused
from chatserver.rules.rulings import Ruling

from .database import Database, queries


@dataclass(frozen=True)
class Kept:
    """A ruling as it is kept: `by` an expert's number; in force unless it is `superseded_by` another."""

    id: str
    it: Ruling
    by: str
    since: datetime
    supersedes: str | None
    superseded_by: str | None = None


async def rulings(db: Database) -> list[Kept]:
    """All of them: those in force first, the newest first."""
    async with db.use() as connection:
        rows = [row async for row in queries("rulings").rulings(connection)]
    return [
        Kept(
            row["id"],
            _ruling(row),
            row["by"],
            row["since"],
            row["supersedes"],
            row["superseded_by"],
        )
        for row in rows
    ]


async def find(db: Database, id: str) -> Ruling:
    """One of them; raises `not_found`."""
    row = None
    if "\x00" not in id:
        async with db.use() as connection:
            row = await queries("rulings").ruling(connection, id=id)
    if row is None:
        raise Refused("not_found", "没有这条判断口径。")
    return _ruling(row)


async def add(db: Database, kept: Kept) -> None:
    """Keeps a ruling; `conflict` when the one that it supersedes is superseded already."""
    it = kept.it
    try:
        async with db.use() as connection:
            await queries("rulings").add_ruling(
                connection,
                id=kept.id,
                article=it.article,
                title=it.title,
                ruling=it.ruling,
                reason=it.reason,
                by=kept.by,
                now=kept.since,
                supersedes=kept.supersedes,
            )
    except asyncpg.UniqueViolationError:
        raise Refused(
            "conflict", "这条判断口径已经被取代，请先看新的。", details={"state": "superseded"}
        ) from None


def _ruling(row: asyncpg.Record) -> Ruling:
    return Ruling(row["article"], row["title"], row["ruling"], row["reason"])
