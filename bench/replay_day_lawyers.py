"""Lawyers of a day in the life, too few of them: live and written questions, promises kept and forgotten, clocks that
stand still, refusals, questions to the panel, and call-backs."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .replay_lawyers import ASK_BACK, GREETING, SECOND_ANSWER, Lawyer

REFERRAL = {"who": "市人力资源和社会保障局", "phone": "12333", "hours": "工作日 9:00-17:00"}
HOUR = 3600.0
#: Written questions that one lawyer has in hand: begun, asked back or promised.
MOST_WRITING = 8


@dataclass
class DayLawyer(Lawyer):
    """Takes written questions beside the live ones, puts off, forgets, refuses, asks the panel, calls back."""

    promised: int = 0
    refused: int = 0
    asked_panel: int = 0
    called_back: int = 0
    writing: int = 0
    due_calls: set[str] = field(default_factory=set)

    async def begin(self) -> None:
        """On duty, with an eye on the pool."""
        await super().begin()
        self._start(self._watch_pool())

    def _heard(self, packet: bytes) -> None:
        super()._heard(packet)
        name, body = json.loads(packet)
        if name == "ticket:update" and body["callback"] is not None:
            chosen = body["callback"]
            if chosen["state"] == "open" and chosen["who"] == "same":
                self._call_once(body["number"], chosen["at"])

    def _call_once(self, number: str, at: str | None) -> None:
        if number not in self.due_calls:
            self.due_calls.add(number)
            self._start(self._call_back(number, at))

    async def _watch_pool(self) -> None:
        """Between two live questions the message that is due first."""
        while True:
            await self.timetable.sleep(20, 60)
            if self.hands.locked() or self.writing >= MOST_WRITING:
                continue
            for ticket in (await self.link.call("pool:list", {}))["tickets"][:3]:
                number = ticket["number"]
                answer = await self.link.call("pool:claim", {"number": number})
                if answer["ok"]:
                    if (ticket["callback"] or {}).get("state") == "open":
                        self._start(self._advise_again(number))
                    else:
                        self._start(self._answer_written(number))
                    break

    async def _answer_written(self, number: str) -> None:
        self.writing += 1
        self.inbox[number] = asyncio.Queue()
        try:
            await self._consult(number, self.inbox[number])
        finally:
            self.writing -= 1
            self.inbox.pop(number, None)

    async def _consult(self, number: str, inbox: asyncio.Queue[str]) -> None:
        page = await self.link.call("ticket:sync", {"number": number, "after_seq": 0})
        if not page["ok"]:
            return
        question, kind = page["messages"][0]["body"], page["ticket"]["kind"]
        text = self.answers.get(question, SECOND_ANSWER)
        if kind == "live":
            async with self.hands:
                await self.timetable.sleep(10, 30)
                await self._write("message:send", number, "greeting", GREETING)
        chance = self.timetable.chance.random()
        if chance < 0.02:
            self.refused += 1
            await self._do("ticket:refuse", number, ground="out_of_scope", refer_to=REFERRAL)
            return
        if chance < 0.06:
            self.asked_panel += 1
            question = "实务中有不同意见，请专家组给出意见。"
            await self._do("ticket:escalate", number, ground="disputed", question=question)
            await self.timetable.sleep(600, 1500)
        elif chance < 0.12:
            if not await self._put_off(number):
                return  # forgotten
        elif chance < 0.22:
            await self._write("ticket:ask", number, "ask-1", ASK_BACK)
            await inbox.get()
        elif chance < 0.3 and kind == "live":
            await self._write("message:send", number, "ask-back", ASK_BACK)
            await inbox.get()
        async with self.hands:
            await self.timetable.sleep(20 + len(text) / 3)
            await self._give(number, "answer", text)
        await self._stay(number, inbox, kind)

    async def _put_off(self, number: str) -> bool:
        """Promised for later; one in four is not thought of again."""
        span = self.timetable.chance.uniform(1, 3) * HOUR / self.timetable.speed
        at = datetime.now(UTC) + timedelta(seconds=span)
        explanation = "需要核对有关材料，稍后答复。"
        done = await self._do(
            "ticket:schedule", number, promised_at=at.isoformat(), explanation=explanation
        )
        self.promised += done
        if done and self.timetable.happens(0.25):
            return False
        await asyncio.sleep(span * self.timetable.chance.uniform(0.4, 0.9) if done else 0)
        return True

    async def _stay(self, number: str, inbox: asyncio.Queue[str], kind: str) -> None:
        """What is asked on is answered too; a live talk is closed, a written one closes by itself."""
        patience = 600 if kind == "live" else HOUR
        try:
            async with asyncio.timeout(patience / self.timetable.speed):
                more = await inbox.get()
        except TimeoutError:
            more = ""
        if more:
            async with self.hands:
                await self.timetable.sleep(20, 60)
                await self._give(number, "answer-2", SECOND_ANSWER)
            await self.timetable.sleep(60, 120)
        if kind == "live":
            await self._do("ticket:close", number)

    async def _call_back(self, number: str, at: str | None) -> None:
        if at is not None:
            await asyncio.sleep(max(0.0, datetime.fromisoformat(at).timestamp() - time.time()))
        if self.timetable.happens(0.1):
            return  # forgotten
        if self.timetable.happens(0.15):
            for _ in range(3):
                await self._do("callback:attempt", number, note="发了消息，没有回音。")
                await self.timetable.sleep(300, 600)
            self.called_back += 1
        elif await self._do("callback:begin", number):
            await self._advise_again(number)

    async def _advise_again(self, number: str) -> None:
        async with self.hands:
            await self.timetable.sleep(60, 180)
            await self._give(number, f"again-{len(self.due_calls)}", SECOND_ANSWER)
        self.called_back += 1

    async def _give(self, number: str, id: str, text: str) -> None:
        """The answer; one that holds somebody's telephone is not taken, and is put in other words."""
        if await self._do("ticket:answer", number, id=id, body=text) or text == SECOND_ANSWER:
            self.given += 1
        else:
            await self._give(number, f"{id}-again", SECOND_ANSWER)

    async def _do(self, event: str, number: str, **more: Any) -> bool:
        """Whether it was done; what came too late or is not taken is no fault of the day."""
        answer = await self.link.call(event, {"number": number, **more})
        if not answer["ok"] and answer["error"]["code"] not in ("conflict", "not_found", "invalid"):
            raise RuntimeError(f"{event}: {json.dumps(answer['error'], ensure_ascii=False)}")
        return bool(answer["ok"])
