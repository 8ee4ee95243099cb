"""From a fresh clone in an empty home to the first page, and every start after it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 5


def start(clone: Path, home: Path) -> float:
    """Seconds until `./run` says that it is ready; it is stopped again."""
    ours = ("CHATSERVER_", "VIRTUAL_ENV", "PYTHON", "PORT", "HOST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    began = time.monotonic()
    process = subprocess.Popen(
        ["./run", "--port", "0", "--json"],
        cwd=clone,
        env=kept | {"HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    took = time.monotonic() - began
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    if not line or "url" not in json.loads(line):
        raise SystemExit(f"./run did not say that it is ready: {line!r}")
    return took


def main(arguments: list[str]) -> dict[str, Any]:
    """The last commit, cold once and warm some times; packages come from the network."""
    parser = argparse.ArgumentParser(prog="python -m bench starts")
    parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="chatserver-bench-") as folder:
        clone, home = Path(folder, "clone"), Path(folder, "home")
        # Root's database runs as another user, who must get there.
        Path(folder).chmod(0o755)
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        cold = start(clone, home)
        warm = sorted(start(clone, home) for _ in range(ROUNDS))
    found = {"cold_s": cold, "warm_s": warm}
    print(json.dumps(found))
    return found
