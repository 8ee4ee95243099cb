"""The servers that are compared: how each is started, pinned to one core, and filled with talks."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from .client import Link
from .postgres import Cluster, free_port

HERE = Path(__file__).parent
HOST = "127.0.0.1"
SERVER_CORE, CLIENT_CORE = 0, 1


@dataclass
class Seat:
    """One talk: a ticket, the citizen's connection and the lawyer's (who holds several)."""

    number: str
    citizen: Link
    lawyer: Link


@dataclass
class Contender:
    """A server program and how to talk to it. `core` None leaves it unpinned."""

    name: str
    port: int
    command: Sequence[str] = ()
    environ: dict[str, str] = field(default_factory=dict)
    core: int | None = SERVER_CORE
    process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def start(self) -> None:
        """Starts the server and waits until it listens."""
        core = self.core
        self._log = tempfile.TemporaryFile(prefix="bench-")  # noqa: SIM115
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | self.environ,
            cwd=HERE.parent,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
        )
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                _, writer = await asyncio.open_connection(HOST, self.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
        raise SystemExit(f"{self.name} did not start:\n{self.log()}")

    def log(self) -> str:
        """The end of what it printed."""
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read()[-3000:].decode(errors="replace")

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for who does not go within ten seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(12)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    async def seat(self, tickets: int, lawyers: int) -> list[Seat]:
        """Connects everybody; lawyer n holds the tickets n, n + lawyers, …"""
        staff = [await self.link(f"l{n}") for n in range(lawyers)]
        return [Seat(f"t{n}", await self.link(f"c{n}"), staff[n % lawyers]) for n in range(tickets)]

    async def link(self, token: str, *, deflate: bool = False) -> Link:
        """One connection; baselines take any token of the form c17 or l3."""
        return await Link.open(HOST, self.port, "/", {"token": token}, deflate=deflate)

    async def stored(self) -> int | None:
        """Messages in the database, as far as the contender's own tables tell."""
        import asyncpg

        connection: Any = await asyncpg.connect(self.command[-3])
        try:
            count: int = await connection.fetchval("select count(*) from msg")
        finally:
            await connection.close()
        return count


def naive_python(cluster: Cluster, tickets: int, lawyers: int) -> Contender:
    """Stock python-socketio and asyncpg, one INSERT for each message."""
    script, port = str(HERE / "baselines" / "naive_python.py"), free_port()
    dsn = cluster.create("bench_naive_python")
    command = (sys.executable, script, str(port), dsn, str(tickets), str(lawyers))
    return Contender("naive Python", port, command)


def node(cluster: Cluster, tickets: int, lawyers: int, *, coalesced: bool) -> Contender:
    """socket.io and pg for Node, one INSERT for each message or group commit."""
    word = "coalesced" if coalesced else "naive"
    script, port = str(HERE / "baselines" / f"{word}_node.mjs"), free_port()
    dsn = cluster.create(f"bench_{word}_node")
    command = ("node", script, str(port), dsn, str(tickets), str(lawyers))
    return Contender(f"{word} Node", port, command)


def install_node_packages() -> None:
    """`npm ci` for the Node baselines, once."""
    if not (HERE / "node_modules" / "socket.io").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True)
