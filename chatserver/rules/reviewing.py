"""Given answers are looked at (7, 27): nothing to remark, or a suggestion, and an answer put right."""

from __future__ import annotations

from datetime import datetime

from . import notices
from .articles import Refused, article
from .asking import named
from .bodies import checked
from .contacts import without_contacts
from .events import Event
from .events_desks import Reviewed, ReviewSettled
from .events_talk import Corrected
from .impartial import impartial
from .people import Expert, Lawyer
from .ticket import Ticket


@article(7, 27)
def suggest(ticket: Ticket, now: datetime, expert: Expert, seq: int, body: str) -> list[Event]:
    """发现驻场人员的解答意见存在问题的: a suggestion about one answer, which its author accepts or contests."""
    checked(body)
    impartial(expert, ticket)
    if seq not in dict(ticket.answers):
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "not an answer"}])
    id = f"{ticket.number}.r{ticket.reviews + 1}"
    return [Reviewed(id, expert.staff_no, "suggestion", body, seq)]


@article(7)
def pass_review(ticket: Ticket, now: datetime, expert: Expert) -> list[Event]:
    """业务指导和监督: looked at, nothing to remark."""
    impartial(expert, ticket)
    return [ReviewSettled(f"{ticket.number}.r0", expert.staff_no, "passed")]


@article(27)
def settle(
    ticket: Ticket, now: datetime, lawyer: Lawyer, id: str, how: str, body: str | None = None
) -> list[Event]:
    """The lawyer accepts a suggestion, or contests it with a reason."""
    if how == "contested":
        checked(body or "")
    return [ReviewSettled(id, lawyer.staff_no, how, body)]


@article(23, 27)
def correct(
    ticket: Ticket, now: datetime, lawyer: Lawyer, id: str, body: str, seq: int, reason: str
) -> list[Event]:
    """出现……差错时，应主动向用户解释，说明原因: a new version of an own answer; the old one stays, marked."""
    without_contacts(ticket, lawyer.staff_no, checked(body))
    without_contacts(ticket, lawyer.staff_no, checked(reason, "$.reason", 1000), "$.reason")
    named(id)
    if (seq, lawyer.staff_no) not in ticket.answers:
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "not an own answer"}])
    said = Corrected(
        "staff", body, id, lawyer.staff_no, lawyer.profession, corrects=seq, reason=reason
    )
    told = notices.notice("correction", notices.CORRECTED.format(reason=reason), ticket.entry + 2)
    return [said, told]
