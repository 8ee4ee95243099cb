"""The service speaks Chinese first: msgids are the Chinese texts, other languages are catalogues.

Catalogues are compiled in memory from `web/locale/LANG/LC_MESSAGES/chatserver.po`, so that a
checkout needs no build step to speak English.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

import polib

from . import resources

LANGUAGES = ("zh", "en")
DEFAULT = "zh"


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations into `language`; for Chinese, or without a catalogue, texts as they are."""
    path = resources.WEB / "locale" / language / "LC_MESSAGES" / "chatserver.po"
    if language == DEFAULT or language not in LANGUAGES or not path.is_file():
        return NullTranslations()
    return GNUTranslations(BytesIO(polib.pofile(str(path), encoding="utf-8").to_binary()))


def translate(lang: str, msgid: str, **values: object) -> str:
    """`msgid` in `lang`, with `{name}` places filled from `values`."""
    text = catalogue(lang).gettext(msgid) if msgid else ""
    return text.format(**values) if values else text


def localised(lang: str, value: object) -> object:
    """A JSON value with every text in it translated: for the `details` of an error object."""
    if lang == DEFAULT:
        return value
    if isinstance(value, str):
        return translate(lang, value)
    if isinstance(value, dict):
        return {key: localised(lang, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [localised(lang, inner) for inner in value]
    return value
