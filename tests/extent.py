"""How far a run goes: with `CI` set every test, all the way; otherwise what is not slow, as far as a day asks."""

from __future__ import annotations

import os
from typing import TypeVar
from zlib import crc32

Amount = TypeVar("Amount")
ALL_THE_WAY = os.environ.get("CI", "").lower() not in ("", "0", "false", "no")
LANGUAGES = ("zh", "en")


def extent(everyday: Amount, all_the_way: Amount) -> Amount:
    """Rounds, examples or the like: what a day asks for, and what CI does."""
    return all_the_way if ALL_THE_WAY else everyday


def languages(name: str) -> tuple[str, ...]:
    """Both; every day the one whose turn it is by the name, so that every worker finds the same one."""
    return extent((LANGUAGES[crc32(name.encode()) % 2],), LANGUAGES)
