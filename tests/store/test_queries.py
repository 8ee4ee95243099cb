"""Every named query is right before anybody runs it: syntax, names and types, order of parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import chatserver
from chatserver.resources import SQL
from chatserver.store.database import Database, queries

HEAD = re.compile(r"(\w+)(?:\(([^)]*)\))?([\^$!#]|\*!|<!)?\Z")


@dataclass(frozen=True)
class Query:
    """One query as it stands in its file."""

    topic: str
    name: str
    parameters: tuple[str, ...]
    comment: str
    text: str


def written() -> list[Query]:
    found = []
    for path in sorted((SQL / "queries").glob("*.sql")):
        _, *parts = re.split(r"^-- name: *", path.read_text("utf-8"), flags=re.MULTILINE)
        for part in parts:
            head, _, rest = part.partition("\n")
            match = HEAD.match(head.strip())
            assert match, f"{path.name}: {head}"
            lines = rest.splitlines()
            comment = " ".join(line[2:].strip() for line in lines if line.startswith("--"))
            text = "\n".join(line for line in lines if not line.startswith("--"))
            parameters = [name.strip() for name in (match[2] or "").split(",") if name.strip()]
            found.append(Query(path.stem, match[1], tuple(parameters), comment, text))
    return found


WRITTEN = written()
TOPICS = sorted({query.topic for query in WRITTEN})


@pytest.mark.parametrize("query", WRITTEN, ids=lambda query: f"{query.topic}.{query.name}")
def test_parameters_are_listed_in_the_order_in_which_they_first_appear(query: Query) -> None:
    appear = re.findall(r"(?<![:\w]):([a-z_]\w*)", query.text)
    assert query.parameters == tuple(dict.fromkeys(appear))


@pytest.mark.parametrize("topic", TOPICS)
async def test_each_query_is_prepared_by_the_migrated_schema(topic: str, db: Database) -> None:
    async with db.use() as connection:
        for query in (query for query in WRITTEN if query.topic == topic):
            loaded = getattr(queries(topic), query.name)
            try:
                prepared = await connection.prepare(loaded.sql)
            except Exception as error:
                raise AssertionError(f"{topic}.{query.name}: {error}") from error
            assert len(prepared.get_parameters()) == len(query.parameters), query.name


@pytest.mark.parametrize("topic", TOPICS)
def test_no_name_is_used_twice_in_a_file_and_none_is_left_out(topic: str) -> None:
    names = [query.name for query in WRITTEN if query.topic == topic]
    assert len(names) == len(set(names))
    assert all(hasattr(queries(topic), name) for name in names)


def test_the_databases_clock_decides_no_business() -> None:
    asking = re.compile(r"\bnow\(\)|current_timestamp|current_date|clock_timestamp", re.IGNORECASE)
    for path in sorted(SQL.rglob("*.sql")):
        text = re.sub(r"--.*", "", path.read_text("utf-8"))
        assert not asking.search(text), path.name


def test_each_query_says_what_it_is_for() -> None:
    silent = [f"{query.topic}.{query.name}" for query in WRITTEN if not query.comment]
    assert silent == []


def test_each_query_is_asked_by_somebody() -> None:
    code = "\n".join(
        path.read_text("utf-8") for path in Path(chatserver.__file__).parent.rglob("*.py")
    )
    words = set(re.findall(r"\w+", code))
    assert [f"{query.topic}.{query.name}" for query in WRITTEN if query.name not in words] == []
