"""What the pages are given: the parts of the running server, made in `app`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.rules.policy import Policy
from chatserver.store.database import Database


@dataclass
class House:
    """`end_session(session id)` closes its sockets here and tells the other processes; `look` is
    the look at the database that all who ask for readiness at one time share."""

    config: Config
    clock: Clock
    database: Database
    casework: Casework
    figures: Policy
    process: str
    end_session: Callable[[bytes], Awaitable[None]]
    draining: bool = False
    look: asyncio.Task[tuple[bool, bool]] | None = None
