"""What all lists take: how many, and from where on (contract, section 3)."""

from __future__ import annotations

import base64
import binascii

from chatserver.rules.articles import Refused

from . import api

DEFAULT = 20
MOST = 100


def limit_of(given: str | None) -> int:
    """How many: 20 unless asked, at most 100."""
    if given is None:
        return DEFAULT
    if len(given) > 3 or not given.isascii() or not given.isdigit() or not 1 <= int(given) <= MOST:
        raise api.wrong("$.limit", f"1 to {MOST}")
    return int(given)


def cursor_of(place: str) -> str:
    """An opaque word for the place at which a page of a list ended."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> str | None:
    """The place in a cursor; one that we did not give is `invalid`."""
    if cursor is None:
        return None
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        raise not_ours() from None
    if not place or "\x00" in place:
        raise not_ours()
    return place


def not_ours() -> Refused:
    """What is said of a cursor that no list gave."""
    return api.wrong("$.cursor", "not a cursor of ours")
