"""The embedded database: started by the first command on a data folder, stopped by the last one out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import asyncpg

from .embedded_binaries import EmbeddedError
from .embedded_shared import DATABASE, Shared

__all__ = ["EmbeddedError", "embedded"]

LOOK_EVERY = 0.25
Result = TypeVar("Result")
log = logging.getLogger(__name__)


@asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[str]:
    """Yields the address of the database `chatserver`, as its owner; raises `EmbeddedError`.

    Every process that is inside holds a shared lock, which the kernel frees however it ends. While
    inside, a server that died is started again under the same address.
    """
    try:
        shared = Shared(data)
    except OSError as error:
        raise _unusable(data, error) from None
    try:
        try:
            await _to_the_end(shared.enter)
            dsn = shared.dsn
        except OSError as error:
            raise _unusable(data, error) from None
        await _prepare(dsn)
        watch = asyncio.create_task(_watch(shared))
        try:
            yield dsn
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
    finally:
        await _to_the_end(shared.leave)


def _unusable(data: Path, error: OSError) -> EmbeddedError:
    reason = error.strerror or str(error)
    place = f" ({error.filename})" if error.filename else ""
    return EmbeddedError(
        f"cannot use the data folder {data}: {reason}{place};"
        " choose another one with --data or CHATSERVER_DATA"
    )


async def _to_the_end(work: Callable[[], Result]) -> Result:
    """Runs blocking work in a thread to its end even if we are cancelled, so that nothing half-done stays."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        if running.done() and not running.cancelled():
            running.exception()
        raise


async def _watch(shared: Shared) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if shared.healthy():
            continue
        log.warning("the embedded database died; starting it again")
        try:
            await _to_the_end(shared.revive)
        except (EmbeddedError, OSError) as error:
            log.error("the embedded database did not come back: %s", error)
            await asyncio.sleep(2)


async def _prepare(dsn: str) -> None:
    """Makes the database `chatserver` if need be, and checks what we rely on."""
    maintenance = await asyncpg.connect(dsn, database="postgres", timeout=30)
    try:
        known = "select exists (select from pg_database where datname = $1)"
        if not await maintenance.fetchval(known, DATABASE):
            with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await maintenance.execute(f'create database "{DATABASE}" template template0')
    finally:
        await maintenance.close()
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            if await connection.fetchval("select current_setting($1)", setting) != "on":
                raise EmbeddedError(
                    f"{setting} is off in the embedded database, so that a crash could lose messages:"
                    f" run ALTER DATABASE {DATABASE} RESET {setting}"
                )
        # Two commands that start together may both find it missing; one of them makes it.
        with suppress(asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError):
            await connection.execute("create extension if not exists pg_trgm")
        alike = "select similarity('房屋租赁合同纠纷', '房屋租赁合同')"
        if not await connection.fetchval(alike):
            raise EmbeddedError(
                "this PostgreSQL finds no likeness between Chinese words (its lc_ctype is C):"
                " make the database anew in an empty data folder"
            )
    except asyncpg.UndefinedFileError:
        raise EmbeddedError("this PostgreSQL lacks pg_trgm: install its contrib modules") from None
    finally:
        await connection.close()
