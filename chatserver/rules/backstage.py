"""What staff do behind the talk: notes and the institution's support (17), and transfer."""

from __future__ import annotations

from datetime import datetime, timedelta

from . import callback, notices, retries
from .articles import Refused, WrongState, article, policy
from .bodies import checked
from .categories import CATEGORIES
from .cooperation import reply_due
from .events import Event
from .events_desks import Noted
from .events_talk import HandedOver, Offered
from .people import Expert, Lawyer, Staff
from .ticket import Ticket


@article(17)
def note(
    ticket: Ticket,
    now: datetime,
    staff: Lawyer | Expert | Staff,
    body: str,
    id: str | None = None,
) -> list[Event]:
    """An internal note, in a table, a room and a numbering of its own; never a citizen's to see."""
    body = checked(body)
    if retries.again(ticket, "note", staff.staff_no, id, body):
        return []
    return [Noted(ticket.notes + 1, staff.staff_no, "note", body, id=id)]


@article(17)
def ask_support(
    ticket: Ticket, now: datetime, lawyer: Lawyer, question: str, id: str | None = None
) -> list[Event]:
    """驻场机构应当建立工作团队，为本机构驻场人员解答法律咨询提供后台支持。"""
    body = checked(question, "$.question", 4000)
    if retries.again(ticket, "support", lawyer.staff_no, id, body):
        return []
    due_at = reply_due(ticket, now)
    return [Noted(ticket.notes + 1, lawyer.staff_no, "support", body, due_at, id=id)]


@article(17)
def reply_support(
    ticket: Ticket,
    now: datetime,
    staff: Staff,
    body: str,
    asker: str | None = None,
    still_due: datetime | None = None,
) -> list[Event]:
    """The back office answers its own lawyer: `asker`, and whoever holds the ticket by now. What another
    house was asked goes on waiting for that house, until `still_due` (33)."""
    said = checked(body)
    return [Noted(ticket.notes + 1, staff.staff_no, "reply", said, still_due, to=asker)]


@policy("a ticket may be passed on to a colleague, a category or the queue")
def transfer(
    ticket: Ticket,
    now: datetime,
    lawyer: Lawyer,
    to_staff: str | None,
    to_category: str | None,
    note_text: str | None,
    offer_timeout: timedelta,
) -> list[Event]:
    """The former holder may read up to here; the number never changes."""
    if ticket.state not in ("active", "scheduled"):
        raise WrongState(ticket.state)
    if to_category is not None and to_category not in CATEGORIES:
        raise Refused("invalid", details=[{"path": "$.to.category", "problem": "unknown category"}])
    if to_staff == lawyer.staff_no:
        raise Refused("invalid", details=[{"path": "$.to.staff_no", "problem": "yourself"}])
    said = notices.notice("transferred", notices.PASSED_ON, ticket.entry + 1)
    events: list[Event] = [said]
    if note_text is not None:
        body = checked(note_text, "$.note", 4000)
        events.append(Noted(ticket.notes + 1, lawyer.staff_no, "note", body))
    events.append(HandedOver(lawyer.staff_no, "transfer", to_category))
    if to_staff is not None:
        events.append(Offered(to_staff, now + offer_timeout))
    return events


@policy("an institution may have a colleague of its own stand in")
def stand_in(
    ticket: Ticket,
    now: datetime,
    staff: Staff,
    holder: str | None,
    to_staff: str,
    offer_timeout: timedelta,
    profession: str | None = None,
) -> list[Event]:
    """For `holder`, whose house was looked at: who has it by now may be another house's. The colleague is
    asked first; who does not accept leaves it to the queue, at whose head it is. A call-back that waits to
    be made is the colleague's at once: nobody sits in a closed talk (24)."""
    called = callback.waits(ticket)
    if not (called or ticket.state in ("active", "scheduled")) or ticket.assignee is None:
        raise WrongState(ticket.state)
    if ticket.assignee != holder:
        raise WrongState(ticket.state, "这次咨询刚刚换了承办人。")
    if to_staff == ticket.assignee:
        raise Refused("invalid", details=[{"path": "$.staff_no", "problem": "holds it already"}])
    if called:
        return callback.entrust(ticket, now, staff, to_staff, profession)
    body = f"{ticket.assignee} -> {to_staff}"
    return [
        notices.notice("transferred", notices.PASSED_ON, ticket.entry + 1),
        Noted(ticket.notes + 1, staff.staff_no, "note", body),
        HandedOver(ticket.assignee, "stand_in"),
        Offered(to_staff, now + offer_timeout),
    ]
