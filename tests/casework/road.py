"""A road of one's own over a real database, and the people who travel it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chatserver.calls import Call, Outcome
from chatserver.casework import Casework
from chatserver.clock import Clock
from chatserver.rules import answering, asking, deadlines, routing
from chatserver.rules.articles import Refused
from chatserver.rules.people import SYSTEM, Account, Actor, actor_of
from chatserver.rules.policy import Policy
from chatserver.rules.question import Question
from chatserver.store import people
from chatserver.store.database import Database
from chatserver.store.migrate import make_partitions
from tests.cast import Person

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BODY = "公司拖欠两个月工资，应当向哪里反映？"


class SetClock(Clock):
    """Stands still until it is moved."""

    def __init__(self, instant: datetime = START) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def move(self, by: timedelta) -> None:
        self.instant += by


@dataclass
class Road:
    """One process's road. Every method is one call on it; a refusal is raised."""

    casework: Casework
    db: Database
    clock: SetClock
    accounts: dict[str, Account]
    figures: Policy = field(default_factory=Policy)

    def actor(self, person: Person) -> Actor:
        return actor_of(self.accounts[person.login], agreed=person.agreed)

    async def open(self, person: Person, id: str = "q-1", **changes: Any) -> Outcome:
        payload = {"id": id, "kind": "live", "category": "labour", "body": BODY} | changes
        asked = Question(**payload)
        return await self.casework.open(self.actor(person), asked, digest_of(payload))

    async def ask(self, person: Person, id: str = "q-1", **changes: Any) -> str:
        """The number of a new ticket."""
        return (await self.open(person, id, **changes)).ticket.number

    async def act(
        self, action: str, rule: Callable[..., Any], number: str, actor: Actor, *args: Any
    ) -> Outcome:
        return await self.casework.act(action, rule, number, actor, *args)

    async def offer(self, person: Person, number: str) -> Outcome:
        timeout = self.figures.offer_timeout
        staff_no = person.staff_no
        return await self.act("offer", routing.offer, number, SYSTEM, staff_no, timeout)

    async def accept(self, person: Person, number: str) -> Outcome:
        return await self.act("accept", answering.accept, number, self.actor(person))

    async def meet(self, citizen: Person, lawyer: Person, id: str = "q-1") -> str:
        """The number of a ticket that `lawyer` holds."""
        number = await self.ask(citizen, id)
        await self.offer(lawyer, number)
        await self.accept(lawyer, number)
        return number

    def say_later(
        self,
        person: Person,
        number: str,
        id: str,
        body: str,
        *,
        answer: bool = False,
        rule: Callable[..., Any] | None = None,
    ) -> asyncio.Future[Outcome]:
        """Puts a line on the road at once; the future is its acknowledgement."""
        actor = self.actor(person)
        module = asking if person.role == "citizen" else answering
        rule = rule or (answering.answer if answer else module.send)
        kind = "answered" if answer else "sent"
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def hear(outcome: Outcome | Refused) -> None:
            if future.done():
                return
            if isinstance(outcome, Refused):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        action = "answer" if answer else "send"
        call = Call(action, rule, number, actor, (id, body), (id, kind, body), answer=hear)
        self.casework.submit(call)
        return future

    async def say(self, *args: Any, **named: Any) -> Outcome:
        return await self.say_later(*args, **named)

    async def close(self, person: Person, number: str) -> Outcome:
        return await self.act("close", answering.close, number, self.actor(person))

    async def lapse(self, number: str) -> Outcome:
        return await self.act("lapse", deadlines.lapse, number, SYSTEM)

    async def fetch(self, sql: str, *args: Any) -> Any:
        async with self.db.use() as connection:
            return await connection.fetch(sql, *args)

    async def seqs(self, number: str) -> list[int]:
        """The `seq` numbers stored of a ticket, in the order of their entries."""
        rows = await self.fetch("select seq from messages where ticket = $1 order by entry", number)
        return [row["seq"] for row in rows]


def digest_of(payload: dict[str, Any]) -> bytes:
    return hashlib.sha256(repr(sorted(payload.items())).encode()).digest()


async def accounts_of(db: Database) -> dict[str, Account]:
    """The cast's accounts by log-in."""
    async with db.use() as connection:
        rows = await connection.fetch("select * from accounts")
    return {row["login"]: people.account_of(row) for row in rows}


@asynccontextmanager
async def road(
    dsn: str,
    *,
    process: str = "one",
    clock: Any = None,
    away: str | None = None,
    size: int = 3,
    **figures: Any,
) -> AsyncIterator[Road]:
    """A road over `dsn`; `away` is another address that the Casework alone uses (a proxy's)."""
    db = Database(dsn, size=size)
    await db.open()
    theirs = db
    if away is not None:
        theirs = Database(away, size=1)
        theirs._settings = db._settings
    policy = replace(Policy(), **figures)
    clock = clock or SetClock()
    owner = await db.owner()
    await make_partitions(owner, clock.now().date())  # the tests' month, whatever today is
    await owner.close()
    casework = Casework(theirs, clock, policy, process)
    await casework.start()
    try:
        yield Road(casework, db, clock, await accounts_of(db), policy)
    finally:
        await casework.stop()
        await db.close()


async def refused(waiting: Any) -> Refused:
    """The refusal that this call ends with."""
    try:
        outcome = await waiting
    except Refused as error:
        return error
    raise AssertionError(f"not refused: {outcome}")
