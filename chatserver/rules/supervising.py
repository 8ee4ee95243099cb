"""Experts in talks that nobody passed on (7, 27): they read along and step in, and both can be seen."""

from __future__ import annotations

from datetime import datetime

from . import notices
from .answering import warned_of_risk
from .articles import WrongState, article, policy
from .bodies import checked, named
from .contacts import without_contacts
from .events import Event
from .events_panel import Joined, ReadAlong, ReadingEnded
from .events_talk import Sent
from .impartial import impartial
from .people import Expert
from .policy import READING_LASTS
from .ticket import Ticket


@article(7, 25)
def read_along(ticket: Ticket, now: datetime, expert: Expert) -> list[Event]:
    """业务指导和监督: the expert reads along from here on, on record, and the talk's people see it.

    Said again while it lasts, it lasts longer; early in its time that says nothing new."""
    impartial(expert, ticket)
    if ticket.state == "closed":
        raise WrongState(ticket.state, "本次咨询已结束。")
    until = now + READING_LASTS
    left = ticket.readers_until
    if expert.staff_no in ticket.readers and left is not None and left - now > READING_LASTS / 2:
        return []
    return [ReadAlong(expert.staff_no, until)]


@article(7, 25)
def leave(ticket: Ticket, now: datetime, expert: Expert) -> list[Event]:
    """What is no longer needed is no longer read."""
    if expert.staff_no not in ticket.readers:
        return []
    return [ReadingEnded(expert.staff_no, "left")]


@policy("reading along ends by itself")
def end_reading(ticket: Ticket, now: datetime) -> list[Event]:
    """A desk that was left open reads nothing for ever."""
    return [ReadingEnded(staff_no, "lapsed") for staff_no in ticket.readers]


@article(22, 27)
def step_in(
    ticket: Ticket, now: datetime, expert: Expert, id: str, body: str, epoch: int | None = None
) -> list[Event]:
    """必要时: a line under the expert's own number; before the first one the citizen is told who speaks."""
    named(id)
    if ticket.state == "closed":
        raise WrongState(ticket.state, "本次咨询已结束。")
    body = without_contacts(ticket, expert.staff_no, checked(body))
    said = Sent("expert", body, id, expert.staff_no, expert.profession)
    return [*introduced(ticket, expert), said]


@article(18, 27)
def introduced(ticket: Ticket, expert: Expert, body: str | None = None) -> list[Event]:
    """Before an expert's first word: who speaks, and the risk notice if nobody gave it yet."""
    if expert.staff_no in ticket.joined:
        return warned_of_risk(ticket)
    text = body or notices.EXPERT_STEPPED_IN.format(staff_no=expert.staff_no)
    return [
        notices.notice("expert_joined", text, ticket.entry + 1),
        Joined(expert.staff_no, expert.institution),
        *warned_of_risk(ticket, 2),
    ]
