"""Citizens who ask: how they behave, on a timetable that may run faster.

All spans are seconds of the timetable; `Timetable.sleep` turns them into real ones.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .client import Link
from .questions import Question

ASK_BACK = "请问事情发生在什么时候，手里有哪些凭证？"
REPLY = "上个月的事，有聊天记录和转账记录，没有签书面文件。"
FOLLOW_UP = "明白了。那我需要先准备哪些材料？"


@dataclass(frozen=True)
class Timetable:
    """How fast time runs and who decides by chance."""

    speed: float
    chance: random.Random

    async def sleep(self, low: float, high: float | None = None) -> None:
        seconds = low if high is None else self.chance.uniform(low, high)
        await asyncio.sleep(seconds / self.speed)

    def happens(self, share: float) -> bool:
        return self.chance.random() < share


@dataclass
class Visit:
    """What one citizen experienced; moments are real time, None is never."""

    question: Question
    kind: str = "live"
    number: str = ""
    asked: float = 0.0
    accepted: float | None = None
    answered: float | None = None
    due: float | None = None
    forecast: float | None = None
    position: int | None = None
    satisfied: bool | None = None
    outcome: str | None = None
    messages: int = 0
    failure: str = ""


@dataclass
class Citizen:
    """Asks, waits, replies, reads the answer, perhaps asks once more, rates and goes."""

    link: Link
    timetable: Timetable
    visit: Visit
    patience: float
    number: str = ""
    answers: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    asked_back: bool = False

    async def ask(self, id: str) -> None:
        """The whole visit; raises `RuntimeError` with what went wrong."""
        self.link.on_event = self._heard
        await self._open(id)
        await self._until(lambda: self.answers > 0 or self.asked_back or self.closed)
        if self.asked_back and not self.closed and not self.answers:
            await self.timetable.sleep(15, 60)
            await self._say(f"{id}-reply", REPLY)
            await self._until(lambda: self.answers > 0 or self.closed)
        await self.timetable.sleep(20, 90)
        if self.timetable.happens(0.2) and not self.closed:
            before = self.answers
            await self._say(f"{id}-more", FOLLOW_UP)
            await self._until(lambda: self.answers > before or self.closed)
            await self.timetable.sleep(10, 40)
        if self.answers:
            self.visit.satisfied = self.timetable.happens(0.9)
            rating = {"number": self.number, "satisfied": self.visit.satisfied}
            await self._call("ticket:rate", rating)
            await self._until(lambda: self.closed)

    async def _open(self, id: str) -> None:
        question = self.visit.question
        self.visit.asked = time.time()
        opened = await self._call(
            "ticket:open",
            {
                "id": id,
                "kind": self.visit.kind,
                "category": question.category,
                "body": question.text,
                "on_behalf_of": "self",
                "in_litigation": False,
            },
        )
        self.number = self.visit.number = opened["ticket"]["number"]
        self._update(opened["ticket"])

    def _heard(self, packet: bytes) -> None:
        name, body = json.loads(packet)
        if name == "message:new" and body["ticket"] == self.number:
            self.visit.messages += 1
            if body["type"] == "answer":
                self.answers += 1
                self.visit.answered = self.visit.answered or time.time()
            elif body["type"] == "text" and body["body"] == ASK_BACK:
                self.asked_back = True
        elif name == "ticket:update" and body["number"] == self.number:
            self._update(body)
        self.news.set()

    def _update(self, ticket: dict[str, Any]) -> None:
        visit = self.visit
        if ticket["assignee"] and visit.accepted is None:
            visit.accepted = time.time()
        if visit.due is None and ticket["answer_due_at"]:
            visit.due = datetime.fromisoformat(ticket["answer_due_at"]).timestamp()
        if ticket["queue"] and visit.position is None:
            visit.position = ticket["queue"]["position"]
            visit.forecast = ticket["queue"]["expected_wait_s"]
        if ticket["state"] == "closed":
            self.closed = True
            visit.outcome = ticket["outcome"]

    async def _until(self, holds: Any) -> None:
        async with asyncio.timeout(self.patience):
            while not holds():
                self.news.clear()
                await self.news.wait()

    async def _say(self, id: str, body: str) -> None:
        answer = await self.link.call(
            "message:send", {"number": self.number, "id": id, "body": body}
        )
        if not answer["ok"] and answer["error"]["code"] != "conflict":
            raise RuntimeError(json.dumps(answer["error"], ensure_ascii=False))

    async def _call(self, event: str, payload: dict[str, Any]) -> Any:
        answer = await self.link.call(event, payload)
        if not answer["ok"]:
            raise RuntimeError(f"{event}: {json.dumps(answer['error'], ensure_ascii=False)}")
        return answer
