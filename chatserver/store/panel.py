"""The panel: who is there and on rota, what waits for an offer, which talks go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chatserver.rules.articles import Refused
from chatserver.rules.audience_panel import Hand
from chatserver.rules.panel import OnCall
from chatserver.rules.people import Expert
from chatserver.rules.ticket import Ticket

from .database import Database, queries
from .presence import TIME_TO_LIVE
from .tickets import ticket_of

#: More of what waits than there are experts: some of its head may have been passed on by all.
MOST_WAITING = 500
MOST_SHIFTS = 500


def _topic() -> Any:
    return queries("panel")


async def unoffered(connection: Any) -> list[Ticket]:
    """Tickets whose question nobody is asked to take, the oldest question first."""
    return [ticket_of(row) for row in await connection.fetch(_topic().unoffered.sql, MOST_WAITING)]


async def on_call(connection: Any, now: datetime) -> list[OnCall]:
    """The experts who are connected, in any process."""
    rows = await connection.fetch(_topic().on_call.sql, now, now - TIME_TO_LIVE)
    return [
        OnCall(
            Expert(
                row["id"],
                row["staff_no"],
                row["profession"] or "lawyer",
                row["institution"] or None,
            ),
            frozenset(row["skills"]),
            row["capacity"],
            row["load"],
            row["on_rota"],
            row["claimed_at"],
        )
        for row in rows
    ]


async def offered_to(db: Database, staff_no: str) -> list[Ticket]:
    """What this expert is asked to take at the moment."""
    async with db.use() as connection:
        return [ticket_of(row) for row in await connection.fetch(_topic().offered_to.sql, staff_no)]


async def hand(db: Database, number: str, expert: Expert) -> Hand:
    """What this expert has to do with a ticket, or had."""
    async with db.use() as connection:
        row = await connection.fetchrow(_topic().hand.sql, number, expert.staff_no)
    return Hand(row["waits"], row["resolved"], row["judged"])


async def running(
    db: Database, expert: Expert, category: str | None, count: int = 200
) -> list[Ticket]:
    """Talks that go on, but for those of the expert's own house; the oldest first."""
    async with db.use() as connection:
        rows = await connection.fetch(
            _topic().running.sql, category, expert.institution, expert.staff_no, count
        )
    return [ticket_of(row) for row in rows]


async def panel(db: Database) -> list[Any]:
    """Rows of everyone of the panel."""
    async with db.use() as connection:
        return list(await connection.fetch(_topic().panel.sql))


async def shifts(db: Database, since: datetime) -> list[Any]:
    """The rota from a time on."""
    async with db.use() as connection:
        return list(await connection.fetch(_topic().shifts.sql, since, MOST_SHIFTS))


async def add_shift(
    db: Database, staff_no: str, starts_at: datetime, ends_at: datetime, by: str, now: datetime
) -> int:
    """Puts an expert on rota; `not_found` if there is none, `conflict` if they are on it then."""
    async with db.transaction() as connection:
        found = await connection.fetch(queries("people").accounts_by_staff_no.sql, [staff_no])
        if not any(row["role"] == "expert" and row["disabled_at"] is None for row in found):
            raise Refused("not_found", "没有这位专家组成员。")
        await connection.execute("lock table shifts in share row exclusive mode")
        if await connection.fetchval(_topic().shift_overlaps.sql, staff_no, ends_at, starts_at):
            raise Refused("conflict", "这位专家在这段时间已有排班。", details={"state": "on_rota"})
        added: int = await connection.fetchval(
            _topic().add_shift.sql, staff_no, starts_at, ends_at, by, now
        )
    return added


async def drop_shift(db: Database, id: int) -> None:
    """Takes a shift off the rota; `not_found` if it is not on it."""
    async with db.use() as connection:
        if await connection.fetchval(_topic().drop_shift.sql, id) is None:
            raise Refused("not_found", "没有这个班次。")
