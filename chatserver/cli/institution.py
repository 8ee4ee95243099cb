"""`chatserver institution add`: an institution whose people answer (13, 17)."""

from __future__ import annotations

import argparse
import os
from typing import Any

from chatserver.cli.account import line
from chatserver.cli.reach import opened
from chatserver.cli.stop import Stop, json_option, say, wait_for
from chatserver.config import Config
from chatserver.store import people


def add(commands: Any) -> None:
    """Adds the command and its one verb."""
    group = commands.add_parser("institution", help="institutions whose people answer")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    verb = verbs.add_parser("add", help="add an institution; accounts are given it by its name")
    verb.add_argument("--name", required=True, metavar="N", type=line)
    json_option(verb)
    verb.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Adds the institution and prints its id."""
    return wait_for(_add(Config.load(os.environ), given))


async def _add(config: Config, given: argparse.Namespace) -> int:
    async with opened(config) as database:
        try:
            id = await people.add_institution(database, given.name)
        except people.Taken as taken:
            raise Stop(f"the {taken} {given.name!r} is there already") from None
    say(given, f"Added institution {given.name} with id {id}.", id=id, name=given.name)
    return 0
