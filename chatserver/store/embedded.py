"""The embedded database: started by the first command on a data folder, stopped by the last one out."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

import asyncpg

from . import embedded_binaries
from .embedded_binaries import EmbeddedError, find, make_folder, owner_of, placed, reachable
from .embedded_cluster import PORT, USER, Cluster, open_own

__all__ = ["EmbeddedError", "embedded"]

DATABASE = "chatserver"
LOCK_LIMIT = 330.0
LOOK_EVERY = 0.25
LARGEST_LOG = 5 * 2**20
Result = TypeVar("Result")
log = logging.getLogger(__name__)


@asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[str]:
    """Yields the address of the database `chatserver`, as its owner; raises `EmbeddedError`.

    Every process that is inside holds a shared lock, which the kernel frees however it ends. While
    inside, a server that died is started again under the same address.
    """
    try:
        shared = _Shared(data)
    except OSError as error:
        raise _unusable(data, error) from None
    try:
        await _to_the_end(shared.enter)
        dsn = shared.dsn
        await _prepare(dsn)
        watch = asyncio.create_task(_watch(shared))
        try:
            yield dsn
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
    except OSError as error:
        raise _unusable(data, error) from None
    finally:
        await _to_the_end(shared.leave)


class _Shared:
    """What the commands on one data folder share: two locks, the server, the folder of its socket."""

    def __init__(self, data: Path) -> None:
        private = 0o711 if os.geteuid() == 0 else 0o700
        make_folder(data, private)
        self.data = data.resolve()
        home = self.data / "postgres"
        owner = owner_of(home if home.exists() else self.data)
        if not reachable(home, owner):
            mark = hashlib.sha256(bytes(self.data)).hexdigest()[:12]
            home = embedded_binaries.SHARED / f"{self.data.name}-{mark}"
            if home.exists():
                owner = owner_of(home)
        self.home, self.owner = home, owner
        self.busy = open_own(self.data / "postgres.lock")
        self.users = open_own(self.data / "postgres.users")
        self.record = self.data / "postgres.socket"
        self.cluster: Cluster | None = None
        self.inside = False

    @property
    def dsn(self) -> str:
        """By the socket; the kernel tells the server who we are."""
        return f"postgresql://{USER}@/{DATABASE}?host={self._recorded()['sockets']}&port={PORT}"

    def enter(self) -> None:
        """Joins the running server, or makes and starts one."""
        with _held(self.busy):
            self._refuse_another_machine()
            self.ensure()
            fcntl.flock(self.users, fcntl.LOCK_SH)
            self.inside = True

    def ensure(self) -> None:
        """Starts the server unless it runs; with `busy` held."""
        if self.cluster is None:
            binaries = placed(find(os.environ), self.owner)
            make_folder(self.home.parent, 0o711)
            if not self.home.is_dir():
                self.home.mkdir()
                if os.geteuid() == 0:
                    os.chown(self.home, self.owner.uid, self.owner.gid)
                self.home.chmod(0o700)
            file = self.data / "postgres.log"
            self.cluster = Cluster(self.home / "cluster", file, binaries, self.owner)
        cluster = self.cluster
        if not cluster.made():
            cluster.make()
        if self.healthy():
            return
        cluster.stop()
        with suppress(FileNotFoundError):
            if cluster.log.stat().st_size > LARGEST_LOG:
                cluster.log.rename(cluster.log.with_suffix(".log.1"))
        cluster.start(self._sockets())

    def healthy(self) -> bool:
        """Whether the server runs and its socket can be found."""
        sockets = self._recorded().get("sockets")
        present = sockets is not None and Path(sockets, f".s.PGSQL.{PORT}").exists()
        return present and self.cluster is not None and self.cluster.alive() is not None

    def revive(self) -> None:
        """Starts a server that died, unless someone else just did."""
        with _held(self.busy):
            self.ensure()

    def leave(self) -> None:
        """Goes out; the last one stops the server and removes its socket's folder."""
        try:
            if self.inside or self.cluster is not None:
                with _held(self.busy):
                    fcntl.flock(self.users, fcntl.LOCK_UN)
                    self.inside = False
                    if self.cluster is not None and _alone(self.users):
                        self.cluster.stop()
                        with suppress(KeyError):
                            shutil.rmtree(self._recorded()["sockets"], ignore_errors=True)
                        self.record.unlink(missing_ok=True)
        finally:
            self.busy.close()
            self.users.close()

    def _recorded(self) -> dict[str, str]:
        try:
            told = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _refuse_another_machine(self) -> None:
        """Locks reach across containers that share a folder; process ids and sockets do not."""
        where = self._recorded().get("where", _where())
        if where != _where() and not _alone(self.users):
            raise EmbeddedError(
                f"the database in {self.data} is in use from another container or machine:"
                " stop it there first, or let both use one DATABASE_URL"
            )

    def _sockets(self) -> Path:
        """The recorded folder again if it is still ours alone, so that addresses given out stay right."""
        recorded = self._recorded().get("sockets")
        folder = Path(recorded) if recorded else None
        try:
            if folder is not None and not folder.is_dir():
                folder.mkdir(mode=0o700)
                self._own(folder)
            if folder is not None:
                status = folder.lstat()
                if status.st_uid == self.owner.uid and status.st_mode & 0o077 == 0:
                    return folder
        except OSError:
            pass
        # A socket's path may have 103 bytes at most, so it cannot lie in the data folder.
        short = "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix="chatserver-", dir=short))
        self._own(folder)
        self.record.unlink(missing_ok=True)
        with open_own(self.record) as out:
            out.write(json.dumps({"sockets": str(folder), "where": _where()}).encode())
        return folder

    def _own(self, folder: Path) -> None:
        if os.geteuid() == 0:
            os.chown(folder, self.owner.uid, self.owner.gid)


class _held:
    """Holds an exclusive lock on a file, in a thread; other commands hold it only for a start or stop."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __enter__(self) -> None:
        limit = time.monotonic() + LOCK_LIMIT
        while True:
            try:
                return fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > limit:
                    raise EmbeddedError(
                        "another command has been starting or stopping the database for minutes:"
                        f" see {Path(self.file.name).with_suffix('.log')}"
                    ) from None
                time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self.file, fcntl.LOCK_UN)


def _alone(users: IO[bytes]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(users, fcntl.LOCK_UN)
    return True


def _where() -> str:
    """This machine's present run and container, where process ids mean the same."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return os.uname().nodename


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


async def _watch(shared: _Shared) -> None:
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
