"""`./run` on machines that lack something: one plain line that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
TOOLS = ("cat", "cksum", "dirname", "find", "head", "kill", "ln", "mkdir", "rm", "sed", "sh")
TOOLS += ("sleep", "sort", "tail", "tr", "xargs")
FILES = ("run", "setup.cfg", "setup.py", "pyproject.toml", "requirements.lock")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout's beginnings in `clone`, and a machine with hardly a program in `bin`."""
    (tmp_path / "clone" / "web").mkdir(parents=True)
    (tmp_path / "clone" / "web" / "package-lock.json").write_text("{}")
    for name in FILES:
        shutil.copy(HERE / name, tmp_path / "clone" / name)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def program(bare: Path, name: str, text: str, folder: str = "bin") -> None:
    file = bare / folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def run(bare: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [bare / "clone" / "run", *arguments],
        env={"PATH": f"{bare / 'bin'}:{bare / 'other'}", "HOME": str(bare)},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def last_line(done: subprocess.CompletedProcess[str], status: int) -> str:
    assert done.returncode == status, done
    assert done.stdout == ""
    assert done.stderr.count("\n") <= 2, done.stderr
    return done.stderr.splitlines()[-1]


def test_without_a_python_it_says_which_one_it_needs(bare: Path) -> None:
    assert "Python 3.11 or newer" in last_line(run(bare), 1)


def test_an_old_python_is_not_taken(bare: Path) -> None:
    program(bare, "python3", "exit 1")
    assert "Python 3.11 or newer" in last_line(run(bare, "test"), 1)


def test_a_python_without_venv_is_told_with_the_package_to_install(bare: Path) -> None:
    refuses = f'case "$*" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"'
    program(bare, "python3", refuses)
    line = last_line(run(bare, "setup"), 1)
    assert f"python{sys.version_info.major}.{sys.version_info.minor}-venv" in line


@pytest.mark.parametrize(("later", "taken"), [(700, "other"), (900, "bin")])
def test_a_later_python_is_taken_when_it_is_faster_by_a_quarter(
    bare: Path, later: int, taken: str
) -> None:
    # Pythons that tell how long the little work took, and that cannot make an environment.
    for folder, took in (("bin", 1000), ("other", later)):
        says = f'case "$*" in *process_time*) echo {took} ;; *-c*) ;; *) echo from {folder}; exit 1 ;; esac'
        program(bare, "python3", says, folder)
    last_line(run(bare, "setup"), 1)
    assert f"from {taken}" in (bare / "clone" / ".tools" / "setup.log").read_text()


def test_what_it_does_not_know_is_wrong_use(bare: Path) -> None:
    assert "usage: ./run" in last_line(run(bare, "dance"), 2)


def test_a_failed_download_is_told_and_the_reason_kept(bare: Path) -> None:
    # A Python whose environments are itself, and whose pip has no network.
    fake = f"""case "$*" in
*"pip install"*) echo "Temporary failure in name resolution"; exit 1 ;;
"-m venv .venv") mkdir -p .venv/bin; ln -s {bare}/bin/python3 .venv/bin/python ;;
*) exec {sys.executable} "$@" ;;
esac"""
    program(bare, "python3", fake)
    done = run(bare, "setup")
    assert done.returncode == 1, done
    assert "the network cannot be reached" in done.stderr.splitlines()[-1]
    assert "Temporary failure" in (bare / "clone" / ".tools" / "setup.log").read_text()


def test_a_node_that_was_fetched_serves_the_next_run_of_the_tests_too(bare: Path) -> None:
    # A Python whose environments are itself, that fetches a Node, and that tells which Node its tests find.
    fetched = bare / "clone" / ".tools" / "node" / "bin"
    program(bare, "npm", "exit 0", "fetched")
    program(bare, "node", "exit 0", "fetched")
    program(bare, "python", "exit 0", "fetched")
    fake = f"""case "$*" in
"-m venv .venv") mkdir -p .venv/bin; ln -s {bare}/bin/python3 .venv/bin/python ;;
"-m venv --without-pip"*) mkdir -p .tools/node; ln -s {bare}/fetched .tools/node/bin ;;
"-m pip"*) ;;
"-m pytest"*) command -v node ;;
*) exec {sys.executable} "$@" ;;
esac"""
    program(bare, "python3", fake)
    for folder in ("dist", "node_modules"):
        (bare / "clone" / "web" / folder).mkdir()
    for _ in ("cold", "warm"):
        done = run(bare, "test")
        assert (done.returncode, done.stdout) == (0, f"{fetched}/node\n"), done
    program(bare, "npm", "exit 0")
    program(bare, "node", "exit 0")
    assert run(bare, "test").stdout == f"{bare}/bin/node\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_checkout_that_cannot_be_written_is_told(bare: Path) -> None:
    (bare / "clone").chmod(0o555)
    assert "cannot write in" in last_line(run(bare), 1)
