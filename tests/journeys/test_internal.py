"""Everything that a citizen can receive is walked through, by the tables that serve it: no push, acknowledgement,
call or page holds what staff say among themselves, or anything of a member of staff but the number (17, 22, 25)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from chatserver.live import document
from chatserver.live.server import NAMESPACES
from chatserver.pages.routes import ROUTES
from chatserver.rules import backstage, refusing
from chatserver.rules.people import actor_of
from chatserver.store import people
from chatserver.store.database import Database
from tests.cast import CHEN, EVERYBODY, FENG, HUANG, LI, QIAN, WANG, ZHOU, Person
from tests.clients import Running, Seat, ask, let_pass, meet

from .tables import owner
from .test_bad_payloads import GOOD

FIRM = "示范律师事务所"
#: A routes' named parts, as a walk fills them.
NAMED = {"{number}": "", "{name:.+}": "icon.svg"}
#: Pushes that a walk of a few seconds does not bring about: the end of the process is told last.
LAST = {"server:draining"}


class Kept:
    """A seat whose acknowledgements are kept."""

    def __init__(self, seat: Seat, heard: list[Any]) -> None:
        self.seat, self.heard = seat, heard
        self.tried: set[str] = set()

    async def call(self, event: str, **payload: Any) -> dict[str, Any]:
        ack = await self.seat.call(event, **payload)
        self.tried.add(event)
        self.heard.append(ack)
        return ack


async def _act(
    server: Running, action: str, rule: Any, number: str, who: Person, *args: Any
) -> None:
    async with server.server.database.use() as connection:
        row = await connection.fetchrow("select * from accounts where login = $1", who.login)
    actor = actor_of(people.account_of(row))
    await server.server.casework.act(action, rule, number, actor, *args)


async def _behind(server: Running, chen: Seat, zhou: Seat, qian: Seat, number: str) -> None:
    """Everything that staff can say among themselves about one ticket, each marked SECRET."""
    await chen.ok("ticket:note", number=number, body="SECRET-note")
    await chen.ok("support:ask", number=number, question="SECRET-support")
    await _act(server, "support_reply", backstage.reply_support, number, HUANG, "SECRET-reply")
    await chen.refused("message:send", number=number, id="p", body="SECRET 加微信：law12345")
    await chen.ok("draft:save", number=number, body="SECRET-draft")
    ack = await chen.ok(
        "ticket:escalate", number=number, ground="disputed", question="SECRET-question"
    )
    id = ack["escalation"]["id"]
    await qian.ok("escalation:claim", id=id)
    await qian.ok("ticket:note", number=number, body="SECRET-expert-note")
    await qian.ok("escalation:opinion", id=id, body="SECRET-opinion")
    answer = await chen.ok("ticket:answer", number=number, id="a", body="可以。")
    await qian.ok("review:suggest", number=number, seq=answer["seq"], body="SECRET-suggestion")
    review = await chen.wait("review:new", lambda it: it["kind"] == "suggestion")
    await chen.ok("review:contest", id=review["id"], body="SECRET-contest")
    await chen.ok(
        "answer:correct", number=number, id="c", seq=answer["seq"], body="更正", reason="引用有误"
    )


async def _talk(server: Running, wang: Kept, chen: Seat, zhou: Seat, qian: Seat) -> str:
    """One ticket through most of what can happen to it; its number."""
    number = await meet(wang.seat, chen)
    await chen.ok("message:typing", number=number, on=True)
    await chen.ok("message:read", number=number, seq=1)
    await _behind(server, chen, zhou, qian, number)
    await wang.call("ticket:rate", number=number, satisfied=False, comment="没听懂")
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await wang.call("callback:choose", number=number, at=at, who="same")
    await chen.ok("callback:attempt", number=number, note="SECRET-attempt")
    await wang.call("message:send", number=number, id="on", body="还有一个问题")
    await let_pass(server.server, number, timedelta(hours=2))
    await chen.ok("ticket:explain_delay", number=number, id="why", body="核对规定用了时间。")
    await chen.ok("ticket:refuse", number=number, ground="abuse", note="SECRET-proposal")
    await zhou.ok("duty:set", status="on")
    to = {"staff_no": "L0003"}
    await chen.ok("ticket:transfer", number=number, to=to, note="SECRET-handover")
    await zhou.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)
    await zhou.ok("ticket:decline", number=number, reason="SECRET-decline")
    await _act(server, "decide_abuse", refusing.decide_abuse, number, FENG, False, "SECRET-finding")
    return number


async def _places(wang: Kept, li: Kept) -> None:
    """Wang waits behind Li, who goes."""
    first = await ask(li.seat, id="place")
    second = await ask(wang.seat, id="place", body="另一个问题")
    await li.call("ticket:withdraw", number=first)
    await wang.seat.wait("queue:update", lambda it: it["number"] == second)


async def _routes(server: Running, person: Seat, number: str) -> list[str]:
    """What every route gives that a citizen may call: good calls, and bad ones with their errors."""
    found = []
    bearer = {"Authorization": f"Bearer {person.token}"}
    for route in ROUTES:
        if "citizen" not in route.access or route.path == "/api/v1/sessions/current":
            continue
        path = route.path
        for name, value in NAMED.items():
            path = path.replace(name, value or number)
        for headers in (bearer, bearer | {"Accept-Language": "en"}):
            async with server.http.request(
                route.method, f"{server.url}{path}", headers=headers, allow_redirects=False
            ) as answer:
                assert answer.status < 500, path
                found.append(json.dumps(dict(answer.headers)) + await answer.text())
    return found


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str):
        yield value


async def test_nothing_internal_is_in_anything_that_a_citizen_can_receive(
    server: Running, db: Database
) -> None:
    async with server.server.database.use() as connection:
        await connection.execute(
            "update accounts set institution = $1 where role not in ('citizen', 'expert')", FIRM
        )
    heard: list[Any] = []
    wang, li = [Kept(await server.sit(who), heard) for who in (WANG, LI)]
    chen, zhou, qian = [await server.sit(who) for who in (CHEN, ZHOU, QIAN)]
    await _places(wang, li)
    number = await _talk(server, wang, chen, zhou, qian)

    for event in NAMESPACES["/citizen"][1]:
        for person in (wang, li):
            payload = GOOD[event] | ({"number": number} if "number" in GOOD[event] else {})
            await person.call(event, **payload)
            await person.call(event, **(payload | {"surprise": 1}))
    for event in sorted(set(NAMESPACES["/lawyer"][1]) | set(NAMESPACES["/expert"][1])):
        if event not in NAMESPACES["/citizen"][1]:
            assert (await wang.call(event, number=number))["error"]["code"] == "unknown_event"
    for person in (wang, li):
        heard += await _routes(server, person.seat, number)
    await server.settled()
    heard += [wang.seat.pushes, li.seat.pushes]

    assert set(NAMESPACES["/citizen"][1]) <= wang.tried & li.tried
    told = {name for name, _ in wang.seat.pushes}
    pushes = {
        told[1] for told in document.events() if told[0] == "/citizen" and told[2] == "server"
    }
    assert pushes - LAST <= told, "a push that this walk does not bring about is not searched"

    texts = list(_words(heard))
    for text in texts:
        assert "SECRET" not in text, text
    async with owner(db) as connection:
        rows = await connection.fetch("select id, login from accounts")
    account = {row["login"]: row["id"] for row in rows}
    hidden = [FIRM]
    for person in EVERYBODY:
        if person.role != "citizen":
            hidden += [person.name, account[person.login]]
    for text in texts:
        for word in hidden:
            assert word not in text, f"{word} in {text[:300]}"
    staff = json.dumps([chen.pushes, zhou.pushes, qian.pushes], ensure_ascii=False)
    assert "SECRET-note" in staff and "SECRET-opinion" in staff, "else nothing was there to find"
