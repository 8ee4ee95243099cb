"""The outbox: who is to be told of what, kept with its cause. A crash forgets none; what it may send
twice is known (ARCHITECTURE.md)."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatserver.rules.events import Event, Record
from chatserver.rules.events_desks import (
    AbuseDecided,
    AppealDecided,
    CallbackAttempted,
    CallbackBegun,
    CallbackOpened,
    Lapsed,
    TurnedDown,
)
from chatserver.rules.events_talk import Answered, Asked, Corrected, Doubted, Scheduled, Upheld
from chatserver.rules.ticket import Ticket

from .database import Database, queries

#: What a citizen is told of, outside the page too.
KINDS: dict[type[Event], str] = {
    Answered: "answer",
    Corrected: "correction",
    Doubted: "doubt",
    Upheld: "upheld",
    Asked: "question",
    Scheduled: "promise",
    Lapsed: "delay",
    TurnedDown: "refusal",
    AbuseDecided: "refusal",
    AppealDecided: "refusal",
    CallbackOpened: "callback",
    CallbackBegun: "callback",
    # The third is the end of the call-back, and told by the same letter.
    CallbackAttempted: "unreached",
}
#: The letter that proves an e-mail address.
CODE = "code"
#: How long a process may take to deliver one; after it another may try.
LEASE = timedelta(seconds=60)
#: How many of one citizen's are under way at once in a process, and how many to one host that browsers chose.
PER_ACCOUNT, PER_HOST = 3, 8
#: Among so many that are due the next ones are looked for.
LOOK = 500
#: Who talks live most likely sees it on the page; what was read by then is not sent.
LIVE_PAUSE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=6)
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Letter:
    """One notification. `id` is the same at every attempt, so that a receiver knows it again; `attempt`
    is this one's own. `doubtful`: an earlier attempt may have arrived. `recipient`: none, if it is not
    to be sent any more. `seq` is the line that it is about; the last five are a browser's."""

    id: str
    channel: str
    ticket: str | None
    kind: str
    recipient: str | None
    code: str | None
    attempt: str
    attempts: int
    doubtful: bool
    created_at: datetime
    account: str
    seq: int | None = None
    device: str | None = None
    p256dh: bytes | None = None
    auth: bytes | None = None
    language: str | None = None
    host: str | None = None


async def write(
    connection: Any, happened: Iterable[tuple[Ticket, Record]], channels: Sequence[str]
) -> None:
    """A row for each channel of what a citizen is to be told; the caller commits. `ticket` is as the
    whole act left it: what is no line of its own has been read with the notice that came along."""
    for ticket, record in happened if channels else ():
        kind = KINDS.get(type(record.event))
        if kind is None or _is_told_already(ticket, record.event):
            continue
        due_at = record.at + (LIVE_PAUSE if ticket.kind == "live" else timedelta())
        for channel in channels:
            id = f"{ticket.number}.{record.entry}.{channel}"
            seq = record.seq or ticket.last_seq
            row = (id, channel, ticket.number, kind, seq, record.at, due_at, ticket.citizen)
            await connection.execute(queries("outbox").add.sql, *row)


def _is_told_already(ticket: Ticket, event: Event) -> bool:
    """A finding of abuse is news by itself only when it ends nothing: else the refusal is told, and of a
    dismissed proposal the citizen never knew."""
    ended = ticket.outcome == "refused:abuse"
    return isinstance(event, AbuseDecided) and (ended or not event.upheld)


async def add_code(connection: Any, account: str, now: datetime) -> None:
    """The letter that brings a code, in place of an earlier one; the caller commits."""
    id = f"{CODE}.{secrets.token_hex(8)}.mail"
    await queries("outbox").add_code(connection, account=account, kind=CODE, id=id, now=now)


async def claim(
    db: Database,
    now: datetime,
    count: int,
    channels: Sequence[str],
    under_way: Collection[Letter] = (),
) -> list[Letter]:
    """The next that are due; nobody else gets them until the lease ends. With those `under_way` no account has
    more than `PER_ACCOUNT` at once, and no host that browsers chose more than `PER_HOST`."""
    attempt = secrets.token_hex(8)
    accounts = [letter.account for letter in under_way]
    hosts = [letter.host for letter in under_way if letter.host]
    full = [one for one, many in Counter(accounts).items() if many >= PER_ACCOUNT]
    full += [one for one, many in Counter(hosts).items() if many >= PER_HOST]
    busy = (full, LOOK, accounts, hosts, PER_ACCOUNT, PER_HOST)
    async with db.use() as connection:
        rows = await connection.fetch(
            queries("outbox").claim.sql, now, list(channels), *busy, count, now + LEASE, attempt
        )
    names = Letter.__dataclass_fields__
    return [Letter(**{name: row[name] for name in names}) for row in rows]


async def hand_over(db: Database, letter: Letter, now: datetime) -> bool:
    """Recorded before the step that may make it arrive; false if this attempt is no longer the one."""
    async with db.use() as connection:
        return bool(
            await queries("outbox").hand_over(
                connection, now=now, lease=now + LEASE, id=letter.id, attempt=letter.attempt
            )
        )


async def done(db: Database, letter: Letter, now: datetime) -> None:
    """Delivered, or not to be sent any more."""
    async with db.use() as connection:
        await queries("outbox").done(connection, now=now, id=letter.id, attempt=letter.attempt)


async def put_off(db: Database, letter: Letter, now: datetime, *, doubt: bool) -> None:
    """Not delivered: tried again after a pause that doubles. `doubt`: nobody knows whether it arrived."""
    pause = min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 20), LONGEST_PAUSE)
    async with db.use() as connection:
        await queries("outbox").put_off(
            connection, due_at=now + pause, doubt=doubt, id=letter.id, attempt=letter.attempt
        )


async def drop_done(db: Database, now: datetime) -> None:
    """Forgets what was delivered long ago, and codes that have served."""
    async with db.use() as connection:
        await queries("outbox").drop_done(connection, before=now - KEPT)
        await queries("outbox").drop_mail_codes(connection, before=now - timedelta(days=1))
