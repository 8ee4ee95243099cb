"""How much of a ticket as it stands is shown to whom (25). How far its talk is read, `audience.visible_to` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .articles import article
from .people import Actor, Citizen, Lawyer
from .ticket import Ticket

#: What a citizen says of the help after it was given, and the call-back that follows from it.
AFTERWARDS: dict[str, Any] = {
    "satisfied": None,
    "score": None,
    "level": None,
    "reasons": (),
    "comment": None,
    "callback": None,
    "callback_due_at": None,
}


@article(25)
def shown_to(actor: Actor, ticket: Ticket) -> Ticket:
    """应当保守在法律咨询活动中获取的……个人隐私: `ticket` as `actor` may know it; itself if that is all of it.

    Raises nothing: who may know of it at all, `authorize` says.
    """
    if isinstance(actor, Citizen):
        return _to_citizen(ticket)
    return _to_former(actor.staff_no, ticket) if isinstance(actor, Lawyer) else ticket


@article(25)
def shown_in(rooms: Sequence[str], ticket: Ticket) -> list[tuple[Ticket, list[str]]]:
    """The same for the rooms that hear of a ticket: what is shown, and in which of them."""
    whole: list[str] = []
    cut: list[tuple[Ticket, list[str]]] = []
    for room in rooms:
        side, _, name = room.partition(":")
        seen = _to_citizen(ticket) if side == "citizen" else _to_former(name, ticket)
        if seen is ticket:
            whole.append(room)
        else:
            cut.append((seen, [room]))
    return [(ticket, whole), *cut] if whole else cut


def _to_citizen(ticket: Ticket) -> Ticket:
    """Who is to explain a delay, and that the panel sent a question back, is between staff: the citizen is
    told where the question is and until when."""
    bounced = ticket.escalation_how == "bounced"
    if not (ticket.owing or bounced):
        return ticket
    return ticket.having(owing=(), escalation_how=None if bounced else ticket.escalation_how)


def _to_former(staff_no: str, ticket: Ticket) -> Ticket:
    """The ticket stops where the talk does for who has lost it: what is said of the next one is the next one's."""
    if not ticket.former or staff_no in (ticket.assignee, ticket.offered_to):
        return ticket
    until = dict(ticket.former).get(staff_no)
    if until is None:
        return ticket
    own = tuple(no for no in ticket.owing if no == staff_no)
    return ticket.having(last_seq=until, owing=own, **AFTERWARDS)
