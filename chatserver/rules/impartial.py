"""Who of the panel may not judge a matter (7): one's own answer, and the own institution's."""

from __future__ import annotations

from .articles import Refused, article
from .people import Expert
from .ticket import Ticket

OWN = "您解答过这次咨询，由其他专家处理。"
COLLEAGUE = "本机构人员办理过这次咨询，由其他机构的专家处理。"


def barred(expert: Expert, ticket: Ticket) -> str | None:
    """Why this expert is to keep out, or None.

    What the citizen has asked on since an own answer is a new question, and no judgement of that one,
    unless the panel was asked about just that answer. A person may be known as a lawyer too, under another
    number: the institution tells."""
    given = ticket.state in ("answered", "closed")
    if given and expert.staff_no in {by for _, by in ticket.answers}:
        return OWN
    asked = ticket.escalation_state in ("open", "claimed") and ticket.escalation_seq
    if asked and (asked, expert.staff_no) in ticket.answers:
        return OWN
    house = expert.institution
    if house is not None:
        # Who has spoken here may speak on, and their colleagues may not judge it.
        theirs = house in ticket.panel_houses and expert.staff_no not in ticket.joined
        if theirs or house in ticket.institutions:
            return COLLEAGUE
    return None


def knows(expert: Expert, ticket: Ticket) -> bool:
    """Whether the expert has had a part in it already, so that its existence is no news."""
    if expert.staff_no in (ticket.escalated_to, ticket.panel_offered_to):
        return True
    return expert.staff_no in (*ticket.readers, *ticket.joined, *(by for _, by in ticket.answers))


@article(7)
def impartial(expert: Expert, ticket: Ticket) -> None:
    """组建专家组……进行业务指导和监督: nobody guides or supervises an own answer or the own house."""
    why = barred(expert, ticket)
    if why is not None:
        raise Refused("forbidden", why, article=7)
