"""The watch over lost lawyers looks once and acts one by one: who is back meanwhile stays on duty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chatserver.store import presence
from chatserver.timers.custody import Custody
from tests.casework.road import road
from tests.cast import CHEN, LI, LIU, WANG

SECOND = timedelta(seconds=1)


async def test_who_comes_back_while_others_are_relieved_stays_on_duty(dsn: str) -> None:
    async with road(dsn) as one:
        chen, liu = CHEN.staff_no or "", LIU.staff_no or ""
        for staff_no in (chen, liu):
            await presence.renew(one.db, "one", {staff_no: 1}, one.clock.now())
            await presence.set_duty(one.db, staff_no, "on", one.clock.now())
        await one.meet(WANG, CHEN)
        kept = await one.meet(LI, LIU)
        announced: list[str] = []

        async def announce(staff_no: str) -> None:
            announced.append(staff_no)

        class Watch(Custody):
            async def _act(self, action: str, rule: Any, row: Any) -> None:
                assert row["assignee"] == chen
                await super()._act(action, rule, row)
                await presence.renew(one.db, "two", {liu: 1}, one.clock.now())
                one.clock.move(SECOND)

        one.clock.move(one.figures.reconnect_grace + 60 * SECOND)
        await Watch(one.db, one.casework, one.clock, one.figures, announce).look()
        assert [row["number"] for row in await presence.held_by(one.db, [chen, liu])] == [kept]
        duties = await presence.duties(one.db, [chen, liu])
        assert {no: (duty.status, duty.reason) for no, duty in duties.items()} == {
            chen: ("off", "connection_lost"),
            liu: ("on", None),
        }
        assert announced == [chen]


async def test_who_has_set_duty_since_the_look_is_there(dsn: str) -> None:
    async with road(dsn) as one:
        chen, looked_at = CHEN.staff_no or "", one.clock.now()
        await presence.set_duty(one.db, chen, "on", looked_at + SECOND)
        assert await presence.lost(one.db, [chen], looked_at) == []
        assert await presence.lost(one.db, [chen], looked_at + SECOND) == [chen]
