"""Durable messages: our server against the baselines, in interleaved rounds of the same call.

200 citizens and 20 lawyers in 200 tickets; the server on core 0, this load generator on core 1,
PostgreSQL where it falls. Every message is in PostgreSQL before its acknowledgement and goes to
both sides of its talk. Closed loop: one message in flight in each talk. Open loop: a fixed rate,
latencies from the moment each message was due.

Usage: python -m bench messages [--rounds N] [--seconds S] [--only NAME,…]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import Callable
from typing import Any

import uvloop

from . import meter
from .contenders import CLIENT_CORE, Contender, install_node_packages, naive_python, node
from .house import OurServer
from .postgres import Cluster, cluster
from .talk import Figures, Talk, quantile

TICKETS, LAWYERS = 200, 20
OFFERED = 1000.0
Sample = dict[str, float]


def contenders(cluster: Cluster, only: set[str]) -> list[Contender]:
    """All that take part, ours first; `only` names some of them."""
    shape = (TICKETS, LAWYERS)
    made: dict[str, Callable[[], Contender]] = {
        "ours": lambda: OurServer.create(cluster),
        "naive-python": lambda: naive_python(cluster, *shape),
        "naive-node": lambda: node(cluster, *shape, coalesced=False),
        "coalesced-node": lambda: node(cluster, *shape, coalesced=True),
    }
    if unknown := only - made.keys():
        raise SystemExit(f"unknown contender {', '.join(unknown)}; there are {', '.join(made)}")
    return [make() for name, make in made.items() if not only or name in only]


async def sample(
    contender: Contender, database: int, load: Callable[[], Any]
) -> tuple[Sample, Figures]:
    """One stretch of load and what it cost."""
    server, store = meter.cpu_seconds(contender.pid), meter.cpu_seconds(database)
    figures: Figures = await load()
    server = meter.cpu_seconds(contender.pid) - server
    store = meter.cpu_seconds(database) - store
    done = max(figures.acked, 1)
    return {
        "rate": figures.rate,
        "per_core_second": done / max(server, 0.01),
        "server_cpu": server / done * 10_000,
        "database_cpu": store / done * 10_000,
        "ack_p50": quantile(figures.ack, 0.5) * 1000,
        "ack_p99": quantile(figures.ack, 0.99) * 1000,
        "delivery_p50": quantile(figures.delivery, 0.5) * 1000,
        "delivery_p99": quantile(figures.delivery, 0.99) * 1000,
        "client_busy": figures.client_busy,
        "acked": figures.acked,
        "refused": figures.refused,
        "unanswered": figures.unanswered,
        "undelivered": figures.acked - len(figures.delivery),
    }, figures


async def measure(rounds: int, seconds: float, only: set[str]) -> dict[str, Any]:
    """Runs everything; returns medians per contender and kind of load, and the samples."""
    os.sched_setaffinity(0, {CLIENT_CORE})
    install_node_packages()
    with cluster() as database:
        field = contenders(database, only)
        try:
            talks: dict[str, Talk] = {}
            for one in field:
                await one.start()
                talks[one.name] = Talk(await one.seat(TICKETS, LAWYERS))
            samples: dict[str, dict[str, list[Sample]]] = {
                one.name: {"closed": [], "offered": []} for one in field
            }
            acked: dict[str, int] = dict.fromkeys(talks, 0)
            before = {one.name: await one.stored() for one in field}
            for turn in range(-1, rounds):
                for kind in ("closed", "offered"):
                    for one in field:
                        talk = talks[one.name]
                        found, figures = await sample(
                            one, database.pid, _load(talk, kind, seconds if turn >= 0 else 1.0)
                        )
                        acked[one.name] += figures.acked
                        if turn >= 0:
                            samples[one.name][kind].append(found)
                        _tell(turn, one.name, kind, found, talk.first_refusal)
            durable = {
                one.name: {
                    "acked": acked[one.name],
                    "stored": _less(await one.stored(), before[one.name]),
                }
                for one in field
            }
            return {
                "machine": meter.machine(),
                "postgres": database.version,
                "medians": {n: {k: _median(v) for k, v in s.items()} for n, s in samples.items()},
                "samples": samples,
                "durable": durable,
            }
        except BaseException:
            for one in field:
                print(f"--- {one.name}\n{one.log()}", file=sys.stderr)
            raise
        finally:
            for one in field:
                one.stop()


def _load(talk: Talk, kind: str, seconds: float) -> Callable[[], Any]:
    if kind == "closed":
        return lambda: talk.closed(seconds)
    return lambda: talk.offered(OFFERED, seconds)


def _less(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def _median(samples: list[Sample]) -> Sample:
    return (
        {key: statistics.median(s[key] for s in samples) for key in samples[0]} if samples else {}
    )


def _tell(turn: int, name: str, kind: str, found: Sample, refusal: bytes) -> None:
    word = f"round {turn + 1}" if turn >= 0 else "warm-up"
    print(
        f"{word:8} {kind:7} {name:15} {found['rate']:7.0f}/s  "
        f"CPU/10k {found['server_cpu']:5.2f} + {found['database_cpu']:5.2f} s  "
        f"ack {found['ack_p50']:6.1f} / {found['ack_p99']:6.1f} ms  "
        f"delivery {found['delivery_p50']:6.1f} / {found['delivery_p99']:6.1f} ms  "
        f"client {found['client_busy']:4.0%}"
        + (f"  refused {found['refused']:.0f} {refusal!r}" if found["refused"] else "")
        + (f"  unanswered {found['unanswered']:.0f}" if found["unanswered"] else "")
        + (f"  undelivered {found['undelivered']:.0f}" if found["undelivered"] else ""),
        flush=True,
    )


def main(arguments: list[str]) -> dict[str, Any]:
    """The command line; returns what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench messages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--only", default="", help="ours,naive-python,naive-node,coalesced-node")
    given = parser.parse_args(arguments)
    only = set(filter(None, given.only.split(",")))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(given.rounds, given.seconds, only))
