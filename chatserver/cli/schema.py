"""`chatserver migrate`: brings the schema up to date."""

from __future__ import annotations

import argparse
import os
from typing import Any

from chatserver.cli.stop import json_option, say, wait_for
from chatserver.config import Config
from chatserver.store import migrate
from chatserver.store.embedded import embedded


def add(commands: Any) -> None:
    """Adds the command."""
    command = commands.add_parser(
        "migrate", help="bring the database's schema up to date; safe to run twice"
    )
    json_option(command)
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints what was applied."""
    config = Config.load(os.environ)
    applied = wait_for(_migrate(config, given))
    return applied


async def _migrate(config: Config, given: argparse.Namespace) -> int:
    if config.database_url is None:
        async with embedded(config.data) as dsn:
            applied = await migrate.migrate(dsn)
    else:
        applied = await migrate.migrate(config.database_url)
    done = f"applied {', '.join(applied)}" if applied else "nothing to apply"
    say(given, f"The schema is up to date: {done}.", applied=applied)
    return 0
