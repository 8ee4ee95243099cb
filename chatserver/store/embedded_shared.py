"""What the commands on one data folder share: two locks, one server, the folder of its socket."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from .embedded_binaries import (
    SHARED,
    EmbeddedError,
    find,
    make_folder,
    owner_of,
    placed,
    reachable,
)
from .embedded_cluster import PORT, USER, Cluster, open_own

DATABASE = "chatserver"
LOCK_LIMIT = 330.0
LARGEST_LOG = 5 * 2**20


class Shared:
    """One command's part in it. All methods block; `OSError` means an unusable folder."""

    def __init__(self, data: Path) -> None:
        private = 0o711 if os.geteuid() == 0 else 0o700
        make_folder(data, private)
        self.data = data.resolve()
        home = self.data / "postgres"
        owner = owner_of(home if home.exists() else self.data)
        if not reachable(home, owner):
            mark = hashlib.sha256(bytes(self.data)).hexdigest()[:12]
            home = SHARED / f"{self.data.name}-{mark}"
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
        with held(self.busy):
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
                if self.home.parent == SHARED:
                    _forget_gone()
                    note = self.home.with_name(f"{self.home.name}.for")
                    note.write_bytes(bytes(self.data))
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
        with held(self.busy):
            self.ensure()

    def leave(self) -> None:
        """Goes out; the last one stops the server and removes its socket's folder."""
        try:
            if self.inside or self.cluster is not None:
                with held(self.busy):
                    fcntl.flock(self.users, fcntl.LOCK_UN)
                    self.inside = False
                    if self.cluster is not None and alone(self.users):
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
        told = self._recorded().get("where", where())
        if told != where() and not alone(self.users):
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
            out.write(json.dumps({"sockets": str(folder), "where": where()}).encode())
        return folder

    def _own(self, folder: Path) -> None:
        if os.geteuid() == 0:
            os.chown(folder, self.owner.uid, self.owner.gid)


def _forget_gone() -> None:
    """Removes what was kept apart for temporary data folders that are gone; others' stays for ever."""
    for note in SHARED.glob("*.for"):
        data = Path(os.fsdecode(note.read_bytes()))
        home = note.with_name(note.name.removesuffix(".for"))
        temporary = data.is_relative_to(Path(tempfile.gettempdir()).resolve())
        if temporary and not data.exists() and not (home / "cluster" / "postmaster.pid").exists():
            shutil.rmtree(home, ignore_errors=True)
            note.unlink(missing_ok=True)


@contextmanager
def held(file: IO[bytes]) -> Iterator[None]:
    """Holds an exclusive lock on a file; other commands hold it only while they start or stop."""
    limit = time.monotonic() + LOCK_LIMIT
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > limit:
                raise EmbeddedError(
                    "another command has been starting or stopping the database for minutes:"
                    f" see {Path(file.name).with_suffix('.log')}"
                ) from None
            time.sleep(0.02)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def alone(users: IO[bytes]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(users, fcntl.LOCK_UN)
    return True


def where() -> str:
    """This machine's present run and container, where process ids mean the same."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return os.uname().nodename
