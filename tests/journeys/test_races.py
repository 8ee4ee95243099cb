"""An answer and a lapse race for the same clock: it is kept or it is late, never both and never neither."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from bench.races import measure
from chatserver.rules import asking, ladder, promising, refusing
from tests.casework.road import Road, SetClock, road
from tests.cast import CHEN, WANG

RACES = int(os.environ.get("RACES", "300"))
HOUR = timedelta(hours=1)


async def test_a_clock_is_kept_or_late(dsn: str) -> None:
    found = await measure(dsn, count=RACES, seconds=RACES / 75)
    assert (found.both, found.neither, found.refused) == (0, 0, 0), found
    assert found.kept + found.late == found.races == RACES
    assert found.kept and found.late, found


async def kinds(one: Road, number: str) -> list[str]:
    rows = await one.fetch("select kind from journal where ticket = $1 order by entry", number)
    return [row["kind"] for row in rows]


def late_act(one: Road, act: str) -> tuple[str, Any, Any, tuple[Any, ...]]:
    chen, wang = one.actor(CHEN), one.actor(WANG)
    acts: dict[str, tuple[str, Any, Any, tuple[Any, ...]]] = {
        "ask": ("ask", promising.ask, chen, ("a-1", "请问何时入职？")),
        "refuse": ("refuse", refusing.refuse, chen, ("in_litigation",)),
        "convert": ("convert", asking.convert, wang, (one.figures,)),
        "withdraw": ("withdraw", asking.withdraw, wang, ()),
    }
    return acts[act]


@pytest.mark.parametrize("act", ["ask", "refuse"])
async def test_what_is_done_after_the_end_of_a_clock_does_not_hide_it(dsn: str, act: str) -> None:
    """No timer runs here: the server was away, and the lawyer is the first to come back."""
    clock = SetClock()
    async with road(dsn, clock=clock) as one:
        number = await one.meet(WANG, CHEN)
        clock.move(HOUR)
        action, rule, actor, args = late_act(one, act)
        outcome = await one.act(action, rule, number, actor, *args)
        assert [record.event.kind for record in outcome.records][:3] == [
            "noticed",
            "lapsed",
            "escalated",
        ]
        assert (await kinds(one, number)).count("lapsed") == 1
        await one.lapse(number)
        assert (await kinds(one, number)).count("lapsed") == 1
        actors = [record.actor for record in outcome.records]
        assert set(actors[:3]) == {"system"} != set(actors[3:])


@pytest.mark.parametrize("act", ["convert", "withdraw"])
async def test_nor_does_what_the_citizen_does_while_waiting(dsn: str, act: str) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock) as one:
        number = await one.ask(WANG)
        clock.move(HOUR)
        action, rule, actor, args = late_act(one, act)
        await one.act(action, rule, number, actor, *args)
        assert (await kinds(one, number)).count("lapsed") == 1


async def test_what_is_done_in_time_or_refused_says_nothing_of_it(dsn: str) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock) as one:
        number = await one.meet(WANG, CHEN)
        clock.move(HOUR - timedelta(milliseconds=1))
        await one.say(CHEN, number, "a-1", "可以投诉。", answer=True)
        clock.move(HOUR)
        assert ladder.overdue((await one.lapse(number)).ticket, clock.now()) == []
        assert "lapsed" not in await kinds(one, number)
