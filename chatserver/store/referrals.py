"""The referral cards (16, 28) that operators keep: where a lawyer can send a citizen in one step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatserver.rules.articles import Refused
from chatserver.rules.refusing import Referral

from .database import Database, queries

MOST = 200


@dataclass(frozen=True)
class Card:
    """`categories` that it is for; none: for all of them."""

    id: str
    to: Referral
    categories: tuple[str, ...]


async def cards(db: Database) -> list[Card]:
    """All of them: those for some categories first, then those for all."""
    async with db.use() as connection:
        rows = [row async for row in queries("referrals").cards(connection)]
    return [Card(row["id"], _to(row), tuple(row["categories"])) for row in rows]


async def find(db: Database, id: str) -> Referral:
    """Where the card leads; `not_found` if there is none."""
    row = None
    if "\x00" not in id:
        async with db.use() as connection:
            row = await queries("referrals").card(connection, id=id)
    if row is None:
        raise Refused("not_found", "没有这个办事指引。", details=[{"path": "$.refer_to"}])
    return _to(row)


def _to(row: Any) -> Referral:
    return Referral(row["who"], row["place"], row["phone"], row["hours"], row["url"], row["map"])


async def add(db: Database, card: Card, now: datetime) -> None:
    """Keeps a card; `conflict` when there are `MOST`."""
    it = card.to
    async with db.transaction() as connection:
        topic = queries("referrals")
        if await topic.count_cards(connection) >= MOST:
            raise Refused(
                "conflict",
                "办事指引已达上限，请先删除不用的。",
                details={"state": "full", "limit": MOST},
            )
        await topic.add_card(
            connection,
            id=card.id,
            who=it.who,
            place=it.where,
            phone=it.phone,
            hours=it.hours,
            url=it.url,
            map=it.map,
            categories=list(card.categories),
            now=now,
        )


async def remove(db: Database, id: str) -> None:
    """Takes a card away; `not_found` if there is none."""
    if "\x00" in id:
        raise Refused("not_found")
    async with db.use() as connection:
        if await queries("referrals").remove_card(connection, id=id) is None:
            raise Refused("not_found", "没有这个办事指引。")
