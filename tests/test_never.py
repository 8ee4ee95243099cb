"""The rows of the never-list that imports cannot show (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SQL_TEXT = re.compile(r"[\"'](select|insert into|update \w+ set|delete from) ", re.IGNORECASE)


def sources(folder: str, ending: str) -> list[Path]:
    return [
        path for path in (ROOT / folder).rglob(f"*{ending}") if "node_modules" not in path.parts
    ]


def offenders(paths: list[Path], pattern: str | re.Pattern[str]) -> list[str]:
    assert paths, "a check of no file is no check"
    found = re.compile(pattern) if isinstance(pattern, str) else pattern
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if found.search(line)
    ]


def test_rules_know_no_clock_no_chance_no_waiting() -> None:
    pattern = r"\basync\b|\bawait\b|datetime\.now|utcnow|\brandom\b|\bsecrets\b|\blogging\b|environ"
    assert offenders(sources("chatserver/rules", ".py"), pattern) == []


def test_rules_import_the_standard_library_and_themselves() -> None:
    paths = sources("chatserver/rules", ".py")
    named = {
        name
        for path in paths
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in imported(node)
    }
    assert "datetime" in named
    ours = {name for name in named if name.split(".")[0] == "chatserver"}
    assert all(name.startswith("chatserver.rules") for name in ours), ours
    assert {name.split(".")[0] for name in named - ours} <= sys.stdlib_module_names


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports from outside its own package."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    return ["chatserver"] if isinstance(node, ast.ImportFrom) and node.level > 1 else []


@pytest.mark.parametrize("room", ["live", "pages", "timers", "cli"])
def test_only_the_store_holds_sql(room: str) -> None:
    assert offenders(sources(f"chatserver/{room}", ".py"), SQL_TEXT) == []


def test_casework_holds_no_sql() -> None:
    road = ("casework", "transactions", "stuck", "batch", "calls", "openings")
    paths = [ROOT / f"chatserver/{name}.py" for name in road]
    assert offenders(paths, SQL_TEXT) == []


def test_only_push_and_the_transport_emit() -> None:
    others = [
        path
        for path in sources("chatserver", ".py")
        if path.name != "push.py" and not path.name.startswith("transport")
    ]
    assert offenders(others, r"Frame\.event\(|\.emit\(|transport\.publish\(") == []


def test_queries_never_ask_the_databases_clock() -> None:
    pattern = r"\bnow\(\)|current_timestamp|clock_timestamp|current_date"
    assert offenders(sources("sql", ".sql"), pattern) == []


def test_migrations_have_no_triggers() -> None:
    assert offenders(sources("sql/migrations", ".sql"), r"(?i)create (or replace )?trigger") == []


def test_the_front_end_never_makes_html_of_text() -> None:
    pattern = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|unsafeHTML"
    assert offenders(sources("web/app", ".js"), pattern) == []


def test_templates_have_no_inline_script_or_style() -> None:
    pattern = r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)[^>]*>|\|\s*safe\b"
    assert offenders(sources("web/templates", ".html"), pattern) == []


def test_a_dictionary_of_anything_is_taken_at_the_edges_only() -> None:
    edges = ("live/wire", "live/transport", "pages/api", "store/")
    paths = [
        path
        for path in sources("chatserver", ".py")
        if not str(path.relative_to(ROOT / "chatserver")).startswith(edges)
    ]
    # What a client says in CONNECT comes as the library hands it over.
    pattern = (
        r"^\s*(?:async )?def [a-z]\w*\(.*(?<!auth): dict\[str, Any\]|^\s+\w+: dict\[str, Any\],?$"
    )
    assert offenders(paths, pattern) == []


def test_every_conflict_tells_the_state() -> None:
    """Contract, section 5: `details.state`."""
    calls = [
        (path, node)
        for path in sources("chatserver", ".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused"
    ]
    found = [
        (path.name, node.lineno, "'state'" in ast.unparse(node))
        for path, node in calls
        if isinstance(node.args[0], ast.Constant) and node.args[0].value == "conflict"
    ]
    assert found and [one for one in found if not one[2]] == []
