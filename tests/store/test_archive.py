"""Whoever changes the record behind the road's back is found out, whatever they change (32)."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from chatserver.rules import asking, events_talk
from chatserver.rules.articles import Refused
from chatserver.store import archive
from chatserver.store.database import Database
from tests.casework.road import Road, road
from tests.cast import CHEN, LI, WANG

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def full(dsn: str) -> AsyncIterator[tuple[Road, list[str], Any]]:
    """Three tickets with a talk each, and the owner's own connection, which may do everything."""
    async with road(dsn) as one:
        numbers = [await one.meet(WANG, CHEN, f"q-{turn}") for turn in range(2)]
        numbers.append(await one.ask(LI))
        for turn in range(8):
            await one.say(WANG, numbers[0], f"c-{turn}", f"第{turn}句")
            await one.say(CHEN, numbers[0], f"l-{turn}", f"第{turn}答", answer=turn == 7)
        await one.say(CHEN, numbers[1], "l-1", "您好")
        owner = await asyncpg.connect(dsn)
        yield one, numbers, owner
        await owner.close()


ENTRIES = "(select max(entry) from journal where ticket = $1)"
TAMPERING = {
    "a body is changed": "update messages set body = convert_to(replace(convert_from(body, 'UTF8'),"
    " '第', '弟'), 'UTF8') where ticket = $1 and seq = 8",
    "a hidden body is changed": "update details set body = body || ' ' where ticket = $1 and entry = 3",
    "a salt is changed": "update messages set salt = sha256(salt) where ticket = $1 and seq = 5",
    "a body is removed": "delete from messages where ticket = $1 and seq = 5",
    "a hidden body is removed": "delete from details where ticket = $1 and entry = 1",
    "a body is added": "insert into details select month, ticket, 500, body, salt from details"
    " where ticket = $1 and entry = 1",
    "a time is moved": "update journal set at = at - interval '1 microsecond'"
    " where ticket = $1 and entry = 9",
    "an actor is changed": "update journal set actor = 'L0002' where ticket = $1 and entry = 10",
    "a kind is changed": "update journal set kind = 'sent' where ticket = $1 and kind = 'answered'",
    "a seq is removed": "update journal set seq = null where ticket = $1 and seq = 4",
    "a seq is moved": "update journal set seq = 400 where ticket = $1 and seq = 4",
    "a commitment is changed": "update journal set commitment = sha256(commitment)"
    " where ticket = $1 and entry = 6",
    "a hash is changed": "update journal set hash = sha256(hash) where ticket = $1 and entry = 6",
    "the first record is removed": "delete from journal where ticket = $1 and entry = 1",
    "a middle record is removed": "delete from journal where ticket = $1 and entry = 9",
    "the last record is removed": f"delete from journal where ticket = $1 and entry = {ENTRIES}",
    "the end is cut off": "delete from journal where ticket = $1 and entry > 12",
    "all of it is removed": "delete from journal where ticket = $1",
    "a record is inserted": "insert into journal select month, ticket, entry + 100, seq + 100, at,"
    " kind, actor, commitment, hash from journal where ticket = $1 and entry = 9",
    "an author is changed": "update messages set author = 'L0002' where ticket = $1 and seq = 4",
    "a client's id is changed": "update messages set id = 'x' where ticket = $1 and seq = 4",
    "the opening is dated back": "update tickets set opened_at = opened_at - interval '1 day'"
    " where number = $1",
    "it is given to another account": "update tickets set citizen = (select id from accounts"
    " where role = 'citizen' and id <> citizen limit 1) where number = $1",
    "the row's head is changed": "update tickets set head = sha256(head) where number = $1",
    "the row's count is changed": "update tickets set last_seq = last_seq + 1 where number = $1",
    "the row's entry is changed": "update tickets set entry = entry - 1 where number = $1",
    "the row is filed elsewhere": "update tickets set month = month - 1 where number = $1",
    "the row is removed": "with queued as (delete from review_queue where ticket = $1)"
    " delete from tickets where number = $1",
}


async def test_every_class_of_tampering_is_found(full: tuple[Road, list[str], Any]) -> None:
    _, (number, other, _), owner = full
    missed = []
    for name, statement in TAMPERING.items():
        async with undone(owner):
            touched = await owner.execute(statement, number)
            assert touched.split()[-1] != "0", f"{name}: nothing was touched"
            places = {place.ticket for place in await archive.read(owner)}
            found = number in places and places <= {number, number[2:-2]}
            if (
                not found
                or not await archive.read(owner, number)
                or await archive.read(owner, other)
            ):
                missed.append(name)
    assert missed == []
    assert not await archive.read(owner)


CHAINED = {
    "journal": ("entry", "seq", "at", "kind", "actor", "commitment", "hash"),
    "messages": ("seq", "entry", "author", "id", "body", "salt"),
    "details": ("entry", "body", "salt"),
}
CHANGED = {
    "at": "at + interval '1 millisecond'",
    "kind": "kind || 'x'",
    "actor": "actor || 'x'",
    "author": "author || 'x'",
    "id": "id || 'x'",
    "entry": "entry + 1000",
    "seq": "coalesce(seq, 0) + 1000",
}


@pytest.mark.parametrize("seed", range(int(os.environ.get("TAMPERINGS", "100")) // 50))
async def test_any_field_of_any_record_may_be_changed_or_removed_and_it_is_found(
    full: tuple[Road, list[str], Any], seed: int
) -> None:
    _, _, owner = full
    chance = random.Random(seed)
    for _ in range(50):
        table = chance.choice(sorted(CHAINED))
        rows = await owner.fetch(f"select ctid::text, tableoid::regclass::text as t from {table}")
        row = chance.choice(rows)
        column = chance.choice((*CHAINED[table], None))
        place = f"ctid = '{row['ctid']}'"
        async with undone(owner):
            if column is None:
                await owner.execute(f"delete from {row['t']} where {place}")
            else:
                at = chance.randrange(1, 8)
                flipped = f"set_bit({column}, {at}, 1 - get_bit({column}, {at}))"
                value = CHANGED.get(column, flipped)
                await owner.execute(f"update {row['t']} set {column} = {value} where {place}")
            assert await archive.read(owner), (table, column, row)


@asynccontextmanager
async def undone(owner: Any) -> AsyncIterator[None]:
    """What happens inside did not happen."""
    transaction = owner.transaction()
    await transaction.start()
    yield
    await transaction.rollback()


async def test_a_record_made_before_it_told_whose_it_is_holds_too(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unnamed(citizen: str, **told: Any) -> events_talk.Opened:
        assert citizen
        return events_talk.Opened(**told)

    monkeypatch.setattr(asking, "Opened", unnamed)
    async with road(dsn) as one:
        await one.ask(WANG)
        assert not await archive.verify(one.db)


async def test_two_swapped_records_are_found(full: tuple[Road, list[str], Any]) -> None:
    one, (number, *_), owner = full
    for before, after in ((8, 900), (9, 8), (900, 9)):
        for table in ("journal", "messages"):
            await owner.execute(
                f"update {table} set entry = $3 where ticket = $1 and entry = $2",
                number,
                before,
                after,
            )
    assert {place.entry for place in await archive.verify(one.db, number)} >= {8, 9}


async def test_two_swapped_bodies_are_found(full: tuple[Road, list[str], Any]) -> None:
    one, (number, *_), owner = full
    await owner.execute(
        "update messages a set body = b.body, salt = b.salt from messages b"
        " where a.ticket = $1 and b.ticket = $1 and (a.seq, b.seq) in ((4, 5), (5, 4))",
        number,
    )
    assert len(await archive.verify(one.db, number)) == 2


async def test_a_ticket_that_is_wholly_gone_is_missed(
    full: tuple[Road, list[str], Any],
) -> None:
    one, numbers, owner = full
    for number in (numbers[0], numbers[2]):  # one in the middle and the last of the day
        for statement in ("openings", "journal", "messages", "details", "review_queue"):
            await owner.execute(f"delete from {statement} where ticket = $1", number)
        await owner.execute("delete from tickets where number = $1", number)
    report = await archive.verify(one.db)
    assert [place.ticket for place in report] == ["20261123-000001", "20261123-000003"]
    assert "gone" in str((await archive.verify(one.db, numbers[0])).broken[0])


async def test_a_ticket_under_a_number_never_drawn_is_found(
    full: tuple[Road, list[str], Any],
) -> None:
    one, numbers, owner = full
    await owner.execute("update serials set last = 2")
    assert [place.ticket for place in await archive.verify(one.db)] == [numbers[2]]


async def test_an_untouched_archive_holds(full: tuple[Road, list[str], Any]) -> None:
    one, numbers, _ = full
    report = await archive.verify(one.db)
    assert not report and report.tickets == 3
    stored = await one.fetch("select count(*) from journal")
    assert report.records == stored[0]["count"]
    assert (await archive.verify(one.db, numbers[1])).tickets == 1


async def test_long_tickets_are_read_in_pieces(
    full: tuple[Road, list[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, (number, *_), owner = full
    monkeypatch.setattr(archive, "RECORDS_AT_ONCE", 7)
    monkeypatch.setattr(archive, "TICKETS_AT_ONCE", 2)
    assert not await archive.verify(one.db)
    await owner.execute(TAMPERING["a time is moved"], number)
    assert [place.entry for place in await archive.verify(one.db)] == [9]


async def test_a_number_that_was_never_given_is_not_found(db: Database) -> None:
    with pytest.raises(Refused) as refused:
        await archive.verify(db, "BJ20261123-000042-5")
    assert refused.value.code == "not_found"
    with pytest.raises(Refused) as refused:
        await archive.verify(db, "BJ20261123-000042-4")
    assert refused.value.code == "invalid"


async def test_an_empty_archive_holds(db: Database) -> None:
    assert not await archive.verify(db)
