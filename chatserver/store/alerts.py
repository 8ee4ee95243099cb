"""What a desk is to know at once, and explanations that are owed: rows written with their event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from chatserver.rules import callback
from chatserver.rules.changes_desks import ABUSE_CLOCK, APPEAL_CLOCK, SUPPORT_CLOCK
from chatserver.rules.changes_panel import PANEL_CLOCK
from chatserver.rules.events import Event, Record
from chatserver.rules.events_desks import (
    AbuseProposed,
    Appealed,
    CallbackAttempted,
    ContactRefused,
    Lapsed,
    Noted,
    TurnedDown,
    Warned,
)
from chatserver.rules.events_talk import Corrected, DelayExplained, EngagementDirected, Rated
from chatserver.rules.ticket import Ticket

from .database import Database, queries

#: How long what was seen stays on the desk.
SHOWN = timedelta(days=1)
MOST = 200
#: rung -> what the desks are told by it, of somebody's clock and of nobody's.
CLOCKS = {"warn": ("near", "waiting"), "chosen": ("", "chosen"), "missed": ("missed", "missed")}
_Row = tuple[str, tuple[Any, ...]]
OFFICE, OPERATOR = "add_office_alert", "add_operator_alert"
#: Where a house has nobody who could be told, the operator is: nothing is told to nobody.
DESKLESS = "add_deskless_alert"
#: clock -> what the operator is told when it is long over.
LATE = {
    PANEL_CLOCK: "panel",
    SUPPORT_CLOCK: "unsupported",
    ABUSE_CLOCK: "undecided",
    APPEAL_CLOCK: "unheard",
}


def _alert(to: str, ticket: Ticket, record: Record, kind: str, **of: Any) -> _Row:
    desk = "office" if to == OFFICE else "operator"
    id = of.get("id") or f"{ticket.number}.{record.entry}"
    rest = (of.get("clock"), of.get("staff_no"), of.get("due_at"))
    return to, (f"{id}.{desk}", ticket.number, kind, *rest, record.at)


def _warned(ticket: Ticket, record: Record, event: Warned) -> list[_Row]:
    told = {"clock": event.clock, "staff_no": event.staff_no, "due_at": event.due_at}
    if event.rung == "operator":
        kind = LATE.get(event.clock, "overdue")
        return [_alert(OPERATOR, ticket, record, kind, **told)]
    if event.rung not in CLOCKS or (event.rung == "chosen" and event.staff_no is not None):
        return []
    kind, nobodys = CLOCKS[event.rung]
    if event.staff_no is None:
        return _nobodys(ticket, record, nobodys, told)
    if event.staff_no == ticket.escalated_to:  # an expert's house has no part in it
        return [_alert(OPERATOR, ticket, record, kind, **told)]
    return [_alert(to, ticket, record, kind, **told) for to in (OFFICE, DESKLESS)]


def _nobodys(ticket: Ticket, record: Record, kind: str, told: dict[str, Any]) -> list[_Row]:
    """Only the operator can find somebody for what nobody holds; for a call-back by another the house of who
    is not to make it may send a colleague, but nobody in an expert's place."""
    rows = [_alert(OPERATOR, ticket, record, kind, **told)]
    if told["clock"] == "callback" and ticket.callback_who == "another":
        rows.append(_alert(OFFICE, ticket, record, kind, **told | {"staff_no": ticket.assignee}))
    return rows


def _contacts(ticket: Ticket, record: Record, event: ContactRefused) -> list[_Row]:
    rows: list[_Row] = [
        ("add_mark", (event.staff_no, "contact", ticket.number, record.at)),
    ]
    if event.reported:
        told = {"id": f"{ticket.number}.{event.staff_no}", "staff_no": event.staff_no}
        rows += [_alert(to, ticket, record, "contacts", **told) for to in (OFFICE, OPERATOR)]
    return rows


def _attempted(ticket: Ticket, record: Record, event: CallbackAttempted) -> list[_Row]:
    if not callback.crowded(ticket.callback_tried):
        return []
    told = {"id": f"{ticket.number}.attempts", "staff_no": event.staff_no}
    return [_alert(to, ticket, record, "attempts", **told) for to in (OFFICE, DESKLESS)]


def _noted(ticket: Ticket, record: Record, event: Noted) -> list[_Row]:
    if event.about != "support":
        return []
    told = {"staff_no": event.staff_no, "due_at": event.due_at}
    return [_alert(to, ticket, record, "support", **told) for to in (OFFICE, DESKLESS)]


def _lapsed(ticket: Ticket, record: Record, event: Lapsed) -> list[_Row]:
    rows: list[_Row] = []
    for staff_no in event.asked:
        id = f"{ticket.number}.{record.entry}.{staff_no}"
        rows.append(("add_explanation", (id, ticket.number, staff_no, event.clock, record.at)))
    for staff_no in event.theirs:
        rows.append(("add_mark", (staff_no, "lapse", ticket.number, record.at)))
    return rows


def _explained(ticket: Ticket, record: Record, event: DelayExplained) -> list[_Row]:
    return [("give_explanation", (record.at, ticket.number, event.staff_no))]


def _proposed(ticket: Ticket, record: Record, event: AbuseProposed) -> list[_Row]:
    return [_alert(OPERATOR, ticket, record, "abuse", staff_no=event.staff_no, due_at=event.due_at)]


def _appealed(ticket: Ticket, record: Record, event: Appealed) -> list[_Row]:
    return [_alert(OPERATOR, ticket, record, "appeal", due_at=event.due_at)]


def _turned_down(ticket: Ticket, record: Record, event: TurnedDown) -> list[_Row]:
    """A repeat without the earlier answer is looked at by a second person (29)."""
    if event.ground != "repeated" or event.earlier is not None:
        return []
    return [_alert(OPERATOR, ticket, record, "repeated", staff_no=ticket.assignee)]


def _corrected(ticket: Ticket, record: Record, event: Corrected) -> list[_Row]:
    """An own answer put right; what an expert put right is counted there too, since it was the lawyer's."""
    by = dict(ticket.answers).get(event.corrects)
    return [("add_mark", (by, "corrected", ticket.number, record.at))] if by else []


def _directed(ticket: Ticket, record: Record, event: EngagementDirected) -> list[_Row]:
    if event.asked_seq:
        return []
    return [("add_mark", (ticket.assignee, "unasked", ticket.number, record.at))]


def _rated(ticket: Ticket, record: Record, event: Rated) -> list[_Row]:
    """Why something did not satisfy is counted for whoever holds the ticket then."""
    if ticket.assignee is None:
        return []
    return [
        ("add_reason", (ticket.assignee, reason, ticket.number, record.at))
        for reason in event.reasons
    ]


_ROWS: dict[type[Event], Callable[..., list[_Row]]] = {
    Warned: _warned,
    ContactRefused: _contacts,
    CallbackAttempted: _attempted,
    Noted: _noted,
    Lapsed: _lapsed,
    DelayExplained: _explained,
    Corrected: _corrected,
    EngagementDirected: _directed,
    Rated: _rated,
    AbuseProposed: _proposed,
    Appealed: _appealed,
    TurnedDown: _turned_down,
}


def rows_of(ticket: Ticket, record: Record) -> list[_Row]:
    """The rows of one thing that happened: the query's name, and its values."""
    make = _ROWS.get(type(record.event))
    return make(ticket, record, record.event) if make else []


async def listed(db: Database, desk: str, institution: str | None, now: datetime) -> list[Any]:
    """Rows for a desk (`backoffice` of an institution, or `operator`), the unseen first."""
    async with db.use() as connection:
        sql = queries("alerts").alerts_of.sql
        return list(await connection.fetch(sql, desk, institution, now - SHOWN, MOST))


async def see(
    db: Database,
    desk: str,
    institution: str | None,
    staff_no: str,
    ids: Sequence[str],
    now: datetime,
) -> int:
    """Marks as seen by this member of the desk; how many nobody had seen before."""
    async with db.use() as connection:
        sql = queries("alerts").see_alerts.sql
        return len(await connection.fetch(sql, staff_no, now, desk, institution, list(ids)))


async def owed_by(db: Database, staff_no: str) -> list[Any]:
    """Rows of what this lawyer is still to explain."""
    async with db.use() as connection:
        return list(await connection.fetch(queries("alerts").explanations_of.sql, staff_no))


async def owed_at(db: Database, institution: str) -> list[Any]:
    """Rows of what the lawyers of an institution are still to explain."""
    async with db.use() as connection:
        return list(
            await connection.fetch(queries("alerts").explanations_at.sql, institution, MOST)
        )
