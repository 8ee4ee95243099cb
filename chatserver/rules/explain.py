"""Why a clock stands where it stands (23, 24): the record told again, step by step, each with its rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from .changes_desks import TOLD
from .clocks import running
from .events import Event, Record
from .events_desks import CallbackBegun, CallbackDone, CallbackOpened, Lapsed, Warned
from .events_talk import (
    Accepted,
    Answered,
    Asked,
    Closed,
    Converted,
    DelayExplained,
    HandedOver,
    Opened,
    Reopened,
    Resumed,
    Scheduled,
)
from .ticket import Ticket
from .workdays import ends_a_day


@dataclass(frozen=True)
class Step:
    """One thing that happened to a clock. `what`: started, stopped, suspended, resumed, changed,
    ran_out, reminded, or of the explanation of a delay owed and explained; `due_at` is the end of the
    clock after it, None when none runs or it stands still. `article` is None where the rule is the
    house's own; `rule` is a Chinese msgid, whose `{span}` is the ticket's own `within_s`, or the working days
    of the settings if that is None."""

    entry: int
    at: datetime
    clock: str
    what: str
    due_at: datetime | None
    article: int | None
    rule: str
    staff_no: str | None = None
    answerable: bool | None = None
    within_s: int | None = None


#: event -> why it moves a clock, in words for both sides.
WHY: dict[type[Event], tuple[int | None, str]] = {
    Opened: (23, "提出咨询，开始计时：应在 {span}内解答。"),
    Converted: (23, "转为留言，时限改为 {span}，仍从提出时起算。"),
    Answered: (23, "已作出解答，计时停止。"),
    Scheduled: (23, "约期答复：说明了原因和时间，以约定的时间为准。"),
    Asked: (23, "请用户补充情况，计时暂停。"),
    Resumed: (23, "用户已回复，计时继续，暂停的时间不计入。"),
    Reopened: (23, "用户继续提问，重新计时：应在 {span}内解答。"),
    HandedOver: (None, "转由其他人员办理，计时继续，已约定的时间不变。"),
    Accepted: (None, "由工作人员接手，计时继续。"),
    Closed: (None, "咨询结束，计时停止。"),
    CallbackOpened: (24, "用户不满意，应在 {span}内回访。"),
    CallbackBegun: (24, "开始回访，再次解答前计时继续。"),
    CallbackDone: (24, "回访结束，计时停止。"),
}
MOVED = "放假安排已经公布，回访期限随之更正。"
OWED = "计时期间或届满时由其承办，须向用户说明延误的原因。"
EXPLAINED = "承办人员已向用户说明延误的原因。"
LAPSED = "时限已过：已向用户说明并报专家组。"
REMINDED = {
    "half": "时限过半，提醒承办人员。",
    "warn": "时限将至，提醒承办人员和后台支持。",
    "convert": "等待较久，告知用户可以改为留言。",
    "operator": "超时过半，通知值班人员。",
    "chosen": "到了用户选择的时间，提醒回访。",
    "missed": "用户选择的时间已过，尚未回访，通知后台支持或值班人员。",
}


def explain(ticket: Ticket, records: Iterable[Record], internal: bool) -> list[Step]:
    """Every step of every clock of `ticket`, from its whole record in order.

    `internal`: with reminders and whether a lapse is the lawyer's, which are not the citizen's to see,
    nor who is still asked for an explanation.
    """
    now = Ticket(ticket.number, ticket.citizen)
    steps: list[Step] = []
    for record in records:
        after = now.after(record.event, record.at)
        steps += _steps(now, after, record, internal)
        now = after
    return steps


def _steps(before: Ticket, after: Ticket, record: Record, internal: bool) -> Iterator[Step]:
    event = record.event
    if isinstance(event, Lapsed):
        staff_no, blamed = (event.staff_no, event.answerable) if internal else (None, None)
        number = 24 if event.clock == "callback" else 23
        due_at = _shown(after)
        yield Step(
            record.entry,
            record.at,
            event.clock,
            "ran_out",
            due_at,
            number,
            LAPSED,
            staff_no,
            blamed,
        )
        for no in event.asked if internal else ():
            if no not in before.owing:
                yield _explanation(record, event.clock, "owed", OWED, no)
        return
    if isinstance(event, DelayExplained):
        yield _explanation(record, _clock_of(before), "explained", EXPLAINED, event.staff_no)
        return
    if isinstance(event, Warned):
        if event.clock not in TOLD and (internal or event.rung == "convert"):
            rule = REMINDED[event.rung]
            yield Step(record.entry, record.at, event.clock, "reminded", event.due_at, None, rule)
        return
    article, rule = WHY.get(type(event), (None, ""))
    if isinstance(event, CallbackOpened) and before.callback in ("open", "begun"):
        rule = MOVED
    for clock, what in _moves(before, after):
        due_at = None if what == "stopped" else _shown(after)
        within = _within(after, record)
        yield Step(record.entry, record.at, clock, what, due_at, article, rule, within_s=within)


def _within(ticket: Ticket, record: Record) -> int | None:
    """The limit that was set, in seconds: frozen in the ticket, or of a call-back that counts no days."""
    due = ticket.callback_due_at
    if not isinstance(record.event, CallbackOpened) or due is None:
        return ticket.answer_within
    return None if ends_a_day(due) else int((due - record.at).total_seconds())


def _explanation(record: Record, clock: str, what: str, rule: str, staff_no: str | None) -> Step:
    return Step(record.entry, record.at, clock, what, None, 23, rule, staff_no)


def _clock_of(ticket: Ticket) -> str:
    """The clock that runs, or the one that an answer has stopped."""
    found = running(ticket)
    return found[0] if found else f"{ticket.kind}_answer"


def _moves(before: Ticket, after: Ticket) -> Iterator[tuple[str, str]]:
    old, new = running(before), running(after)
    if old is None or new is None:
        if old is not None:
            yield old[0], "stopped"
        elif new is not None:
            yield new[0], "started"
        return
    if before.suspended_at is None and after.suspended_at is not None:
        yield new[0], "suspended"
    elif before.suspended_at is not None and after.suspended_at is None:
        yield new[0], "resumed"
    elif old != new:
        both = {old[0], new[0]}
        if "callback" in both and len(both) == 2:
            yield old[0], "stopped"
            yield new[0], "started"
        else:
            yield new[0], "changed"


def _shown(ticket: Ticket) -> datetime | None:
    found = running(ticket)
    return None if found is None or ticket.suspended_at is not None else found[1]
