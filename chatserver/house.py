"""What the pages are given: the parts of the running server, made in `app`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.rules.policy import Policy
from chatserver.store.database import Database


@dataclass
class House:
    """`end_session(session id)` closes its sockets here and tells the other processes;
    `verbs` are the socket's events by namespace, for the AsyncAPI document."""

    config: Config
    clock: Clock
    database: Database
    casework: Casework
    figures: Policy
    process: str
    end_session: Callable[[bytes], Any] = lambda session: None
    verbs: Mapping[str, Any] = field(default_factory=dict)
    draining: bool = False
