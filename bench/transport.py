"""The transport alone, against stock python-socketio: µs of server CPU a message, KB a connection.

No database, no rules: an event comes in, is acknowledged and is pushed to the one other connection
of its room. 200 connections, one message each in flight, server on one core, client on the other,
both contenders on uvloop.
They run in turns in the same call; only the ratios of one call mean anything.

Usage: python -m bench.transport [--rounds 3] [--seconds 2] [--idle 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
from collections.abc import AsyncIterator
from typing import Any

import uvloop
from aiohttp import web

from . import meter
from .client import Link, clock
from .connections import raise_file_limit
from .house import in_turns

SERVER_CORE, CLIENT_CORE = 0, 1
CONNECTIONS = 200
BODY = "网上咨询" * 25
PAYLOAD = ('{"number":"BJ-20261123-000001","id":"0123456789abcdef","body":"' + BODY + '"}').encode()


class Pairs:
    """The handler of our transport: connections 2n and 2n+1 share a room."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.count = 0

    async def connect(self, connection: Any, auth: dict[str, Any] | None) -> None:
        connection.account = f"room:{self.count // 2}"
        self.count += 1
        self.transport.join(connection, connection.account)

    def receive(self, connection: Any, name: str, payload: bytes, reply: Any) -> None:
        if name == "say":
            self.transport.publish(
                [connection.account],
                {"/citizen": self.frame("/citizen", "message:new", payload)},
            )
        reply(b'{"ok":true}')

    def disconnect(self, connection: Any) -> None:
        pass

    frame: Any = None


def ours(app: web.Application) -> dict[str, Any]:
    """Mounts our transport; returns the runner's options."""
    from chatserver.live.transport import Frame, Transport, runner_options

    pairs = Pairs()
    pairs.frame = Frame.event
    pairs.transport = Transport(
        pairs,
        allowed_origins=(),
        connections_per_address=0,
        connects_per_second=0,
        trusted_proxies=(),
    )
    pairs.transport.attach(app)
    return runner_options()


def stock(app: web.Application) -> dict[str, Any]:
    """Mounts python-socketio as its documentation shows it."""
    import socketio

    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
    server.attach(app)
    rooms: dict[str, str] = {}

    async def connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        rooms[sid] = f"room:{len(rooms) // 2}"
        await server.enter_room(sid, rooms[sid], namespace="/citizen")

    async def say(sid: str, payload: Any) -> dict[str, bool]:
        await server.emit("message:new", payload, room=rooms[sid], namespace="/citizen")
        return {"ok": True}

    async def echo(sid: str, payload: Any) -> dict[str, bool]:
        return {"ok": True}

    server.on("connect", connect, namespace="/citizen")
    server.on("say", say, namespace="/citizen")
    server.on("echo", echo, namespace="/citizen")
    return {"access_log": None}


CONTENDERS = {"ours": ours, "stock": stock}


async def serve(name: str) -> None:
    """The server process: prints its port."""
    app = web.Application()
    runner = web.AppRunner(app, **CONTENDERS[name](app))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    assert site._server is not None
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def started(name: str) -> AsyncIterator[tuple[int, int]]:
    """A server process on its core: its process id and port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.transport", "--serve", name),
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )
    assert process.stdout is not None
    try:
        yield process.pid, int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


async def traffic(name: str, event: bytes, seconds: float) -> tuple[float, float]:
    """Messages a second and µs of server CPU each, in closed loop."""
    async with started(name) as (pid, port):
        links = [await Link.open("127.0.0.1", port, "/citizen") for _ in range(CONNECTIONS)]
        done = 0
        until = clock() + 0.5 + seconds

        def send(link: Link) -> None:
            def answered(_: bytes) -> None:
                nonlocal done
                done += 1
                if clock() < until:
                    send(link)

            link.emit(event, PAYLOAD, answered)

        for link in links:
            send(link)
        await asyncio.sleep(0.5)
        before, cpu, start = done, meter.cpu_seconds(pid), clock()
        await asyncio.sleep(seconds)
        count, took = done - before, clock() - start
        cpu = meter.cpu_seconds(pid) - cpu
        for link in links:
            link.abort()
        return count / took, cpu / count * 1e6


async def idle(name: str, connections: int) -> tuple[float, float, float]:
    """KB each of silent connections that offer permessage-deflate, and how fast they were made.

    As connects a second on this machine as it is, and as µs of server CPU each.
    """
    async with started(name) as (pid, port):
        warm = [await Link.open("127.0.0.1", port, "/citizen", deflate=True) for _ in range(50)]
        await asyncio.sleep(0.5)
        memory, cpu, start = meter.pss_kib(pid), meter.cpu_seconds(pid), clock()
        links = await in_turns(
            (Link.open("127.0.0.1", port, "/citizen", deflate=True) for _ in range(connections)),
            100,
        )
        took = clock() - start
        cpu = meter.cpu_seconds(pid) - cpu
        await asyncio.sleep(2)
        each = (meter.pss_kib(pid) - memory) / connections
        for link in [*warm, *links]:
            link.abort()
        return each, connections / took, cpu / connections * 1e6


async def measure(rounds: int, seconds: float, connections: int) -> dict[str, dict[str, float]]:
    """Medians of all rounds; the contenders take turns."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in CONTENDERS}
    for _ in range(rounds):
        for name, values in found.items():
            for event in ("echo", "say"):
                rate, cost = await traffic(name, b'"%s"' % event.encode(), seconds)
                values.setdefault(f"{event}/s", []).append(rate)
                values.setdefault(f"{event} us", []).append(cost)
            each, speed, cost = await idle(name, connections)
            values.setdefault("KB idle", []).append(each)
            values.setdefault("connects/s", []).append(speed)
            values.setdefault("connect us", []).append(cost)
    return {
        name: {what: statistics.median(measured) for what, measured in values.items()}
        for name, values in found.items()
    }


def main() -> None:
    """Measures, or is the server."""
    parser = argparse.ArgumentParser(prog="python -m bench.transport")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--idle", type=int, default=2000)
    parser.add_argument("--serve", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    raise_file_limit(given.idle + 500)
    if given.serve:
        uvloop.run(serve(given.serve))
        return
    os.sched_setaffinity(0, {CLIENT_CORE})
    found = uvloop.run(measure(given.rounds, given.seconds, given.idle))
    print(f"{'':12}" + "".join(f"{name:>12}" for name in found) + f"{'ratio':>10}")
    for what in found["ours"]:
        mine, theirs = found["ours"][what], found["stock"][what]
        print(f"{what:12}{mine:12,.1f}{theirs:12,.1f}{mine / theirs:10.2f}")


if __name__ == "__main__":
    main()
