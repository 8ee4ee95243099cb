"""When a clock runs out in nobody's hands: the apology, the escalation and the offer are one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chatserver.store import presence, tickets
from chatserver.store.database import Database
from chatserver.timers.deadlines import Deadlines
from tests.casework.road import Road, SetClock, road
from tests.cast import CHEN, LI, WANG, ZHOU, Person

HOUR = timedelta(hours=1)
#: What a lapse leaves in nobody's hands, in its order.
WHOLE = ["noticed", "lapsed", "escalated", "offered"]


@pytest.fixture
async def one(dsn: str) -> AsyncIterator[Road]:
    async with road(dsn, clock=SetClock()) as here:
        yield here


@pytest.fixture
async def other(one: Road, dsn: str) -> AsyncIterator[Road]:
    async with road(dsn, process="other", clock=one.clock) as there:
        yield there


def timer(on: Road) -> Deadlines:
    return Deadlines(on.db, on.casework, on.clock)


async def on_duty(on: Road, *people: Person) -> None:
    for person in people:
        await presence.renew(on.db, "seats", {str(person.staff_no): 1}, on.clock.now())
        await presence.set_duty(on.db, str(person.staff_no), "on", on.clock.now())


async def until_late(on: Road, within: timedelta = HOUR) -> None:
    """Every reminder before the end is behind, and the end is now."""
    began = on.clock.now()
    on.clock.instant = began + within - timedelta(milliseconds=1)
    await timer(on)._fire()
    on.clock.instant = began + within


async def lapses(on: Road, number: str) -> list[tuple[str, int]]:
    """What happened from the lapse's notice on, each with the transaction that wrote it."""
    rows = await on.fetch(
        "select kind, xmin::text::bigint as xid from journal where ticket = $1 and entry >= "
        "(select min(entry) - 1 from journal where ticket = $1 and kind = 'lapsed') order by entry",
        number,
    )
    return [(row["kind"], row["xid"]) for row in rows]


@pytest.mark.parametrize(("kind", "within"), [("live", HOUR), ("message", 5 * HOUR)])
async def test_the_apology_the_escalation_and_the_offer_are_one_transaction(
    one: Road, kind: str, within: timedelta
) -> None:
    number = await one.ask(WANG, kind=kind)
    await until_late(one, within)
    await on_duty(one, CHEN)
    await timer(one)._fire()
    found = await lapses(one, number)
    assert [happened for happened, _ in found] == WHOLE
    rows = await one.fetch(
        "select t.xmin::text::bigint, e.xmin::text::bigint, t.offered_to, t.offer_expires_at"
        " from tickets t join escalations e on e.ticket = t.number where t.number = $1",
        number,
    )
    [(ticket_xid, escalation_xid, offered_to, expires_at)] = rows
    assert {xid for _, xid in found} == {ticket_xid} == {escalation_xid}
    assert offered_to == "L0001"
    assert expires_at == one.clock.now() + one.figures.offer_timeout


async def test_nobody_is_asked_who_is_away_lacks_the_skill_or_has_no_room(one: Road) -> None:
    number = await one.ask(WANG, category="traffic")
    await until_late(one)
    await on_duty(one, ZHOU)
    await timer(one)._fire()
    assert [happened for happened, _ in await lapses(one, number)] == WHOLE[:3]


async def test_a_ticket_that_somebody_holds_or_is_asked_to_take_is_not_offered(one: Road) -> None:
    held = await one.meet(WANG, CHEN)
    await one.say(WANG, held, "c-1", "还有一份合同。")
    await until_late(one)
    asked = await one.ask(LI)
    await one.offer(ZHOU, asked)
    await on_duty(one, CHEN)
    await timer(one)._fire()
    assert [happened for happened, _ in await lapses(one, held)] == WHOLE[:3]
    ticket = await tickets.find(one.db, asked)
    assert ticket is not None and ticket.offered_to == ZHOU.staff_no


async def test_two_processes_offer_each_ticket_once_and_nobody_more_than_they_can_take(
    one: Road, other: Road
) -> None:
    numbers = [await one.ask(WANG, f"q-{turn}", kind="message") for turn in range(12)]
    await until_late(one, 5 * HOUR)
    await on_duty(one, CHEN)
    room = next(lawyer.room for lawyer, _ in await presence.on_duty(one.db, one.clock.now()))
    assert 0 < room < len(numbers)
    await asyncio.gather(*(timer(here)._fire() for here in (one, other) * 2))
    offered = 0
    for number in numbers:
        found = await lapses(one, number)
        kinds = [happened for happened, _ in found]
        assert kinds in (WHOLE, WHOLE[:3]) and len({xid for _, xid in found}) == 1
        offered += kinds == WHOLE
    assert offered == room


async def test_while_another_process_routes_for_long_the_lapse_does_not_wait(
    one: Road, other: Road
) -> None:
    number = await one.ask(WANG)
    await until_late(one)
    await on_duty(one, CHEN)
    async with presence.alone(other.db) as free:
        assert free
        await timer(one)._fire()
    assert [happened for happened, _ in await lapses(one, number)] == WHOLE[:3]


async def test_duty_is_read_once_a_round_and_only_when_something_waits(
    one: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, looks = presence.on_duty, []

    async def counted(db: Database, now: object) -> object:
        looks.append(now)
        return await read(db, now)

    monkeypatch.setattr(presence, "on_duty", counted)
    for turn in range(5):
        await one.ask(WANG, f"q-{turn}")
    await until_late(one)
    assert looks == [], "a reminder asks nobody"
    await timer(one)._fire()
    assert len(looks) == 1
