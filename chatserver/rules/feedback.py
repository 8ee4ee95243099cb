"""Rating (24): who is not satisfied has, in the same transaction, a call-back with its due time."""

from __future__ import annotations

from datetime import datetime

from . import notices
from .articles import WrongState, article
from .bodies import checked
from .events import Event
from .events_desks import CallbackOpened, Escalated
from .events_talk import Rated
from .experts import escalation_id
from .people import Citizen
from .policy import LADDERS, Policy
from .ticket import Ticket
from .workdays import Calendar


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
    rated = Rated(satisfied, score, comment)
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
def callback_due(now: datetime, calendar: Calendar, figures: Policy) -> tuple[datetime, bool]:
    """在三个工作日内: the end of the third working day, or a plain span in drills."""
    if figures.callback_within is not None:
        return now + figures.callback_within, False
    return calendar.end_of(figures.callback_working_days, now)
