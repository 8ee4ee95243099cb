"""`kill -9` under load, as often as is asked for: what the history checker of the test found."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TEST = "tests/journeys/test_kill.py"
TOLD = re.compile(
    r"seed (?P<seed>\d+): (?P<kills>\d+) kills, (?P<messages>\d+) messages, (?P<cut_off>\d+) cut off, "
    r"\d+ tickets with a lawyer, load back after at most (?P<back>[\d.]+) s"
)


def main(arguments: list[str]) -> dict[str, Any]:
    """Runs the test; ends with its words if anything was lost, stored twice or left out."""
    parser = argparse.ArgumentParser(prog="python -m bench kills")
    parser.add_argument("--kills", type=int, default=50)
    given = parser.parse_args(arguments)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", TEST],
        cwd=ROOT,
        env=os.environ | {"KILLS": str(given.kills)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    told = TOLD.search(done.stdout)
    if done.returncode or told is None:
        raise SystemExit(done.stdout)
    print(told[0])
    return {name: float(value) for name, value in told.groupdict().items()}
