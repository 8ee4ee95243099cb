"""`sql/schema.sql` tells the schema as it is."""

from __future__ import annotations

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
