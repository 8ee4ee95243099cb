"""`kill -9` of the server under load: nothing acknowledged is lost, nothing is stored twice, no gap.

Fifty citizens and five lawyers who never give up talk to a real server process on a real database;
the process is killed at random moments and started again. `KILLS` sets how often (10 in the everyday
run), `SEED` repeats a run's moments as far as two machines permit.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bench.client import Link
from chatserver.rules.people import Account
from chatserver.store import people, sessions
from chatserver.store.database import Database
from tests.journeys import history
from tests.journeys.history import History, Stored
from tests.journeys.patient import Patient, PatientCitizen, PatientLawyer, stored_of

ROOT = Path(__file__).parents[2]
CITIZENS, LAWYERS = 50, 5
KILLS = int(os.environ.get("KILLS", "10"))
SETTINGS = {
    "CHATSERVER_CONNECTIONS_PER_ADDRESS": "0",
    "CHATSERVER_CONNECTS_PER_SECOND": "0",
    "CHATSERVER_MESSAGES_PER_SECOND": "0",
    "CHATSERVER_STAFF_OTP": "optional",
    "CHATSERVER_IDENTITY": "none",
    "CHATSERVER_OFFER_TIMEOUT": "5s",
    "CHATSERVER_RECONNECT_GRACE": "10m",
    "LOG_LEVEL": "warning",
}


class Mortal:
    """`chatserver serve` on one port, killed and started again."""

    def __init__(self, dsn: str, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.environ = os.environ | SETTINGS | {"DATABASE_URL": dsn, "PORT": str(self.port)}
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "chatserver", "serve"],
                env=self.environ,
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        assert self.process is not None
        assert self.process.poll() is None, f"the server ended by itself:\n{self.told()}"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def verify(self) -> None:
        """The archive's hash chain holds."""
        command = [sys.executable, "-m", "chatserver", "verify", "--all"]
        checked = subprocess.run(
            command, env=self.environ, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def told(self) -> str:
        return self.log.read_text("utf-8", "replace")[-3000:]


async def _people(db: Database, role: str, count: int) -> list[tuple[Account, str]]:
    """Accounts with a session; what a log-in costs is of no interest here."""
    now = datetime.now(UTC)
    version, _, _ = await sessions.agreement(db)
    made = []
    for n in range(count):
        account, _ = await people.add(
            db, role=role, login=f"kill-{role}{n}", password="kill-kill", capacity=10, now=now
        )
        if role == "citizen":
            await sessions.accept(db, account.id, version, now)
        made.append((account, (await sessions.open(db, account, now))[0]))
    return made


async def _until(holds, server: Mortal, seconds: float, what: str) -> float:
    """Waits for `holds()`; returns the seconds it took."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < seconds, f"{what} not in {seconds} s\n{server.told()}"
        await asyncio.sleep(0.01)
    return time.monotonic() - start


async def _archive(citizen: PatientCitizen) -> list[Stored]:
    """Everything stored in the citizen's only ticket, read afresh."""
    link = await Link.open("127.0.0.1", citizen.port, "/citizen", {"token": citizen.token})
    listed = await link.call("ticket:list", {})
    assert [ticket["number"] for ticket in listed["tickets"]] == sorted(citizen.held)
    found: list[Stored] = []
    more = True
    while more:
        page = {"number": listed["tickets"][0]["number"], "after_seq": len(found)}
        answer = await link.call("ticket:sync", page)
        found += [stored_of(message) for message in answer["messages"]]
        more = answer["more"]
    link.abort()
    return found


@pytest.mark.timeout(30 + 12 * KILLS)
async def test_a_server_killed_under_load_loses_repeats_and_skips_nothing(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    chance = random.Random(seed)
    monkeypatch.setattr(people, "HASHER", PasswordHasher(1, 8, 1))
    server = Mortal(db.dsn, tmp_path / "server.log")
    kept = History()
    crowd: list[Patient] = [
        PatientCitizen(
            f"citizen{n}", "citizen", "/citizen", token, server.port, kept, random.Random(seed + n)
        )
        for n, (_, token) in enumerate(await _people(db, "citizen", CITIZENS))
    ] + [
        PatientLawyer(
            f"lawyer{n}",
            account.staff_no or "",
            "/lawyer",
            token,
            server.port,
            kept,
            random.Random(seed - n),
        )
        for n, (account, token) in enumerate(await _people(db, "lawyer", LAWYERS))
    ]
    recoveries = []
    try:
        server.start()
        async with asyncio.TaskGroup() as running:
            for person in crowd:
                running.create_task(person.run())
            for _ in range(KILLS):
                before = sum(person.acked for person in crowd)
                took = await _until(
                    lambda: sum(person.acked for person in crowd) >= before + CITIZENS,  # noqa: B023
                    server,
                    20,
                    "load",
                )
                recoveries.append(took)
                await asyncio.sleep(chance.uniform(0, 0.8))
                server.kill()
                server.start()
            for person in crowd:
                person.done.set()
            for person in crowd:
                await person.quiet.wait()
            for person in crowd:
                person.home.set()
        citizens = [person for person in crowd if isinstance(person, PatientCitizen)]
        stored = [message for citizen in citizens for message in await _archive(citizen)]
    finally:
        server.kill()
    readers = [(person.name, ticket) for person in crowd for ticket in person.held]
    found = history.violations(kept.entries, stored, readers)
    told = (
        f"seed {seed}: {KILLS} kills, {len(stored)} messages, {len(kept.of('info'))} cut off, "
        f"{sum(len(p.held) for p in crowd if isinstance(p, PatientLawyer))} tickets with a lawyer, "
        f"load back after at most {max(recoveries):.1f} s"
    )
    print(told)
    if found:
        kept.write(tmp_path / "history.jsonl")
        pytest.fail("\n".join([told, f"history: {tmp_path}/history.jsonl", *found[:20]]))
    server.verify()
    assert len(stored) > CITIZENS * KILLS
    assert len(kept.of("info")) > KILLS
