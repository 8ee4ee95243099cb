"""Which expert is asked to take what was passed on to the panel (26). Pure.

An offer directs one expert's attention and bars nobody: an open escalation is anyone's to claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .articles import Refused, WrongState, article, policy
from .bodies import checked
from .changes_panel import PANEL_CLOCK
from .events import Event
from .events_desks import EscalationResolved, Noted, Warned
from .events_panel import EscalationOffered, EscalationPassed
from .impartial import barred
from .people import Expert, System
from .ticket import Ticket

LONGEST_SHIFT = timedelta(days=31)


@dataclass(frozen=True)
class OnCall:
    """An expert who is connected. `load` counts open claims and offers; `claimed_at` is the last claim."""

    expert: Expert
    skills: frozenset[str]
    capacity: int
    load: int
    on_rota: bool
    claimed_at: datetime | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more can be offered."""
        return self.load < self.capacity

    def can(self, ticket: Ticket) -> bool:
        """Of the field (no skills named means all of them), and impartial."""
        field = not self.skills or ticket.category in self.skills
        return field and barred(self.expert, ticket) is None


@policy("a question for the panel is offered by field and rota, fewest open claims first")
def assign(
    waiting: Iterable[Ticket], experts: Sequence[OnCall], now: datetime
) -> list[tuple[Ticket, str]]:
    """Pairs of ticket and staff number, in the order of `waiting`, while anyone suitable has room."""
    load = {one.expert.staff_no: one.load for one in experts}
    pairs = []
    for ticket in waiting:
        free = [
            one for one in experts if load[one.expert.staff_no] < one.capacity and one.can(ticket)
        ]
        asked = _turn(ticket, free, now)
        if asked:
            chosen = min(asked, key=lambda one: _order(one, load)).expert.staff_no
            load[chosen] += 1
            pairs.append((ticket, chosen))
    return pairs


def _turn(ticket: Ticket, free: Sequence[OnCall], now: datetime) -> Sequence[OnCall]:
    """Whose turn it is: nobody is asked twice before everyone was, and the rota goes first."""
    fresh = [one for one in free if one.expert.staff_no not in ticket.panel_passed]
    if not fresh and (ticket.panel_again_at is None or ticket.panel_again_at <= now):
        fresh = list(free)
    return [one for one in fresh if one.on_rota] or fresh


def _order(one: OnCall, load: dict[str, int]) -> tuple[int, float, str]:
    since = one.claimed_at.timestamp() if one.claimed_at else 0.0
    return load[one.expert.staff_no], since, one.expert.staff_no


@policy("a question for the panel is offered by field and rota, fewest open claims first")
def offer(
    ticket: Ticket, now: datetime, system: System, id: str, staff_no: str, timeout: timedelta
) -> list[Event]:
    """An offer, unless the question has meanwhile gone another way."""
    if (ticket.escalation, ticket.escalation_state) != (id, "open") or ticket.panel_offered_to:
        return []
    return [EscalationOffered(id, staff_no, now + timeout)]


@article(26)
def pass_on(
    ticket: Ticket, now: datetime, expert: Expert, id: str, reason: str | None = None
) -> list[Event]:
    """转交专家组成员: who is asked, or has claimed it and cannot go on, leaves it to the next."""
    if reason is not None:
        checked(reason, "$.reason", 500)
    if ticket.escalation == id:
        if ticket.escalation_state == "open" and ticket.panel_offered_to == expert.staff_no:
            return [EscalationPassed(id, expert.staff_no, "passed", reason)]
        if ticket.escalation_state == "claimed" and ticket.escalated_to == expert.staff_no:
            return [EscalationPassed(id, expert.staff_no, "returned", reason)]
    raise WrongState(ticket.escalation_state or ticket.state, "这个问题现在没有派给您。")


@article(26)
def bounce(ticket: Ticket, now: datetime, expert: Expert, id: str, reason: str) -> list[Event]:
    """解答确实存在困难的: what is none goes back to the lawyer who asked, with the reason. Once: what is asked
    again with more to say is the panel's to answer."""
    checked(reason, "$.reason", 500)
    asked = ticket.escalation_state == "open" and ticket.panel_offered_to == expert.staff_no
    claimed = ticket.escalation_state == "claimed" and ticket.escalated_to == expert.staff_no
    if ticket.escalation != id or not (asked or claimed):
        raise WrongState(ticket.escalation_state or ticket.state, "这个问题现在没有派给您。")
    if ticket.escalation_reason != "lawyer":
        raise WrongState(ticket.escalation_state or "", "只有律师提请的问题可以退回。")
    if ticket.escalation_how == "bounced":
        raise WrongState(
            ticket.escalation_state or "", "这个问题已经退回过一次，请办理或转给下一位。"
        )
    return [
        EscalationResolved(id, expert.staff_no, "bounced"),
        Noted(ticket.notes + 1, expert.staff_no, "bounced", reason),
    ]


@policy("an offered expert accepts within the time-out, or the next one is asked")
def miss(ticket: Ticket, now: datetime) -> list[Event]:
    """Nobody waits for one person."""
    assert ticket.escalation is not None and ticket.panel_offered_to is not None
    return [EscalationPassed(ticket.escalation, ticket.panel_offered_to, "missed")]


@policy("what the panel has not settled in its time is told to the operator on duty")
def overdue(ticket: Ticket, now: datetime) -> list[Event]:
    """Only where no clock of the ticket's own runs, which has a ladder of its own."""
    assert ticket.escalation_due_at is not None
    return [Warned("operator", PANEL_CLOCK, ticket.escalation_due_at)]


@article(7)
def shift(now: datetime, starts_at: datetime, ends_at: datetime) -> None:
    """组建专家组: a turn on the panel's rota ends after it begins, is not over, and is no standing order."""
    problem = None
    if not starts_at < ends_at:
        problem = "结束时间须晚于开始时间。"
    elif ends_at <= now:
        problem = "这个班次已经过去。"
    elif ends_at - starts_at > LONGEST_SHIFT:
        problem = "一个班次最长 31 天。"
    if problem:
        path = {"path": "$.ends_at", "problem": "after starts_at, in the future, within 31 days"}
        raise Refused("invalid", problem, details=[path])
