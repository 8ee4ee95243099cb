"""An act that comes twice under one id, since its acknowledgement was lost, is done once.

What is said in the talk is known by its message (`Call.said`); here is what leaves no message under the
client's own id. Of its payload a mark is kept, too short to tell what it was; the words are in the record.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from .articles import Refused, policy
from .bodies import named

if TYPE_CHECKING:
    from .ticket import Ticket


class Done(NamedTuple):
    """What `staff_no` did last of a kind of act, under which id of the client's."""

    act: str
    staff_no: str
    id: str
    mark: str


def remembered(
    ticket: Ticket, act: str, staff_no: str | None, id: str | None, *payload: str
) -> dict[str, Any]:
    """What of a ticket an act under an id changes: it is the last of its kind and person."""
    if id is None or staff_no is None:
        return {}
    others = (one for one in ticket.lately if (one.act, one.staff_no) != (act, staff_no))
    return {"lately": (*others, Done(act, staff_no, id, _mark(payload)))}


@policy("an act that is repeated under its id is a retry")
def again(ticket: Ticket, act: str, staff_no: str, id: str | None, *payload: str) -> bool:
    """Whether this is what the same person did last of the kind: its acknowledgement is only given anew.
    With another payload the id is `id_reused`."""
    if id is None:
        return False
    named(id)
    if (act, staff_no, id) not in {one[:3] for one in ticket.lately}:
        return False
    if Done(act, staff_no, id, _mark(payload)) not in ticket.lately:
        raise Refused("id_reused")
    return True


def _mark(payload: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(payload).encode()).hexdigest()[:8]
