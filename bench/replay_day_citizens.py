"""Citizens of a day in the life: they give up, make a wait a written question, and are called back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .replay_citizens import FOLLOW_UP, REPLY, Citizen


@dataclass
class DayCitizen(Citizen):
    """May give up, or make the wait a message; who is not satisfied is called back and rates again."""

    offered: bool = False
    callback: str = ""

    async def ask(self, id: str) -> None:
        """The whole visit, however long it lasts."""
        self.link.on_event = self._heard
        try:
            await self._open(id)
        except RuntimeError as error:
            if "in_litigation" not in str(error):
                raise
            self.visit.outcome = "turned away"  # a case number in the text: asked, not opened
            return
        await self._first_answer(id)
        if not self.answers:
            return
        await self.timetable.sleep(30, 300)
        if self.timetable.happens(0.15) and not self.closed:
            before = self.answers
            await self._say(f"{id}-more", FOLLOW_UP)
            await self._until(lambda: self.answers > before or self.closed)
        self.visit.satisfied = self.timetable.happens(0.85)
        rating = {"number": self.number, "satisfied": self.visit.satisfied}
        rated = await self._try("ticket:rate", rating)
        if rated and not self.visit.satisfied:
            await self._called_back(rated["ticket"])

    async def _first_answer(self, id: str) -> None:
        replies = 0
        while not (self.answers or self.closed):
            await self._until(
                lambda: self.answers or self.closed or self.asked_back or self.offered
            )
            if self.offered:
                self.offered = False
                if self.timetable.happens(0.4):
                    await self._try("ticket:convert", {"number": self.number})
                elif self.timetable.happens(0.1):
                    await self._try("ticket:withdraw", {"number": self.number})
            if self.asked_back and not self.closed:
                self.asked_back = False
                replies += 1
                await self.timetable.sleep(60, 1200)
                await self._say(f"{id}-reply-{replies}", REPLY)

    async def _called_back(self, ticket: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        span = datetime.fromisoformat(ticket["callback_due_at"]) - now
        at = now + span * self.timetable.chance.uniform(0.3, 0.8)
        who = self.timetable.chance.choices(("same", "another", "expert"), (6, 3, 1))[0]
        choice = {"number": self.number, "at": at.isoformat(), "who": who}
        if await self._try("callback:choose", choice):
            await self._until(lambda: self.callback == "done")
            satisfied = self.timetable.happens(0.8)
            await self._try("ticket:rate", {"number": self.number, "satisfied": satisfied})

    async def _try(self, event: str, payload: dict[str, Any]) -> Any:
        """The acknowledgement, or None where somebody was quicker."""
        answer = await self.link.call(event, payload)
        if answer["ok"]:
            return answer
        if answer["error"]["code"] != "conflict":
            raise RuntimeError(f"{event}: {json.dumps(answer['error'], ensure_ascii=False)}")
        return None

    def _heard(self, packet: bytes) -> None:
        name, body = json.loads(packet)
        if name == "message:new" and body["notice"] == "convert_offered":
            self.offered = True
        super()._heard(packet)

    def _update(self, ticket: dict[str, Any]) -> None:
        super()._update(ticket)
        self.closed = ticket["state"] == "closed"
        self.callback = (ticket["callback"] or {}).get("state", "")
