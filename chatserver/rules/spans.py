"""A length of time in words, and in figures that are somebody's own: what was frozen, what is configured."""

from __future__ import annotations

HOUR, MINUTE = 3600, 60


def spelled(seconds: int) -> tuple[str, int]:
    """The msgid of a length, and its `n`: ("{n} 分钟", 20)."""
    if seconds == HOUR:
        return "1 小时", 1
    if seconds % HOUR == 0:
        return "{n} 小时", seconds // HOUR
    if seconds % MINUTE == 0:
        return "{n} 分钟", seconds // MINUTE
    return "{n} 秒", seconds


def words(seconds: int) -> str:
    """In Chinese, as the service says it in a talk: "20 分钟"."""
    msgid, n = spelled(seconds)
    return msgid.format(n=n)
