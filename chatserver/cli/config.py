"""`chatserver config`: the settings in force and where each comes from."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from chatserver.cli.stop import json_option
from chatserver.config import Config


def add(commands: Any) -> None:
    """Adds the command."""
    command = commands.add_parser("config", help="print the settings in force, secrets masked")
    json_option(command)
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints `NAME=value  # origin` for every setting."""
    config = Config.load(os.environ)
    if given.json:
        told = {
            name: {"value": config.shown[name] or None, "origin": origin}
            for name, origin in config.origins.items()
        }
        print(json.dumps(told, ensure_ascii=False))
        return 0
    lines = {name: f"{name}={config.shown[name]}" for name in config.origins}
    width = min(max(map(len, lines.values())), 60)
    for name, line in lines.items():
        print(f"{line:<{width}}  # {config.origins[name]}")
    return 0
