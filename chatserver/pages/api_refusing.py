"""What the HTTP API takes and gives about the shelves beside a refusal: where to refer to (28)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

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
