"""In whose hands a ticket was while its clock ran (23): spans of custody, closed when they end.

`Ticket.custody` has what each lawyer held it in closed spans of the clock that runs, in milliseconds;
`custody_from` is where the open span of the present holder began, None while nobody's time is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .articles import policy
from .policy import LADDERS

if TYPE_CHECKING:
    from .ticket import Ticket

_MOMENT = timedelta(milliseconds=1)


@policy("a delay is a lawyer's only if the ticket was in their hands for a fair share of the time")
def hands(fields: Mapping[str, Any]) -> str | None:
    """Whose time runs, of the fields of a ticket: nobody's while a question to the citizen stops the
    clock, an expert has claimed it, or the citizen wishes somebody else to call back."""
    if fields["suspended_at"] is not None or fields["escalation_state"] == "claimed":
        return None
    if fields["callback"] == "open" and fields["state"] in ("answered", "closed"):
        asked = fields["callback_who"] == "expert" and fields["escalation_state"] == "open"
        if asked or fields["callback_who"] == "another":
            return None
    holder: str | None = fields["assignee"]
    return holder


def carried(before: Ticket, after: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What of the custody changes with something that made of `before` the fields `after` at `now`: a
    span is closed and another begun when the ticket changes hands, and all begin anew with a clock."""
    holder = hands(after)
    since = None if holder is None else now
    if after["clock_from"] == now:
        return {"custody": (), "custody_from": since}
    if holder == hands(before.__dict__):
        return {}
    return {"custody": tuple(held(before, now).items()), "custody_from": since}


def held(ticket: Ticket, until: datetime) -> dict[str, int]:
    """Staff number -> milliseconds, of everyone who held the ticket since its clock began."""
    found = dict(ticket.custody)
    holder, since = ticket.assignee, ticket.custody_from
    if holder is not None and since is not None and since < until:
        found[holder] = found.get(holder, 0) + (until - since) // _MOMENT
    return found


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def taken(ticket: Ticket, due: datetime | None, now: datetime) -> dict[str, Any]:
    """Who takes a ticket at `now`, with half of its clock until `due` over, knows that and is not told."""
    start = ticket.clock_from
    if start is None or due is None or "half" in ticket.rungs:
        return {}
    half = start + (due - start) * LADDERS[ticket.ladder].half
    return {"rungs": (*ticket.rungs, "half")} if half <= (ticket.suspended_at or now) else {}
