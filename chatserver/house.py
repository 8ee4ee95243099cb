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


def policy_of(config: Config) -> Policy:
    """The figures in force."""
    return Policy(
        live_answer_within=config.live_answer_within,
        message_answer_within=config.message_answer_within,
        offer_timeout=config.offer_timeout,
        panel_offer_timeout=config.panel_offer_timeout,
        reconnect_grace=config.reconnect_grace,
        idle_close=config.idle_close,
        identity=config.identity,
        number_prefix=config.number_prefix,
        warn_at=config.warn_at,
        # Who lifts the limit of what an account may send means this one too.
        most_open=Policy.most_open if config.messages_per_second else 0,
        callback_working_days=config.callback_working_days,
        callback_within=config.callback_within,
        directory=f"{config.public_url.rstrip('/')}/institutions",
        channels=tuple(
            channel
            for channel, wanted in (
                ("browser", config.vapid_key),
                ("mail", config.smtp_url),
                ("webhook", config.webhook_url),
            )
            if wanted
        ),
    )
