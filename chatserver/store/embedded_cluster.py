"""One PostgreSQL server process on one folder: made, started, seen alive, stopped."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from .embedded_binaries import Binaries, EmbeddedError, Owner

PORT = 5432
USER = "chatserver"
#: Given on the command line, so that nothing in the data folder can weaken them.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_destination": "stderr",
    "logging_collector": "off",
    "jit": "off",
}
SMALLEST_FREE = 120 * 2**20
#: Seconds for a start: recovery after a crash may have much to replay.
START_LIMIT = 300.0
STOP_LIMIT = 20.0
#: A killed server's last children may hold the shared memory for a moment.
LINGERING = ("pre-existing shared memory block", "is still in use", "lock file")


class Cluster:
    """`folder` is PostgreSQL's data folder; `log` is a file that we, not the server, open."""

    def __init__(self, folder: Path, log: Path, binaries: Binaries, owner: Owner) -> None:
        self.folder, self.log, self.binaries, self.owner = folder, log, binaries, owner
        self._process: subprocess.Popen[bytes] | None = None

    def made(self) -> bool:
        """Whether there is one; raises if it belongs to another major version."""
        try:
            major = (self.folder / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return False
        if major != str(self.binaries.major):
            raise EmbeddedError(
                f"the database in {self.folder} was made by PostgreSQL {major}, and the one found"
                f" here is {self.binaries.version}: set PG_BIN to the bin folder of PostgreSQL"
                f" {major}, or name a new data folder"
            )
        return True

    def make(self) -> None:
        """Initialises the folder; a half-made one is never taken for a database."""
        parent = self.folder.parent
        status = os.statvfs(parent)
        if status.f_bavail * status.f_frsize < SMALLEST_FREE:
            raise EmbeddedError(
                f"the disk that holds {parent} is nearly full: free at least"
                f" {SMALLEST_FREE // 2**20} MB, or choose another data folder"
            )
        unfinished = self.folder.with_name(f"{self.folder.name}.unfinished")
        for ctype in ("C.UTF-8", "en_US.UTF-8"):  # an old macOS has only the second
            subprocess.run(["rm", "-rf", "--", unfinished], check=True)
            done = subprocess.run(
                [
                    self.binaries.folder / "initdb",
                    *("-D", str(unfinished), "--username", USER, "--encoding", "UTF8"),
                    *("--auth-local", "peer", "--auth-host", "reject", "--data-checksums"),
                    *_locale(self.binaries.major, ctype),
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                **self._as_owner(),
            )
            told = done.stderr.decode("utf-8", "replace")
            if "invalid locale name" not in told:
                break
        if done.returncode:
            raise EmbeddedError(self._why("PostgreSQL could not make its database", told))
        unfinished.rename(self.folder)

    def alive(self) -> int | None:
        """The server's process id, or None. A number that another program has got since is not it."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        lines = self._pid_file()
        try:
            pid = int(lines[0])
            os.kill(pid, 0)
        except PermissionError:
            pass
        except (IndexError, ValueError, ProcessLookupError, OverflowError):
            return None
        try:
            return pid if Path(f"/proc/{pid}/cwd").readlink() == self.folder else None
        except PermissionError:
            return pid
        except OSError:
            return None if Path("/proc/self").exists() else pid

    def start(self, sockets: Path) -> None:
        """Starts the server with its socket in `sockets` and waits until it takes connections."""
        deadline = time.monotonic() + START_LIMIT
        settings = SETTINGS | {"unix_socket_directories": str(sockets)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._admit()
        self._clear_recycled()
        lingering = time.monotonic() + 10
        while True:
            with open_own(self.log) as log:
                begin = log.seek(0, os.SEEK_END)
                self._process = subprocess.Popen(
                    [self.binaries.folder / "postgres", "-D", str(self.folder), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    **self._as_owner(),
                )
            if self._wait_ready(self._process, deadline):
                return
            told = self._log_since(begin)
            if any(words in told for words in LINGERING) and time.monotonic() < lingering:
                time.sleep(0.1)
                continue
            raise EmbeddedError(self._why("PostgreSQL did not start", told))

    def stop(self) -> None:
        """A fast stop: clients are cut off, what is committed is on disk."""
        for how in (signal.SIGINT, signal.SIGQUIT):
            pid = self.alive()
            if pid is None:
                return
            try:
                os.kill(pid, how)
            except ProcessLookupError:
                return
            limit = time.monotonic() + STOP_LIMIT
            while self.alive() == pid and time.monotonic() < limit:
                time.sleep(0.01)

    def _wait_ready(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        while process.poll() is None:
            lines = self._pid_file()
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                process.send_signal(signal.SIGQUIT)
                process.wait()
                raise EmbeddedError(
                    f"PostgreSQL was not ready in {START_LIMIT:.0f} s: see {self.log}"
                )
            time.sleep(0.01)
        return False

    def _clear_recycled(self) -> None:
        """PostgreSQL sees by itself that a process id is stale, but not that another program has it now.

        The file also guards against children that outlived a killed server: then it stays.
        """
        lines = self._pid_file()
        if not lines or self.alive() is not None or not Path(f"/proc/{lines[0]}").exists():
            return
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "cwd").readlink() == self.folder:
                    return
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _admit(self) -> None:
        """Only the users that may command this database get in, by the kernel's word for who they are."""
        names = dict.fromkeys([self.owner.name, pwd.getpwuid(os.geteuid()).pw_name, "root"])
        lines = "".join(f'chatserver "{name}" {USER}\n' for name in names)
        self._write("pg_ident.conf", lines)
        access = "local all all peer map=chatserver\nlocal replication all peer map=chatserver\n"
        self._write("pg_hba.conf", access)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / f"{name}.new"
        file.unlink(missing_ok=True)
        with open_own(file) as out:
            out.write(text.encode())
        file.rename(self.folder / name)

    def _as_owner(self) -> dict[str, Any]:
        """How a child of ours runs: as the owner, apart from our terminal, without our settings."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        how: dict[str, Any] = {"cwd": "/", "umask": 0o077, "start_new_session": True}
        how["env"] = kept | {"LC_ALL": "C"}
        if os.geteuid() == 0:
            how |= {"user": self.owner.uid, "group": self.owner.gid, "extra_groups": []}
        return how

    def _log_since(self, begin: int) -> str:
        with open_own(self.log) as log:
            log.seek(max(begin, log.seek(0, os.SEEK_END) - 20_000))
            return log.read().decode("utf-8", "replace")

    def _why(self, what: str, told: str) -> str:
        """One line from what PostgreSQL said."""
        if "No space left on device" in told:
            return f"{what}: the disk that holds {self.folder} is full; free some space"
        if "Read-only file system" in told:
            return (
                f"{what}: {self.folder} lies on a read-only file system; choose another data folder"
            )
        marks = ("FATAL: ", "PANIC: ", "error: ", "ERROR: ")
        lines = [line for line in told.splitlines() if any(mark in line for mark in marks)]
        last = (lines or told.splitlines() or ["it said nothing"])[-1]
        return f"{what} in {self.folder}: {last.split(': ', 1)[-1].strip()}"


def _locale(major: int, ctype: str) -> list[str]:
    """Chinese counts as letters only under a UTF-8 ctype; the order is that of bytes everywhere."""
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    return [*builtin, "--locale=C", f"--lc-ctype={ctype}"]


def open_own(file: Path) -> IO[bytes]:
    """Opens (or makes) a file of ours to append and read, never through a link that someone laid there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    opened = os.fdopen(os.open(file, flags, 0o600), "ab+")
    if os.geteuid() == 0:
        folder = file.parent.stat()
        os.fchown(opened.fileno(), folder.st_uid, folder.st_gid)
    return opened
