"""Clocks. `pending` says what will fall due, `next_due` when the next of it does, `lapse` what then happens.

A rule about time is one function, one line in `pending`, one test; the column `next_due_at`, the timer
and the journal need nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from . import notices, panel, reviewing, supervising
from .answering import ending
from .articles import article, policy
from .clocks import running
from .events import Event
from .events_desks import Escalated, Lapsed, Warned
from .events_talk import IdleWarned, OfferEnded
from .experts import escalation_id
from .people import System
from .policy import FAIR_SHARE, WRITTEN_CLOSES_AFTER
from .ticket import MEMO, Ticket


@dataclass(frozen=True)
class Deadline:
    """`due`: when the rule `then` is to be applied; `article` when the regulation asks for it."""

    kind: str
    due: datetime
    then: Callable[[Ticket, datetime], list[Event]]
    article: int | None = None


def pending(ticket: Ticket) -> list[Deadline]:
    """Everything that time alone will do to this ticket, if nothing else happens."""
    found = []
    if ticket.offer_expires_at is not None:
        found.append(Deadline("offer", ticket.offer_expires_at, miss_offer))
    if ticket.panel_offer_expires_at is not None:
        found.append(Deadline("panel_offer", ticket.panel_offer_expires_at, panel.miss))
    if ticket.escalation_due_at is not None:
        found.append(Deadline("panel", ticket.escalation_due_at, panel.overdue))
    if (review := reviewing.first_due(ticket)) is not None:
        found.append(Deadline("review", review, reviewing.overdue))
    if ticket.readers_until is not None:
        found.append(Deadline("reading", ticket.readers_until, supervising.end_reading))
    if ticket.kind == "live" and (silence := _silence(ticket)) is not None:
        kind, at = silence
        found.append(Deadline(kind, at, warn_idle if kind == "idle_warning" else close_idle))
    found += ladder(ticket)
    if ticket.kind == "message" and ticket.state == "answered" and ticket.answered_at is not None:
        due = ticket.answered_at + WRITTEN_CLOSES_AFTER
        found.append(Deadline("written_close", due, close_written))
    return found


def next_due(ticket: Ticket) -> datetime | None:
    """The one column that drives all timers; found once for each state of a ticket."""
    held = ticket.__dict__
    if MEMO not in held:
        held[MEMO] = _next_due(ticket)
    due: datetime | None = held[MEMO]
    return due


def _next_due(ticket: Ticket) -> datetime | None:
    others = ticket.offer_expires_at or ticket.panel_offer_expires_at
    others = others or ticket.readers_until or ticket.escalation_due_at
    others = others or (ticket.open_reviews and reviewing.first_due(ticket)) or None
    if ticket.kind != "live" or others is not None:
        return min((deadline.due for deadline in pending(ticket)), default=None)
    # What lines of talk leave behind: a clock that runs, and perhaps a silence.
    rungs, silence = _to_come(ticket), _silence(ticket)
    rung = rungs[0][1] if rungs else None
    if silence is None:
        return rung
    return silence[1] if rung is None else min(rung, silence[1])


def lapse(ticket: Ticket, now: datetime, system: System) -> list[Event]:
    """What has fallen due by `now`: the first of it, or nothing. Never early; harmless when repeated."""
    due = [deadline for deadline in pending(ticket) if deadline.due <= now]
    if not due:
        return []
    return min(due, key=lambda deadline: deadline.due).then(ticket, now)


@policy("an offered lawyer must accept within the time-out")
def miss_offer(ticket: Ticket, now: datetime) -> list[Event]:
    """The offer ends and the next lawyer is asked."""
    assert ticket.offered_to is not None
    return [OfferEnded(ticket.offered_to, "missed", retry_at=now)]


@policy("a silent talk is warned at two thirds and closed at the end")
def warn_idle(ticket: Ticket, now: datetime) -> list[Event]:
    """Said before it is done."""
    closes = now + timedelta(seconds=ticket.idle_close) / 3
    return [notices.idle_warning(closes, ticket.entry + 1), IdleWarned()]


@policy("a silent talk is warned at two thirds and closed at the end")
def close_idle(ticket: Ticket, now: datetime) -> list[Event]:
    """`answered` if an answer exists, else `expired`."""
    return ending(ticket, "answered" if ticket.answered_at else "expired")


@policy("a written ticket closes three days after its answer")
def close_written(ticket: Ticket, now: datetime) -> list[Event]:
    """By itself, since nobody sits and waits in a written talk."""
    return ending(ticket, "answered")


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
    return dict(_to_come(ticket)).get("operator")


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def ladder(ticket: Ticket) -> list[Deadline]:
    """The rungs still to come of the clock that runs; none while it is suspended."""
    number = 24 if ticket.callback in ("open", "begun") else 23
    return [Deadline(rung, at, _THEN[rung], number) for rung, at in _to_come(ticket)]


def _to_come(ticket: Ticket) -> tuple[tuple[str, datetime], ...]:
    found = running(ticket)
    if found is None or ticket.clock_from is None or ticket.suspended_at is not None:
        return ()
    kind, due = found
    waits = kind == "live_answer" and ticket.state == "queued"
    at = ticket.callback_at if kind == "callback" and ticket.callback == "open" else None
    if at is not None and at <= ticket.clock_from:
        at = None  # it passed while the citizen asked on, and is not a time to call any more
    held = ticket.assignee is not None
    return _rungs(ticket.clock_from, due, ticket.warn_at, held, waits, at, ticket.rungs)


@lru_cache(maxsize=65_536)
def _rungs(
    start: datetime,
    due: datetime,
    warn_at: float,
    held: bool,
    waits: bool,
    chosen: datetime | None,
    fired: tuple[str, ...],
) -> tuple[tuple[str, datetime], ...]:
    """What is left of one clock's ladder, soonest first: computed once, asked for at every line."""
    span = due - start
    rungs = [("warn", start + span * warn_at), ("lapse", due), ("operator", due + span / 2)]
    if held:
        rungs.append(("half", start + span / 2))
    if waits:
        rungs.append(("convert", start + span * 11 / 12))
    if chosen is not None:
        rungs.append(("chosen", chosen))
    return tuple(sorted((r for r in rungs if r[0] not in fired), key=lambda rung: rung[1]))


def _warned(ticket: Ticket, rung: str) -> Warned:
    found = running(ticket)
    assert found is not None
    return Warned(rung, *found, ticket.assignee)


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def remind(ticket: Ticket, now: datetime) -> list[Event]:
    """Half-way: the lawyer."""
    return [_warned(ticket, "half")]


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def warn(ticket: Ticket, now: datetime) -> list[Event]:
    """At the share of the settings: the lawyer and the back office."""
    return [_warned(ticket, "warn")]


@article(24)
def call_now(ticket: Ticket, now: datetime) -> list[Event]:
    """在线回访用户: at the time that the citizen picked, whoever is to call back is reminded."""
    found = running(ticket)
    assert found is not None and ticket.callback_at is not None
    caller = {"expert": ticket.escalated_to, "another": None}.get(
        ticket.callback_who or "same", ticket.assignee
    )
    return [Warned("chosen", found[0], ticket.callback_at, caller)]


@policy("a long wait is offered to become a written message")
def offer_message(ticket: Ticket, now: datetime) -> list[Event]:
    """At eleven twelfths of an unanswered wait."""
    said = notices.notice("convert_offered", notices.CONVERT_OFFERED, ticket.entry + 1)
    return [said, _warned(ticket, "convert")]


@article(23)
def run_out(ticket: Ticket, now: datetime) -> list[Event]:
    """出现解答延误……应主动向用户解释，说明原因: the citizen is told, the experts get it, in one transaction."""
    found = running(ticket)
    assert found is not None
    kind, _ = found
    said = notices.notice("delay_explained", notices.DELAYED[kind], ticket.entry + 1)
    held_s = 0
    if ticket.assignee is not None and ticket.accepted_at is not None:
        held_s = int((now - max(ticket.accepted_at, ticket.clock_from or now)).total_seconds())
    lapsed = Lapsed(kind, ticket.assignee, held_s, answerable(ticket, held_s))
    if ticket.escalation_state in ("open", "claimed"):
        return [said, lapsed]
    reason = {"live_answer": "live_overdue", "message_answer": "message_overdue"}
    return [
        said,
        lapsed,
        Escalated(escalation_id(ticket), reason.get(kind, f"{kind}_overdue")),
    ]


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
def answerable(ticket: Ticket, held_s: int) -> bool:
    """Who was offered a ticket at minute 59 is not blamed."""
    found = running(ticket)
    if ticket.assignee is None or found is None or ticket.clock_from is None:
        return False
    span = (found[1] - ticket.clock_from).total_seconds()
    return held_s >= span * FAIR_SHARE


@policy("the ladder: reminders before a clock's end, the experts at it, the operator after it")
def call_operator(ticket: Ticket, now: datetime) -> list[Event]:
    """Half as long again and still nothing: the operator on duty."""
    return [_warned(ticket, "operator")]


_THEN: dict[str, Callable[[Ticket, datetime], list[Event]]] = {
    "half": remind,
    "chosen": call_now,
    "warn": warn,
    "convert": offer_message,
    "lapse": run_out,
    "operator": call_operator,
}


def _silence(ticket: Ticket) -> tuple[str, datetime] | None:
    """What a live talk's silence leads to and when, while it is the citizen's turn."""
    theirs = ticket.state == "active" and ticket.spoke in ("staff", "expert")
    idles = ticket.state == "answered" or theirs
    if not idles or ticket.spoke_at is None:
        return None
    if ticket.warned_at is None:
        return "idle_warning", ticket.spoke_at + _span(ticket.idle_close * 2 / 3)
    return "idle_close", ticket.warned_at + _span(ticket.idle_close / 3)


@lru_cache(maxsize=256)
def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
