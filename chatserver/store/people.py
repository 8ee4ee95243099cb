"""Accounts: who someone is, and the proof that it is them (6; argon2id, RFC 9106; TOTP, RFC 6238)."""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import asyncpg
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from chatserver.rules.articles import Refused
from chatserver.rules.numbers import STAFF, STAFF_LETTER
from chatserver.rules.people import STAFF_ROLES, Account

from .database import Database, queries

ISSUER = "北京法网"
SHORTEST_PASSWORD = 8
OTP_SECONDS = 30
#: OWASP's second argon2id profile: 19 MiB, two passes.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_HASHERS = ThreadPoolExecutor(2, "argon2")
Result = TypeVar("Result")
WRONG = "登录名、密码或动态口令不正确。"


class Taken(Exception):
    """The log-in or the staff number belongs to someone already."""


def alike(login: str) -> str:
    """The log-in as it is compared: capital and small, wide and narrow letters are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).casefold())


def account_of(row: Any) -> Account:
    """The account in a row of `accounts`."""
    return Account(
        id=row["id"],
        login=row["login"],
        role=row["role"],
        name=row["name"],
        staff_no=row["staff_no"],
        profession=row["profession"],
        institution=row["institution"],
        skills=frozenset(row["skills"]),
        capacity=row["capacity"],
        review=row["review"],
        blocked_until=row["blocked_until"],
    )


async def add(
    db: Database,
    *,
    role: str,
    login: str,
    password: str,
    now: datetime,
    name: str | None = None,
    staff_no: str | None = None,
    profession: str | None = None,
    institution: str | None = None,
    skills: Iterable[str] = (),
    capacity: int = 5,
) -> tuple[Account, str | None]:
    """A new account and, for staff, the `otpauth:` address of its second factor. Raises `Taken`."""
    staff = role in STAFF_ROLES
    secret = pyotp.random_base32() if staff else None
    hashed = await _apart(HASHER.hash, password)
    async with db.transaction() as connection:
        if staff and staff_no is None:
            letter = STAFF_LETTER.get(role, "S")
            await connection.execute("lock table accounts in share row exclusive mode")
            highest = await queries("people").highest_staff_no(connection, letter=letter)
            staff_no = f"{letter}{(highest or 0) + 1:04d}"
        if staff_no is not None and not STAFF.fullmatch(staff_no):
            raise Refused("invalid", details=[{"path": "$.staff_no", "problem": "like L0017"}])
        account = Account(
            id=secrets.token_hex(16),
            login=login,
            role=role,
            name=name,
            staff_no=staff_no if staff else None,
            profession=profession or ("lawyer" if role in STAFF_LETTER else None),
            institution=institution,
            skills=frozenset(skills),
            capacity=capacity,
        )
        try:
            await queries("people").add_account(
                connection,
                id=account.id,
                login=login,
                login_alike=alike(login),
                password=hashed,
                role=role,
                name=name,
                staff_no=account.staff_no,
                profession=account.profession,
                institution=institution,
                skills=sorted(account.skills),
                capacity=capacity,
                review=account.review,
                otp_secret=secret,
                now=now,
            )
        except asyncpg.UniqueViolationError as error:
            raise Taken("staff number" if "staff_no" in str(error) else "log-in") from None
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER) if secret else None
    return account, uri


async def add_institution(db: Database, name: str) -> str:
    """A new institution; its id. Raises `Taken`."""
    id = secrets.token_hex(8)
    try:
        async with db.use() as connection:
            await queries("people").add_institution(connection, id=id, name=name)
    except asyncpg.UniqueViolationError:
        raise Taken("institution") from None
    return id


async def by_id(db: Database, id: str) -> Account | None:
    """The account, unless there is none or it was disabled."""
    async with db.use() as connection:
        row = await queries("people").account_by_id(connection, id=id)
    return account_of(row) if row else None


async def sign_in(
    db: Database, login: str, password: str, otp: str | None, now: datetime, otp_required: bool
) -> Account:
    """The account, if password and second factor hold; else `unauthenticated`, alike for all reasons
    but a missing or wrong second factor, which `details.otp` tells to whoever knows the password."""
    async with db.use() as connection:
        row = await queries("people").account_by_login(
            connection, login=login, login_alike=alike(login)
        )
    if not await _apart(_holds, row["password"] if row else "", password) or row is None:
        raise Refused("unauthenticated", WRONG)
    if row["role"] in STAFF_ROLES and (otp_required or otp):
        step = _otp_step(row["otp_secret"], otp or "", now)
        if step is not None:
            async with db.use() as connection:
                step = await queries("people").use_otp_step(connection, id=row["id"], step=step)
        if step is None:
            raise Refused("unauthenticated", "请输入动态口令。", details={"otp": True})
    return account_of(row)


async def _apart(work: Callable[..., Result], *arguments: str) -> Result:
    """Hashing in threads of its own, so that a flood of log-ins slows nothing else."""
    return await asyncio.get_running_loop().run_in_executor(_HASHERS, work, *arguments)


@cache
def _nobodys() -> str:
    """A hash of what nobody knows."""
    return HASHER.hash(secrets.token_urlsafe(16))


def _holds(hashed: str, password: str) -> bool:
    nobodys = (
        _nobodys()
    )  # also for a known log-in: an unknown one takes as long, the first time too
    try:
        return HASHER.verify(hashed or nobodys, password)
    except (VerificationError, UnicodeEncodeError):
        return False


def _otp_step(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose code this is, one step of drift allowed."""
    if not base64.b32decode(secret) or not code.isascii():
        return None
    present = int(now.timestamp()) // OTP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None
