"""Whether the record is whole (32): every hash computed again from the rows, every number accounted for.

Found: any change, loss, insertion or swap of a record or its body, a shortened ticket, a ticket that is
gone or was given to another account. Not found from here: a chain that someone rebuilt from a point on,
ticket row and all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from chatserver.rules.articles import Refused, article
from chatserver.rules.numbers import month_of

from . import chain
from .database import UNREACHABLE, Database, queries

#: Records read at once, and tickets; what is held in memory does not grow with the archive.
RECORDS_AT_ONCE = 2_000
TICKETS_AT_ONCE = 500
#: Seconds that one statement over the whole archive may take.
PATIENCE = 3_600.0


@dataclass(frozen=True)
class Broken:
    """A place where the record does not hold; `entry` is 0 when it is not one entry's."""

    ticket: str
    entry: int
    what: str

    def __str__(self) -> str:
        place = f"{self.ticket}, entry {self.entry}" if self.entry else self.ticket
        return f"{place}: {self.what}"


@dataclass
class Report:
    """What was checked and what does not hold. As a sequence it is its broken places."""

    tickets: int = 0
    records: int = 0
    broken: list[Broken] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.broken)

    def __iter__(self) -> Iterator[Broken]:
        return iter(self.broken)


class _Said(msgspec.Struct):
    """What of a message's body stands in columns too."""

    by: str
    id: str
    staff_no: str | None = None


class _Asked(msgspec.Struct):
    """Whose question it is, by the first record; a record made before it told that has nobody."""

    citizen: str | None = None


_said = msgspec.json.Decoder(_Said)
_asked = msgspec.json.Decoder(_Asked)


class Walk:
    """One ticket's chain, entry by entry, then `end` with what the ticket's row says."""

    def __init__(self, number: str, opened_at: datetime) -> None:
        self.number = number
        self.entry = 0
        self.seq = 0
        self.citizen: str | None = None
        self.head = chain.genesis(number, opened_at)

    def step(self, row: Any) -> list[Broken]:
        """Checks the next row in order of `entry` and goes on from what it says."""
        _, entry, seq, at, kind, actor, committed, hash_, body, salt, author, id, filed_at = row
        wrong = []
        if entry != self.entry + 1:
            wrong.append(f"{entry - self.entry - 1} entries before it are missing")
        if seq is not None:
            if seq != self.seq + 1:
                wrong.append(f"seq {seq} follows {self.seq}")
            self.seq = seq
        if body is None:
            wrong.append("its body is missing")
        elif chain.commitment(salt, body) != committed:
            wrong.append("its body is not the one recorded")
        elif seq is not None and not _filed_as_said(body, author, id, filed_at == entry):
            wrong.append("its message is filed under another author, id or entry")
        if entry == 1 and body is not None:
            self.citizen = _asked_by(body)
        expected = chain.link(
            self.head,
            ticket=self.number,
            entry=entry,
            seq=seq,
            at_us=chain.microseconds(at),
            kind=kind,
            actor=actor,
            committed=committed,
        )
        if expected != hash_:
            wrong.append("its hash does not follow from the entry before")
        self.entry, self.head = entry, hash_
        return [Broken(self.number, entry, what) for what in wrong]

    def end(self, entry: int, last_seq: int, head: bytes, citizen: str) -> list[Broken]:
        """Compares what the record says with the ticket's own row."""
        wrong = []
        if self.citizen not in (None, citizen):
            wrong.append("it is another account's than the one that asked")
        if self.entry != entry:
            wrong.append(f"it ends at entry {self.entry}, not {entry}")
        if self.seq != last_seq:
            wrong.append(f"it ends at seq {self.seq}, not {last_seq}")
        if self.head != head:
            wrong.append("its last hash is not the ticket's")
        return [Broken(self.number, 0, what) for what in wrong]


def _filed_as_said(body: bytes, author: str | None, id: str | None, in_place: bool) -> bool:
    try:
        said = _said.decode(body)
    except msgspec.DecodeError:
        return False
    return in_place and said.id == id and (said.staff_no or said.by) == author


def _asked_by(body: bytes) -> str | None:
    try:
        return _asked.decode(body).citizen
    except msgspec.DecodeError:  # told already: it is not the body recorded
        return None


@article(32)
async def verify(db: Database, ticket: str | None = None) -> Report:
    """保证上述资料的完整、准确和安全: the chain of one ticket, or of all of them and their numbers.

    Reads one snapshot, so that a server may go on working. Raises `Refused`: `invalid` for what is no
    ticket number, `not_found` for one that was never given, `unavailable` while the database is away.
    """
    if ticket is not None:
        month_of(ticket)
    try:
        connection = await db.connect()
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                # It holds up nobody, and a command may be suspended by whoever gave it.
                await connection.execute("set local idle_in_transaction_session_timeout = 0")
                return await read(connection, ticket)
        finally:
            connection.terminate()
    except UNREACHABLE as error:
        raise Refused("unavailable") from error


async def read(connection: Any, ticket: str | None = None) -> Report:
    """What `verify` finds, over a connection of the caller's that sees one snapshot."""
    reader = _Reader(connection)
    return await (reader.everything() if ticket is None else reader.one(ticket))


class _Reader:
    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.report = Report()

    async def everything(self) -> Report:
        after = ""
        while heads := await self._fetch("heads", after, TICKETS_AT_ONCE):
            for page in _pages(heads):
                await self._walk(page)
            after = heads[-1]["number"]
        for row in await self._fetch("orphans", None):
            self._found(row["ticket"], "it has a record and no ticket")
        for row in await self._fetch("unheld", None, None):
            number = f"{row['day']}-{row['serial']:06d}"
            self._found(number, "the ticket with this serial is gone")
        for row in await self._fetch("undrawn"):
            self._found(row["number"], "its serial was never drawn")
        return self.report

    async def one(self, number: str) -> Report:
        heads = await self._fetch("head_of", number)
        if heads:
            await self._walk(heads)
        elif await self._fetch("orphans", number):
            self._found(number, "it has a record and no ticket")
        else:
            day, serial = number[-17:-9], int(number[-8:-2])
            if not await self._fetch("unheld", day, serial):
                raise Refused("not_found")
            self._found(number, "the ticket with this serial is gone")
        return self.report

    async def _walk(self, heads: Sequence[Any]) -> None:
        """Several tickets, read in order of number and entry, a bounded number of rows at a time."""
        for head in heads:
            if _month(head["number"]) != head["month"]:
                self._found(head["number"], "it is filed under another month than its number's")
        numbers = [head["number"] for head in heads]
        months = sorted({head["month"] for head in heads})
        walks = {head["number"]: Walk(head["number"], head["opened_at"]) for head in heads}
        place = ("", 0)
        while rows := await self._fetch("chained", months, numbers, *place, RECORDS_AT_ONCE):
            for row in rows:
                self.report.broken += walks[row[0]].step(row)
            self.report.records += len(rows)
            place = (rows[-1]["ticket"], rows[-1]["entry"])
        for head in heads:
            walk = walks[head["number"]]
            self.report.broken += walk.end(
                head["entry"], head["last_seq"], head["head"], head["citizen"]
            )
        self.report.tickets += len(heads)
        for row in await self._fetch("strays", months, numbers):
            stray = Broken(row["ticket"], row["entry"], "a body without a record")
            self.report.broken.append(stray)

    async def _fetch(self, name: str, *values: Any) -> Sequence[Any]:
        sql = getattr(queries("archive"), name).sql
        rows: Sequence[Any] = await self.connection.fetch(sql, *values, timeout=PATIENCE)
        return rows

    def _found(self, ticket: str, what: str) -> None:
        self.report.broken.append(Broken(ticket, 0, what))


def _pages(heads: Sequence[Any]) -> Iterator[list[Any]]:
    """Cut so that a page has about `RECORDS_AT_ONCE` records, or one long ticket."""
    page: list[Any] = []
    records = 0
    for head in heads:
        if page and records + head["entry"] > RECORDS_AT_ONCE:
            yield page
            page, records = [], 0
        page.append(head)
        records += head["entry"]
    if page:
        yield page


def _month(number: str) -> int | None:
    try:
        return month_of(number)
    except Refused:
        return None
