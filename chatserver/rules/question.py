"""What a citizen asks, as it comes to `asking.open_ticket`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """`id` is the client's own, and message 1's; `earlier` a ticket's number and `because` what is said of it."""

    id: str
    kind: str
    category: str
    body: str
    title: str = ""
    on_behalf_of: str = "self"
    in_litigation: bool = False
    case_number_is_not_mine: bool = False
    earlier: str | None = None
    because: str | None = None
