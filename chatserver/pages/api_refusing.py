"""What the HTTP API takes and gives about the shelves beside a refusal: where to refer to (28), and how the
panel rules at its borders (31, 36)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.rules.bodies import LONGEST_TITLE
from chatserver.rules.rulings import LONGEST

from .api import Time

Address = Annotated[str, Meta(max_length=500, pattern="^https?://")]


class NewCard(Struct, forbid_unknown_fields=True):
    """Where to turn to. `categories` that the card is for; none: for all of them."""

    who: Annotated[str, Meta(min_length=1, max_length=200)]
    where: Annotated[str, Meta(max_length=500)] | None = None
    phone: Annotated[str, Meta(max_length=100)] | None = None
    hours: Annotated[str, Meta(max_length=200)] | None = None
    url: Address | None = None
    map: Address | None = None
    categories: list[str] = []


class Card(Struct):
    """A referral card, as `refer_to` of a refusal has it."""

    id: str
    who: str
    where: str | None
    phone: str | None
    hours: str | None
    url: str | None
    map: str | None
    categories: list[str]


class Cards(Struct):
    """Those for some categories first, then those for all."""

    items: list[Card]
    next_cursor: str | None = None


class NewRuling(Struct, forbid_unknown_fields=True):
    """`supersedes`: the id of the ruling whose place it takes; none: one more."""

    article: Literal[26, 28, 29, 31]
    title: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    ruling: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    reason: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    supersedes: str | None = None


class Ruling(Struct):
    """How the panel rules at the border of an article, `by` which expert; in force unless `superseded_by`."""

    id: str
    article: int
    title: str
    ruling: str
    reason: str
    by: str
    since: Time
    supersedes: str | None
    superseded_by: str | None


class Rulings(Struct):
    """Those in force first, the newest first."""

    items: list[Ruling]
    next_cursor: str | None = None
