"""What of a ticket is the panel's (7, 25, 26): who of the experts may know of it, read along and speak."""

from __future__ import annotations

from typing import NamedTuple

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


class Hand(NamedTuple):
    """What the desks' rows tell of a ticket: whether an answer of it `waits` for a look, whether this expert
    has `resolved` a question of it, or has `judged` an answer."""

    waits: bool = False
    resolved: bool = False
    judged: bool = False


NO_HAND = Hand()


@article(7, 25)
def opened(expert: Expert, ticket: Ticket, hand: Hand = NO_HAND) -> bool:
    """Whether the talk lies open to this expert without reading along: while the panel is asked, or an answer
    is looked at; and to whoever has said something to it, but for what is asked on after an answer that was
    only judged. All else is read on record."""
    if not panel(expert, ticket):
        return False
    asked = ticket.escalation_state in ("open", "claimed") or hand.waits
    own = hand.resolved or ticket.escalated_to == expert.staff_no
    judged = hand.judged and ticket.state in ("answered", "closed")
    given = expert.staff_no in {by for _, by in ticket.answers}
    return asked or own or given or judged or any(one.seq for one in ticket.open_reviews)


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
