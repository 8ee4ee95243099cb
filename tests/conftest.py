"""Real PostgreSQL for every test: one embedded cluster a run, one template a worker, one clone a test."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher

from chatserver.config import Config
from chatserver.store import people, sessions
from chatserver.store.database import Database
from chatserver.store.embedded import embedded
from chatserver.store.migrate import migrate
from tests.cast import EVERYBODY
from tests.clients import Running, running
from tests.extent import ALL_THE_WAY
from tests.line import Line

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
#: Where the databases of this run lie if there is room for them in memory, as a variable for the workers.
IN_MEMORY = "TEST_DATABASES_IN_MEMORY"
MEMORY, ENOUGH = Path("/dev/shm"), 2_000_000_000  # noqa: S108


def pytest_configure(config: pytest.Config) -> None:
    """A database is three hundred files: on a disk half a second to make and remove, in memory 0.03 s."""
    if hasattr(config, "workerinput") or not MEMORY.is_dir():
        return
    if shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ[IN_MEMORY] = tempfile.mkdtemp(prefix="chatserver-tests-", dir=MEMORY)
        Path(os.environ[IN_MEMORY]).chmod(0o711)


def _is_everyday(config: pytest.Config) -> bool:
    """Whether this is a run of everything as a day asks for it. Whoever names a test gets it."""
    whole = config.args == config.getini("testpaths")
    return whole and not ALL_THE_WAY and not config.option.markexpr


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the slow tests to CI."""
    if _is_everyday(config):
        left = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Nobody shall take a day's run for the whole."""
    if _is_everyday(config):
        terminalreporter.write_line(
            "The slow tests and most browser tests were left to CI: `CI=true ./run test` runs them all."
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that made it removes it; the workers are gone by then."""
    if not hasattr(config, "workerinput") and IN_MEMORY in os.environ:
        shutil.rmtree(os.environ.pop(IN_MEMORY), ignore_errors=True)


def _address(dsn: str, database: str) -> str:
    return re.sub(r"/chatserver(?=\?|$)", f"/{database}", dsn)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this run's PostgreSQL; the workers share it. `TEST_DATABASE_URL` names another."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    memory = os.environ.get(IN_MEMORY)
    base = tmp_path_factory.getbasetemp()
    on_disk = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = Path(memory) if memory else on_disk
    with asyncio.Runner() as runner:
        server = embedded(folder / "postgres")
        dsn = runner.run(server.__aenter__())
        yield dsn
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def template(cluster: str) -> Iterator[str]:
    """The name of a migrated database with the cast in it, for cloning."""
    name = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    asyncio.run(_make_template(cluster, name))
    yield name
    asyncio.run(_execute(cluster, f"drop database {name} with (force)"))


@pytest.fixture(scope="session")
def copied(cluster: str) -> str:
    """How a template is copied: file by file, which is the faster way, and the only one before version 15."""

    async def version() -> int:
        connection = await asyncpg.connect(cluster)
        try:
            return connection.get_server_version().major
        finally:
            await connection.close()

    return " strategy file_copy" if asyncio.run(version()) >= 15 else ""


async def _execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _make_template(cluster: str, name: str) -> None:
    await _execute(cluster, f"create database {name}")
    dsn = _address(cluster, name)
    await migrate(dsn)
    db = Database(dsn, size=2)
    await db.open()
    version, _, _ = await sessions.agreement(db)
    # As strong as a test needs; a hash says itself how it is verified. Whoever tries the cost adds accounts.
    careful, people.HASHER = people.HASHER, PasswordHasher(1, 8, 1)
    for person in EVERYBODY:
        account, _ = await people.add(
            db,
            role=person.role,
            login=person.login,
            password=person.password,
            now=NOW,
            name=person.name,
            staff_no=person.staff_no,
            profession=person.profession,
            skills=person.skills,
            capacity=person.capacity,
        )
        if person.role == "citizen" and person.agreed:
            await sessions.accept(db, account.id, version, NOW)
    people.HASHER = careful
    await db.close()


@pytest.fixture
async def dsn(cluster: str, template: str, copied: str) -> AsyncIterator[str]:
    """The address of a fresh database with the cast in it."""
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    await _execute(cluster, f"create database {name} template {template}{copied}")
    yield _address(cluster, name)
    await _execute(cluster, f"drop database {name} with (force)")


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    """A fresh database, open with the rights of the serving role."""
    database = Database(dsn, size=4)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings for tests: no limits that one address would meet, second factors optional."""
    return replace(
        Config.load({"PORT": "1", "CHATSERVER_DATA": str(tmp_path)}),
        staff_otp="optional",
        connections_per_address=0,
        connects_per_second=0,
        messages_per_second=0,
        logins_per_minute=0,
    )


@pytest.fixture
async def server(config: Config, dsn: str) -> AsyncIterator[Running]:
    """A whole server on a free port of this machine."""
    async with running(config, dsn) as one:
        yield one


@pytest.fixture
async def line(dsn: str) -> AsyncIterator[Line]:
    """A line to this test's database that can be cut."""
    made = Line(dsn)
    await made.start()
    yield made
    await made.stop()
    # What hung is let go of here, and not in the middle of something that minds (CPython gh-106905).
    gc.collect()
