"""The part of a batch that opens tickets: repeats of an id, the citizens' standing, the unified numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatserver.calls import Call, Outcome
from chatserver.clock import BEIJING
from chatserver.rules import asking, routing
from chatserver.rules.articles import Refused
from chatserver.rules.events import Event
from chatserver.rules.numbers import ticket_number
from chatserver.rules.people import Citizen
from chatserver.rules.repeats import Before, is_checked
from chatserver.rules.restraints import Limit
from chatserver.rules.ticket import Ticket
from chatserver.store import presence
from chatserver.store.database import queries
from chatserver.store.shelf import Kept, lock
from chatserver.store.tickets import before as read_before

if TYPE_CHECKING:
    from chatserver.batch import Batch


async def open_tickets(batch: Batch, connection: Any, calls: Sequence[Call]) -> None:
    """Opens tickets: one look-up of ids, one of the citizens' standing, one draw of serials."""
    topic = queries("tickets")
    accounts = [call.actor.account for call in calls]
    ids = [call.args[0].id for call in calls]
    rows = await connection.fetch(topic.openings.sql, accounts, ids)
    known = {(row["account"], row["id"]): (row["digest"], row["ticket"]) for row in rows}
    rows = await connection.fetch(topic.askers.sql, batch.now, sorted(set(accounts)))
    askers = {
        row["id"]: Citizen(
            row["id"],
            row["review"] == "verified",
            row["agreed"],
            row["blocked_until"],
            row["blocked_reason"],
            row["blocked_by"],
        )
        for row in rows
    }
    answered = {row["id"] for row in rows if row["answered"]}
    waiting = {row["id"]: row["waiting"] for row in rows}
    limits = {row["id"]: _limit(row) for row in rows if row["per_week"] is not None}
    before = await _asked_before(batch, connection, calls, answered)
    own = await _named(connection, calls)
    free = await _free(batch, connection, calls)
    if known:
        again = sorted({number for _, number in known.values()} - set(batch.kept))
        batch.kept |= await lock(connection, batch.shelf, again)
    accepted: list[tuple[Call, list[Event]]] = []
    twins: list[tuple[Call, int]] = []
    drawn: dict[tuple[str, str], tuple[bytes, int]] = {}
    for call in calls:
        key = (call.actor.account, call.args[0].id)
        try:
            if key in known:
                _reopened(batch, call, *known[key])
            elif key in drawn:
                if drawn[key][0] != call.digest:
                    raise Refused("id_reused")
                twins.append((call, drawn[key][1]))
            else:
                citizen = askers.get(key[0])
                if citizen is None or not isinstance(call.actor, Citizen):
                    raise Refused("forbidden")
                events = asking.open_ticket(
                    citizen,
                    batch.now,
                    batch.figures,
                    call.args[0],
                    earlier_is_own=(citizen.account, call.args[0].earlier) in own,
                    before=before.get(citizen.account, ()),
                    waiting=waiting[citizen.account],
                    explainer=routing.explainer(
                        call.args[0], own.get((citizen.account, call.args[0].earlier)), free
                    ),
                    limit=limits.get(citizen.account),
                )
                waiting[citizen.account] += 1
                if limit := limits.get(citizen.account):
                    limits[citizen.account] = replace(limit, asked=limit.asked + 1)
                drawn[key] = (call.digest, len(accepted))
                accepted.append((call, events))
        except Refused as refused:
            batch.refusals.append((call, refused))
    if accepted:
        await _draw_numbers(batch, connection, accepted)
    for call, place in twins:
        number = batch.openings[place][3]
        batch.outcomes.append((call, Outcome(batch.journal.after[number], (), replayed=True)))


def _limit(row: Any) -> Limit:
    own = (
        row["limited_until"],
        row["asked"],
        row["first_at"],
        row["limited_reason"],
        row["limited_by"],
    )
    return Limit(row["per_week"], *own)


async def _asked_before(
    batch: Batch, connection: Any, calls: Sequence[Call], answered: set[str]
) -> dict[str, list[Before]]:
    """Read only for citizens with an answered ticket, and for questions that are compared at all."""
    compared = {
        call.actor.account for call in calls if is_checked(call.args[0].body, call.args[0].because)
    }
    accounts = sorted(compared & answered)
    return await read_before(connection, accounts, batch.now) if accounts else {}


async def _named(connection: Any, calls: Sequence[Call]) -> dict[tuple[str, str], str | None]:
    """(account, number) of the earlier tickets that these questions name -> who answered last there."""
    named = sorted({call.args[0].earlier or "" for call in calls} - {""})
    rows = await connection.fetch(queries("tickets").owners.sql, named) if named else ()
    return {(row["citizen"], row["number"]): row["author"] for row in rows}


async def _free(batch: Batch, connection: Any, calls: Sequence[Call]) -> dict[str, int]:
    """Staff number -> room of those on duty; read only if a question is to go to who answered (29)."""
    if not any(routing.asks_author(call.args[0]) for call in calls):
        return {}
    return {it.staff_no: it.room for it, _ in await presence.there(connection, batch.now)}


def _reopened(batch: Batch, call: Call, digest: bytes, number: str) -> None:
    """The ticket that this id opened before, as it stands now."""
    if digest != call.digest:
        raise Refused("id_reused")
    batch.outcomes.append((call, Outcome(batch.kept[number].ticket, (), replayed=True)))


async def _draw_numbers(
    batch: Batch, connection: Any, accepted: Sequence[tuple[Call, list[Event]]]
) -> None:
    """Serials are drawn inside the transaction, so that they leave no gap."""
    day = batch.now.astimezone(BEIJING).date()
    last = await connection.fetchval(queries("tickets").take_serials.sql, day, len(accepted))
    for serial, (call, events) in enumerate(accepted, last - len(accepted) + 1):
        number = ticket_number(batch.figures.number_prefix, day, serial)
        ticket = Ticket(number, call.actor.account)
        batch.kept[number] = Kept(ticket)
        batch.record(call, ticket, events)
        batch.openings.append((call.actor.account, call.args[0].id, call.digest, number))
