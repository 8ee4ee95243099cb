"""The commands. Each group is a file with `add(commands)`; what goes wrong is told in one line.

Exit status: 0 done, 1 did not hold, not found, taken or not possible now, 2 wrong use, 130 and 143 stopped by
Ctrl-C and SIGTERM before it was done (a server that serves and is told to stop is done: 0).
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import asyncpg

from chatserver import __version__
from chatserver.cli import (
    account,
    archive,
    articles,
    config,
    demo,
    imports,
    institution,
    schema,
    serve,
)
from chatserver.cli.stop import Stop
from chatserver.rules.articles import Refused
from chatserver.settings import BadSetting
from chatserver.store.database import UNREACHABLE
from chatserver.store.embedded import EmbeddedError
from chatserver.store.migrate import SchemaError

GROUPS = (demo, serve, schema, account, institution, imports, articles, archive, config)


class Parser(argparse.ArgumentParser):
    """Tells wrong use in one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the process with status 2."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = Parser(
        prog="chatserver",
        description="The server of Beijing's legal service network.",
        epilog="Settings come from the environment or from the TOML file named by CHATSERVER_CONFIG;"
        " `chatserver config` prints those in force.",
    )
    top.add_argument("--version", action="version", version=f"chatserver {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add(commands)
    return top


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status."""
    _complete()
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no Chinese
        given = parser().parse_args(arguments)
        status: int = given.run(given)
        sys.stdout.flush()
        return status
    except (Stop, BadSetting) as stop:
        return _tell(str(stop), getattr(stop, "status", 2))
    except (EmbeddedError, SchemaError) as error:
        return _tell(str(error), 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (*UNREACHABLE, asyncpg.PostgresError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _tell("the disk is full: free some space and try again", 1)
        return _tell(f"the database cannot be used: {_reason(error)}", 1)
    except Refused as refused:
        return _tell(f"{refused.code}: {refused.message}", 1)


def _complete() -> None:
    """Gives a process that was started with a standard stream closed the null device in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def _reason(error: BaseException) -> str:
    """What the driver says, without an address that may hold a password."""
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__


def _tell(line: str, status: int) -> int:
    print(f"chatserver: {' '.join(line.split())}", file=sys.stderr)
    return status
