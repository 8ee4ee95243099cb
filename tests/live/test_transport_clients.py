"""The real socket.io-client from npm, as browsers have it: polling then upgrade, and each alone."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cast import CHEN, WANG
from tests.clients import Running, meet
from tests.live.transport_world import AS_SERVED, event_loop_policy, world  # noqa: F401

WEB = Path(__file__).parents[2] / "web"
DRIVE = Path(__file__).parent / "client" / "drive.mjs"
NODE = shutil.which("node")

pytestmark = [
    AS_SERVED,
    pytest.mark.skipif(NODE is None, reason="Node.js is not on this machine"),
    pytest.mark.skipif(
        not (WEB / "node_modules" / "socket.io-client").is_dir(),
        reason="socket.io-client is not installed; ./run setup does it where Node.js is",
    ),
    pytest.mark.timeout(60),
]

TRANSPORTS = pytest.mark.parametrize(
    "transports", ["polling,websocket", "polling", "websocket"], ids=lambda t: t.replace(",", "-")
)


class Client:
    """A Node process that runs one scenario and tells what it saw, a JSON line each."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, port: int, scenario: str, transports: str, **given: str) -> Client:
        assert NODE is not None
        url = f"http://127.0.0.1:{port}"
        return cls(
            await asyncio.create_subprocess_exec(
                NODE, str(DRIVE), str(WEB), url, scenario, transports, json.dumps(given),
                stdout=asyncio.subprocess.PIPE,
            )
        )  # fmt: skip

    async def says(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        finding: dict[str, Any] = json.loads(await self.process.stdout.readline())
        assert "timeout" not in finding
        return finding

    async def done(self) -> None:
        assert await self.process.wait() == 0


@TRANSPORTS
async def test_2000_of_2000_acks_and_pushes_come_in_order(transports: str) -> None:
    async with world() as here:
        client = await Client.start(here.port, "acks", transports)
        assert await client.says() == {
            "acks": 2000,
            "acksInOrder": True,
            "pushes": 2000,
            "pushesInOrder": True,
            "transport": "polling" if transports == "polling" else "websocket",
        }
        assert [json.loads(payload)["i"] for _, payload in here.heard] == list(range(2000))
        await client.done()


@TRANSPORTS
async def test_the_real_client_comes_back_by_itself_after_a_drain(transports: str) -> None:
    async with world(gentle=True) as here:
        client = await Client.start(here.port, "drained", transports)
        assert await client.says() == {"connected": 1}
        await asyncio.sleep(0.1)
        port = here.port
    async with world(port=port):
        told = await client.says()
        assert told["active"] is True
        assert told["draining"] == {"reconnect_in_ms": 10}
        assert await client.says() == {"connected": 2}
        await client.done()


@TRANSPORTS
async def test_f01_the_real_client_is_served_refused_and_put_out(transports: str) -> None:
    async with world() as here:
        client = await Client.start(here.port, "large,refused,elsewhere,both,kicked", transports)
        # F1: stock polling loses a message of this size.
        assert await client.says() == {"ok": True, "n": 33_333}
        error = await client.says()
        assert error["data"]["code"] == "unauthenticated"
        assert error["message"] == error["data"]["message"]
        assert (await client.says())["data"]["code"] == "not_found"
        assert await client.says() == {"lawyer": {"i": 7}, "shared": True}
        # Put out means out: no reconnection by itself.
        assert await client.says() == {"reason": "io server disconnect", "active": False}
        await client.done()


@TRANSPORTS
async def test_f02_too_large_is_told_and_the_real_client_comes_back(transports: str) -> None:
    async with world() as here:
        client = await Client.start(here.port, "too_large", transports)
        why = 413 if transports == "polling" else 1009
        assert await client.says() == {"why": why, "back": {"ok": True, "n": 2}}
        await client.done()


@TRANSPORTS
async def test_an_innocent_real_client_does_not_notice_one_that_misbehaves(transports: str) -> None:
    async with world() as here:
        client = await Client.start(here.port, "innocent", transports)
        seen = {"seen": [True] * 6, "pushes": [0, 1, 2, 3, 4, 5]}
        assert await client.says() == {"cut": 0, **seen, "forged": True}
        await client.done()
        assert len(here.handler.connected) == 2 + 6
        assert {name for name, _ in here.heard} == {"connect", "disconnect", "length", "say"}
        assert sum(name == "say" for name, _ in here.heard) == 6


async def test_f21_the_real_client_misses_nothing_over_a_cut(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    await chen.ok("message:send", number=number, id="first", body="您好")
    last, port = 3, int(server.url.rpartition(":")[2])  # the question, the risk notice, the line
    for transports in ("polling,websocket", "polling", "websocket"):
        client = await Client.start(port, "catch_up", transports, token=wang.token, number=number)
        assert await client.says() == {"before": last, "active": True}
        for line in range(4):
            id = f"{transports}-{line}"
            await chen.ok("message:send", number=number, id=id, body=f"第{line}句")
        last += 4
        assert await client.says() == {"seqs": list(range(1, last + 1)), "last": last}
        await client.done()
