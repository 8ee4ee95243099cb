"""Accounts: a name is taken once, a password proves it, a code counts once (6; RFC 6238)."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from chatserver.rules.articles import Refused
from chatserver.rules.people import Account
from chatserver.store import people
from chatserver.store.database import Database
from tests.casework.road import START
from tests.cast import CHEN, WANG

PASSWORD = "correct horse battery"


async def add(db: Database, **changes: Any) -> tuple[Account, str | None]:
    given = {"role": "lawyer", "login": "newlawyer", "password": PASSWORD, "now": START}
    return await people.add(db, **(given | changes))


def code(uri: str | None, at: Any = START) -> str:
    secret = parse_qs(urlsplit(uri or "").query)["secret"][0]
    return pyotp.TOTP(secret).at(at)


async def refusal(waiting: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await waiting
    return refused.value


async def test_a_new_account_is_found_by_its_id(db: Database) -> None:
    account, uri = await add(db, skills=("family",), capacity=2, name="新人", profession="notary")
    assert await people.by_id(db, account.id) == account
    assert account.skills == {"family"} and account.capacity == 2
    assert uri is not None and uri.startswith("otpauth://totp/")
    assert await people.by_id(db, "0" * 32) is None


@pytest.mark.parametrize("written", ["newlawyer", "NewLawyer", "ＮＥＷlawyer"])
async def test_a_login_is_one_name_however_it_is_written(db: Database, written: str) -> None:
    account, _ = await add(db, login="NEWlawyer")
    assert account.login == "NEWlawyer"
    assert (await people.sign_in(db, written, PASSWORD, None, START, False)).id == account.id
    with pytest.raises(people.Taken, match="log-in"):
        await add(db, login=written)


async def test_who_already_had_a_login_that_differs_in_capitals_alone_keeps_it(
    db: Database,
) -> None:
    first, _ = await add(db, login="twin")
    second, _ = await add(db, login="other", password="another password")
    async with db.use() as connection:
        change = "update accounts set login = 'Twin', login_alike = null where id = $1"
        await connection.execute(change, second.id)
    for login, password, known in (
        ("twin", PASSWORD, first),
        ("TWIN", PASSWORD, first),
        ("Twin", "another password", second),
    ):
        assert (await people.sign_in(db, login, password, None, START, False)).id == known.id


async def test_a_citizen_has_neither_staff_number_nor_second_factor(db: Database) -> None:
    account, uri = await add(db, role="citizen", staff_no="L0009")
    assert account.staff_no is None and uri is None


@pytest.mark.parametrize(("role", "first"), [("lawyer", "L0004"), ("expert", "E0002")])
async def test_staff_numbers_go_on_from_the_last(db: Database, role: str, first: str) -> None:
    account, _ = await add(db, role=role)
    assert account.staff_no == first


async def test_staff_numbers_given_at_once_are_all_different(db: Database) -> None:
    made = await asyncio.gather(*(add(db, login=f"lawyer-{n}") for n in range(4)))
    assert len({account.staff_no for account, _ in made}) == 4


async def test_a_taken_log_in_or_staff_number_is_told(db: Database) -> None:
    with pytest.raises(people.Taken, match="log-in"):
        await add(db, login=CHEN.login)
    with pytest.raises(people.Taken, match="staff number"):
        await add(db, staff_no=CHEN.staff_no)
    assert (await refusal(add(db, staff_no="17"))).code == "invalid"


async def test_the_password_signs_in(db: Database) -> None:
    account = await people.sign_in(db, WANG.login, WANG.password, None, START, True)
    assert account.login == WANG.login


async def test_a_wrong_password_and_an_unknown_log_in_are_alike(db: Database) -> None:
    heard = []
    for login, password in (
        (WANG.login, "wrong-password"),
        ("nobody", "x"),
        (WANG.login, "\ud800"),
    ):
        error = await refusal(people.sign_in(db, login, password, None, START, True))
        heard.append((error.code, error.message, error.details))
    assert len(set(map(str, heard))) == 1 and heard[0][0] == "unauthenticated"


async def test_an_unknown_log_in_takes_as_long_as_a_wrong_password(db: Database) -> None:
    async def span(login: str) -> float:
        spans = []
        for _ in range(5):
            begun = time.process_time()
            await refusal(people.sign_in(db, login, "wrong-password", None, START, True))
            spans.append(time.process_time() - begun)
        return min(spans)

    await add(db)
    assert 0.3 < await span("newlawyer") / await span("nobody") < 3


async def test_staff_need_the_second_factor_and_only_they_hear_of_it(db: Database) -> None:
    _, uri = await add(db)
    for given in (None, "", "000000", "abc", "１２３４５６", "\x00"):
        error = await refusal(people.sign_in(db, "newlawyer", PASSWORD, given, START, True))
        assert (error.code, error.details) == ("unauthenticated", {"otp": True})
    error = await refusal(people.sign_in(db, "newlawyer", "wrong", code(uri), START, True))
    assert error.details is None, "who does not know the password learns nothing of the code"
    assert (await people.sign_in(db, "newlawyer", PASSWORD, code(uri), START, True)).login


async def test_a_code_counts_once(db: Database) -> None:
    _, uri = await add(db)
    await people.sign_in(db, "newlawyer", PASSWORD, code(uri), START, True)
    again = people.sign_in(db, "newlawyer", PASSWORD, code(uri), START, True)
    assert (await refusal(again)).details == {"otp": True}
    later = START + timedelta(seconds=30)
    await people.sign_in(db, "newlawyer", PASSWORD, code(uri, later), later, True)


async def test_of_two_sign_ins_with_one_code_one_wins(db: Database) -> None:
    _, uri = await add(db)
    calls = (people.sign_in(db, "newlawyer", PASSWORD, code(uri), START, True) for _ in range(3))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1


async def test_a_clock_may_be_one_step_off_and_not_two(db: Database) -> None:
    _, uri = await add(db)
    for seconds, good in ((-60, False), (60, False), (-30, True), (0, True), (30, True)):
        given = code(uri, START + timedelta(seconds=seconds))
        signing = people.sign_in(db, "newlawyer", PASSWORD, given, START, True)
        if good:
            assert (await signing).staff_no == "L0004"
        else:
            assert (await refusal(signing)).details == {"otp": True}


async def test_an_optional_second_factor_is_checked_when_it_is_given(db: Database) -> None:
    await add(db)
    await people.sign_in(db, "newlawyer", PASSWORD, None, START, False)
    wrong = people.sign_in(db, "newlawyer", PASSWORD, "000000", START, False)
    assert (await refusal(wrong)).details == {"otp": True}


async def test_a_disabled_account_is_nobodys(db: Database) -> None:
    account, uri = await add(db)
    async with db.use() as connection:
        await connection.execute(
            "update accounts set disabled_at = $1 where id = $2", START, account.id
        )
    assert await people.by_id(db, account.id) is None
    signing = people.sign_in(db, "newlawyer", PASSWORD, code(uri), START, True)
    assert (await refusal(signing)).details is None


async def test_no_password_is_kept(db: Database) -> None:
    await add(db)
    async with db.use() as connection:
        row = await connection.fetchrow("select * from accounts where login = 'newlawyer'")
    assert row["password"].startswith("$argon2id$") and PASSWORD not in str(dict(row))
