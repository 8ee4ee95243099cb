"""The ladder of a statutory clock: reminders before its end, the experts at it, the operator after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from . import custody, notices
from .articles import article, policy
from .clocks import running
from .events import Event
from .events_desks import Escalated, Lapsed, Warned
from .experts import escalation_id
from .policy import CALL_MISSED_AFTER, LADDERS
from .ticket import Ticket


@dataclass(frozen=True)
class Deadline:
    """`due`: when the rule `then` is to be applied; `article` when the regulation asks for it."""

    kind: str
    due: datetime
    then: Callable[[Ticket, datetime], list[Event]]
    article: int | None = None


@article(26)
def panel_due(ticket: Ticket) -> datetime | None:
    """转交专家组: until when the asker hears of it; None once the operator on duty has been called."""
    found = running(ticket)
    if found is None or ticket.clock_from is None:
        return ticket.escalation_due_at
    if ticket.suspended_at is not None:
        return None
    if "lapse" not in ticket.rungs:
        return found[1]
    return dict(to_come(ticket)).get("operator")


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def ladder(ticket: Ticket) -> list[Deadline]:
    """The rungs still to come of the clock that runs; none while it is suspended."""
    number = 24 if ticket.callback in ("open", "begun") else 23
    return [Deadline(rung, at, _THEN[rung], number) for rung, at in to_come(ticket)]


def to_come(ticket: Ticket) -> tuple[tuple[str, datetime], ...]:
    """`(rung, when)` of the rungs still to come, soonest first."""
    found = running(ticket)
    if found is None or ticket.clock_from is None or ticket.suspended_at is not None:
        return ()
    kind, due = found
    waits = kind == "live_answer" and ticket.state == "queued"
    at = ticket.callback_at if kind == "callback" and ticket.callback == "open" else None
    if at is not None and at <= ticket.clock_from:
        at = None  # it passed while the citizen asked on, and is not a time to call any more
    tried = ticket.callback_tried[-1] if ticket.callback_tried else None
    missed = None
    if at is not None and (tried is None or tried < at - CALL_MISSED_AFTER):
        missed = at + CALL_MISSED_AFTER
    shares = (ticket.warn_at, ticket.ladder)
    held = ticket.assignee is not None and minder(ticket) == ticket.assignee
    return _rungs(ticket.clock_from, due, *shares, held, waits, at, missed, ticket.rungs)


def minder(ticket: Ticket) -> str | None:
    """Who is to keep the clock that runs: the holder, or of a call-back that waits to be made its caller."""
    waits = ticket.callback == "open" and ticket.state in ("answered", "closed")
    return caller(ticket) if waits else ticket.assignee


@lru_cache(maxsize=65_536)
def _rungs(
    start: datetime,
    due: datetime,
    warn_at: float,
    opened_under: date,
    held: bool,
    waits: bool,
    chosen: datetime | None,
    missed: datetime | None,
    fired: tuple[str, ...],
) -> tuple[tuple[str, datetime], ...]:
    """What is left of one clock's ladder, soonest first: computed once, asked for at every line. `held`: by
    the lawyer who is to keep it; an expert is reminded at the time that the citizen has picked."""
    span, terms = due - start, LADDERS[opened_under]
    rungs = [("warn", start + span * warn_at), ("lapse", due)]
    rungs.append(("operator", start + span * terms.operator))
    if held:
        rungs.append(("half", start + span * terms.half))
    if waits:
        rungs.append(("convert", start + span * terms.convert))
    if chosen is not None:
        rungs.append(("chosen", chosen))
    if missed is not None:
        rungs.append(("missed", missed))
    return tuple(sorted((r for r in rungs if r[0] not in fired), key=lambda rung: rung[1]))


def _warned(ticket: Ticket, rung: str) -> Warned:
    found = running(ticket)
    assert found is not None
    return Warned(rung, *found, minder(ticket))


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def remind(ticket: Ticket, now: datetime) -> list[Event]:
    """Half-way, as the ladder stands: the lawyer."""
    return [_warned(ticket, "half")]


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def warn(ticket: Ticket, now: datetime) -> list[Event]:
    """At the share of the settings: who is to keep the clock, and the back office."""
    return [_warned(ticket, "warn")]


@article(24)
def caller(ticket: Ticket) -> str | None:
    """在线回访用户: who is to; None until somebody has taken what another or an expert is to do."""
    who = ticket.callback_who or "same"
    return {"expert": ticket.escalated_to, "another": None}.get(who, ticket.assignee)


@article(24)
def call_now(ticket: Ticket, now: datetime) -> list[Event]:
    """在线回访用户: at the time that the citizen picked, whoever is to call back is reminded; if
    that is nobody yet, the desks that can find somebody."""
    found = running(ticket)
    assert found is not None and ticket.callback_at is not None
    return [Warned("chosen", found[0], ticket.callback_at, caller(ticket))]


@policy("a call-back that is not made at the time picked for it is told to those behind its caller")
def call_missed(ticket: Ticket, now: datetime) -> list[Event]:
    """Half an hour after that time, with neither a beginning nor an attempt."""
    found = running(ticket)
    assert found is not None and ticket.callback_at is not None
    return [Warned("missed", found[0], ticket.callback_at, caller(ticket))]


@policy("who comes back is told the reminders that were missed and still matter")
def missed(ticket: Ticket, staff_no: str) -> Warned | None:
    """The last reminder of the clock that runs, if it is this lawyer's to keep; None after its end, which
    the ticket itself tells."""
    found = running(ticket)
    if found is None or ticket.suspended_at is not None or minder(ticket) != staff_no:
        return None
    waits = ticket.callback == "open" and found[0] == "callback"
    if waits and ticket.callback_at is not None and "chosen" in ticket.rungs:
        return Warned("chosen", found[0], ticket.callback_at, staff_no)
    if "lapse" in ticket.rungs:
        return None
    rung = next((one for one in ("warn", "half") if one in ticket.rungs), None)
    return None if rung is None else Warned(rung, *found, staff_no)


@policy("a long wait is offered to become a written message")
def offer_message(ticket: Ticket, now: datetime) -> list[Event]:
    """Near the end of an unanswered wait."""
    said = notices.notice("convert_offered", notices.CONVERT_OFFERED, ticket.entry + 1)
    return [said, _warned(ticket, "convert")]


@article(23)
def run_out(ticket: Ticket, now: datetime) -> list[Event]:
    """出现解答延误……应主动向用户解释，说明原因: the citizen is told, the experts get it, in one transaction."""
    found = running(ticket)
    assert found is not None
    kind, due = found
    said = notices.notice("delay_explained", _apology(ticket, kind, due), ticket.entry + 1)
    held_ms = custody.held(ticket, min(now, due)).get(ticket.assignee or "", 0)
    blamed = answerable(ticket, now)
    # Whoever holds it owes the citizen a word, also who took it at the last minute; blame is another matter.
    holds = ticket.assignee if minder(ticket) == ticket.assignee else None
    lapsed = Lapsed(
        kind,
        ticket.assignee,
        held_ms // 1000,
        ticket.assignee in blamed,
        blamed,
        None if holds in blamed else holds,
    )
    if ticket.escalation_state in ("open", "claimed"):
        return [said, lapsed]
    reason = {"live_answer": "live_overdue", "message_answer": "message_overdue"}
    return [
        said,
        lapsed,
        Escalated(escalation_id(ticket), reason.get(kind, f"{kind}_overdue")),
    ]


def _apology(ticket: Ticket, kind: str, due: datetime) -> str:
    """Names the limit that this ticket had; a promise that another lawyer was to keep stays a promise."""
    if kind in ("live_answer", "message_answer"):
        own = timedelta(seconds=ticket.answer_within)
        kind = "answer" if ticket.clock_from == due - own else "promise"
    return notices.delayed(kind, ticket.answer_within)


@article(23)
def overdue(ticket: Ticket, now: datetime) -> list[Event]:
    """出现解答延误……应主动向用户解释: a clock that has run out comes before whatever is done after it.

    Nobody's answer, question or refusal in the moment before the timer looks, or after hours in which no
    server ran, hides that the time was over: a promise is kept or it is passed on, and nothing in between.
    """
    found = running(ticket)
    if found is None or found[1] > now or ticket.suspended_at or "lapse" in ticket.rungs:
        return []
    return run_out(ticket, now) if ticket.clock_from is not None else []


@policy("a delay is a lawyer's only if the ticket was in their hands for a fair share of the time")
def answerable(ticket: Ticket, now: datetime) -> tuple[str, ...]:
    """Whose delay it is: who was offered a ticket at minute 59 is not blamed, and who gave it away then is."""
    found = running(ticket)
    if found is None or ticket.clock_from is None:
        return ()
    least = (
        (found[1] - ticket.clock_from)
        * LADDERS[ticket.ladder].fair_share
        // timedelta(milliseconds=1)
    )
    held = custody.held(ticket, min(now, found[1]))
    return tuple(staff_no for staff_no, held_ms in held.items() if held_ms >= least)


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def call_operator(ticket: Ticket, now: datetime) -> list[Event]:
    """Long after the end and still nothing: the operator on duty."""
    return [_warned(ticket, "operator")]


_THEN: dict[str, Callable[[Ticket, datetime], list[Event]]] = {
    "half": remind,
    "chosen": call_now,
    "missed": call_missed,
    "warn": warn,
    "convert": offer_message,
    "lapse": run_out,
    "operator": call_operator,
}
