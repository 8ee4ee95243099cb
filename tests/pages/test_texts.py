"""The English catalogue: no text in it that nobody says any more, and none that was left unfinished."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib

import chatserver
from chatserver.resources import SQL, WEB

CATALOGUE = polib.pofile(str(WEB / "locale" / "en" / "LC_MESSAGES" / "chatserver.po"))


def said() -> str:
    """Every text of the program: what Python holds as text, and what pages, apps and tables hold at all."""
    found: list[str] = []
    for path in Path(chatserver.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        found += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    others = [*WEB.glob("templates/**/*.html"), *WEB.glob("app/**/*.js"), *SQL.rglob("*.sql")]
    for path in [*others, WEB / "widget.js"]:
        text = re.sub(r"'\s*\+\s*'", "", path.read_text("utf-8"))
        found.append(text.replace("\\n", "\n").replace("\\'", "'"))
    return "\0".join(found)


def test_each_translation_is_of_a_text_that_is_said() -> None:
    texts = said()
    assert [entry.msgid for entry in CATALOGUE if entry.msgid not in texts] == []


def test_each_translation_is_finished_and_keeps_the_places_to_be_filled() -> None:
    for entry in CATALOGUE:
        assert entry.msgstr and not entry.fuzzy, entry.msgid
        places = [set(re.findall(r"\{(\w+)\}", text)) for text in (entry.msgid, entry.msgstr)]
        assert places[0] == places[1], entry.msgid
