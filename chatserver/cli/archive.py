"""`chatserver verify`: whether the archive's hash chain holds."""

from __future__ import annotations

import argparse
import os
from typing import Any

from chatserver.cli.reach import opened
from chatserver.cli.stop import Stop, json_option, say, wait_for
from chatserver.config import Config
from chatserver.rules.articles import Refused
from chatserver.rules.numbers import month_of
from chatserver.store import archive


def add(commands: Any) -> None:
    """Adds the command."""
    command = commands.add_parser("verify", help="check the archive's hash chain")
    command.add_argument("ticket", nargs="?", metavar="TICKET", help="one ticket only")
    command.add_argument("--all", action="store_true", help="every ticket, as without TICKET")
    json_option(command)
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints whether it holds, or the first broken place; status 1 if it does not."""
    if given.ticket and given.all:
        raise Stop("either a ticket or --all, not both", 2)
    if given.ticket:
        try:
            month_of(given.ticket)
        except Refused:
            raise Stop(f"{given.ticket!r} is not a ticket number", 2) from None
    return wait_for(_verify(Config.load(os.environ), given))


async def _verify(config: Config, given: argparse.Namespace) -> int:
    async with opened(config) as database:
        try:
            report = await archive.verify(database, given.ticket)
        except Refused as refused:
            if refused.code != "not_found":
                raise Stop(f"the archive cannot be read now: {refused.code}") from None
            raise Stop(f"there is no ticket {given.ticket}") from None
    what = given.ticket or "the archive"
    told = {"tickets": report.tickets, "records": report.records}
    places = [str(place) for place in report.broken]
    if places:
        more = f" (and {len(places) - 1} more places)" if len(places) > 1 else ""
        line = f"The chain of {what} is broken at {places[0]}{more}."
        say(given, line, holds=False, **told, broken=places)
        return 1
    counted = f"{report.records} records of {report.tickets} tickets"
    say(given, f"The chain of {what} holds: {counted}.", holds=True, **told, broken=[])
    return 0
