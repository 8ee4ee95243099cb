"""`sql/schema.sql` tells the schema as it is."""

from __future__ import annotations

from chatserver.store import migrate
from chatserver.store.database import Database
from tests.store.describe import FILE, describe


async def test_the_schema_file_is_what_the_migrations_make(db: Database) -> None:
    owner = await db.owner()
    try:
        made = await describe(owner)
    finally:
        await owner.close()
    written = FILE.read_text("utf-8")
    assert made == written, "run `python -m tests.store.describe` and commit sql/schema.sql"


async def test_two_databases_are_described_alike(db: Database) -> None:
    owner = await db.owner()
    assert await describe(owner) == await describe(owner)
    await owner.execute("create index extra on tickets (closed_at)")
    assert "CREATE INDEX extra" in await describe(owner)
    await owner.close()


def test_no_two_migrations_share_a_number() -> None:
    """The number is the order in which they are applied, here and wherever one of them was before."""
    numbers = [path.name.partition("_")[0] for path in migrate.files()]
    assert [numbers[n] for n in range(1, len(numbers)) if numbers[n] == numbers[n - 1]] == []
