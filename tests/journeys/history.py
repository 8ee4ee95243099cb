"""A record of what clients tried, were told and heard, and pure checks of it against what is stored.

Every client writes its own lines in order. `invoke` is an attempt (the first, not its repeats), `ok`
and `fail` are the server's word on it, `info` is a cut: nobody knows whether it was done. `recv` is a
message seen by a reader, pushed or fetched after a cut; `line` numbers the reader's connections.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Entry:
    """One line. `author` is the key under which an `id` is unique, `seq` what the server said."""

    client: str
    type: str
    ticket: str
    author: str = ""
    id: str = ""
    seq: int = 0
    body: str = ""
    line: int = 0

    @property
    def key(self) -> Key:
        return (self.ticket, self.author, self.id)


@dataclass(frozen=True)
class Stored:
    """One message as the archive holds it."""

    ticket: str
    seq: int
    author: str
    id: str
    body: str

    @property
    def key(self) -> Key:
        return (self.ticket, self.author, self.id)


@dataclass
class History:
    """Everything in the order it was seen by this process."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)

    def of(self, type: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.type == type]

    def write(self, path: Path) -> None:
        """JSON Lines, numbered, for reading after a failure."""
        with path.open("w", encoding="utf-8") as out:
            for number, entry in enumerate(self.entries):
                out.write(json.dumps({"i": number, **asdict(entry)}, ensure_ascii=False) + "\n")


def acked_but_not_stored(entries: Iterable[Entry], stored: Iterable[Stored]) -> list[str]:
    """What was acknowledged must be there, at the acknowledged place and with its own words."""
    by_key = {message.key: message for message in stored}
    found = []
    for entry in entries:
        if entry.type != "ok":
            continue
        message = by_key.get(entry.key)
        if message is None:
            found.append(f"lost: {entry.key} acknowledged as {entry.seq}")
        elif message.seq != entry.seq:
            found.append(f"moved: {entry.key} acknowledged as {entry.seq}, is {message.seq}")
        elif message.body != entry.body:
            found.append(f"changed: {entry.key} is {message.body!r}, was {entry.body!r}")
    return found


def stored_but_never_sent(entries: Iterable[Entry], stored: Iterable[Stored]) -> list[str]:
    """Nothing may be there that nobody sent; the service's own notices are not anybody's."""
    sent = {(entry.key, entry.body) for entry in entries if entry.type == "invoke"}
    return [
        f"invented: {message.key} {message.body!r}"
        for message in stored
        if message.author != "system" and (message.key, message.body) not in sent
    ]


def stored_twice(stored: Iterable[Stored]) -> list[str]:
    """An `id` is stored once for each author and ticket."""
    counts = Counter(message.key for message in stored if message.author != "system")
    return [f"stored {count} times: {key}" for key, count in counts.items() if count > 1]


def gaps(stored: Iterable[Stored]) -> list[str]:
    """`seq` counts 1, 2, 3 … within each ticket."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for message in stored:
        numbers[message.ticket].append(message.seq)
    return [
        f"not 1..{len(seqs)}: {ticket} has {sorted(seqs)}"
        for ticket, seqs in numbers.items()
        if sorted(seqs) != list(range(1, len(seqs) + 1))
    ]


def broken_streams(
    entries: Iterable[Entry], stored: Iterable[Stored], readers: Iterable[tuple[str, str]]
) -> list[str]:
    """Each reader `(client, ticket)` has seen all of the ticket, over all connections together.

    Within one connection what is new to a reader comes in order, and no number ever carries two
    different messages. What a reader knows may come again at any time: after a crash a message is
    delivered once more when its sender repeats it.
    """
    archive: dict[str, dict[int, Stored]] = defaultdict(dict)
    for message in stored:
        archive[message.ticket][message.seq] = message
    seen: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.type == "recv":
            seen[entry.client, entry.ticket].append(entry)
    found = []
    for reader in readers:
        heard = seen[reader]
        known: dict[int, Entry] = {}
        highest: dict[int, int] = {}
        for entry in heard:
            first = known.setdefault(entry.seq, entry)
            if (first.author, first.id, first.body) != (entry.author, entry.id, entry.body):
                found.append(f"two messages at {entry.seq}: {reader}")
            if first is entry and entry.seq < highest.get(entry.line, 0):
                found.append(f"went back to {entry.seq} on line {entry.line}: {reader}")
            highest[entry.line] = max(entry.seq, highest.get(entry.line, 0))
        missing = sorted(archive[reader[1]].keys() - known.keys())
        if missing:
            found.append(f"never heard {missing}: {reader}")
        for seq, entry in known.items():
            there = archive[reader[1]].get(seq)
            if there is None:
                found.append(f"heard {seq}, which is not stored: {reader}")
            elif (there.id, there.body) != (entry.id, entry.body):
                found.append(f"heard other words at {seq} than are stored: {reader}")
    return found


def out_of_order(entries: Sequence[Entry]) -> list[str]:
    """One client's messages keep the order in which they were sent.

    A message that was refused once and sent again may come later than those behind it.
    """
    seqs = {entry.key: entry.seq for entry in entries if entry.type == "ok"}
    refused = {entry.key for entry in entries if entry.type == "fail"}
    last: dict[tuple[str, str], tuple[int, str]] = {}
    found = []
    for entry in entries:
        if entry.type != "invoke" or entry.key in refused or entry.key not in seqs:
            continue
        seq, way = seqs[entry.key], (entry.client, entry.ticket)
        before, id = last.get(way, (0, ""))
        if seq <= before:
            found.append(f"{entry.id} sent after {id}, stored before: {way}")
        last[way] = (seq, entry.id)
    return found


def disagreeing_acks(entries: Iterable[Entry]) -> list[str]:
    """The same `id` gets the same acknowledgement, however often it is sent."""
    seqs: dict[Key, int] = {}
    return [
        f"{entry.key} acknowledged as {seqs[entry.key]} and as {entry.seq}"
        for entry in entries
        if entry.type == "ok" and seqs.setdefault(entry.key, entry.seq) != entry.seq
    ]


def violations(
    entries: Sequence[Entry], stored: Sequence[Stored], readers: Sequence[tuple[str, str]]
) -> list[str]:
    """Everything that does not hold."""
    return [
        *acked_but_not_stored(entries, stored),
        *stored_but_never_sent(entries, stored),
        *stored_twice(stored),
        *gaps(stored),
        *broken_streams(entries, stored, readers),
        *out_of_order(entries),
        *disagreeing_acks(entries),
    ]
