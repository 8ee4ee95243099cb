"""How the text of a setting is read. Each reader raises `Wrong` with what would be right."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from chatserver import webpush


class BadSetting(Exception):
    """A setting that stops the start; its text is the one line to print."""

    def __init__(self, variable: str, value: str, expected: str) -> None:
        self.variable, self.value, self.expected = variable, value, expected
        one_line = value.encode("unicode_escape").decode() if not value.isprintable() else value
        super().__init__(f"{variable}={one_line!r} is not right: expected {expected}")


class Wrong(ValueError):
    """The text is not a value of this kind; `expected` says what would be."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)


#: The longest two years can be: one of them may hold a 29 February.
TWO_YEARS = timedelta(days=731)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,9})([smhdy])", re.ASCII)
_LONGEST = timedelta(days=36525)


def duration(text: str) -> timedelta:
    """`90s`, `30m`, `5h`, `3d`, `2y`; more than nothing, at most a hundred years."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise Wrong("a duration such as 90s, 30m, 5h, 3d or 2y")
    number, unit = int(found[1]), found[2]
    # A year counts as the longest that so many calendar years can be, so that nothing ends early.
    seconds = math.ceil(number * 365.25) * 86400 if unit == "y" else number * _SECONDS[unit]
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise Wrong("a duration above zero and at most 100y, such as 90s, 30m, 5h, 3d or 2y")
    return timedelta(seconds=seconds)


def retention(text: str) -> timedelta:
    """A duration, never below two years (32)."""
    length = duration(text)
    if length < timedelta(days=730):
        raise Wrong("a duration of at least 2y (Article 32)")
    return max(length, TWO_YEARS)


def count(text: str) -> int:
    """A whole number, 0 for no limit."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise Wrong("a whole number, 0 for no limit")
    return int(text)


def days(text: str) -> int:
    """A number of working days."""
    if not re.fullmatch(r"[0-9]{1,2}", text, re.ASCII) or int(text) < 1:
        raise Wrong("a number of working days from 1 to 99")
    return int(text)


def rate(text: str) -> float:
    """So many in a second, 0 for no limit."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII):
        raise Wrong("a number such as 20 or 0.5, 0 for no limit")
    return float(text)


def share(text: str) -> float:
    """A share of a whole, above 0 and below 1."""
    if not re.fullmatch(r"0?\.[0-9]{1,9}", text, re.ASCII) or not 0 < float(text) < 1:
        raise Wrong("a share above 0 and below 1, such as 0.8")
    return float(text)


def one_of(*words: str) -> Callable[[str], str]:
    """Reads one of a few words."""

    def read(text: str) -> str:
        if text not in words:
            raise Wrong(", ".join(words[:-1]) + f" or {words[-1]}")
        return text

    return read


def log_level(text: str) -> str:
    """From which level on the log is written; capitals are as good."""
    return one_of("debug", "info", "warning", "error")(text.lower())


def port(text: str) -> int:
    """A TCP port; 0 lets the system choose a free one."""
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or int(text) > 65535:
        raise Wrong("a port from 1 to 65535, or 0 for any free one")
    return int(text)


def number_prefix(text: str) -> str:
    """The letters that ticket numbers begin with."""
    if not re.fullmatch(r"[A-Z]{1,8}", text):
        raise Wrong("one to eight capital letters, such as BJ")
    return text


def folder(text: str) -> Path:
    """A folder; it is made when it is needed."""
    try:
        if "\0" not in text:
            return Path(text).expanduser().absolute()
    except RuntimeError:  # ~NAME of nobody here
        pass
    raise Wrong("the path of a folder, such as /var/lib/chatserver")


def vapid_key(text: str) -> bytes:
    """The private key that browser notifications are signed with; any 32 random bytes will do."""
    try:
        key = webpush.data(text)
    except ValueError:
        key = b""
    if len(key) != 32 or not 0 < int.from_bytes(key) < webpush.ORDER:
        raise Wrong("32 random bytes in base64, such as `openssl rand -base64 32` makes")
    return key


def secret(text: str) -> str:
    """A shared secret."""
    if len(text) < 16:
        raise Wrong("at least 16 characters")
    return text
