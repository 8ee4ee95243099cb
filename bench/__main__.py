"""`python -m bench`: everything, into bench/RESULTS.md; or one measurement by its name, `--keep` to write it there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from . import (
    budget,
    connections,
    deadlines,
    kills,
    messages,
    pending,
    races,
    report,
    routing,
    starts,
)

PARTS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "messages": messages.main,
    "connections": connections.main,
    "budget": budget.main,
    "routing": routing.main,
    "deadlines": deadlines.main,
    "races": races.main,
    "pending": pending.main,
    "kills": kills.main,
    "starts": starts.main,
}


def everything(arguments: list[str]) -> None:
    """All measurements in turn; `--quick` gives rough figures of talk in two minutes."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="short rounds, 1,000 connections")
    parser.add_argument("--out", default=str(report.RESULTS), help="where the table goes")
    given = parser.parse_args(arguments)
    found = {
        "messages": messages.main(["--rounds", "2", "--seconds", "1.5"] if given.quick else []),
        "connections": connections.main(["--connections", "1000"] if given.quick else []),
        "budget": budget.main([]),
    }
    if not given.quick:
        rest = ("routing", "deadlines", "races", "pending", "kills", "starts")
        found |= {name: PARTS[name]([]) for name in rest}
    report.write(found, given.out)


def main() -> None:
    """Chooses the part."""
    name, *rest = sys.argv[1:] or [""]
    if name in PARTS:
        found = PARTS[name]([one for one in rest if one != "--keep"])
        if "--keep" in rest:
            report.keep(name, found)
    elif name and not name.startswith("-"):
        raise SystemExit(f"unknown: {name}; there are {', '.join(PARTS)}")
    else:
        everything(sys.argv[1:])


main()
