"""What a lawyer may do with a ticket: accept, decline, say, answer, close; and how one is handed over."""

from __future__ import annotations

from datetime import datetime, timedelta

from . import notices
from .articles import WrongState, article, policy
from .asking import withdraw_offer
from .bodies import checked, named
from .contacts import without_contacts
from .events import Event
from .events_desks import CallbackDone
from .events_talk import Accepted, Answered, Closed, DropNoticed, HandedOver, OfferEnded, Sent
from .people import Lawyer, System
from .ticket import Ticket


@policy("a live ticket is offered to one lawyer at a time")
def accept(ticket: Ticket, now: datetime, lawyer: Lawyer) -> list[Event]:
    """接单: only the one to whom it is offered, only while the offer lasts."""
    if ticket.offered_to != lawyer.staff_no or _expired(ticket, now):
        raise WrongState(ticket.state, "这个派单已经结束。")
    return [
        Accepted(lawyer.staff_no, lawyer.profession, lawyer.institution),
        *_continued(ticket, lawyer),
    ]


@policy("a live ticket is offered to one lawyer at a time")
def decline(
    ticket: Ticket, now: datetime, lawyer: Lawyer, reason: str | None, retry_after: timedelta
) -> list[Event]:
    """The next lawyer is asked; the same one again only after `retry_after`, if nobody else can."""
    if ticket.offered_to != lawyer.staff_no:
        raise WrongState(ticket.state, "这个派单已经结束。")
    if reason is not None:
        checked(reason, "$.reason", 500)
    return [OfferEnded(lawyer.staff_no, "declined", reason, now + retry_after)]


@policy("written messages are claimed, soonest deadline first")
def claim(ticket: Ticket, now: datetime, lawyer: Lawyer) -> list[Event]:
    """A lawyer takes a written message that waits; of several, one wins."""
    if ticket.state != "queued" or ticket.kind != "message":
        raise WrongState(ticket.state)
    return [
        *withdraw_offer(ticket),
        Accepted(lawyer.staff_no, lawyer.profession, lawyer.institution),
        *_continued(ticket, lawyer),
    ]


@article(22)
def send(
    ticket: Ticket, now: datetime, lawyer: Lawyer, id: str, body: str, epoch: int | None = None
) -> list[Event]:
    """驻场人员按照北京法网提供的统一编号为用户解答: a line under the staff number. No clock stops."""
    fenced(ticket, epoch)
    named(id)
    body = without_contacts(ticket, lawyer.staff_no, checked(body))
    said = Sent("staff", body, id, lawyer.staff_no, lawyer.profession)
    return [*warned_of_risk(ticket), said]


@article(23)
def answer(
    ticket: Ticket, now: datetime, lawyer: Lawyer, id: str, body: str, epoch: int | None = None
) -> list[Event]:
    """应当在5小时内进行解答；……应当在1小时内进行解答: the only act that meets the clock."""
    fenced(ticket, epoch)
    named(id)
    body = without_contacts(ticket, lawyer.staff_no, checked(body))
    if ticket.state not in ("active", "scheduled", "answered"):
        raise WrongState(ticket.state)
    said = Answered("staff", body, id, lawyer.staff_no, lawyer.profession)
    return [*warned_of_risk(ticket), said, *called_back(ticket)]


@article(24)
def called_back(ticket: Ticket) -> list[Event]:
    """在线回访用户再次提供法律咨询: an answer in a call-back, or to what was asked on before one."""
    again = ticket.callback == "open" and ticket.state != "answered"
    return [CallbackDone("answered")] if ticket.callback == "begun" or again else []


@article(24)
def close(ticket: Ticket, now: datetime, lawyer: Lawyer) -> list[Event]:
    """驻场人员咨询结束时应当提示用户进行满意度测评。"""
    if ticket.state == "closed":
        raise WrongState(ticket.state, "本次咨询已结束。")
    if ticket.state != "answered":
        raise WrongState(ticket.state, "尚未作出解答，不能结束。")
    return ending(ticket, "answered")


def ending(ticket: Ticket, outcome: str) -> list[Event]:
    """The closing notice, the request to rate an answered ticket (24), and the end itself."""
    said = [notices.notice("closed", notices.CLOSED[outcome], ticket.entry + 1)]
    if outcome == "answered":
        said.append(notices.notice("rate_us", notices.RATE_US, ticket.entry + 2))
    return [*said, Closed(outcome)]


@policy("a lawyer whose connection drops keeps the tickets through the grace")
def notice_drop(ticket: Ticket, now: datetime, system: System, epoch: int) -> list[Event]:
    """The citizen is told once, while the grace runs, that the lawyer's line is cut."""
    if ticket.epoch != epoch or ticket.state not in ("active", "answered") or ticket.drop_noticed:
        return []
    said = notices.notice("reconnecting", notices.RECONNECTING, ticket.entry + 1)
    return [said, DropNoticed()]


@policy("a lawyer whose connection drops keeps the tickets through the grace")
def hand_over(ticket: Ticket, now: datetime, system: System, epoch: int) -> list[Event]:
    """After the grace, to the front of the queue with its age. An old `epoch` decides nothing."""
    if ticket.epoch != epoch or ticket.state != "active" or ticket.assignee is None:
        return []
    said = notices.notice("transferred", notices.TRANSFERRED, ticket.entry + 1)
    return [said, HandedOver(ticket.assignee, "connection_lost")]


def fenced(ticket: Ticket, epoch: int | None) -> None:
    """Refuses a write that was made under an ownership which has ended since (fencing token)."""
    if epoch is not None and epoch != ticket.epoch:
        raise WrongState(ticket.state, "这次咨询已由他人接续。")


def _expired(ticket: Ticket, now: datetime) -> bool:
    return ticket.offer_expires_at is not None and ticket.offer_expires_at <= now


@article(18)
def warned_of_risk(ticket: Ticket, before: int = 0) -> list[Event]:
    """解答法律咨询前应当向用户进行风险提示: once, right before the first message of staff (contract, 4), so that a
    notice of the service brings none along. `before`: how many events of the act precede it."""
    return [] if ticket.disclaimed else [notices.disclaimer(ticket.entry + before + 1)]


def _continued(ticket: Ticket, lawyer: Lawyer) -> list[Event]:
    if not ticket.former:
        return []
    body = notices.CONTINUED.format(staff_no=lawyer.staff_no)
    return [notices.notice("transferred", body, ticket.entry + 2)]
