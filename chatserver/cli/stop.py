"""How a command ends and what it says: one line for people, the same as JSON for programs."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from typing import Any


class Stop(Exception):
    """Ends the command with one line and an exit status."""

    def __init__(self, line: str, status: int = 1) -> None:
        self.status = status
        super().__init__(line)


def say(given: argparse.Namespace, line: str, **told: Any) -> None:
    """The line, or with `--json` the object."""
    print(json.dumps(told, ensure_ascii=False) if given.json else line, flush=True)


def json_option(command: argparse.ArgumentParser) -> None:
    """`--json`, which every command has."""
    command.add_argument("--json", action="store_true", help="print JSON for programs")


def wait_for(work: Coroutine[Any, Any, int]) -> int:
    """Runs the command's work; SIGTERM and Ctrl-C cancel it, so that what it opened is closed."""
    factory = None
    if sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(_cancelled_once(work))


async def _cancelled_once(work: Coroutine[Any, Any, int]) -> int:
    """An impatient second Ctrl-C changes nothing: what is left is to put the database away, and must be done."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    heard: list[int] = []

    def stop(number: int) -> None:
        heard.append(number)
        if task is not None and len(heard) == 1:
            task.cancel()

    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop, number)
    try:
        return await work
    except asyncio.CancelledError:
        if not heard:
            raise
        return 128 + heard[0]  # as a shell tells an end by a signal
