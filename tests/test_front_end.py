"""The front end's own tests, which Node runs."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from chatserver.resources import WEB

NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node.js is not on this machine: install Node 18 or newer")
@pytest.mark.skipif(
    not (WEB / "node_modules" / "lit").is_dir(),
    reason="the front end's packages are not installed; ./run setup does it where Node.js is",
)
def test_the_front_ends_own_tests_hold() -> None:
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--test", "--test-reporter=tap"],
        cwd=WEB, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
