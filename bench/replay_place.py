"""Where a replay takes place: a demo of its own or a server that runs, and the people invited to it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from chatserver.cli.reach import opened
from chatserver.config import Config

from .client import Link
from .contenders import HERE, HOST
from .house import SETTINGS, add_accounts, agree, open_sessions, sign_in
from .postgres import free_port

#: Seconds of the timetable: three working days would outlast the day that is played.
CALLBACK_WITHIN = 4 * 3600
SKILLS = (
    (),
    (),
    ("labour", "contract", "injury", "consumer", "other"),
    ("family", "inheritance", "housing", "property", "other"),
    ("criminal", "administrative", "traffic", "injury", "other"),
)


@dataclass
class Place:
    """A running server and the tokens of the people in it."""

    url: str
    citizens: list[str]
    lawyers: list[str]
    experts: list[str]

    async def link(self, namespace: str, token: str) -> Link:
        address = urlsplit(self.url)
        host, port = address.hostname or HOST, address.port or 80
        return await Link.open(host, port, namespace, {"token": token})


@contextmanager
def own_demo(speed: float) -> Iterator[tuple[str, Path]]:
    """`chatserver demo` in a folder of its own; its clocks run as fast as the timetable."""

    def scaled(seconds: float) -> str:
        return f"{max(1, round(seconds / speed))}s"

    environ = SETTINGS | {
        "CHATSERVER_LIVE_ANSWER_WITHIN": scaled(3600),
        "CHATSERVER_MESSAGE_ANSWER_WITHIN": scaled(5 * 3600),
        "CHATSERVER_CALLBACK_WITHIN": scaled(CALLBACK_WITHIN),
        "CHATSERVER_OFFER_TIMEOUT": scaled(30),
        "CHATSERVER_RECONNECT_GRACE": scaled(60),
        "CHATSERVER_IDLE_CLOSE": scaled(900),
    }
    data = Path(tempfile.mkdtemp(prefix="chatserver-replay-", dir="/var/tmp"))
    data.chmod(0o755)
    command = [sys.executable, "-m", "chatserver", "demo", "--json", "--port", str(free_port())]
    with (data / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--data", str(data)],
            env=os.environ | environ,
            cwd=HERE.parent,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the demo did not start:\n{(data / 'demo.log').read_text()[-2000:]}")
        yield json.loads(line)["url"], data
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


async def invite(
    url: str, data: Path | None, citizens: int, lawyers: int, experts: int = 0
) -> Place:
    """New accounts in the server's database, signed in; the password nobody learns."""
    overrides = {"CHATSERVER_DATA": str(data)} if data else {}
    mark = secrets.token_hex(3)
    async with opened(Config.load(os.environ, overrides)) as database:
        dsn = database.dsn
        people = await add_accounts(
            dsn, "citizen", [f"replay-{mark}-c{n:04d}" for n in range(citizens)]
        )
        staff = [
            account
            for n in range(lawyers)
            for account in await add_accounts(
                dsn, "lawyer", [f"replay-{mark}-l{n:03d}"], skills=SKILLS[n % len(SKILLS)]
            )
        ]
        panel = await add_accounts(
            dsn, "expert", [f"replay-{mark}-e{n:03d}" for n in range(experts)]
        )
        place = Place(url, *[await open_sessions(dsn, them) for them in (people, staff, panel)])
    await _agree_all(place)
    return place


async def known(url: str, told: list[dict[str, str]]) -> Place:
    """The citizens and lawyers of a demo's account list, signed in by their passwords."""
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.DummyCookieJar()) as http:
        tokens = {
            role: [
                await sign_in(http, one["login"], one["password"])
                for one in told
                if one["role"] == role
            ]
            for role in ("citizen", "lawyer")
        }
    place = Place(url, tokens["citizen"], tokens["lawyer"], [])
    await _agree_all(place)
    return place


async def _agree_all(place: Place) -> None:
    async with aiohttp.ClientSession(place.url, cookie_jar=aiohttp.DummyCookieJar()) as http:
        for token in place.citizens:
            await agree(http, token)
