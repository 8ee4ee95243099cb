"""`chatserver import`: reference data from JSON Lines, upserted by `id`; bad lines are told and skipped."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from chatserver.casework import Casework
from chatserver.cli.reach import opened
from chatserver.cli.stop import Stop, json_option, say, wait_for
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.house import policy_of
from chatserver.imports import EXAMPLES, LINES, CalendarDay
from chatserver.rules.articles import Refused
from chatserver.store import calendar
from chatserver.timers.calendar import recompute

#: Bytes of one line; a longer one is bad.
LONGEST = 1024 * 1024


def add(commands: Any) -> None:
    """Adds the command."""
    told = "; ".join(
        f"{what} {EXAMPLES[what]} (schema {struct.__name__})" for what, struct in LINES.items()
    )
    command = commands.add_parser(
        "import",
        help="load reference data, a JSON object a line",
        epilog=f"Lines and their schema in /api/v1/openapi.json: {told}",
    )
    command.add_argument("what", choices=tuple(LINES), metavar="WHAT", help=", ".join(LINES))
    command.add_argument("file", metavar="FILE.jsonl", type=Path)
    json_option(command)
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints what was loaded; status 1 when the file cannot be read or no line of it is good."""
    try:
        lines = given.file.read_bytes().split(b"\n")
    except OSError as error:
        raise Stop(
            f"{given.file} cannot be read: {(error.strerror or str(error)).lower()}"
        ) from None
    days: dict[date, tuple[bool, str | None]] = {}
    bad: list[dict[str, Any]] = []
    decoder = msgspec.json.Decoder(CalendarDay)
    for number, line in _progress(lines):
        if not line.strip():
            continue
        try:
            day = decoder.decode(line if len(line) <= LONGEST else b"")
            if day.name is not None and "\x00" in day.name:
                raise ValueError("a name that cannot be kept - at `$.name`")
        except (msgspec.DecodeError, ValueError) as error:
            bad.append({"line": number, "problem": str(error)})
        else:
            days[day.id] = (day.works, day.name)
    for one in bad:
        print(f"{given.file}:{one['line']}: skipped: {one['problem']}", file=sys.stderr)
    return wait_for(_load(Config.load(os.environ), given, days, bad))


def _progress(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers; a bar on a terminal."""
    shown = sys.stderr.isatty()
    for number, line in enumerate(lines, 1):
        yield number, line
        if shown and (number % 100 == 0 or number == len(lines)):
            done = number * 30 // len(lines)
            end = "\n" if number == len(lines) else ""
            bar = f"\r[{'#' * done}{'.' * (30 - done)}] {number}/{len(lines)}"
            print(bar, end=end, file=sys.stderr, flush=True)


async def _load(
    config: Config,
    given: argparse.Namespace,
    days: dict[date, tuple[bool, str | None]],
    bad: list[dict[str, Any]],
) -> int:
    clock, figures = Clock(), policy_of(config)
    years: set[int] = set()
    named = sorted({day.year for day in days})
    right = 0
    async with opened(config) as database:
        try:
            if days:
                years = await calendar.announce(database, days, clock.now(), whole=not bad)
                known = await calendar.load(database, clock.now().year)
                casework = Casework(database, clock, figures, secrets.token_hex(8))
                await casework.start()
                try:
                    right = await recompute(database, casework, figures, known)
                finally:
                    await casework.stop()
        except Refused as refused:
            raise Stop(f"the database cannot be reached now: {refused.code}") from None
    missing = [year for year in named if year not in years]
    told = {"imported": len(days), "skipped": bad, "years": sorted(years), "incomplete": missing}
    of = f" of {', '.join(map(str, named))}" if named else ""
    line = f"Loaded {len(days)} days{of}, skipped {len(bad)} lines, put {right} call-backs right."
    if missing:
        line += f" Not announced by it, since lines are missing: {', '.join(map(str, missing))}."
        line += " Mend them and load the file again."
    say(given, line, **told, recomputed=right)
    return 0 if days or not bad else 1
