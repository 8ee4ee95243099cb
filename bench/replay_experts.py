"""The panel in a day's replay, and how everybody goes home."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from .client import Lost
from .replay_lawyers import SECOND_ANSWER, Lawyer

OPINION = "可以按多数意见答复，并说明另一种意见。"


@dataclass
class DayExpert(Lawyer):
    """Claims what waits longest; advises the lawyer who asked, and answers what came too late."""

    async def begin(self) -> None:
        """At the desk until the day is over."""
        self._start(self._sit())

    async def _sit(self) -> None:
        while True:
            await self.timetable.sleep(20, 60)
            page = await self.link.call("escalation:list", {"state": "open"})
            for one in page["escalations"][:3]:
                claimed = await self.link.call("escalation:claim", {"id": one["id"]})
                if claimed["ok"]:
                    await self._settle(one)
                    break

    async def _settle(self, one: dict[str, Any]) -> None:
        number = one["ticket"]["number"]
        page = await self.link.call("ticket:sync", {"number": number, "after_seq": 0})
        text = self.answers.get(page["messages"][0]["body"], SECOND_ANSWER) if page["ok"] else ""
        await self.timetable.sleep(90, 240)
        event = "escalation:answer"
        payload = {"id": one["id"], "client_id": "expert", "body": text or SECOND_ANSWER}
        if one["reason"] == "lawyer":
            advice = {"id": one["id"], "body": OPINION}
            answer = await self.link.call("escalation:opinion", advice)
            if answer["ok"]:
                self.given += 1
                return
            # Nobody has the question any more, so nobody is to be advised.
        answer = await self.link.call(event, payload)
        if not answer["ok"] and answer["error"]["code"] == "invalid":
            answer = await self.link.call(event, payload | {"body": SECOND_ANSWER})
        self.given += answer["ok"]


async def leave(people: list[Lawyer]) -> None:
    """The day is over: what they still have in hand stays as it is."""
    for one in people:
        one.link.abort()
        for chore in list(one.chores):
            chore.cancel()
    for one in people:
        await asyncio.gather(*one.chores, return_exceptions=True)
        one.failures = [failure for failure in one.failures if Lost.__name__ not in failure]
