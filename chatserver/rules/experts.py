"""The panel (7, 26, 27): hard or late questions go to it, and given answers are looked at by it."""

from __future__ import annotations

from datetime import datetime

from . import notices
from .answering import warned_of_risk
from .articles import Refused, WrongState, article
from .asking import named, withdraw_offer
from .bodies import checked
from .contacts import without_contacts
from .events import Event
from .events_desks import (
    CallbackDone,
    Escalated,
    EscalationClaimed,
    EscalationResolved,
    Reviewed,
    ReviewSettled,
)
from .events_talk import Answered, Corrected
from .people import Expert, Lawyer
from .ticket import Ticket


def escalation_id(ticket: Ticket) -> str:
    """`BJ20261123-000042-5.1`: the ticket's number and how many times it was escalated."""
    return f"{ticket.number}.{ticket.escalations + 1}"


@article(26)
def escalate(
    ticket: Ticket, now: datetime, lawyer: Lawyer, ground: str, question: str
) -> list[Event]:
    """解答确实存在困难的，可以提请北京法网转交专家组成员进行解答。"""
    checked(question, "$.question", 2000)
    if ticket.state not in ("active", "scheduled", "answered"):
        raise WrongState(ticket.state)
    if ticket.escalation_state in ("open", "claimed"):
        raise WrongState(ticket.state, "已转交专家组。")
    return [Escalated(escalation_id(ticket), "lawyer", ground, question)]


@article(26)
def claim(ticket: Ticket, now: datetime, expert: Expert, id: str) -> list[Event]:
    """转交专家组成员: of several experts one claims; nobody reviews an own answer."""
    if ticket.escalation != id or ticket.escalation_state != "open":
        raise WrongState(ticket.state, "已由其他专家处理。")
    _impartial(ticket, expert)
    return [EscalationClaimed(id, expert.staff_no)]


@article(27)
def opinion(ticket: Ticket, now: datetime, expert: Expert, id: str, body: str) -> list[Event]:
    """可以通过北京法网向其提出修改意见和建议: to the lawyer only, who answers in their own name."""
    checked(body)
    _claimed_by(ticket, expert, id)
    return [
        Reviewed(f"{id}.o", expert.staff_no, "opinion", body),
        EscalationResolved(id, expert.staff_no, "opinion"),
    ]


@article(27)
def answer_directly(
    ticket: Ticket, now: datetime, expert: Expert, client_id: str, body: str, id: str
) -> list[Event]:
    """必要时，可以直接为用户提出解答意见: under the expert's own number, visibly."""
    checked(body)
    named(client_id)
    _claimed_by(ticket, expert, id)
    calls = ticket.callback in ("open", "begun")
    if ticket.state == "closed" and not calls:
        raise WrongState(ticket.state)
    offer = withdraw_offer(ticket)
    risk = warned_of_risk(ticket)
    place = ticket.entry + len(offer) + len(risk) + 1
    joined = notices.notice("expert_joined", notices.EXPERT_JOINED, place)
    said = Answered("expert", body, client_id, expert.staff_no, expert.profession)
    done = [CallbackDone("answered")] if calls else []
    resolved = EscalationResolved(id, expert.staff_no, "answer")
    return [*offer, *risk, joined, said, resolved, *done]


@article(7, 27)
def suggest(ticket: Ticket, now: datetime, expert: Expert, seq: int, body: str) -> list[Event]:
    """发现驻场人员的解答意见存在问题的: a suggestion about one answer, which its author accepts or contests."""
    checked(body)
    _impartial(ticket, expert)
    if seq not in dict(ticket.answers):
        raise Refused("invalid", details=[{"path": "$.seq", "problem": "not an answer"}])
    id = f"{ticket.number}.r{ticket.reviews + 1}"
    return [Reviewed(id, expert.staff_no, "suggestion", body, seq)]


@article(7)
def pass_review(ticket: Ticket, now: datetime, expert: Expert) -> list[Event]:
    """业务指导和监督: looked at, nothing to remark."""
    _impartial(ticket, expert)
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


def _impartial(ticket: Ticket, expert: Expert) -> None:
    if expert.staff_no in {author for _, author in ticket.answers}:
        raise Refused("forbidden", "不能审阅自己的解答。", article=27)


def _claimed_by(ticket: Ticket, expert: Expert, id: str) -> None:
    if ticket.escalation != id or ticket.escalation_state != "claimed":
        raise WrongState(ticket.state, "请先认领。")
    if ticket.escalated_to != expert.staff_no:
        raise WrongState(ticket.state, "已由其他专家处理。")
