"""The clocks alone: what fell due while no server ran fires while the rest of one is still being read.

Reading the whole program takes twice as long as reading these parts of it, and after a crash people wait.
A process that reads is slow at everything else, and what it locks is locked for the others: what falls due
is theirs first.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.house import policy_of
from chatserver.store.database import Database
from chatserver.timers.deadlines import Deadlines

#: A server that is up has done by then what fell due.
THEIRS = timedelta(seconds=0.25)


@asynccontextmanager
async def clocks(config: Config, dsn: str) -> AsyncIterator[None]:
    """A road and a timer of their own, as another process would have them, until the server takes over."""
    database, clock = Database(dsn, size=2), Clock()
    await database.open()
    casework = Casework(database, clock, policy_of(config), secrets.token_hex(8))
    await casework.start()
    timer = asyncio.create_task(Deadlines(database, casework, clock, THEIRS).run())
    try:
        yield
    finally:
        timer.cancel()
        await asyncio.gather(timer, return_exceptions=True)
        await casework.stop()
        await database.close()
