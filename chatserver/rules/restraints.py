"""滥用法律服务资源 (29): what follows from a finding, step by step: a word first, then a day, then fewer questions,
and a suspension last. Each has its reason, its end, and an appeal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import notices
from .articles import Refused, article, policy
from .instants import instant

#: From the mildest: a notice hinders nothing, a cool-down opens nothing for a day, `weekly` opens so many
#: questions in seven days, a suspension none until its end.
STEPS = ("notice", "cool_down", "weekly", "suspension")
COOL_DOWN = timedelta(days=1)
WEEK = timedelta(days=7)
LONGEST = timedelta(days=366)
MOST_A_WEEK = 20
#: Findings are counted against somebody this long.
REMEMBERED = timedelta(days=365)


@dataclass(frozen=True)
class Restraint:
    """One step; `until` when it ends, `per_week` of the weekly one."""

    step: str
    until: datetime | None = None
    per_week: int | None = None

    def told(self) -> str:
        """What the citizen is told of it, below the reason."""
        if self.until is None:
            return notices.NOTICE_ONLY
        words = notices.LIMITED if self.step == "weekly" else notices.BLOCKED
        return words.format(day=notices.day(self.until), n=self.per_week)


@article(29)
def restraint(
    now: datetime, step: str | None, until: datetime | None, per_week: int | None
) -> Restraint:
    """在网上不予解答: the step that the operator chose, whole; without one, the end alone tells which it is."""
    step = step or ("notice" if until is None else "suspension")
    if step == "cool_down" and until is None:
        until = now + COOL_DOWN
    if (until is None) is not (step == "notice"):
        raise _wrong("$.blocked_until", "needed for weekly and suspension, and not for a notice")
    longest = COOL_DOWN if step == "cool_down" else LONGEST
    if until is not None and not now < until <= now + longest:
        raise _wrong("$.blocked_until", "within a year, or a day for a cool-down")
    if (per_week is not None) is not (step == "weekly"):
        raise _wrong("$.per_week", "needed for weekly, and for nothing else")
    if per_week is not None and not 1 <= per_week <= MOST_A_WEEK:
        raise _wrong("$.per_week", f"from 1 to {MOST_A_WEEK}")
    return Restraint(step, until, per_week)


def _wrong(path: str, problem: str) -> Refused:
    words = (
        "请填写限制的期限（一年以内）；每周限问还须填写次数。"
        if path == "$.blocked_until"
        else "请填写每七天可以提出的次数。"
    )
    return Refused("invalid", words, details=[{"path": path, "problem": problem}])


@policy("the next step of a finding of abuse is suggested from those decided before")
def suggested(before: Sequence[str]) -> str:
    """One step further than the hardest before, and never further than the last; the operator decides."""
    if not before:
        return STEPS[0]
    return STEPS[min(len(STEPS) - 1, max(map(STEPS.index, before)) + 1)]


@dataclass(frozen=True)
class Limit:
    """A weekly limit that holds until a time: how many were asked under it in seven days, and the first when."""

    per_week: int
    until: datetime
    asked: int = 0
    first_at: datetime | None = None
    reason: str | None = None
    ticket: str | None = None


@article(29)
def where_to_appeal(ticket: str | None) -> dict[str, str]:
    """滥用法律服务资源……: who is kept out is told which finding it rests on, and how to appeal there."""
    return {"number": ticket, "appeal": notices.HOW_TO_APPEAL} if ticket else {}


@article(29)
def within(limit: Limit | None, now: datetime) -> None:
    """滥用法律服务资源……在网上不予解答: beyond the limit a question waits until the first of seven days is past."""
    if limit is None or limit.asked < limit.per_week:
        return
    again_at = min(limit.until, (limit.first_at or now) + WEEK)
    details = {"until": instant(again_at), "per_week": limit.per_week}
    if limit.reason:
        details["reason"] = limit.reason
    details |= where_to_appeal(limit.ticket)
    words = "您近七天提出的咨询已达到上限，请稍后再提出。"
    raise Refused("blocked", words, article=29, details=details)
