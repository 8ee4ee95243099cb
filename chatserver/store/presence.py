"""Who is on duty and who is connected where: rows with a time to live, so that a crash leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from chatserver.rules.articles import policy
from chatserver.rules.events import Record
from chatserver.rules.events_talk import Accepted, OfferEnded
from chatserver.rules.policy import MISSED_OFFERS_PAUSE
from chatserver.rules.routing import OnDuty, Waiting, able, in_order

from .database import Database, queries

#: A lease is renewed every `RENEW_EVERY` seconds and dead after `TIME_TO_LIVE`.
RENEW_EVERY = 3.0
TIME_TO_LIVE = timedelta(seconds=10)
#: Seconds between two tries to be the one who gives tickets to lawyers.
TRIED_EVERY = 0.02


@dataclass(frozen=True)
class Duty:
    """What the console shows: `on`, `pause` or `off`, with the reason when the server decided."""

    status: str
    capacity: int
    active: int
    reason: str | None = None


def _topic() -> Any:
    return queries("presence")


async def set_duty(
    db: Database, staff_no: str, status: str, now: datetime, reason: str | None = None
) -> Duty:
    """Goes on duty, pauses or leaves; a change begins the idle time anew."""
    async with db.use() as connection:
        await _topic().set_duty(
            connection, staff_no=staff_no, status=status, reason=reason, now=now
        )
    return (await duties(db, [staff_no]))[staff_no]


async def lost(db: Database, staff_nos: Sequence[str], now: datetime) -> list[str]:
    """Those of these lawyers who leave duty since their connections were lost: not who is connected again, or
    has said a word about duty since `now`, when they were looked at."""
    async with db.use() as connection:
        rows = await connection.fetch(_topic().lost.sql, now, list(staff_nos), now - TIME_TO_LIVE)
    return [row["staff_no"] for row in rows]


async def duties(db: Database, staff_nos: Sequence[str]) -> dict[str, Duty]:
    """The duty of each of these lawyers."""
    async with db.use() as connection:
        rows = await connection.fetch(_topic().duty_of.sql, list(staff_nos))
    return {
        row["staff_no"]: Duty(row["status"], row["capacity"], row["active"], row["reason"])
        for row in rows
    }


async def is_lawyer(db: Database, staff_no: str) -> bool:
    """Whether there is a lawyer of this number, on duty or not."""
    async with db.use() as connection:
        return bool(await _topic().is_lawyer(connection, staff_no=staff_no))


@policy("three missed offers pause the lawyer")
async def count_offers(connection: Any, records: Iterable[Record], now: datetime) -> None:
    """Missed offers count, an acceptance forgets them, too many pause: in the transaction of the
    events themselves, so that no further offer can slip in between."""
    events = [record.event for record in records]
    missed = [e.staff_no for e in events if isinstance(e, OfferEnded) and e.how == "missed"]
    accepted = [e.staff_no for e in events if isinstance(e, Accepted)]
    if accepted:
        await connection.execute(_topic().forget_missed.sql, accepted)
    if missed:
        await connection.execute(_topic().count_missed.sql, missed)
        await connection.execute(
            _topic().pause_missing.sql, "missed_offers", now, MISSED_OFFERS_PAUSE
        )


async def paused(db: Database, records: Iterable[Record]) -> list[str]:
    """Of those who missed an offer here, who is paused for it now."""
    events = [record.event for record in records]
    missed = {e.staff_no for e in events if isinstance(e, OfferEnded) and e.how == "missed"}
    found = await duties(db, sorted(missed)) if missed else {}
    return [staff_no for staff_no, duty in found.items() if duty.reason == "missed_offers"]


async def now_idle(db: Database, staff_nos: Sequence[str], now: datetime) -> None:
    """These lawyers have just finished a talk."""
    async with db.use() as connection:
        await connection.execute(_topic().now_idle.sql, now, list(staff_nos))


async def renew(db: Database, process: str, counts: Mapping[str, int], now: datetime) -> None:
    """The leases of this process: open connections of each staff number (0 ends a lease)."""
    async with db.use() as connection:
        await connection.execute(
            _topic().renew.sql, process, now, list(counts), list(counts.values())
        )


async def on_duty(db: Database, now: datetime) -> list[tuple[OnDuty, int]]:
    """Lawyers on duty and connected, each with the capacity; those without room too."""
    async with db.use() as connection:
        return await there(connection, now)


async def there(connection: Any, now: datetime) -> list[tuple[OnDuty, int]]:
    """The same, within the caller's transaction."""
    rows = await connection.fetch(_topic().on_duty.sql, now - TIME_TO_LIVE)
    return [
        (
            OnDuty(row["staff_no"], frozenset(row["skills"]), row["room"], row["idle_since"]),
            row["capacity"],
        )
        for row in rows
    ]


async def connected(db: Database, staff_nos: Sequence[str], now: datetime) -> set[str]:
    """Those of these staff numbers who have a living connection."""
    async with db.use() as connection:
        sql = _topic().connected.sql
        return {row[0] for row in await connection.fetch(sql, list(staff_nos), now - TIME_TO_LIVE)}


@asynccontextmanager
async def alone(db: Database, patience: float = 0.0) -> AsyncIterator[bool]:
    """Whether nobody else gives tickets to lawyers while the caller stays within: the room of a lawyer is
    one process's to give away at a time. `patience`: seconds to wait for who is at it just now."""
    async with db.transaction() as connection:
        until = monotonic() + patience
        while not (free := bool(await connection.fetchval(_topic().try_route.sql))):
            if monotonic() >= until:
                break
            await asyncio.sleep(TRIED_EVERY)
        yield free


async def waiting(
    db: Database, heads: Mapping[str, tuple[int, int]], lawyers: Sequence[OnDuty], now: datetime
) -> list[Waiting]:
    """The head of the queue in queue order. `heads`: category -> (its pool, most of it); see `routing.heads`.

    What all who could take it have passed by, and whose time to be asked again is to come, does not stand
    in the way of those behind it.
    """
    takers = [" ".join(able(category, lawyers)) for category in heads]
    mosts = [most for _, most in heads.values()]
    free = [it.staff_no for it in lawyers if it.room > 0]
    async with db.use() as connection:
        rows = await connection.fetch(_topic().waiting.sql, list(heads), mosts, takers, now, free)
    queue = (
        Waiting(
            row["number"],
            row["category"],
            tuple(row["passed_by"]),
            row["retry_at"],
            row["explainer"],
        )
        for row in rows
    )
    return in_order(queue, heads)


async def gone(db: Database, now: datetime) -> dict[str, datetime]:
    """Lawyers with duties and no living connection, and since when."""
    async with db.use() as connection:
        rows = await connection.fetch(_topic().gone.sql, now - TIME_TO_LIVE)
    return {row["staff_no"]: row["seen_at"] for row in rows}


async def held_by(db: Database, staff_nos: Sequence[str]) -> list[Any]:
    """Rows `(number, assignee, epoch, state, drop_noticed)` of their open live tickets."""
    async with db.use() as connection:
        return list(await connection.fetch(_topic().held_by.sql, list(staff_nos)))
