"""No text that a person may send keeps a rule's search busy for longer than it is long."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import chatserver.rules
from chatserver.rules.asking import case_numbers
from chatserver.rules.contacts import contacts

LENGTH = 4_000
#: Characters of what is measured before it is searched.
MEASURED = {"telling._ADDRESS": 254, "telling._SERVICE": 253}
#: What patterns of ours look for, to get deep into them, and what then goes on without end.
BEGINNINGS = (
    "",
    "(2020)",
    "(2020)法123456",
    "2026京0105民",
    "微信",
    "微信号是:",
    "v",
    "1",
    "13",
    "一三",
    "a@",
    "86",
)
RUNS = (
    " ",
    "1",
    "一",
    "a",
    "-",
    "法",
    " 1",
    "(",
    "微信 ",
    "(2020)",
    "2026京",
    "a@",
    "13 ",
    "第 ",
    "\t\n",
    "号",
)
#: A search by halves and quarters takes milliseconds; one of quadratic cost several seconds.
SECONDS = 1.0


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled expression of the rules, by its name."""
    for module in pkgutil.iter_modules(chatserver.rules.__path__, "chatserver.rules."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{module.name.rpartition('.')[2]}.{name}", value


@pytest.mark.parametrize(
    ("name", "pattern"), [pytest.param(name, one, id=name) for name, one in patterns()]
)
def test_no_run_of_characters_makes_a_search_slow(name: str, pattern: re.Pattern[str]) -> None:
    length = MEASURED.get(name, LENGTH)
    for beginning in BEGINNINGS:
        for run in RUNS:
            text = (beginning + run * length)[:length] + "。"
            began = time.process_time()
            sum(1 for _ in pattern.finditer(text))
            assert time.process_time() - began < SECONDS, (beginning, run)


@pytest.mark.parametrize("search", [case_numbers, contacts])
def test_the_gaps_that_once_hung_a_process_cost_nothing(search) -> None:  # type: ignore[no-untyped-def]
    for beginning in ("微信", "(2020)法123456", "(2020)"):
        began = time.process_time()
        search(beginning + " " * 9_900 + "。")
        assert time.process_time() - began < SECONDS
