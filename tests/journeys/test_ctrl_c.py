"""Ctrl-C in a terminal: every process of the demo's group hears it, the database's as well if they belonged to it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from chatserver.store.embedded_binaries import SHARED
from tests.cast import Person
from tests.clients import Running, Seat, ask, until
from tests.conftest import IN_MEMORY

ROOT = Path(__file__).parents[2]
KNOWN = ("CHATSERVER_", "DATABASE_URL", "REDIS_URL", "HOST", "PORT", "PUBLIC_URL", "LOG_LEVEL")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(KNOWN)}
FREE = {"CHATSERVER_MESSAGES_PER_SECOND": "0", "CHATSERVER_LOGINS_PER_MINUTE": "0"}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="no groups")]


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that root's stand-in can reach."""
    folder = Path(tempfile.mkdtemp(prefix="chatserver-test-", dir=os.environ.get(IN_MEMORY)))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Terminal:
    """A demo as a shell starts it: the leader of a process group, whose keys go to the whole group."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chatserver", "demo", "--port", "0", "--json", "--data", data],
            cwd=ROOT,
            env=CLEAN | FREE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    async def ready(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = await asyncio.to_thread(self.process.stdout.readline)
        assert line, await self.ended()
        told: dict[str, Any] = json.loads(line)
        return told

    def press(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    async def ended(self) -> tuple[int, str, float]:
        """The status, what stood on standard error, and the seconds it took."""
        began = time.monotonic()
        _, said = await asyncio.to_thread(self.process.communicate, timeout=40)
        return self.process.returncode, said, time.monotonic() - began


def database_of(data: Path) -> list[psutil.Process]:
    """PostgreSQL's processes on this folder, or on what is kept apart for it."""
    homes = [data, *SHARED.glob(f"{data.name}-*")]
    found = []
    for process in psutil.process_iter():
        try:
            if any(Path(process.cwd()).is_relative_to(home) for home in homes):
                found.append(process)
        except psutil.Error:
            pass
    return found


async def sit(running: Running, account: dict[str, str]) -> Seat:
    wish = {name: account[name] for name in ("login", "password")}
    async with running.http.post(f"{running.url}/api/v1/sessions", json=wish) as answer:
        token = (await answer.json())["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    async with running.http.get(f"{running.url}/api/v1/agreement") as answer:
        version = (await answer.json())["version"]
    accepted = f"{running.url}/api/v1/agreement/acceptances"
    async with running.http.post(accepted, json={"version": version}, headers=bearer) as answer:
        assert answer.status == 201
    return await running.sit(Person(account["login"], account["role"], ""), token)


@pytest.mark.timeout(240)
async def test_ctrl_c_ends_the_demo_in_order_and_it_starts_again_with_everything_acknowledged(
    data: Path,
) -> None:
    terminal = Terminal(data)
    told = await terminal.ready()
    citizen = next(one for one in told["accounts"] if one["role"] == "citizen")
    async with aiohttp.ClientSession() as http:
        running = Running(None, told["url"], http)  # type: ignore[arg-type]  # it runs in another process
        seat = await sit(running, citizen)
        number = await ask(seat)
        sent = [
            seat.call("message:send", number=number, id=f"m-{n}", body="还有一点")
            for n in range(40)
        ]
        acks = [asyncio.ensure_future(one) for one in sent]
        await acks[0]
        terminal.press()
        status, said, took = await terminal.ended()
        answers = await asyncio.gather(*acks, return_exceptions=True)
    kept = [one["seq"] for one in answers if isinstance(one, dict) and one["ok"]]
    assert (status, "Traceback" in said) == (0, False), said
    assert took < 10
    assert kept
    assert database_of(data) == []

    terminal = Terminal(data)
    told = await terminal.ready()
    async with aiohttp.ClientSession() as http:
        running = Running(None, told["url"], http)  # type: ignore[arg-type]  # it runs in another process
        seat = await sit(running, citizen)
        synced = await seat.ok("ticket:sync", number=number, after_seq=0, limit=200)
        assert {1, *kept} <= {one["seq"] for one in synced["messages"]}
        await seat.leave()
    terminal.press()
    terminal.press()  # impatiently
    status, said, took = await terminal.ended()
    assert (status, "Traceback" in said) == (0, False), said
    assert database_of(data) == []


async def being_read(terminal: Terminal) -> None:
    """Until the demo has read some of its program, and has the rest before it."""
    maps = Path(f"/proc/{terminal.process.pid}/maps")
    await until(lambda: "asyncpg" in maps.read_text(), 30)


async def starting(terminal: Terminal) -> None:
    """Until the demo says that it starts its database."""
    assert terminal.process.stderr is not None
    await asyncio.to_thread(terminal.process.stderr.readline)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("moment", [being_read, starting])
@pytest.mark.parametrize("times", [1, 3])
async def test_ctrl_c_while_it_starts_leaves_nothing_behind(
    data: Path, moment: Callable[[Terminal], Awaitable[None]], times: int
) -> None:
    terminal = Terminal(data)
    await moment(terminal)
    for _ in range(times):
        terminal.press()
        await asyncio.sleep(0.2)
        if terminal.process.poll() is not None:
            break
    status, said, took = await terminal.ended()
    # A shell makes 130 of an end by the signal itself.
    assert status in (130, -signal.SIGINT), said
    assert said == ""
    assert took < 10
    assert database_of(data) == []
    terminal = Terminal(data)
    assert (await terminal.ready())["url"]
    terminal.press()
    assert (await terminal.ended())[0] == 0
