"""What a back office and the operator on duty are to know at once: a list that a page asks for every few
seconds, and who has seen what of it. An institution hears of its own lawyers alone."""

from __future__ import annotations

from typing import Any

from chatserver.i18n import translate
from chatserver.rules.articles import Refused
from chatserver.rules.clocks import running
from chatserver.rules.instants import instant
from chatserver.rules.ladder import caller, minder
from chatserver.rules.ticket import Ticket
from chatserver.store import alerts, backoffice, tickets

from . import api, api_staff, templates
from .access import Call

#: kind -> the sentence about it, a msgid.
SAID = {
    "near": "{staff_no} 承办的咨询，时限将至：{due}",
    "waiting": "无人承办的咨询，时限将至：{due}",
    "overdue": "时限（{due}）已过半程仍未办结，承办：{staff_no}",
    "panel": "专家组尚未办结，时限（{due}）已到",
    "contacts": "{staff_no} 多次试图向用户提供私人联系方式，已被拦下（第二十二条）",
    "chosen": "用户选择的回访时间（{due}）已到，还没有人接手",
    "missed": "用户选择的回访时间（{due}）已过半小时，尚未回访，承办：{staff_no}",
    "attempts": "{staff_no} 在同一个半天里多次记录未联系上用户，回访应分在不同的半天（第二十四条）",
    "support": "{staff_no} 请求后台支援，请于 {due} 前回复",
    "unsupported": "驻场人员的求助到 {due} 仍无人回复（第三十三条）",
    "abuse": "{staff_no} 提请认定滥用，请于 {due} 前决定（第二十九条）",
    "undecided": "滥用提请到 {due} 仍未决定（第三十三条）",
    "appeal": "用户对不予解答提出申诉，请于 {due} 前决定",
    "unheard": "用户的申诉到 {due} 仍未决定（第三十三条）",
    "repeated": "{staff_no} 以重复咨询为由不予解答，没有找到此前的解答，请复核（第二十九条）",
}
NOBODY = "无人"
#: The same where no time had been set yet.
UNDATED = {"abuse": "{staff_no} 提请认定滥用（第二十九条）", "appeal": "用户对不予解答提出申诉"}
#: Settled by a reply.
ASKING = ("support", "unsupported")
#: Where on its page a desk deals with it; all else the operator does where the ticket's standing is shown.
PLACES = {
    "backoffice": {
        "near": "#clocks",
        "chosen": "#clocks",
        "missed": "#clocks",
        "waiting": "#clocks",
        "support": "#questions",
    },
    "operator": {
        "support": "#questions",
        "unsupported": "#questions",
        "abuse": "#abuse",
        "undecided": "#abuse",
        "appeal": "#appeals",
        "unheard": "#appeals",
    },
}


async def overview(call: Call) -> api_staff.Alerts:
    """GET /api/v1/alerts: what nobody of the desk has seen first, then what was seen in the last day."""
    database, now = call.house.database, call.house.clock.now()
    if not _has_desk(call):
        return api_staff.Alerts([], 0)
    rows = await alerts.listed(database, *_desk(call), now)
    of = await tickets.several(database, sorted({row["ticket"] for row in rows}))
    asked = {row["ticket"] for row in rows if row["kind"] in ASKING}
    own = None if call.account.role == "operator" else call.account.institution
    waits = await backoffice.unanswered(database, sorted(asked), own) if asked else {}
    items = [_shown(call, row, of[row["ticket"]], row["ticket"] in waits) for row in rows]
    return api_staff.Alerts(items, sum(one.seen_at is None for one in items))


async def see(call: Call, wish: api_staff.SeenAlerts) -> api_staff.Seen:
    """POST /api/v1/alerts/seen: the first of the desk to see one stands."""
    if not _has_desk(call):
        raise Refused("forbidden")
    staff_no, now = call.account.staff_no or "", call.house.clock.now()
    count = await alerts.see(call.house.database, *_desk(call), staff_no, wish.ids, now)
    return api_staff.Seen(count)


async def see_form(call: Call) -> api_staff.Seen:
    """The form beside the list: what stood there when it was pressed."""
    ids = call.form.get("ids", "").split()
    return await see(call, api.of_form(api_staff.SeenAlerts, {"ids": ids}))


def _has_desk(call: Call) -> bool:
    return call.account.role == "operator" or bool(call.account.institution)


def _desk(call: Call) -> tuple[str, str | None]:
    """The desk of this account; an operator's is no institution's."""
    if call.account.role == "operator":
        return "operator", None
    return "backoffice", call.account.institution


def _shown(call: Call, row: Any, ticket: Ticket, waits: bool) -> api_staff.Alert:
    due, lang = row["due_at"], call.language
    text = translate(
        lang,
        SAID[row["kind"]] if due else UNDATED.get(row["kind"], SAID[row["kind"]]),
        staff_no=row["staff_no"] or translate(lang, NOBODY),
        due=templates.until(lang, instant(due)) if due else "",
    )
    return api_staff.Alert(
        id=row["id"],
        kind=row["kind"],
        number=row["ticket"],
        text=text,
        at=instant(row["at"]),
        due_at=None if due is None else instant(due),
        settled=not waits if row["kind"] in ASKING else _settled(row["kind"], ticket),
        seen_by=row["seen_by"],
        seen_at=None if row["seen_at"] is None else instant(row["seen_at"]),
        href=_href(row["kind"], row["desk"], row["ticket"]),
    )


def _href(kind: str, desk: str, number: str) -> str | None:
    elsewhere = f"/admin/tickets/{number}" if desk == "operator" else None
    return PLACES[desk].get(kind, elsewhere)


def _settled(kind: str, ticket: Ticket) -> bool:
    """Whether what the alert asked for has been done since."""
    if kind in ("near", "waiting", "overdue"):
        found = kind == "waiting" and minder(ticket) is not None
        return found or running(ticket) is None
    if kind == "chosen":
        return ticket.callback != "open" or caller(ticket) is not None
    if kind == "missed":
        return ticket.callback != "open" or "missed" not in ticket.rungs
    if kind == "panel":
        return ticket.escalation_state == "resolved"
    if kind in ("abuse", "undecided"):
        return ticket.abuse != "proposed"
    return kind in ("appeal", "unheard") and ticket.appeal != "open"
