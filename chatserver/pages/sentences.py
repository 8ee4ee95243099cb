"""The service's own sentences stand in the record in Chinese; who reads English is told what they mean."""

from __future__ import annotations

import re
from calendar import month_name
from functools import cache

from chatserver.i18n import DEFAULT, translate
from chatserver.rules import notices

_PLACE = re.compile(r"\\\{(\w+)\\\}")
_DATE = re.compile(r"(\d{1,2})月(\d{1,2})日")
_SPAN = re.compile(r"(\d+) (小时|分钟|秒)")


def said(lang: str, body: str) -> str:
    """A notice's text in `lang`, line by line, as far as it is known."""
    if lang == DEFAULT:
        return body
    return "\n".join(_sentence(lang, line) for line in body.split("\n"))


@cache
def _known() -> list[tuple[re.Pattern[str], str]]:
    """Every text of `notices` with the places that were filled in it."""
    texts: list[str] = []
    for name, value in vars(notices).items():
        if name.isupper():
            texts += value.values() if isinstance(value, dict) else [value]
    lines = [line for text in texts if isinstance(text, str) for line in text.split("\n")]
    return [(re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(line))), line) for line in lines]


def _sentence(lang: str, line: str) -> str:
    for form, text in _known():
        if found := form.fullmatch(line):
            return translate(
                lang, text, **{k: _value(lang, v) for k, v in found.groupdict().items()}
            )
    return translate(lang, line)


def _value(lang: str, value: str) -> str:
    if span := _SPAN.fullmatch(value):
        n, unit = span.groups()
        return translate(lang, "1 小时" if value == "1 小时" else f"{{n}} {unit}", n=n)
    return _DATE.sub(lambda date: f"{date[2]} {month_name[int(date[1])]}", value)
