"""Clients that never give up: they connect again, catch up, and send again under the same ids."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from bench.client import Link, Lost, Refused
from tests.journeys.history import Entry, History, Stored

#: What an attempt may end with while a server dies or is not up yet.
CUT = (OSError, EOFError, Lost, TimeoutError)
#: Refusals that say "later".
LATER = {"unavailable", "rate_limited"}
ANSWER_WITHIN = 5.0


@dataclass
class Waiting:
    """A message sent and not yet acknowledged."""

    ticket: str
    id: str
    body: str


@dataclass
class Patient:
    """One person with one connection at a time. `seen` is what is known without gap, by ticket."""

    name: str
    author: str
    namespace: str
    token: str
    port: int
    history: History
    chance: random.Random
    seen: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    waiting: list[Waiting] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    home: asyncio.Event = field(default_factory=asyncio.Event)
    acked: int = 0
    lines: int = 0
    sent: int = 0
    link: Link | None = None
    chores: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Speaks until `done`, is `quiet` when all is acknowledged, catches up and goes `home`."""
        while True:
            try:
                self.link = await Link.open(
                    "127.0.0.1", self.port, self.namespace, {"token": self.token}, timeout=5
                )
            except Refused as refused:
                if not _passing(refused.error):
                    raise
                await asyncio.sleep(0.1)
                continue
            except CUT:
                await asyncio.sleep(0.05)
                continue
            try:
                if await self._stay(self.link):
                    return
            except CUT:
                pass
            finally:
                for chore in self.chores:
                    chore.cancel()
                self.link.abort()

    async def _stay(self, link: Link) -> bool:
        line = self._line()
        link.on_event = lambda packet: self._pushed(link, line, *json.loads(packet))
        await self.arrive(link)
        for ticket in list(self.seen):
            await self.catch_up(link, ticket)
        while self.waiting or not self.done.is_set():
            if not self.waiting:
                self._think()
            await self._send_all(link)
            await asyncio.sleep(self.chance.uniform(0, 0.15))
        self.quiet.set()
        await self.home.wait()
        for ticket in list(self.seen):
            await self.catch_up(link, ticket)
        return True

    async def arrive(self, link: Link) -> None:
        """What comes first on every connection."""

    def _think(self) -> None:
        """A burst of one to three new lines."""
        if not self.held:
            return
        ticket = self.chance.choice(sorted(self.held))
        for _ in range(self.chance.randint(1, 3)):
            self.sent += 1
            line = Waiting(ticket, f"{self.name}-{self.sent}", f"{self.name}的第{self.sent}句话")
            self.waiting.append(line)
            self._note("invoke", line)

    async def _send_all(self, link: Link) -> None:
        """Everything that waits, in order, without waiting in between; now and then one twice."""
        batch = list(self.waiting)
        if batch and self.chance.random() < 0.05:
            batch.append(batch[0])
        answers = await asyncio.gather(
            *(self._ask(link, "message:send", _payload(line)) for line in batch),
            return_exceptions=True,
        )
        for line, answer in zip(batch, answers, strict=True):
            if isinstance(answer, CUT):
                self._note("info", line)
            elif isinstance(answer, BaseException):
                raise answer
            elif answer["ok"]:
                self._note("ok", line, answer["seq"])
                self.acked += 1
                if line in self.waiting:
                    self.waiting.remove(line)
            else:
                assert _code(answer["error"]) in LATER, (line, answer)
                self._note("fail", line)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    def _ask(self, link: Link, event: str, payload: Any) -> Awaitable[Any]:
        return link.call(event, payload, ANSWER_WITHIN)

    def _note(self, type: str, line: Waiting, seq: int = 0) -> None:
        self.history.add(Entry(self.name, type, line.ticket, self.author, line.id, seq, line.body))

    # Hearing

    def _line(self) -> int:
        self.lines += 1
        return self.lines

    def _pushed(self, link: Link, line: int, name: str, body: Any) -> None:
        if name == "message:new":
            gap = body["seq"] > self.seen.get(body["ticket"], 0) + 1
            self._heard(body, line)
            if gap:
                self._later(self.catch_up(link, body["ticket"]))

    def _later(self, work: Any) -> None:
        async def through() -> None:
            try:
                await work
            except CUT:
                pass

        chore = asyncio.ensure_future(through())
        self.chores.add(chore)
        chore.add_done_callback(self.chores.discard)

    def _heard(self, message: dict[str, Any], line: int) -> None:
        stored = stored_of(message)
        self.history.add(
            Entry(
                self.name,
                "recv",
                stored.ticket,
                stored.author,
                stored.id,
                stored.seq,
                stored.body,
                line,
            )
        )
        if stored.seq == self.seen.get(stored.ticket, 0) + 1:
            self.seen[stored.ticket] = stored.seq

    async def catch_up(self, link: Link, ticket: str) -> None:
        """Fetches what is missing, page by page."""
        more = True
        while more:
            page = {"number": ticket, "after_seq": self.seen.setdefault(ticket, 0)}
            answer = await self._ask(link, "ticket:sync", page)
            if not answer["ok"]:
                assert _code(answer["error"]) in LATER, answer
                await asyncio.sleep(0.1)
                continue
            line = self._line()
            for message in answer["messages"]:
                self._heard(message, line)
            more = answer["more"]


@dataclass
class PatientCitizen(Patient):
    """Asks one question, again and again until it is acknowledged, and goes on talking in it."""

    async def arrive(self, link: Link) -> None:
        question = {
            "id": f"open-{self.name}",
            "kind": "live",
            "category": "labour",
            "body": f"{self.name}被拖欠工资，应当先仲裁还是先起诉？",
            "on_behalf_of": "self",
            "in_litigation": False,
        }
        while not self.held:
            answer = await self._ask(link, "ticket:open", question)
            if answer["ok"]:
                first = Waiting(answer["ticket"]["number"], question["id"], question["body"])
                self._note("invoke", first)
                self._note("ok", first, 1)
                self.held.add(first.ticket)
                self.seen.setdefault(first.ticket, 0)
            else:
                assert _code(answer["error"]) in LATER, answer
                await asyncio.sleep(0.1)


@dataclass
class PatientLawyer(Patient):
    """On duty whenever connected; accepts every offer, reads and speaks in what they hold."""

    async def arrive(self, link: Link) -> None:
        await self._ask(link, "duty:set", {"status": "on"})
        listed = await self._ask(link, "ticket:list", {})
        for ticket in listed.get("tickets", ()):
            if ticket["state"] != "queued":
                self._take(ticket["number"])

    def _take(self, number: str) -> None:
        self.held.add(number)
        self.seen.setdefault(number, 0)

    def _pushed(self, link: Link, line: int, name: str, body: Any) -> None:
        if name == "ticket:offer":
            self._later(self._accept(link, body["ticket"]["number"]))
        elif name == "duty:update" and body["duty"]["status"] == "pause":
            self._later(self._ask(link, "duty:set", {"status": "on"}))
        else:
            super()._pushed(link, line, name, body)

    async def _accept(self, link: Link, number: str) -> None:
        answer = await self._ask(link, "ticket:accept", {"number": number})
        if answer["ok"]:
            self._take(number)
            await self.catch_up(link, number)


def stored_of(message: dict[str, Any]) -> Stored:
    """A message of the contract as the checker sees it."""
    author = message["author"]
    key = author["staff_no"] or author["kind"]
    return Stored(message["ticket"], message["seq"], key, message["id"] or "", message["body"])


def _payload(line: Waiting) -> dict[str, str]:
    return {"number": line.ticket, "id": line.id, "body": line.body}


def _passing(error: Any) -> bool:
    """Whether a refused connection may be tried again: an HTTP head or a connect error."""
    if isinstance(error, str):
        return error.startswith(("HTTP/1.1 503", "HTTP/1.1 429"))
    return _code(error) in LATER


def _code(error: Any) -> str:
    """The code of an error object, also inside a connect error."""
    error = error.get("data", error) if isinstance(error, dict) else {}
    return str(error.get("code"))
