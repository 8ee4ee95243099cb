"""What experts said about a ticket (26, 27)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .database import Database, queries


async def of_ticket(db: Database, number: str) -> list[Any]:
    """Rows of opinions and suggestions, the oldest first, settled ones among them."""
    async with db.use() as connection:
        return list(await connection.fetch(queries("desks").reviews_of.sql, number))


async def about(db: Database, author: str, count: int = 100) -> list[Any]:
    """Rows of suggestions about answers that `author` gave, not settled yet, the most urgent first."""
    async with db.use() as connection:
        return list(await connection.fetch(queries("desks").reviews_about.sql, author, count))


async def scores(db: Database, author: str, since: datetime) -> list[Any]:
    """Rows `part, mark, n` of what experts thought of this author's answers; never who thought it."""
    async with db.use() as connection:
        return list(await connection.fetch(queries("desks").scores_of.sql, author, since))
