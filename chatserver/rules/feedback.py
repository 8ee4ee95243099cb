"""Rating (24). The call-back of a citizen who is not satisfied comes with the clocks."""

from __future__ import annotations

from datetime import datetime

from .articles import WrongState, article
from .bodies import checked
from .events import Event, Rated
from .people import Citizen
from .policy import RATING_OPEN_FOR
from .ticket import Ticket


@article(24)
def rate(
    ticket: Ticket,
    now: datetime,
    citizen: Citizen,
    satisfied: bool,
    score: int | None = None,
    comment: str | None = None,
) -> list[Event]:
    """提示用户进行满意度测评: once there is an answer or an end; changeable for seven days."""
    if ticket.state not in ("answered", "closed"):
        raise WrongState(ticket.state, "得到解答后才能评价。")
    if ticket.rated_at is not None and now > ticket.rated_at + RATING_OPEN_FOR:
        raise WrongState(ticket.state, "评价已超过可修改的期限。")
    if comment is not None:
        checked(comment, "$.comment", 1000)
    return [Rated(satisfied, score, comment)]
