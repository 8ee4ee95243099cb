"""`chatserver serve`: one server process."""

from __future__ import annotations

import argparse
import asyncio
import errno
import gc
import importlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from chatserver.cli.logs import write_logs
from chatserver.cli.reach import reached
from chatserver.cli.stop import Stop, json_option, say, wait_for
from chatserver.clocks import clocks
from chatserver.config import BadSetting, Config

#: The priority of loading the program: 0 is that of work, 19 that of idle time.
LOADING = 10


def add(commands: Any) -> None:
    """Adds the command."""
    command = commands.add_parser(
        "serve", help="run one server process: pages, sockets and timers; SIGTERM drains it"
    )
    json_option(command)
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Serves until SIGTERM or SIGINT."""
    config = Config.load(os.environ)
    port = free_port(config)
    if port != config.port:
        config = Config.load(os.environ, {"PORT": str(port)})
    write_logs(config.log_level, plain=sys.stderr.isatty())
    return wait_for(_serve(config, given))


async def _serve(config: Config, given: argparse.Namespace) -> int:
    async with reached(config) as dsn:
        await listen(config, dsn, lambda url: say(given, f"Ready: {url}", url=url))
    return 0


async def listen(config: Config, dsn: str, ready: Callable[[str], None]) -> None:
    """Serves on the configured address; `ready` gets the address once requests are answered."""
    async with clocks(config, dsn):
        with ThreadPoolExecutor(1, initializer=give_way) as thread:
            app = await asyncio.get_running_loop().run_in_executor(thread, load)
    try:
        await app.serve(config, dsn, ready)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise _not_free(config, error) from None
        raise
    finally:
        # What is left to do is short and must be done: the database is put away in order.
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, lambda: None)


def load() -> Any:
    """What only a server needs. The collector is called once by it, when all is there."""
    gc.disable()
    try:
        return importlib.import_module("chatserver.app")
    finally:
        gc.enable()


def give_way() -> None:
    """This thread works only when the machine has nothing better to do: servers that are up come first,
    and so do the clocks of this one."""
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        with suppress(OSError):  # who was started with a lower one keeps it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOADING)


def free_port(config: Config) -> int:
    """The configured port if it is free, found out before the database is started for nothing.

    For 0 it is one that the system chose, so that the address that people use can be told from it.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
            return int(probe.getsockname()[1])
    except (OSError, UnicodeError) as error:
        raise _not_free(config, error) from None


def _not_free(config: Config, error: OSError | UnicodeError) -> Stop | BadSetting:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        other = config.port + 1 if config.port < 65535 else 8080
        return Stop(
            f"port {config.port} on {config.host} is taken by another program:"
            f" stop that one, or choose another port with PORT={other}"
        )
    if number == errno.EACCES:
        return Stop(
            f"port {config.port} needs more rights than this user has: choose one above 1023"
        )
    here = "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has"
    return BadSetting("HOST", config.host, here)
