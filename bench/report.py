"""The figures as a page of markdown: ratios first, absolute numbers with the machine named."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import report_clocks as clocks

RESULTS = Path(__file__).parent / "RESULTS.md"
OURS = "ours"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def messages(found: dict[str, Any]) -> str:
    """Durable messages: ratios and medians."""
    medians = found["medians"]
    closed = {name: kinds["closed"] for name, kinds in medians.items()}
    offered = {name: kinds["offered"] for name, kinds in medians.items()}
    rounds = len(next(iter(found["samples"].values()))["closed"])

    def cpu(name: str) -> float:
        return float(closed[name]["server_cpu"] + closed[name]["database_cpu"])

    parts = [
        "## Durable messages",
        f"200 citizens, 20 lawyers, 200 tickets; medians of {rounds} interleaved rounds. "
        "Every message was in PostgreSQL before its acknowledgement.",
    ]
    others = [name for name in medians if name != OURS]
    if OURS in medians and others:
        parts.append(
            table(
                (
                    "ours against",
                    "messages/s",
                    "messages per server-core second",
                    "CPU, server + DB",
                ),
                [
                    (
                        name,
                        f"{closed[OURS]['rate'] / closed[name]['rate']:.1f} ×",
                        f"{closed[OURS]['per_core_second'] / closed[name]['per_core_second']:.1f} ×",
                        f"1/{cpu(name) / cpu(OURS):.1f}",
                    )
                    for name in others
                ],
            )
        )
    parts.append("One message in flight in each ticket (closed loop):")
    parts.append(
        table(
            (
                "server",
                "messages/s",
                "per server-core second",
                "CPU s per 10,000: server + DB",
                "ack p50 / p99 ms",
                "delivery p50 / p99 ms",
            ),
            [
                (
                    name,
                    f"{row['rate']:,.0f} {_range(found, name, 'rate')}",
                    f"{row['per_core_second']:,.0f}",
                    f"{row['server_cpu']:.2f} + {row['database_cpu']:.2f}",
                    f"{row['ack_p50']:.1f} / {row['ack_p99']:.1f}",
                    f"{row['delivery_p50']:.1f} / {row['delivery_p99']:.1f}",
                )
                for name, row in closed.items()
            ],
        )
    )
    parts.append("1,000 messages/s offered, latency from the moment each was due:")
    parts.append(
        table(
            (
                "server",
                "ack p50 / p99 ms",
                "delivery p50 / p99 ms",
                "CPU s per 10,000: server + DB",
            ),
            [
                (
                    name,
                    f"{row['ack_p50']:.1f} / {row['ack_p99']:.1f}",
                    f"{row['delivery_p50']:.1f} / {row['delivery_p99']:.1f}",
                    f"{row['server_cpu']:.2f} + {row['database_cpu']:.2f}",
                )
                for name, row in offered.items()
            ],
        )
    )
    counts = ", ".join(
        f"{name} {row['acked']:,} / {row['stored']:,}" for name, row in found["durable"].items()
    )
    parts.append(f"Acknowledged / found in the database afterwards: {counts}.")
    return "\n\n".join(parts)


def _range(found: dict[str, Any], name: str, key: str) -> str:
    values = [one[key] for one in found["samples"][name]["closed"]]
    return f"[{min(values):,.0f}–{max(values):,.0f}]"


def connections(found: dict[str, Any]) -> str:
    """Idle citizens."""
    results = found["results"]
    number = max(row["connections"] for row in results.values())
    rows = [
        (
            name,
            f"{row['kib_each']:.1f}",
            f"{row['per_second']:,.0f}",
            f"{row['cpu_ms_each']:.2f}",
            f"{row['idle_cpu_per_1000']:.2%}",
            "yes" if row["deflate"] else "no",
        )
        for name, row in results.items()
    ]
    head = (
        "server",
        "KiB each",
        "set up per second",
        "CPU ms per set-up",
        "idle CPU per 1,000, of a core",
        "deflates",
    )
    return "\n\n".join(
        (
            "## Idle citizens",
            f"{number:,.0f} WebSocket connections that offer permessage-deflate as browsers do; "
            "server memory is PSS; log-in cost is left out.",
            table(head, rows),
        )
    )


def budget(found: dict[str, Any]) -> str:
    """What one message costs, step by step."""
    road = found["road"]
    rows = [(group, step, f"{cost:.2f}") for group, step, cost in found["steps"]]
    rows += [
        (
            "road",
            "all of deciding and saving, in the process, with asyncpg",
            f"{road['process']:.1f}",
        ),
        ("road", "the same in PostgreSQL", f"{road['database']:.1f}"),
    ]
    return "\n\n".join(
        (
            "## Budget of one message",
            "Microseconds of CPU; each step is timed alone on the product's own function, the road "
            "in batches of up to 200 without sockets.",
            table(("part", "step", "µs"), rows),
        )
    )


SECTIONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "messages": messages,
    "connections": connections,
    "routing": clocks.routing,
    "deadlines": clocks.deadlines,
    "races": clocks.races,
    "pending": clocks.pending,
    "day": clocks.day,
    "kills": clocks.kills,
    "starts": clocks.starts,
    "budget": budget,
}


def keep(name: str, found: dict[str, Any]) -> None:
    """Writes the page anew with another section `name`."""
    kept = json.loads(RESULTS.with_suffix(".json").read_text("utf-8"))
    write(kept | {name: json.loads(json.dumps(found))})


def write(found: dict[str, dict[str, Any]], out: str | Path = RESULTS) -> None:
    """Writes the page, and all samples beside it as JSON."""
    first = found["messages"]
    parts = [
        "# Results",
        f"{datetime.now(UTC):%Y-%m-%d}, {first['machine']}, PostgreSQL {first['postgres']}. "
        "Trust the ratios within one table; absolute numbers move with the machine.",
        *(section(found[name]) for name, section in SECTIONS.items() if name in found),
    ]
    page = "\n\n".join(parts) + "\n"
    Path(out).write_text(page, "utf-8")
    Path(out).with_suffix(".json").write_text(json.dumps(found, indent=1), "utf-8")
    print(page)
