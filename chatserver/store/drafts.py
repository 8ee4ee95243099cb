"""A lawyer's unsent answers, kept on the server, so that a broken screen loses nothing."""

from __future__ import annotations

from datetime import datetime

from chatserver.rules.bodies import storable

from .database import Database, queries


async def save(db: Database, staff_no: str, number: str, body: str, now: datetime) -> None:
    """Keeps `body` in place of what was kept before; an empty one drops it."""
    topic = queries("desks")
    async with db.use() as connection:
        if body:
            await topic.save_draft(
                connection,
                staff_no=staff_no,
                ticket=number,
                body=storable(body, "$.body"),
                now=now,
            )
        else:
            await topic.drop_draft(connection, staff_no=staff_no, ticket=number)


async def find(db: Database, staff_no: str, number: str) -> str | None:
    """What was kept, if anything."""
    async with db.use() as connection:
        kept: str | None = await queries("desks").draft(
            connection, staff_no=staff_no, ticket=number
        )
    return kept
