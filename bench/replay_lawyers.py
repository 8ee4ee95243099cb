"""Lawyers who answer: how they behave, on the same timetable as those who ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from .client import Link, Lost
from .replay_citizens import Timetable

ASK_BACK = "请问事情发生在什么时候，手里有哪些凭证？"
SECOND_ANSWER = "请先整理好身份证明、往来记录和付款凭证，按时间顺序列一份清单，再去办理。"
GREETING = "您好，您的问题我已看到，请稍等，我来为您解答。"


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
