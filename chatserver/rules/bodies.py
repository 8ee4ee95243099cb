"""What a text must be before a rule looks at it (contract, section 4)."""

from __future__ import annotations

from typing import Any

from .articles import Refused

LONGEST = 10_000
LONGEST_TITLE = 100


def checked(text: str, path: str = "$.body", longest: int = LONGEST) -> str:
    """`text` itself, if it is 1 to `longest` code points that PostgreSQL can keep and a person can see."""
    if len(text) > longest:
        raise Refused("too_large", details={"limit": longest, "path": path})
    if not text or text.isspace():
        raise Refused("invalid", "内容不能为空。", details=[{"path": path, "problem": "blank"}])
    return storable(text, path)


def storable(text: str, path: str) -> str:
    """`text` itself, unless it holds NUL or half a character: valid JSON that no database keeps."""
    if "\x00" not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    raise Refused(
        "invalid",
        "内容含有无法保存的字符。",
        details=[{"path": path, "problem": "NUL or a lone surrogate"}],
    )


def all_storable(value: Any, path: str = "$") -> Any:
    """`value` itself, unless it holds such a text anywhere; it is of dicts, lists and tuples."""
    if isinstance(value, str):
        storable(value, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            all_storable(inner, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            all_storable(inner, f"{path}[{place}]")
    return value


def named(id: str) -> str:
    """A client's own id, checked: 1 to 64 characters that can be kept."""
    if not 1 <= len(id) <= 64:
        raise Refused("invalid", details=[{"path": "$.id", "problem": "1 to 64 characters"}])
    return storable(id, "$.id")
