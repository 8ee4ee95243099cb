"""回访 (24): who is not satisfied is called back within three working days and advised again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from . import answering, notices, retries
from .answering import ending
from .articles import Refused, WrongState, article, policy
from .bodies import checked
from .events import Event
from .events_desks import (
    CallbackAttempted,
    CallbackBegun,
    CallbackChosen,
    CallbackConfirmed,
    CallbackDone,
    CallbackEntrusted,
    CallbackOpened,
    Escalated,
    Noted,
)
from .experts import escalation_id
from .people import Citizen, Lawyer, Staff, System
from .ticket import Ticket
from .workdays import BEIJING

ATTEMPTS = 3


@article(24)
def choose(ticket: Ticket, now: datetime, citizen: Citizen, at: datetime, who: str) -> list[Event]:
    """The citizen picks a time before the due one, and the same lawyer, another, or an expert."""
    if ticket.callback != "open" or ticket.callback_due_at is None:
        raise WrongState(ticket.state, "没有待进行的回访。")
    if not now < at <= ticket.callback_due_at:
        raise Refused(
            "invalid",
            "请选择回访期限之前的时间。",
            details=[{"path": "$.at", "problem": "must be before callback_due_at"}],
        )
    events: list[Event] = [CallbackChosen(at, who)]
    if who == "expert" and ticket.escalation_state not in ("open", "claimed"):
        events.append(Escalated(escalation_id(ticket), "callback", question=ticket.comment))
    return events


@article(24)
def begin(ticket: Ticket, now: datetime, lawyer: Lawyer) -> list[Event]:
    """在线回访用户再次提供法律咨询: the ticket is active again; the next answer completes it."""
    _to_make(ticket, lawyer)
    if ticket.state not in ("answered", "closed"):
        raise WrongState(ticket.state, "没有待进行的回访。")
    said = notices.notice("callback", notices.CALLBACK_BEGUN, ticket.entry + 2)
    return [CallbackBegun(lawyer.staff_no, lawyer.profession, lawyer.institution), said]


def waits(ticket: Ticket) -> bool:
    """Whether there is one to be begun, and no talk in its way."""
    return ticket.callback == "open" and ticket.state in ("answered", "closed")


@article(17, 24)
def entrust(
    ticket: Ticket, now: datetime, staff: Staff, to_staff: str, profession: str | None = None
) -> list[Event]:
    """后台支持: a colleague of the holder makes it, as "another" too, but not for an expert who was wished for."""
    _not_the_experts(ticket)
    assert ticket.assignee is not None
    _another(ticket, to_staff)
    return [
        notices.notice("transferred", notices.PASSED_ON, ticket.entry + 1),
        Noted(ticket.notes + 1, staff.staff_no, "note", f"{ticket.assignee} -> {to_staff}"),
        CallbackEntrusted(ticket.assignee, to_staff, profession),
    ]


@article(24)
def take(ticket: Ticket, now: datetime, lawyer: Lawyer) -> list[Event]:
    """From the pool: a written message that waits, or the call-back that another lawyer is to make."""
    if waits(ticket):
        return begin(ticket, now, lawyer)
    return answering.claim(ticket, now, lawyer)


@article(24)
def attempt(
    ticket: Ticket, now: datetime, lawyer: Lawyer, note: str, id: str | None = None
) -> list[Event]:
    """在线回访用户: an attempt that did not reach the citizen, who is told; the third one ends the call-back."""
    checked(note, "$.note", 1000)
    if retries.again(ticket, "attempt", lawyer.staff_no, id, note):
        return []
    _to_make(ticket, lawyer)
    if ticket.state == "queued":
        raise WrongState(ticket.state)
    events: list[Event] = [CallbackAttempted(lawyer.staff_no, note, id)]
    if ticket.callback_attempts + 1 < ATTEMPTS:
        return [*events, notices.notice("callback", _tried(ticket, now), ticket.entry + 2)]
    said = notices.notice("callback", notices.CALLBACK_UNREACHED, ticket.entry + 2)
    events += [said, CallbackDone("attempted")]
    if ticket.callback == "begun":
        # Nobody was reached: the talk that was begun ends, or an old clock would run on in it.
        events += ending(ticket, "answered" if ticket.answered_at else "expired")
    return events


def _tried(ticket: Ticket, now: datetime) -> str:
    """What the citizen reads of an attempt, and what can be done so that the next one gets through."""
    lines = [notices.CALLBACK_TRIED.format(n=ticket.callback_attempts + 1)]
    if ticket.callback == "begun":
        lines.append(notices.CALLBACK_REPLY)
    elif ticket.callback_due_at is not None and now < ticket.callback_due_at:
        lines.append(notices.CALLBACK_CHOOSE)
    return "\n".join(lines)


@policy("three attempts at a call-back are made on different half-days")
def crowded(tried: Sequence[datetime]) -> bool:
    """Whether the last attempt was made in the same half-day (Beijing) as one before it.

    It counts all the same: three recorded attempts complete a call-back. The institution hears of it.
    """
    local = [at.astimezone(BEIJING) for at in tried]
    halves = [(at.date(), at.hour < 12) for at in local]
    return halves[-1] in halves[:-1]


def _to_make(ticket: Ticket, lawyer: Lawyer) -> None:
    """There is one, and it is this lawyer's: not who is to be replaced, nor a third once it has begun."""
    if ticket.callback not in ("open", "begun"):
        raise WrongState(ticket.state, "没有待进行的回访。")
    held = ticket.assignee == lawyer.staff_no
    if ticket.callback == "begun" and not held and ticket.assignee is not None:
        raise WrongState(ticket.state, "已由其他工作人员回访。")
    _not_the_experts(ticket)
    if ticket.callback == "open":
        _another(ticket, lawyer.staff_no, held=held)


def _another(ticket: Ticket, staff_no: str, *, held: bool = False) -> None:
    """Nobody whose answer it was, nor who has it now, is another."""
    own = held or staff_no in {by for _, by in ticket.answers}
    if ticket.callback_who == "another" and own:
        raise Refused("forbidden", "用户选择由其他工作人员回访。", article=24)


def _not_the_experts(ticket: Ticket) -> None:
    """By answering the escalation; a lawyer only when the expert has given an opinion instead."""
    if ticket.callback_who == "expert" and ticket.escalation_state in ("open", "claimed"):
        raise Refused("forbidden", "用户选择由专家回访。", article=24)


@article(24)
def recompute(
    ticket: Ticket, now: datetime, system: System, guess: datetime, due_at: datetime
) -> list[Event]:
    """The calendar of the year was announced: in place of `guess` it gives `due_at`, and the citizen is told
    only if that is another time. How long questions to the citizen have stopped the clock counts as before."""
    if ticket.callback not in ("open", "begun") or not ticket.callback_provisional:
        return []
    if due_at == guess or ticket.callback_due_at is None:
        return [CallbackConfirmed()]
    due_at += ticket.callback_due_at - guess
    body = notices.CALLBACK_MOVED.format(day=notices.day(due_at))
    return [notices.notice("callback", body, ticket.entry + 1), CallbackOpened(due_at, False)]
