"""Idle citizens: what one connection costs in memory, and how fast connections can be made.

5,000 citizens who connect and stay silent, each offering permessage-deflate as every browser does,
against stock python-socketio in the same call. Log-in cost is left out: tokens are made before.
Memory is the server's proportional set size, before and after, over the number of connections.

Usage: python -m bench connections [--connections N] [--at-once N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
from typing import Any

import uvloop

from . import meter
from .client import Link, clock
from .contenders import CLIENT_CORE, Contender, naive_python
from .house import OurServer, add_accounts, in_turns, open_sessions
from .postgres import cluster

WARM_UP = 50
SETTLE_SECONDS = 3.0
#: Longer than the heartbeat interval of either server.
IDLE_SECONDS = 30.0


def raise_file_limit(wanted: int) -> None:
    """Room for `wanted` sockets here and in the servers started from here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise SystemExit(f"{wanted} open files are needed, and the limit is {hard} (ulimit -Hn).")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))


async def fill(contender: Contender, tokens: list[str], at_once: int) -> dict[str, float]:
    """Connects everybody and returns what that took."""
    warm = [await contender.link(token, deflate=True) for token in tokens[:WARM_UP]]
    await asyncio.sleep(0.5)
    rest = tokens[WARM_UP:]
    memory, cpu, start = meter.pss_kib(contender.pid), meter.cpu_seconds(contender.pid), clock()
    links: list[Link] = await in_turns(
        (contender.link(token, deflate=True) for token in rest), at_once
    )
    took = clock() - start
    cpu = meter.cpu_seconds(contender.pid) - cpu
    await asyncio.sleep(SETTLE_SECONDS)
    kib = (meter.pss_kib(contender.pid) - memory) / len(rest)
    idle = meter.cpu_seconds(contender.pid)
    await asyncio.sleep(IDLE_SECONDS)
    idle = meter.cpu_seconds(contender.pid) - idle
    found = {
        "connections": float(len(rest)),
        "kib_each": kib,
        "per_second": len(rest) / took,
        "cpu_ms_each": cpu / len(rest) * 1000,
        "idle_cpu_per_1000": idle / IDLE_SECONDS / len(tokens) * 1000,
        "alive": float(sum(not link.transport.is_closing() for link in links)),
        "deflate": float(sum(link.compressed for link in links)),
    }
    for link in (*warm, *links):
        link.abort()
    return found


async def measure(connections: int, at_once: int) -> dict[str, Any]:
    """Ours and stock python-socketio, one after the other."""
    os.sched_setaffinity(0, {CLIENT_CORE})
    raise_file_limit(connections + 500)
    people = connections + WARM_UP
    results: dict[str, Any] = {}
    with cluster() as database:
        ours = OurServer.create(database)
        stock = naive_python(database, people, 1)
        for contender in (ours, stock):
            try:
                await contender.start()
                if contender is ours:
                    logins = [f"idle{n:05d}" for n in range(people)]
                    accounts = await add_accounts(ours.dsn, "citizen", logins)
                    tokens = await open_sessions(ours.dsn, accounts)
                else:
                    tokens = [f"c{n}" for n in range(people)]
                results[contender.name] = found = await fill(contender, tokens, at_once)
                print(
                    f"{contender.name:15} {found['connections']:.0f} connections  "
                    f"{found['kib_each']:6.1f} KiB each  {found['per_second']:6.0f}/s set up  "
                    f"{found['cpu_ms_each']:.2f} ms CPU each  "
                    f"idle {found['idle_cpu_per_1000']:.2%} of a core per 1,000  "
                    f"alive {found['alive']:.0f}, compressed {found['deflate']:.0f}",
                    flush=True,
                )
            finally:
                contender.stop()
        return {
            "machine": meter.machine(),
            "postgres": database.version,
            "results": results,
        }


def main(arguments: list[str]) -> dict[str, Any]:
    """The command line; returns what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench connections")
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--at-once", type=int, default=100)
    given = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(given.connections, given.at_once))
