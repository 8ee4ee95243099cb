"""What of a ticket is the panel's (7, 25, 26): who of the experts may know of it, read along and speak."""

from __future__ import annotations

from .articles import article
from .impartial import barred, knows
from .people import Actor, Expert
from .ticket import Ticket


def panel(actor: Actor, ticket: Ticket) -> bool:
    """What was passed on or answered is the panel's business, but for those who are to keep out."""
    return (
        isinstance(actor, Expert)
        and (ticket.escalations > 0 or bool(ticket.answers))
        and (barred(actor, ticket) is None or knows(actor, ticket))
    )


def reader(actor: Actor, ticket: Ticket) -> bool:
    return isinstance(actor, Expert) and actor.staff_no in ticket.readers


def whispers(actor: Actor, ticket: Ticket) -> bool:
    return panel(actor, ticket) or reader(actor, ticket)


def joins(actor: Actor, ticket: Ticket) -> bool:
    """A talk that goes on is open to the panel's guidance and supervision (7)."""
    return isinstance(actor, Expert) and (barred(actor, ticket) is None or knows(actor, ticket))


def speaks(actor: Actor, ticket: Ticket) -> bool:
    """Who reads along, or has claimed the question, may step in."""
    if not isinstance(actor, Expert):
        return False
    claimed = ticket.escalation_state == "claimed" and ticket.escalated_to == actor.staff_no
    return claimed or reader(actor, ticket)


def experts_in(ticket: Ticket) -> list[str]:
    """Experts who follow the talk: who read along, and who has claimed its question."""
    claimed = ticket.escalated_to if ticket.escalation_state == "claimed" else None
    return sorted({*ticket.readers, *([claimed] if claimed else [])})


@article(7, 25)
def may_have(expert: Expert, ticket: Ticket) -> bool:
    """Whether an expert's desk is told of a ticket's question."""
    return panel(expert, ticket)
