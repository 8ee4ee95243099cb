"""Sessions: 128-bit tokens, of which the database keeps only a hash; and the service agreement (35)."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatserver.clock import Clock
from chatserver.rules.articles import Refused, article
from chatserver.rules.people import Account

from .database import Database, queries
from .people import account_of

LIFETIME = {
    "citizen": timedelta(days=7),
    "staff": timedelta(hours=12),
    "socket": timedelta(minutes=1),
}


@dataclass(frozen=True)
class Session:
    """A session that stands. `id` is the token's hash; `csrf` goes with the cookie."""

    id: bytes
    account: Account
    expires_at: datetime
    csrf: str
    kind: str
    parent: bytes


def hashed(token: str) -> bytes:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def open(
    db: Database, account: Account, now: datetime, kind: str = "session", parent: bytes = b""
) -> tuple[str, datetime, str]:
    """`(token, expires_at, csrf)`. A `socket` token lives one minute and belongs to its `parent`."""
    token = secrets.token_urlsafe(24)
    csrf = parent.hex() if kind == "socket" else secrets.token_urlsafe(16)
    if kind == "socket":
        expires_at = now + LIFETIME["socket"]
    else:
        expires_at = now + LIFETIME["citizen" if account.role == "citizen" else "staff"]
    async with db.use() as connection:
        await queries("sessions").open_session(
            connection,
            token=hashed(token),
            account=account.id,
            kind=kind,
            csrf=csrf,
            now=now,
            expires_at=expires_at,
        )
    return token, expires_at, csrf


async def find(db: Database, token: str, now: datetime) -> Session | None:
    """The session of `token`, if it stands."""
    key = hashed(token)
    return (await _find_all(db, [key], now)).get(key)


async def _find_all(db: Database, keys: list[bytes], now: datetime) -> dict[bytes, Session]:
    async with db.use() as connection:
        rows = await connection.fetch(queries("sessions").sessions.sql, keys, now)
    return {row["token"]: _session_of(row) for row in rows}


def _session_of(row: Any) -> Session:
    socket = row["kind"] == "socket"
    return Session(
        id=row["token"],
        account=account_of(row),
        expires_at=row["expires_at"],
        csrf="" if socket else row["csrf"] or "",
        kind=row["kind"],
        parent=bytes.fromhex(row["csrf"] or "") if socket else row["token"],
    )


class Lookups:
    """`find` for many at once: all who ask in one turn of the loop share a query, since after a cut
    everybody comes back at the same moment."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock
        self._asked: dict[bytes, list[asyncio.Future[Session | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, token: str) -> Session | None:
        """The session of `token`, if it stands; raises `Refused` as `find` does."""
        loop = asyncio.get_running_loop()
        if not self._asked:
            loop.call_soon(self._ask)
        waiting: asyncio.Future[Session | None] = loop.create_future()
        self._asked.setdefault(hashed(token), []).append(waiting)
        return await waiting

    def _ask(self) -> None:
        asked, self._asked = self._asked, {}
        task = asyncio.create_task(self._answer(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, asked: dict[bytes, list[asyncio.Future[Session | None]]]) -> None:
        found: dict[bytes, Session] = {}
        failed: Exception | None = None
        try:
            found = await _find_all(self.db, list(asked), self.clock.now())
        except Exception as error:
            failed = error
        for key, waiting in asked.items():
            for one in waiting:
                if one.done():
                    continue  # whoever asked has gone
                if failed is None:
                    one.set_result(found.get(key))
                else:
                    one.set_exception(failed)


async def end(db: Database, id: bytes) -> None:
    """Ends a session; its sockets are closed by the watch that asks `living`."""
    async with db.use() as connection:
        await queries("sessions").end_session(connection, token=id)


async def living(db: Database, ids: list[bytes], now: datetime) -> set[bytes]:
    """Those of `ids` that still stand."""
    async with db.use() as connection:
        return {row[0] async for row in queries("sessions").living(connection, tokens=ids, now=now)}


async def agreement(db: Database) -> tuple[str, str, str]:
    """`(version, title, body)` of the agreement in force."""
    async with db.use() as connection:
        row = await queries("sessions").current_agreement(connection)
    return row["version"], row["title"], row["body"]


@article(35)
async def accept(db: Database, account: str, version: str, now: datetime) -> datetime:
    """征得其同意: when the agreement was accepted; another version than the present one is `conflict`."""
    current, _, _ = await agreement(db)
    if version != current:
        raise Refused(
            "conflict",
            "服务协议已更新，请阅读新版本。",
            details={"state": current, "version": current},
        )
    async with db.use() as connection:
        accepted: datetime = await queries("sessions").accept_agreement(
            connection, account=account, version=version, now=now
        )
    return accepted


async def has_agreed(db: Database, account: str) -> bool:
    """Whether the account has accepted the agreement in force."""
    async with db.use() as connection:
        return bool(await queries("sessions").has_agreed(connection, account=account))
