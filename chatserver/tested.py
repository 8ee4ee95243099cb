"""Which tests speak of which article: read from the tests in a checkout, and in a wheel from what its build read."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from pathlib import Path

from chatserver import rules
from chatserver.rules.articles import CARRIED
from chatserver.rules.not_in_code import FIRST_WORDS

_PACKAGE = Path(__file__).resolve().parent
#: Where a build writes the table, inside the package (setup.py); a checkout has no such file.
PACKED = "_tested.json"


def tested() -> dict[int, list[str]]:
    """Article -> its test files, as paths from the checkout's root; all 37 are there."""
    packed = _PACKAGE / PACKED
    if packed.is_file():
        return {
            int(number): files for number, files in json.loads(packed.read_text("utf-8")).items()
        }
    load_rules()
    files = sorted((_PACKAGE.parent / "tests" / "rules").glob("test_*.py"))
    texts = {file.name: file.read_text("utf-8") for file in files}
    return {number: _naming(number, texts) for number in sorted(FIRST_WORDS)}


def load_rules() -> None:
    """Reads every rule, so that each has said which article it carries."""
    for module in pkgutil.iter_modules(rules.__path__):
        importlib.import_module(f"chatserver.rules.{module.name}")


def _naming(number: int, texts: dict[str, str]) -> list[str]:
    """The article's own test files and those that name it; else those in which a rule that carries it is
    called."""
    names = [re.escape(name.split(".", 1)[-1]) for name in CARRIED.get(number, [])]
    verbs = "|".join(names) or "(?!)"
    for wanted in (rf"Art(?:icle|\.) ?{number}\b", rf"\b(?:{verbs})\("):
        found = [
            name
            for name, text in texts.items()
            if name.startswith(f"test_article_{number:02}")
            or (name != "test_regulation.py" and re.search(wanted, text))
        ]
        if found:
            return [f"tests/rules/{name}" for name in found]
    return []
