"""约期答复, the question that stops the clock, and the explanation of a delay (23)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from . import notices, retries
from .answering import fenced, warned_of_risk
from .articles import Refused, WrongState, article
from .bodies import checked, named
from .contacts import without_contacts
from .events import Event
from .events_talk import Asked, DelayExplained, Scheduled
from .instants import instant
from .people import Lawyer
from .policy import LADDERS
from .ticket import Ticket

LONGEST_PROMISE = timedelta(days=30)
_BEIJING = timezone(timedelta(hours=8))


@article(23)
def schedule(
    ticket: Ticket,
    now: datetime,
    lawyer: Lawyer,
    promised_at: datetime,
    explanation: str,
    id: str | None = None,
) -> list[Event]:
    """对用户所提问题暂时无法答复的，可以约期答复: before the clock runs out, with a reason and a time."""
    checked(explanation, "$.explanation", 1000)
    without_contacts(ticket, lawyer.staff_no, explanation, "$.explanation")
    payload = (instant(promised_at), explanation)
    if retries.again(ticket, "promise", lawyer.staff_no, id, *payload):
        return []
    if ticket.state not in ("active", "scheduled"):
        raise WrongState(ticket.state)
    if ticket.callback == "begun":
        raise WrongState(ticket.state)
    due = ticket.promised_at if ticket.state == "scheduled" else ticket.answer_due_at
    if due is not None and due <= (ticket.suspended_at or now):
        raise WrongState(ticket.state, "时限已过，不能再约期；请尽快解答并说明原因。")
    if ticket.promises >= LADDERS[ticket.ladder].most_promises:
        raise WrongState(ticket.state, "已约期两次，请解答或提请专家组。")
    if not now < promised_at <= now + LONGEST_PROMISE:
        raise Refused(
            "invalid",
            "约定的时间须在三十天以内。",
            details=[{"path": "$.promised_at", "problem": "must be in the next 30 days"}],
        )
    local = promised_at.astimezone(_BEIJING)
    shown = f"{local.month}月{local.day}日 {local:%H:%M}"
    body = f"{explanation}\n律师将于 {shown} 前答复您。"
    said = notices.notice("answer_promised", body, ticket.entry + 1)
    return [said, Scheduled(promised_at, explanation, id)]


@article(23)
def ask(
    ticket: Ticket, now: datetime, lawyer: Lawyer, id: str, body: str, epoch: int | None = None
) -> list[Event]:
    """A question without which no answer is possible: the clock stands until the citizen speaks."""
    fenced(ticket, epoch)
    named(id)
    if ticket.state != "active":
        raise WrongState(ticket.state)
    most = LADDERS[ticket.ladder].most_asks
    if ticket.suspended_at is not None or ticket.asks >= most:
        raise WrongState(ticket.state, "计时已暂停，或已暂停过两次。")
    body = without_contacts(ticket, lawyer.staff_no, checked(body))
    said = Asked("staff", body, id, lawyer.staff_no, lawyer.profession)
    risk = warned_of_risk(ticket)
    told = notices.notice("question_asked", notices.QUESTION_ASKED, ticket.entry + len(risk) + 2)
    return [*risk, said, told]


@article(23)
def explain_delay(ticket: Ticket, now: datetime, lawyer: Lawyer, id: str, body: str) -> list[Event]:
    """出现解答延误……应主动向用户解释，说明原因: by whoever held the ticket when its clock ran out, until done."""
    named(id)
    body = without_contacts(ticket, lawyer.staff_no, checked(body))
    if lawyer.staff_no not in ticket.owing:
        raise WrongState(ticket.state, "没有需要您说明的延误。")
    said = DelayExplained("staff", body, id, lawyer.staff_no, lawyer.profession)
    return [*warned_of_risk(ticket), said]
