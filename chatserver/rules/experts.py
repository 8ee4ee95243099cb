"""Hard or late questions go to the panel (26, 27): claimed by one expert, who advises the lawyer or answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from . import notices
from .articles import Refused, WrongState, article, policy
from .asking import withdraw_offer
from .bodies import checked, named
from .clocks import running
from .contacts import without_contacts
from .events import Event, Record
from .events_desks import (
    CallbackDone,
    Escalated,
    EscalationClaimed,
    EscalationResolved,
    Noted,
    Reviewed,
)
from .events_talk import Answered, Corrected
from .impartial import impartial
from .people import Expert, Lawyer
from .policy import LADDERS, PANEL_ASKED_A_DAY
from .review import doubted
from .reviewing import upheld
from .supervising import introduced
from .ticket import Ticket
from .workdays import BEIJING

DAY = timedelta(days=1)

#: 必要时: why an expert answers the citizen, and not through the lawyer; what the lawyer is told.
GROUNDS = {
    "asked": "律师提请由专家直接答复",
    "late": "已超过答复时限",
    "urgent": "情况紧急，来不及经由律师答复",
    "lawyer_unreachable": "联系不上承办律师",
    "lawyer_wrong": "原解答有误，须直接更正",
    "wished": "用户希望由专家答复",
}
#: What the reason of an escalation says of it by itself; all others are of a clock that ran out.
SPEAKS_FOR_ITSELF = {
    "lawyer": "asked",
    "callback": "wished",
    "review_overdue": "lawyer_wrong",
}
#: The contract's closed list of why a question is the panel's (section 4).
Reason = Literal["lawyer", "live_overdue", "message_overdue", "promise_overdue", "callback_overdue"]
#: Our own, finer one -> what it is called there.
TOLD_AS: Mapping[str, Reason] = {
    "lawyer": "lawyer",
    "live_overdue": "live_overdue",
    "message_overdue": "message_overdue",
    "promise_overdue": "promise_overdue",
    "callback_overdue": "callback_overdue",
    "callback": "callback_overdue",
    "review_overdue": "promise_overdue",
}


#: An opinion goes to whoever answers then.
NOBODY_TO_ADVISE = "现在没有承办律师，意见无人可给。请直接答复用户，或者转给下一位专家。"


def escalation_id(ticket: Ticket) -> str:
    """`BJ20261123-000042-5.1`: the ticket's number and how many times it was escalated."""
    return f"{ticket.number}.{ticket.escalations + 1}"


def day_of(now: datetime) -> datetime:
    """When the day began, in Asia/Shanghai, in which a lawyer's questions to the panel are counted."""
    return datetime.combine(now.astimezone(BEIJING).date(), time(), BEIJING).astimezone(UTC)


@article(26)
def escalate(
    ticket: Ticket, now: datetime, lawyer: Lawyer, ground: str, question: str, asked_today: int = 0
) -> list[Event]:
    """解答确实存在困难的，可以提请北京法网转交专家组成员进行解答; `asked_today` is how often this lawyer has."""
    checked(question, "$.question", 2000)
    if ticket.state not in ("active", "scheduled", "answered"):
        raise WrongState(ticket.state)
    if ticket.escalation_state in ("open", "claimed"):
        raise WrongState(ticket.state, "已转交专家组。")
    if asked_today >= PANEL_ASKED_A_DAY:
        raise Refused(
            "rate_limited",
            "您今天提请专家组的次数已达上限（第二十六条）。请自行解答或请后台支援，明天可以再提请。",
            article=26,
            details={"retry_after_s": int((day_of(now) + DAY - now).total_seconds()) + 1},
        )
    # What is asked after the answer has no clock that would tell until when.
    due_at = None if running(ticket) else now + LADDERS[ticket.ladder].panel_within
    return [Escalated(escalation_id(ticket), "lawyer", ground, question, due_at)]


@article(26)
def claim(ticket: Ticket, now: datetime, expert: Expert, id: str) -> list[Event]:
    """转交专家组成员: of several experts one claims, asked or not; nobody judges the own house."""
    impartial(expert, ticket)
    if ticket.escalation != id or ticket.escalation_state != "open":
        raise WrongState(_standing(ticket, id), "已由其他专家处理。")
    return [EscalationClaimed(id, expert.staff_no)]


@policy("an opinion does not take a question off the panel that no lawyer has")
def may_advise(ticket: Ticket) -> bool:
    """Somebody holds it, or a call-back waits that any lawyer may make then; what is said of a given answer
    needs nobody who holds it."""
    waits = ticket.callback == "open" and ticket.state in ("answered", "closed")
    return ticket.assignee is not None or waits or ticket.escalation_reason == "review_overdue"


@article(27)
def opinion(ticket: Ticket, now: datetime, expert: Expert, id: str, body: str) -> list[Event]:
    """可以通过北京法网向其提出修改意见和建议: to the lawyer only, who answers in their own name."""
    checked(body)
    _claimed_by(ticket, expert, id)
    if not may_advise(ticket):
        raise WrongState(ticket.state, NOBODY_TO_ADVISE)
    # Who was asked to put an answer right and advises its author instead finds that it stands.
    asked = ticket.escalation_seq if ticket.escalation_reason == "review_overdue" else None
    stands = [seq for seq in doubted(ticket.open_reviews, to_judge=True) if seq == asked]
    return [
        Reviewed(f"{id}.o", expert.staff_no, "opinion", body),
        EscalationResolved(id, expert.staff_no, "opinion"),
        *upheld(ticket, stands, 3),
    ]


@article(27)
def answer_directly(
    ticket: Ticket,
    now: datetime,
    expert: Expert,
    client_id: str,
    body: str,
    id: str,
    ground: str | None = None,
) -> list[Event]:
    """必要时，可以直接为用户提出解答意见: under the expert's own number, visibly. The `ground` (GROUNDS) goes
    into the record and, if the expert names one, to the lawyer."""
    body = without_contacts(ticket, expert.staff_no, checked(body))
    named(client_id)
    _claimed_by(ticket, expert, id)
    if ticket.escalation_reason == "review_overdue" and ticket.escalation_seq:
        return [
            *_put_right(ticket, expert, client_id, body),
            *_done(ticket, expert, id, ground),
        ]
    calls = ticket.callback in ("open", "begun")
    if ticket.state == "closed" and not calls and ticket.escalation_reason != "callback":
        raise WrongState(ticket.state)
    said = Answered("expert", body, client_id, expert.staff_no, expert.profession)
    done = [CallbackDone("answered")] if calls else []
    return [
        *withdraw_offer(ticket),
        *introduced(ticket, expert, notices.EXPERT_JOINED),
        said,
        *_done(ticket, expert, id, ground),
        *done,
    ]


def ground_of(reason: str | None, ground: str | None) -> str:
    """Why the citizen is answered directly: what the expert says, or what the question's own reason does."""
    return ground or SPEAKS_FOR_ITSELF.get(reason or "", "late")


def answers(then: Iterable[Record], id: str, ground: str) -> bool:
    """Whether an answer settled just this question, and on this ground. `then`: what happened after it."""
    done = next((it.event for it in then if isinstance(it.event, EscalationResolved)), None)
    return done is not None and (done.id, done.ground) == (id, ground)


def _done(ticket: Ticket, expert: Expert, id: str, ground: str | None) -> list[Event]:
    known = ground_of(ticket.escalation_reason, ground)
    done: list[Event] = [EscalationResolved(id, expert.staff_no, "answer", known)]
    if ground is not None:
        done.append(Noted(ticket.notes + 1, expert.staff_no, "direct", GROUNDS[ground]))
    return done


def _put_right(ticket: Ticket, expert: Expert, client_id: str, body: str) -> list[Event]:
    """In place of a correction that did not come: a new version, under the expert's own number."""
    corrected = Corrected(
        "expert",
        body,
        client_id,
        expert.staff_no,
        expert.profession,
        corrects=ticket.escalation_seq or 0,
        reason=notices.PANEL_REVIEWED,
    )
    told = notices.CORRECTED.format(reason=notices.PANEL_REVIEWED)
    return [
        *introduced(ticket, expert, notices.EXPERT_JOINED),
        corrected,
        notices.notice("correction", told, ticket.entry + 2),
    ]


def _claimed_by(ticket: Ticket, expert: Expert, id: str) -> None:
    if ticket.escalation != id or ticket.escalation_state != "claimed":
        raise WrongState(_standing(ticket, id), "请先认领。")
    if ticket.escalated_to != expert.staff_no:
        raise WrongState("claimed", "已由其他专家处理。")


def _standing(ticket: Ticket, id: str) -> str:
    """The state of a question, which forbids what the ticket's own would permit; the next one is asked only
    after the one before is resolved."""
    return (ticket.escalation_state if ticket.escalation == id else None) or "resolved"
