"""`chatserver demo`: everything on this machine, with an account of every role."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from chatserver.cli.demo_accounts import demo_accounts, demo_directory
from chatserver.cli.demo_replies import demo_replies
from chatserver.cli.logs import write_logs
from chatserver.cli.serve import free_port, listen
from chatserver.cli.stop import json_option, wait_for
from chatserver.config import Config
from chatserver.settings import BadSetting
from chatserver.settings_addresses import is_loopback
from chatserver.store import migrate
from chatserver.store.database import Database
from chatserver.store.embedded import embedded


def add(commands: Any) -> None:
    """Adds the command."""
    command = commands.add_parser(
        "demo", help="serve on this machine only, with an embedded database and demo accounts"
    )
    command.add_argument("--port", metavar="N", help="listen on this port (default: PORT or 8080)")
    command.add_argument("--data", metavar="DIR", type=Path, help="keep data here")
    json_option(command)
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Serves until SIGTERM or SIGINT."""
    overrides = {}
    if given.port is not None:
        overrides["PORT"] = given.port
    if given.data is not None:
        overrides["CHATSERVER_DATA"] = str(given.data)
    # Demo accounts with printed passwords never go into a database that people use.
    environ = {name: value for name, value in os.environ.items() if value.strip()}
    ignored = environ.pop("DATABASE_URL", None)
    environ.setdefault("CHATSERVER_STAFF_OTP", "optional")
    config = Config.load(environ, overrides)
    if not is_loopback(config.host):
        right = "127.0.0.1, ::1 or localhost, since everyone who reaches a demo may sign in"
        raise BadSetting("HOST", config.host, f"{right}; `chatserver serve` serves others")
    if ignored:
        print("DATABASE_URL is left alone: a demo has its own database.", file=sys.stderr)
    port = free_port(config)
    if port != config.port:
        config = Config.load(environ, overrides | {"PORT": str(port)})
    write_logs(config.log_level, plain=True)
    return wait_for(_demo(config, given))


async def _demo(config: Config, given: argparse.Namespace) -> int:
    print(f"Starting the database in {config.data} ...", file=sys.stderr, flush=True)
    async with embedded(config.data) as dsn:
        await migrate.migrate(dsn)
        database = Database(dsn, size=2)
        await database.open()
        try:
            accounts = await demo_accounts(database, config.data)
            await demo_directory(database)
            await demo_replies(database)
        finally:
            await database.close()

        def ready(url: str) -> None:
            if given.json:
                print(json.dumps({"url": url, "accounts": accounts}), flush=True)
                return
            for one in accounts:
                print(one["role"], one["login"], one["password"])
            sys.stdout.flush()
            hint = f"Citizens ask at {url}/consult, lawyers answer at {url}/lawyer; Ctrl-C stops."
            print(hint, file=sys.stderr, flush=True)
            print(f"Ready: {url}", flush=True)

        await listen(config, dsn, ready)
    return 0
