"""What all lists take: how many, and from where on (contract, section 3)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from chatserver.rules.articles import Refused

from . import api

Item = TypeVar("Item")
#: What a list takes, as the documents tell it.
PAGED = (("limit", "integer"), ("cursor", "string"))
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


def part_of(
    whole: Sequence[Item], id_of: Callable[[Item], str], query: Mapping[str, str]
) -> tuple[Sequence[Item], str | None]:
    """One page of a short list that is read whole, and the cursor of the next page.

    The cursor names the last item shown and its place, which counts where that item has gone meanwhile.
    """
    limit, place = limit_of(query.get("limit")), place_of(query.get("cursor"))
    begin = 0
    if place is not None:
        at, _, last = place.partition(" ")
        if not last or len(at) > 6 or not at.isascii() or not at.isdigit():
            raise not_ours()
        begin = next((n for n, it in enumerate(whole, 1) if id_of(it) == last), int(at))
    shown, end = whole[begin : begin + limit], begin + limit
    more = shown and end < len(whole)
    return shown, cursor_of(f"{end - 1} {id_of(shown[-1])}") if more else None
