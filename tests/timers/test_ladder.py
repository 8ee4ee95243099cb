"""The ladder by a clock that stands until it is moved: the real timer, the real road, the real rows.

Nothing is waited for but the database: an hour, a day and three working days pass in a moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from chatserver.rules import answering, deadlines, feedback, promising
from chatserver.rules.policy import Policy
from chatserver.rules.ticket import Ticket
from chatserver.rules.workdays import Calendar
from chatserver.store import tickets
from chatserver.timers.deadlines import Deadlines
from tests.casework.road import START, Road, SetClock, road
from tests.cast import CHEN, WANG

HOUR = timedelta(hours=1)
MOMENT = timedelta(milliseconds=1)
Step = tuple[timedelta, str]


class Ladder:
    """One ticket and the timer that looks at it at moments of the test's choice."""

    def __init__(self, one: Road) -> None:
        self.one = one
        self.timer = Deadlines(one.db, one.casework, one.clock)

    async def look(self, moment: datetime) -> None:
        self.one.clock.instant = moment
        await self.timer._fire()

    async def run_out(self, number: str, until: datetime) -> list[Step]:
        """From due time to due time; nothing may happen a millisecond before one, or twice at it."""
        began = self.one.clock.now()
        while (due := deadlines.next_due(await self.ticket(number))) is not None and due <= until:
            before = await self.ticket(number)
            await self.look(max(began, due - MOMENT))
            assert await self.ticket(number) == before, f"{due} is not yet"
            await self.look(due)
            after = await self.ticket(number)
            assert after != before, f"nothing happened at {due}"
            await self.look(due)
            assert await self.ticket(number) == after, f"again at {due}"
        await self.look(until)
        return await self.steps(number, began)

    async def ticket(self, number: str) -> Ticket:
        found = await tickets.find(self.one.db, number)
        assert found is not None
        return found

    async def steps(self, number: str, began: datetime) -> list[Step]:
        """What the journal has of the ladder since then."""
        ticket = await self.ticket(number)
        records = await tickets.records(self.one.db, number, 1, ticket.entry)
        return [
            (record.at - began, getattr(record.event, "rung", "lapse"))
            for record in records
            if record.event.kind in ("warned", "lapsed") and record.at >= began
        ]


@pytest.fixture
async def ladder(dsn: str) -> AsyncIterator[Ladder]:
    async with road(dsn, clock=SetClock()) as one:
        yield Ladder(one)


async def waiting(one: Road) -> str:
    return await one.ask(WANG)


async def written(one: Road) -> str:
    return await one.ask(WANG, kind="message")


async def held(one: Road) -> str:
    number = await one.meet(WANG, CHEN)
    await one.say(CHEN, number, "l-1", "您好。")
    await one.say(WANG, number, "c-1", "还有一份合同。")
    return number


async def promised(one: Road) -> str:
    number = await held(one)
    at = one.clock.now() + 20 * HOUR
    await one.act("schedule", promising.schedule, number, one.actor(CHEN), at, "需要核对材料。")
    return number


async def called_back(one: Road) -> str:
    """Rated as not satisfied on a Monday: due at the end of Thursday."""
    number = await one.meet(WANG, CHEN)
    await one.say(CHEN, number, "a-1", "可以投诉。", answer=True)
    await one.act("close", answering.close, number, one.actor(CHEN))
    calendar = Calendar({}, frozenset({START.year}))
    rating = (False, None, None, calendar, Policy())
    await one.act("rate", feedback.rate, number, one.actor(WANG), *rating)
    return number


@pytest.mark.parametrize(
    ("begin", "due", "rungs"),
    [
        (waiting, HOUR, {"warn": 0.8, "convert": 11 / 12, "lapse": 1, "operator": 1.5}),
        (written, 5 * HOUR, {"warn": 0.8, "lapse": 1, "operator": 1.5}),
        (held, HOUR, {"half": 0.5, "warn": 0.8, "lapse": 1, "operator": 1.5}),
        (promised, 20 * HOUR, {"half": 0.5, "warn": 0.8, "lapse": 1, "operator": 1.5}),
        (called_back, 86 * HOUR, {"half": 0.5, "warn": 0.8, "lapse": 1, "operator": 1.5}),
    ],
)
async def test_each_rung_is_taken_at_its_time_and_once(
    ladder: Ladder,
    begin: Callable[[Road], Awaitable[str]],
    due: timedelta,
    rungs: dict[str, float],
) -> None:
    number = await begin(ladder.one)
    steps = await ladder.run_out(number, ladder.one.clock.now() + due * 2)
    assert steps == [(due * share, rung) for rung, share in rungs.items()]
    ticket = await tickets.find(ladder.one.db, number)
    assert ticket is not None and ticket.escalation_state is not None


async def test_after_hours_without_a_server_the_whole_ladder_is_taken_in_order(
    ladder: Ladder,
) -> None:
    number = await held(ladder.one)
    began = ladder.one.clock.now()
    late = began + timedelta(days=3)
    await ladder.look(late)
    rungs = ["half", "warn", "lapse", "operator"]
    assert await ladder.steps(number, began) == [(late - began, rung) for rung in rungs]
