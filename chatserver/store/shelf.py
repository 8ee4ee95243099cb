"""The shelf on which a process keeps the tickets it used last, and the lock that tells which still hold."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatserver.rules.events import Message, Record
from chatserver.rules.numbers import month_of
from chatserver.rules.ticket import Ticket

from .database import queries
from .tickets import record_of, ticket_of

#: What a ticket without a word weighs, in characters; an event's own fields weigh about as much.
BARE = 500
#: So many lines of a ticket are read with it, the newest; older ids are looked up when they are asked for.
READ = 500
#: (ticket, author, client id)
Said = tuple[str, str, str]


@dataclass
class Kept:
    """A ticket and the client ids used in it: `(author, id)` -> the record of that message.

    Entries up to `loaded` were read from the database, later ones written by this process. Not `whole` is one
    with older ids than these: whoever says something under one of them meets the unique key, or `lock`."""

    ticket: Ticket
    loaded: int = 0
    said: dict[tuple[str, str], Record] = field(default_factory=dict)
    whole: bool = True
    #: About how many bytes it takes, and how many of them the shelf has counted.
    weight: int = BARE
    counted: int = 0

    def add(self, record: Record) -> None:
        """One more message under its author's own id."""
        message = record.event
        assert isinstance(message, Message)
        self.said[record.actor, message.id] = record
        self.weight += BARE + len(message.body)


class Shelf:
    """The tickets used last. One is good only while the database still has its `entry`, which the
    lock tells; so a batch re-reads what another process wrote, and nothing else."""

    def __init__(self, most: int = 100_000_000) -> None:
        self._kept: OrderedDict[str | None, Kept] = OrderedDict()
        self._most = most
        self._held = 0

    def get(self, number: str | None) -> Kept | None:
        """What is kept of a ticket."""
        return self._kept.get(number)

    def put(self, *several: Kept) -> None:
        """Keeps them, and lets go of those used longest ago when all weigh too much."""
        for kept in several:
            number, weight = kept.ticket.number, kept.weight
            self._held += weight - kept.counted
            kept.counted = weight
            self._kept[number] = kept
            self._kept.move_to_end(number)
        while self._held > self._most and len(self._kept) > 1:
            self.drop([next(iter(self._kept))])

    def drop(self, numbers: Iterable[str | None]) -> None:
        """Forgets tickets whose state here is in doubt."""
        for number in list(numbers):
            dropped = self._kept.pop(number, None)
            if dropped is not None:
                self._held -= dropped.counted
                dropped.counted = 0


async def lock(
    connection: Any, shelf: Shelf, numbers: list[str], said: Iterable[Said] = ()
) -> dict[str, Kept]:
    """Locks the rows of `numbers` in order and returns those that exist, as they stand, with what was said in them
    under the ids of `said` if anything was."""
    topic = queries("tickets")
    rows = await connection.fetch(topic.lock_tickets.sql, numbers)
    kept = {
        number: one
        for number, entry in rows
        if (one := shelf.get(number)) is not None and one.ticket.entry == entry
    }
    stale = [number for number, _ in rows if number not in kept]
    if stale:
        shelf.drop(stale)
        months = [month_of(number) for number in stale]
        for row in await connection.fetch(topic.tickets_by_number.sql, stale):
            kept[row["number"]] = Kept(ticket_of(row), row["entry"])
        for row in await connection.fetch(topic.said_in.sql, stale, months, READ):
            kept[row["ticket"]].add(record_of(row))
        for number in stale:
            kept[number].whole = len(kept[number].said) < READ
        shelf.put(*(kept[number] for number in stale))
    if not all(one.whole for one in kept.values()):
        await _look_up(connection, kept, said)
    return kept


async def _look_up(connection: Any, kept: Mapping[str, Kept], said: Iterable[Said]) -> None:
    missing = [
        (month_of(number), number, author, id)
        for number, author, id in said
        if number in kept and not kept[number].whole and (author, id) not in kept[number].said
    ]
    if missing:
        columns = zip(*missing, strict=True)
        for row in await connection.fetch(queries("tickets").said_under.sql, *map(list, columns)):
            kept[row["ticket"]].add(record_of(row))
