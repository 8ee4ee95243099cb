"""What a round of the router reads of the queue: what can be offered, and nothing that stands in its way."""

from __future__ import annotations

from datetime import timedelta

from chatserver.rules import answering
from chatserver.rules.routing import OnDuty, assign, heads
from chatserver.store import presence
from tests.casework.road import START, Road, road
from tests.cast import CHEN, LIU, WANG

SPARE = 2
CHEN_THERE = OnDuty("L0001", frozenset({"labour"}), 1, START)
LATER = timedelta(seconds=30)


async def offers(one: Road, *lawyers: OnDuty) -> list[tuple[str, str]]:
    now = one.clock.now()
    head = heads(["labour", "family"], lawyers, SPARE)
    return assign(await presence.waiting(one.db, head, lawyers, now), lawyers, now)


async def declined(one: Road, count: int) -> list[str]:
    """So many labour questions, all passed by by Chen."""
    numbers = [await one.ask(WANG, f"d{place}") for place in range(count)]
    for number in numbers:
        await one.offer(CHEN, number)
        await one.act("decline", answering.decline, number, one.actor(CHEN), None, LATER)
    return numbers


async def test_what_was_declined_does_not_stand_before_those_behind_it(dsn: str) -> None:
    async with road(dsn) as one:
        first, *_ = await declined(one, SPARE + 3)
        behind = await one.ask(WANG, "behind")
        assert await offers(one, CHEN_THERE) == [(behind, "L0001")]
        # Somebody else can take what Chen declined; the next round reads on.
        liu = OnDuty("L0002", frozenset(), 1, START)
        assert await offers(one, CHEN_THERE, liu) == [(first, "L0002")]
        full = OnDuty("L0002", frozenset(), 0, START)
        assert await offers(one, CHEN_THERE, full) == [(behind, "L0001")]
        one.clock.move(LATER)
        assert await offers(one, CHEN_THERE) == [(first, "L0001")]


async def test_whose_answer_was_not_understood_is_asked_though_all_others_passed_it_by(
    dsn: str,
) -> None:
    async with road(dsn) as one:
        earlier = await one.meet(WANG, LIU, "e")
        await one.say(LIU, earlier, "a", "可以申请劳动仲裁。", answer=True)
        again = await one.ask(WANG, "again", earlier=earlier, because="not_understood")
        await one.offer(CHEN, again)
        await one.act("decline", answering.decline, again, one.actor(CHEN), None, LATER)
        liu = OnDuty(LIU.staff_no or "", frozenset({"family"}), 1, START)
        assert await offers(one, CHEN_THERE, liu) == [(again, liu.staff_no)]
        # Once only: after that nobody there can be offered it yet.
        await one.offer(LIU, again)
        await one.act("decline", answering.decline, again, one.actor(LIU), None, LATER)
        assert (
            await presence.waiting(
                one.db, heads(["labour"], [CHEN_THERE], SPARE), [CHEN_THERE, liu], one.clock.now()
            )
            == []
        )
