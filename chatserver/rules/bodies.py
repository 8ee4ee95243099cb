"""What a text must be before a rule looks at it (contract, section 4)."""

from __future__ import annotations

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
    raise unstorable(path)


def named(id: str) -> str:
    """A client's own id, checked: 1 to 64 characters that can be kept."""
    if not 1 <= len(id) <= 64:
        raise Refused("invalid", details=[{"path": "$.id", "problem": "1 to 64 characters"}])
    return storable(id, "$.id")


def unstorable(path: str) -> Refused:
    """What is said of a text that no database keeps."""
    return Refused(
        "invalid",
        "内容含有无法保存的字符。",
        details=[{"path": path, "problem": "NUL or a lone surrogate"}],
    )
