"""Rating (24): who is not satisfied has, in the same transaction, a call-back with its due time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from . import notices
from .articles import Refused, WrongState, article
from .bodies import checked
from .events import Event
from .events_desks import CallbackOpened, Escalated
from .events_talk import Rated
from .experts import escalation_id
from .people import Citizen
from .policy import LADDERS, Policy
from .ticket import Ticket
from .workdays import Calendar

#: What a citizen may say of an answer that did not satisfy: any of them, each once.
REASONS = ("wrong", "unclear", "too_slow", "attitude", "not_solved", "refused")
#: level -> the `satisfied` that it goes with. The regulation's word for what owes a call-back is 不满意, and
#: who is satisfied in part has not said it: that rating has its reasons, and no duty hangs on it. Whoever
#: wants to be called back says "not".
LEVELS = {"satisfied": True, "partly": True, "not": False}


@article(24)
def rate(
    ticket: Ticket,
    now: datetime,
    citizen: Citizen,
    satisfied: bool,
    score: int | None = None,
    comment: str | None = None,
    calendar: Calendar | None = None,
    figures: Policy | None = None,
    reasons: Sequence[str] = (),
    level: str | None = None,
) -> list[Event]:
    """提示用户进行满意度测评；……不满意的，应当在三个工作日内在线回访。

    Changeable for seven days; a first "not satisfied" stands as the opening of its call-back, and a
    second one after it goes to the experts, with what was written as the question.
    """
    if ticket.state not in ("answered", "closed"):
        raise WrongState(ticket.state, "得到解答后才能评价。")
    terms = LADDERS[ticket.ladder]
    if ticket.rated_at is not None and now > ticket.rated_at + terms.rating_open_for:
        raise WrongState(ticket.state, "评价已超过可修改的期限。")
    if comment is not None:
        checked(comment, "$.comment", 1000)
    consistent(satisfied, reasons, level)
    rated = Rated(satisfied, score, comment, tuple(reasons), level)
    if satisfied:
        return [rated]
    if ticket.callback == "done":
        again = ticket.escalation_state in ("open", "claimed")
        if again:
            return [rated]
        due_at = now + terms.panel_within
        asked = Escalated(escalation_id(ticket), "callback", question=comment, due_at=due_at)
        return [rated, asked]
    if ticket.callback is not None:
        return [rated]
    due_at, provisional = callback_due(now, calendar or Calendar(), figures or Policy())
    said = notices.notice(
        "callback",
        notices.CALLBACK_OPENED.format(day=notices.day(due_at)),
        ticket.entry + 2,
    )
    return [rated, said, CallbackOpened(due_at, provisional)]


@article(24)
def consistent(satisfied: bool, reasons: Sequence[str], level: str | None) -> None:
    """满意度测评: level and reasons say more of `satisfied`, and never anything else than it."""
    if level is not None and LEVELS[level] is not satisfied:
        raise _wrong("$.level", "does not go with satisfied")
    if len(set(reasons)) < len(reasons):
        raise _wrong("$.reasons", "each reason once")
    if reasons and satisfied and level != "partly":
        raise _wrong("$.reasons", "only where something did not satisfy")


def _wrong(path: str, problem: str) -> Refused:
    return Refused("invalid", details=[{"path": path, "problem": problem}])


@article(24)
def callback_due(now: datetime, calendar: Calendar, figures: Policy) -> tuple[datetime, bool]:
    """在三个工作日内: the end of the third working day, or a plain span in drills."""
    if figures.callback_within is not None:
        return now + figures.callback_within, False
    return calendar.end_of(figures.callback_working_days, now)
