"""How an account wishes to be told, and its e-mail address, which a code sent there proves.

The address stands in the clear like the telephone number that is the log-in beside it: the letter needs
it, so the key would have to lie with the server, where whoever reads the one reads the other. It stands in
one row, goes into no log, address or error, and is gone when its owner removes it. The code stands in the
clear too, for its quarter of an hour: the letter is written from it when it goes, and it proves one address
to one account.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatserver.rules.articles import Refused
from chatserver.rules.telling import CODE_DIGITS, CODE_TRIES, CODES_A_DAY, turned_off

from . import outbox
from .database import Database, queries

CODE_LIVES = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wishes:
    """`pending` is an address whose code has not come back yet."""

    email: str | None = None
    pending: str | None = None
    not_told_by: tuple[str, ...] = ()


async def wishes(db: Database, account: str, now: datetime) -> Wishes:
    """What this account wants."""
    async with db.use() as connection:
        row = await queries("telling").wishes(connection, now=now, account=account)
    return Wishes(row["email"], row["pending"], tuple(row["not_told_by"]))


async def choose(
    db: Database, account: str, told_by: Collection[str], there: Collection[str], now: datetime
) -> None:
    """From now on it is told by these channels of those that are `there`."""
    before = await wishes(db, account, now)
    off = turned_off(before.not_told_by, told_by, there)
    async with db.use() as connection:
        await queries("telling").turn_off(connection, channels=off, account=account)


async def ask_code(db: Database, account: str, address: str, now: datetime) -> None:
    """A letter with a code goes to the new address; until the code comes back, nothing changes."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    async with db.transaction() as connection:
        asked = await queries("telling").ask_code(
            connection,
            account=account,
            address=address,
            code=code,
            expires_at=now + CODE_LIVES,
            now=now,
            day_ago=now - DAY,
            most=CODES_A_DAY,
        )
        if not asked:
            wait = {"retry_after_s": int(DAY.total_seconds())}
            raise Refused("rate_limited", "今天发送的验证码太多，请明天再试。", details=wait)
        await outbox.add_code(connection, account, now)


async def confirm(db: Database, account: str, code: str, now: datetime) -> None:
    """The address that the code was sent to is the account's. A wrong code counts as a try."""
    topic = queries("telling")
    async with db.transaction() as connection:
        found: Any = await topic.try_code(
            connection, code=code, account=account, now=now, most=CODE_TRIES
        )
        right = bool(found and found["right"])
        if right:
            await topic.use_code(connection, account=account)
            await topic.set_address(connection, address=found["address"], account=account)
    if not right:
        raise Refused(
            "invalid",
            "验证码不正确或已失效，请核对，或重新发送。",
            details=[{"path": "$.code", "problem": "not the code that was sent last"}],
        )


async def drop_address(db: Database, account: str) -> None:
    """No address any more; what still waited for it is not sent."""
    async with db.use() as connection:
        await queries("telling").drop_address(connection, account=account)
