"""Canned replies of lawyers; one without an account is shared by all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chatserver.rules.articles import Refused

from .database import Database, queries

#: Replies that one lawyer, or the house, may keep.
MOST = 200


@dataclass(frozen=True)
class Reply:
    id: str
    staff_account: str | None
    title: str
    body: str


async def of(db: Database, account: str) -> list[Reply]:
    """The replies that this lawyer may use: own ones first, then the shared ones, by title."""
    async with db.use() as connection:
        rows = [row async for row in queries("canned").replies_of(connection, account=account)]
    return [Reply(row["id"], row["staff_account"], row["title"], row["body"]) for row in rows]


async def add(db: Database, reply: Reply, now: datetime) -> None:
    """Keeps a reply; `conflict` when its lawyer, or the house, already has `MOST`."""
    async with db.transaction() as connection:
        topic = queries("canned")
        kept = await topic.count_replies_of(connection, account=reply.staff_account)
        if kept >= MOST:
            raise Refused(
                "conflict",
                "常用语已达上限，请先删除不用的。",
                details={"state": "full", "limit": MOST},
            )
        await topic.add_reply(
            connection,
            id=reply.id,
            staff_account=reply.staff_account,
            title=reply.title,
            body=reply.body,
            now=now,
        )


async def remove(db: Database, id: str, account: str | None) -> None:
    """Removes a reply of `account`, a shared one for None; `not_found` alike for another's and none."""
    if "\x00" in id:
        raise Refused("not_found")
    async with db.use() as connection:
        removed = await queries("canned").remove_reply(connection, id=id, account=account)
    if removed is None:
        raise Refused("not_found")
