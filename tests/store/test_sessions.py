"""Sessions stand until they end, and the database never knows a token; the agreement is accepted once (35)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from chatserver.rules.articles import Refused
from chatserver.rules.people import Account
from chatserver.store import people, sessions
from chatserver.store.database import Database
from tests.casework.road import START, SetClock, accounts_of
from tests.cast import CHEN, SUN, WANG, Person


async def account(db: Database, person: Person) -> Account:
    return (await accounts_of(db))[person.login]


@pytest.mark.parametrize(
    ("person", "lasts"), [(WANG, timedelta(days=7)), (CHEN, timedelta(hours=12))]
)
async def test_a_session_stands_its_time(db: Database, person: Person, lasts: timedelta) -> None:
    token, expires_at, _ = await sessions.open(db, await account(db, person), START)
    assert expires_at == START + lasts
    just_before = await sessions.find(db, token, expires_at - timedelta(milliseconds=1))
    assert just_before is not None and just_before.account.login == person.login
    assert await sessions.find(db, token, expires_at) is None


async def test_an_ended_session_is_gone_at_once(db: Database) -> None:
    token, _, _ = await sessions.open(db, await account(db, WANG), START)
    found = await sessions.find(db, token, START)
    assert found is not None
    await sessions.end(db, found.id)
    assert await sessions.find(db, token, START) is None
    await sessions.end(db, found.id)


async def test_what_is_no_token_is_no_session(db: Database) -> None:
    for token in ("", "x", "\ud800", "\x00", "x" * 10_000, "' or true --"):
        assert await sessions.find(db, token, START) is None


async def test_the_database_knows_no_token(db: Database) -> None:
    token, _, _ = await sessions.open(db, await account(db, WANG), START)
    async with db.use() as connection:
        row = await connection.fetchrow("select * from sessions")
    assert token not in str(dict(row)) and row["token"] == sessions.hashed(token)


async def test_tokens_have_at_least_128_bits_and_never_repeat(db: Database) -> None:
    who = await account(db, WANG)
    tokens = {(await sessions.open(db, who, START))[0] for _ in range(20)}
    assert len(tokens) == 20 and all(len(token) * 6 >= 128 for token in tokens)


async def test_a_socket_token_lives_a_minute_and_names_its_parent(db: Database) -> None:
    who = await account(db, WANG)
    token, _, csrf = await sessions.open(db, who, START)
    parent = await sessions.find(db, token, START)
    assert parent is not None and parent.csrf == csrf and parent.parent == parent.id
    short, expires_at, _ = await sessions.open(db, who, START, "socket", parent.id)
    found = await sessions.find(db, short, START)
    assert found is not None and (found.kind, found.parent) == ("socket", parent.id)
    assert expires_at == START + timedelta(minutes=1) and found.csrf == ""


async def test_a_socket_token_ends_with_its_session(db: Database) -> None:
    who = await account(db, WANG)
    token, _, _ = await sessions.open(db, who, START)
    parent = await sessions.find(db, token, START)
    assert parent is not None
    short, _, _ = await sessions.open(db, who, START, "socket", parent.id)
    await sessions.end(db, parent.id)
    assert await sessions.find(db, short, START) is None


async def test_the_watch_learns_which_sessions_still_stand(db: Database) -> None:
    ids = []
    for person in (WANG, CHEN, SUN):
        token, _, _ = await sessions.open(db, await account(db, person), START)
        found = await sessions.find(db, token, START)
        assert found is not None
        ids.append(found.id)
    await sessions.end(db, ids[0])
    assert await sessions.living(db, ids, START) == set(ids[1:])
    assert await sessions.living(db, ids, START + timedelta(days=1)) == {ids[2]}


async def test_a_disabled_account_has_no_session(db: Database) -> None:
    who = await account(db, WANG)
    token, _, _ = await sessions.open(db, who, START)
    async with db.use() as connection:
        await connection.execute("update accounts set disabled_at = $1", START)
    assert await sessions.find(db, token, START) is None
    assert await sessions.living(db, [sessions.hashed(token)], START) == set()


async def test_the_present_agreement_is_accepted_once(db: Database) -> None:
    who = (await account(db, SUN)).id
    version, title, body = await sessions.agreement(db)
    assert title and "不收取任何费用" in body
    assert not await sessions.has_agreed(db, who)
    assert await sessions.accept(db, who, version, START) == START
    assert await sessions.accept(db, who, version, START + timedelta(days=1)) == START
    assert await sessions.has_agreed(db, who)


async def test_another_version_than_the_present_one_is_a_conflict(db: Database) -> None:
    who = (await account(db, SUN)).id
    version, _, _ = await sessions.agreement(db)
    with pytest.raises(Refused) as refused:
        await sessions.accept(db, who, "1999-01", START)
    assert refused.value.code == "conflict"
    assert refused.value.details == {"state": version, "version": version}


async def test_a_new_agreement_must_be_accepted_anew(db: Database) -> None:
    who = (await account(db, WANG)).id
    assert await sessions.has_agreed(db, who)
    async with db.use() as connection:
        await connection.execute("insert into agreements values ('2027', 't', 'b', '2027-01-01')")
    assert not await sessions.has_agreed(db, who)
    assert (await sessions.agreement(db))[0] == "2027"
    assert await people.by_id(db, who) is not None


async def test_all_who_come_at_once_find_their_own_session(db: Database) -> None:
    asked = sessions.Lookups(db, SetClock())
    tokens = [(await sessions.open(db, await account(db, who), START))[0] for who in (WANG, CHEN)]
    everybody = [*tokens, tokens[0], "nobody's"]
    gone = asyncio.create_task(asked.find(tokens[1]))
    coming = [asyncio.create_task(asked.find(token)) for token in everybody]
    await asyncio.sleep(0)
    gone.cancel()
    first, second, again, nobody = await asyncio.gather(*coming)
    assert first is not None and second is not None and nobody is None
    assert again == first and first.account.login == "wang" and second.account.login == "chen"
    assert await asked.find(tokens[0]) == first


async def test_all_who_come_at_once_hear_that_the_database_is_away(dsn: str) -> None:
    database = Database(dsn)
    await database.open()
    await database.close()
    asked = sessions.Lookups(database, SetClock())
    heard = await asyncio.gather(*(asked.find(str(n)) for n in range(3)), return_exceptions=True)
    assert [type(one) for one in heard] == [Refused] * 3
