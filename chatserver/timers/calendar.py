"""Keeps the statutory calendar as it is announced, and puts provisional call-backs right (24)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import callback
from chatserver.rules.articles import Refused
from chatserver.rules.feedback import callback_due
from chatserver.rules.people import SYSTEM
from chatserver.rules.policy import Policy
from chatserver.rules.workdays import Calendar
from chatserver.store import calendar
from chatserver.store.database import Database

#: Seconds between two looks at the calendar: a notice may be loaded beside a running server.
EVERY = 120.0
AT_ONCE = 500
log = logging.getLogger(__name__)


async def keep_calendar(
    db: Database,
    casework: Casework,
    clock: Clock,
    figures: Policy,
    use: Callable[[Calendar], None],
) -> None:
    """For ever: `use` gets the calendar as it is now, and call-backs follow it."""
    while True:
        try:
            known = await calendar.load(db, clock.now().year)
            use(known)
            await recompute(db, casework, figures, known)
        except Refused:
            pass  # the database is away
        except Exception:
            log.exception("the calendar was not looked at")
        await asyncio.sleep(EVERY)


async def recompute(db: Database, casework: Casework, figures: Policy, known: Calendar) -> int:
    """Every open call-back whose due time was a guess, through the road; how many were put right."""
    right, after = 0, ""
    while rows := await calendar.provisional(db, after, AT_ONCE):
        for row in rows:
            due_at, provisional = callback_due(row.opened_at, known, figures)
            if provisional:
                continue  # nothing has been announced for it
            outcome = await casework.act(
                "recompute", callback.recompute, row.number, SYSTEM, row.told, due_at
            )
            right += bool(outcome.records)
        after = rows[-1].number
    return right
