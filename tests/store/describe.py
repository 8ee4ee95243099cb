"""The schema of a database as text, alike for alike schemas: what `sql/schema.sql` is checked against.

`python -m tests.store.describe` writes that file anew, from a database of its own.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from chatserver.resources import SQL

FILE = SQL / "schema.sql"
HEAD = """\
-- The schema after all migrations, for reading; the migrations make it, and a test compares the two.
-- Write it anew with: python -m tests.store.describe
"""
#: Partitions come and go with the months; their parents stand for them.
TABLES = """
select c.oid, c.relname as name, c.reloptions as options, pg_get_partkeydef(c.oid) as divided
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
order by c.relname"""
COLUMNS = """
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as needed,
    a.attidentity <> '' as counted, pg_get_expr(d.adbin, d.adrelid) as preset
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum"""
CONSTRAINTS = """
select pg_get_constraintdef(oid) as text from pg_constraint
where conrelid = $1 and contype in ('p', 'u', 'f', 'c') order by contype desc, conname"""
INDEXES = """
select pg_get_indexdef(i.indexrelid) as text from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = $1 and not exists (select from pg_constraint where conindid = i.indexrelid)
order by c.relname"""
GRANTS = """
select grantee, string_agg(lower(privilege_type), ', ' order by privilege_type) as rights
from information_schema.role_table_grants
where table_schema = 'public' and table_name = $1 and grantee <> grantor
group by grantee order by grantee"""


async def describe(connection: Any) -> str:
    """Tables with columns, constraints, indexes and grants, in order of name."""
    parts = [HEAD]
    for table in await connection.fetch(TABLES):
        lines = [_column(row) for row in await connection.fetch(COLUMNS, table["oid"])]
        lines += [row["text"] for row in await connection.fetch(CONSTRAINTS, table["oid"])]
        made = f"create table {table['name']} (\n    " + ",\n    ".join(lines) + "\n)"
        if table["divided"]:
            made += f" partition by {table['divided'].lower()}"
        if table["options"]:
            made += f" with ({', '.join(table['options'])})"
        statements = [made]
        for row in await connection.fetch(INDEXES, table["oid"]):
            statements.append(re.sub(r"\bpublic\.", "", row["text"]))
        for row in await connection.fetch(GRANTS, table["name"]):
            statements.append(f"grant {row['rights']} on {table['name']} to {row['grantee']}")
        parts.append(";\n".join(statements) + ";\n")
    return "\n".join(parts)


def _column(row: Any) -> str:
    words = [row["name"], row["type"]]
    if row["needed"]:
        words.append("not null")
    if row["counted"]:
        words.append("generated always as identity")
    if row["preset"] is not None:
        words.append(f"default {row['preset']}")
    return " ".join(words)


async def _write() -> None:
    from chatserver.store.embedded import embedded
    from chatserver.store.migrate import migrate

    with tempfile.TemporaryDirectory() as folder:
        async with embedded(Path(folder)) as dsn:
            await migrate(dsn)
            connection = await asyncpg.connect(dsn)
            FILE.write_text(await describe(connection), "utf-8")
            await connection.close()


if __name__ == "__main__":
    asyncio.run(_write())
