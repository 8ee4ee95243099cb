"""Citizens who ask and lawyers who answer: how people behave, on a timetable that may run faster.

All spans are seconds of the timetable; `Timetable.sleep` turns them into real ones.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .client import Link, Lost
from .questions import Question

ASK_BACK = "请问事情发生在什么时候，手里有哪些凭证？"
REPLY = "上个月的事，有聊天记录和转账记录，没有签书面文件。"
FOLLOW_UP = "明白了。那我需要先准备哪些材料？"
SECOND_ANSWER = "请先整理好身份证明、往来记录和付款凭证，按时间顺序列一份清单，再去办理。"
GREETING = "您好，您的问题我已看到，请稍等，我来为您解答。"


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
        question = self.visit.question
        self.visit.asked = time.time()
        opened = await self._call(
            "ticket:open",
            {
                "id": id,
                "kind": "live",
                "category": question.category,
                "body": question.text,
                "on_behalf_of": "self",
                "in_litigation": False,
            },
        )
        self.number = opened["ticket"]["number"]
        self._update(opened["ticket"])
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


@dataclass
class Lawyer:
    """On duty; takes most offers, lets some pass, and types one thing at a time."""

    link: Link
    timetable: Timetable
    answers: dict[str, str]
    offers: int = 0
    declined: int = 0
    ignored: int = 0
    pauses: int = 0
    given: int = 0
    hands: asyncio.Lock = field(default_factory=asyncio.Lock)
    inbox: dict[str, asyncio.Queue[str]] = field(default_factory=dict)
    chores: set[asyncio.Task[None]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        self.link.on_event = self._heard
        await self.link.call("duty:set", {"status": "on"})

    def _heard(self, packet: bytes) -> None:
        name, body = json.loads(packet)
        if name == "ticket:offer":
            self._start(self._consider(body["ticket"]["number"]))
        elif name == "message:new" and body["author"]["kind"] == "citizen":
            if body["ticket"] in self.inbox:
                self.inbox[body["ticket"]].put_nowait(body["body"])
        elif name == "duty:update" and body["duty"]["status"] == "pause":
            self.pauses += 1
            self._start(self._return())
        elif name == "ticket:update" and body["state"] == "closed":
            self.inbox.pop(body["number"], asyncio.Queue()).put_nowait("")

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        async def through() -> None:
            try:
                await work
            except (Lost, TimeoutError, RuntimeError) as error:
                self.failures.append(f"{type(error).__name__} {error}")

        task = asyncio.create_task(through())
        self.chores.add(task)
        task.add_done_callback(self.chores.discard)

    async def _return(self) -> None:
        await self.timetable.sleep(60)
        await self.link.call("duty:set", {"status": "on"})

    async def _consider(self, number: str) -> None:
        self.offers += 1
        if self.timetable.happens(0.03):
            self.ignored += 1
            return
        await self.timetable.sleep(2, 12)
        if self.timetable.happens(0.03):
            self.declined += 1
            await self.link.call("ticket:decline", {"number": number, "reason": "正在处理其他咨询"})
            return
        self.inbox[number] = asyncio.Queue()
        answer = await self.link.call("ticket:accept", {"number": number})
        if not answer["ok"]:
            self.inbox.pop(number, None)
            if answer["error"]["code"] != "conflict":
                raise RuntimeError(json.dumps(answer["error"], ensure_ascii=False))
            return
        await self._consult(number, self.inbox[number])

    async def _consult(self, number: str, inbox: asyncio.Queue[str]) -> None:
        page = await self.link.call("ticket:sync", {"number": number, "after_seq": 0})
        question = page["messages"][0]["body"]
        async with self.hands:
            await self.timetable.sleep(10, 30)
            await self._write("message:send", number, "greeting", GREETING)
        if self.timetable.happens(0.3):
            await self._write("message:send", number, "ask-back", ASK_BACK)
            await inbox.get()
        async with self.hands:
            text = self.answers.get(question, SECOND_ANSWER)
            await self.timetable.sleep(20 + len(text) / 3)
            await self._write("ticket:answer", number, "answer", text)
            self.given += 1
        try:
            async with asyncio.timeout(180 / self.timetable.speed):
                more = await inbox.get()
        except TimeoutError:
            more = ""
        if more:
            async with self.hands:
                await self.timetable.sleep(20, 40)
                await self._write("ticket:answer", number, "answer-2", SECOND_ANSWER)
            await self.timetable.sleep(60, 120)
        await self.link.call("ticket:close", {"number": number})

    async def _write(self, event: str, number: str, id: str, body: str) -> None:
        answer = await self.link.call(event, {"number": number, "id": id, "body": body})
        if not answer["ok"] and answer["error"]["code"] != "conflict":
            raise RuntimeError(f"{event}: {json.dumps(answer['error'], ensure_ascii=False)}")
