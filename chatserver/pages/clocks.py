"""The view that explains each clock: every start, stop, suspension and change, with its rule (23, 24)."""

from __future__ import annotations

from datetime import timedelta

from chatserver.i18n import DEFAULT, translate
from chatserver.rules import clocks, explain
from chatserver.rules.articles import Refused
from chatserver.rules.audience import authorize
from chatserver.rules.instants import instant, optional
from chatserver.rules.people import actor_of
from chatserver.rules.ticket import Ticket
from chatserver.store import backoffice, tickets

from . import api_staff, templates
from .access import Call

TITLES = {
    "started": "开始计时",
    "stopped": "计时停止",
    "suspended": "计时暂停",
    "resumed": "计时继续",
    "changed": "时限变更",
    "ran_out": "时限已到",
    "reminded": "已提醒",
    "owed": "待说明原因",
    "explained": "已说明原因",
}
NAMES = {
    "live_answer": "解答时限",
    "message_answer": "解答时限",
    "promise": "约定的答复时间",
    "callback": "回访期限",
}
OURS = "本网规定"
DIGITS = "零一二三四五六七八九"


async def explained(call: Call) -> api_staff.Explained:
    """GET /api/v1/tickets/{number}/clock"""
    number = call.request.match_info["number"]
    if call.account.role == "backoffice":
        ticket: Ticket | None = await _own(call, number)
    else:
        ticket = await tickets.find(call.house.database, number)
    authorize(actor_of(call.account), "explain", ticket)
    assert ticket is not None
    return await told(call, ticket)


async def _own(call: Call, number: str) -> Ticket:
    """A ticket that a lawyer of the own institution holds or asked about; any other is not there."""
    database, own = call.house.database, call.account.institution
    ticket = await tickets.find(database, number)
    if ticket is not None and (
        await backoffice.is_lawyer_of(database, own, ticket.assignee)
        or await backoffice.has_asked(database, number, own)
    ):
        return ticket
    raise Refused("not_found")


async def told(call: Call, ticket: Ticket) -> api_staff.Explained:
    """The explanation of a ticket that the caller may have explained, in the caller's words."""
    records = await tickets.records(call.house.database, ticket.number, 1, ticket.entry)
    steps = explain.explain(ticket, records, internal=call.account.role != "citizen")
    now = shown(call, ticket)
    return api_staff.Explained(
        ticket.number,
        now,
        [_step(call, step) for step in steps],
        translate(call.language, _standing(now)),
    )


def _step(call: Call, step: explain.Step) -> api_staff.ClockStep:
    lang = call.language
    within = None if step.within_s is None else timedelta(seconds=step.within_s)
    return api_staff.ClockStep(
        at=instant(step.at),
        clock=step.clock,
        what=step.what,
        due_at=optional(step.due_at),
        article=step.article,
        rule=translate(lang, step.rule, span=templates.limit(lang, within, call.house.figures)),
        staff_no=step.staff_no,
        answerable=step.answerable,
        title=translate(lang, TITLES[step.what]),
        name=translate(lang, NAMES[step.clock]),
        basis=_basis(lang, step.article),
    )


def _basis(lang: str, article: int | None) -> str:
    if article is None:
        return translate(lang, OURS)
    return translate(lang, "第{n}条", n=_numeral(article) if lang == DEFAULT else article)


def _numeral(n: int) -> str:
    """23 is 二十三."""
    tens, ones = divmod(n, 10)
    return (
        (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")
    )


def _standing(now: api_staff.ClockNow | None) -> str:
    if now is None:
        return "现在没有正在计算的时限。"
    if now.suspended:
        return "计时暂停，等待用户补充情况。"
    return "已经超时，正在督促处理。" if now.late else "正在计时。"


def shown(call: Call, ticket: Ticket) -> api_staff.ClockNow | None:
    """The clock that runs now, if one does."""
    clock = clocks.clock(ticket, call.house.clock.now())
    if clock is None:
        return None
    due_at = optional(clock.due_at)
    return api_staff.ClockNow(clock.article, clock.kind, due_at, clock.late, due_at is None)
