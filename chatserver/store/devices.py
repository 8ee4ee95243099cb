"""The browsers in which a citizen is told: the address at a push service and the keys, which the browser
gives. Own data of the account; a device is gone with its account, and when its owner signs out there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from .database import Database, queries

#: Browsers of one account; of more the one not heard of for the longest goes.
MOST = 10


@dataclass(frozen=True)
class Device:
    """`endpoint` is a secret between the browser, its push service and us; `language` its owner's."""

    endpoint: str
    p256dh: bytes
    auth: bytes
    language: str

    @property
    def id(self) -> str:
        """What it is called outside; the browser can find out its own."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()[:32]


async def keep(db: Database, account: str, session: bytes, device: Device, now: datetime) -> None:
    """It is told from now on; the same browser says so again without harm."""
    topic = queries("devices")
    async with db.transaction() as connection:
        await topic.leave(connection, id=device.id, account=account)
        await topic.keep(
            connection,
            id=device.id,
            account=account,
            endpoint=device.endpoint,
            p256dh=device.p256dh,
            auth=device.auth,
            language=device.language,
            session=session,
            now=now,
        )
        await topic.want(connection, account=account)
        await topic.thin(connection, account=account, most=MOST)


async def own(db: Database, account: str) -> list[str]:
    """The ids of an account's devices, the newest first."""
    async with db.use() as connection:
        return [row["id"] async for row in queries("devices").own(connection, account=account)]


async def drop(db: Database, account: str, id: str) -> bool:
    """Whether there was one to be told no more."""
    async with db.use() as connection:
        return bool(await queries("devices").drop(connection, account=account, id=id))


async def drop_all(db: Database, account: str) -> None:
    """None of the account's is told any more."""
    async with db.use() as connection:
        await queries("devices").drop_all(connection, account=account)


async def gone(db: Database, id: str) -> None:
    """Its push service knows it no more; nothing that waits for it is sent."""
    async with db.use() as connection:
        await queries("devices").gone(connection, id=id)
