"""The audit of a day's replay reads every promise from the journal, and finds the one that lies between."""

from __future__ import annotations

from datetime import timedelta

from bench.replay_audit import audit
from chatserver.rules import asking, experts, promising
from tests.casework.road import Road, SetClock, road
from tests.cast import CHEN, LI, QIAN, WANG

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def ends(one: Road, *numbers: str) -> dict[str, dict[str, int]]:
    found = await audit(one.db, list(numbers), one.clock.now())
    return {clock: dict(ended) for clock, ended in found.ended.items()}


async def lapses(one: Road, *numbers: str) -> None:
    """Whatever has fallen due."""
    for number in numbers:
        for _ in range(4):
            await one.lapse(number)


async def test_a_promise_is_kept_put_off_or_passed_on(dsn: str) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock) as one:
        kept, put_off = await one.meet(WANG, CHEN), await one.meet(LI, CHEN, "q-2")
        late, left = await one.ask(WANG, "q-3"), await one.ask(LI, "q-4")
        clock.move(50 * MINUTE)
        await one.say(CHEN, kept, "a-1", "可以投诉。", answer=True)
        at = clock.now() + HOUR
        await one.act("schedule", promising.schedule, put_off, one.actor(CHEN), at, "核对材料。")
        await one.act("withdraw", asking.withdraw, left, one.actor(LI))
        clock.move(HOUR)
        await lapses(one, late, put_off)
        numbers = (kept, put_off, late, left)
        assert await ends(one, *numbers) == {
            "live_answer": {"kept": 1, "promised": 1, "escalated": 1, "withdrawn": 1},
            "promise": {"escalated": 1},
        }
        found = await audit(one.db, list(numbers), clock.now())
        assert found.between == 0 and sorted(found.late) == [0.0, 50 * 60.0]


async def test_what_ran_out_unseen_lies_between(dsn: str) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock) as one:
        number = await one.meet(WANG, CHEN)
        clock.move(HOUR - MINUTE)
        assert await ends(one, number) == {"live_answer": {"runs": 1}}
        clock.move(2 * MINUTE)
        assert await ends(one, number) == {"live_answer": {"between": 1}}
        found = await audit(one.db, [number], clock.now())
        assert found.between == 1 and found.wrong == [f"{number}: live_answer"]


async def test_what_was_passed_on_and_fell_silent_without_an_answer_is_told_apart(dsn: str) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock) as one:
        number = await one.meet(WANG, CHEN)
        clock.move(HOUR)
        await lapses(one, number)
        await one.say(CHEN, number, "l-1", "您好，我在看。")
        id = f"{number}.1"
        await one.act("panel", experts.claim, number, one.actor(QIAN), id)
        await one.act("panel", experts.opinion, number, one.actor(QIAN), id, "可以。")
        await one.say(CHEN, number, "l-2", "请问还在吗？")
        clock.move(HOUR)
        await lapses(one, number)
        clock.move(HOUR)
        await lapses(one, number)
        assert await ends(one, number) == {"live_answer": {"escalated, unanswered": 1}}
