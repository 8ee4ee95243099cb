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
from chatserver.rules import backstage, operating, refusing
from chatserver.rules.people import actor_of
from chatserver.store import people
from chatserver.store.database import Database
from tests.cast import CHEN, EVERYBODY, FENG, HUANG, LI, QIAN, WANG, ZHOU, Person
from tests.clients import Running, Seat, ask, let_pass, meet

from .tables import owner
from .test_bad_payloads import GOOD

FIRM = "示范律师事务所"
#: What the page for consultations shows without JavaScript, besides the form.
WITHOUT_SCRIPT = ("number={number}", "list=1", "filed={number}")
#: The documents tell everybody which words there are, and nothing of anybody.
DOCUMENTS = {"/api/v1/openapi.json", "/api/v1/asyncapi.json", "/api/docs"}
#: Fixed words and forms in which staff speak of each other: why an expert answered instead of the lawyer, who
#: stood in for whom, what an expert thinks of the parts of an answer.
INSIDE = ("lawyer_wrong", "原解答有误", "L0001 -> L0003", "scorecard", "scores")
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
    suggested = {"body": "SECRET-suggestion", "wording": "SECRET-wording"}
    await qian.ok(
        "review:suggest",
        number=number,
        seq=answer["seq"],
        scorecard={"law": "not"},
        **suggested,
    )
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


async def _panel(server: Running, wang: Kept, chen: Seat, qian: Seat) -> str:
    """A written question that the panel sends back, passes on, loses and answers itself, before a colleague is
    to stand in; its number."""
    number = await ask(wang.seat, id="panel", kind="message", body="还有一份合同想问。")
    await chen.ok("pool:claim", number=number)

    async def passed_on(question: str) -> str:
        wish = {"number": number, "ground": "disputed", "question": question}
        id: str = (await chen.ok("ticket:escalate", **wish))["escalation"]["id"]
        await qian.ok("escalation:claim", id=id)
        return id

    id = await passed_on("SECRET-easy")
    await qian.ok("escalation:bounce", id=id, reason="SECRET-bounce")
    await wang.call("ticket:sync", number=number, after_seq=0)
    await wang.call("ticket:list")
    id = await passed_on("SECRET-hard")
    await qian.ok("escalation:pass", id=id, reason="SECRET-pass")
    await qian.ok("escalation:claim", id=id)
    await _act(server, "release", operating.release, number, FENG, "E0001", "SECRET-release")
    await qian.ok("escalation:claim", id=id)
    told = {"client_id": "direct", "body": "合同有效。", "ground": "lawyer_wrong"}
    await qian.ok("escalation:answer", id=id, **told)
    await wang.call("message:send", number=number, id="more", body="那违约金呢？")
    timeout = timedelta(seconds=30)
    await _act(
        server, "stand_in", backstage.stand_in, number, HUANG, "L0001", "L0003", timeout, "mediator"
    )
    return number


async def _details(db: Database, number: str) -> list[str]:
    """What the record of a ticket says, as it is kept."""
    async with owner(db) as connection:
        rows = await connection.fetch("select body from details where ticket = $1", number)
    return [bytes(row["body"]).decode() for row in rows]


async def _places(wang: Kept, li: Kept) -> None:
    """Wang waits behind Li, who goes."""
    first = await ask(li.seat, id="place")
    second = await ask(wang.seat, id="place", body="另一个问题")
    await li.call("ticket:withdraw", number=first)
    await wang.seat.wait("queue:update", lambda it: it["number"] == second)


def _addresses(path: str, numbers: tuple[str, ...]) -> list[str]:
    """Where a route's path leads, for each of these tickets."""
    if path == "/consult":
        return [
            path,
            *(f"{path}?{it.format(number=no)}" for no in numbers for it in WITHOUT_SCRIPT),
        ]
    return sorted({path.replace("{number}", no).replace("{name:.+}", "icon.svg") for no in numbers})


async def _routes(server: Running, person: Seat, numbers: tuple[str, ...]) -> dict[str, str]:
    """What every route gives that a citizen may call: good calls, and bad ones with their errors."""
    found = {}
    bearer = {"Authorization": f"Bearer {person.token}"}
    for route in ROUTES:
        if "citizen" not in route.access or route.path == "/api/v1/sessions/current":
            continue
        for path in _addresses(route.path, numbers):
            for lang in ("zh-CN", "en"):
                headers = bearer | {"Accept-Language": lang}
                async with server.http.request(
                    route.method, f"{server.url}{path}", headers=headers, allow_redirects=False
                ) as answer:
                    assert answer.status < 500, path
                    text = json.dumps(dict(answer.headers)) + await answer.text()
                    found[f"{route.method} {path} {lang}"] = text
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


def _tickets(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "explanation_owed_by" in value:
            yield value
        value = list(value.values())
    for inner in value if isinstance(value, list | tuple) else ():
        yield from _tickets(inner)


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
    other = await _panel(server, wang, chen, qian)

    for event in NAMESPACES["/citizen"][1]:
        for person in (wang, li):
            payload = GOOD[event] | ({"number": number} if "number" in GOOD[event] else {})
            await person.call(event, **payload)
            await person.call(event, **(payload | {"surprise": 1}))
    for event in sorted(set(NAMESPACES["/lawyer"][1]) | set(NAMESPACES["/expert"][1])):
        if event not in NAMESPACES["/citizen"][1]:
            assert (await wang.call(event, number=number))["error"]["code"] == "unknown_event"
    for person in (wang, li):
        pages = await _routes(server, person.seat, (number, other))
        heard += [text for name, text in pages.items() if name.split()[1] not in DOCUMENTS]
        for no in (number, other):
            for asked in WITHOUT_SCRIPT:
                shown = pages[f"GET /consult?{asked.format(number=no)} en"]
                assert (no in shown) == (person is wang), "else nothing is searched there"
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
        for word in INSIDE:
            assert word not in text, f"{word} in {text[:300]}"
    for ticket in _tickets(heard):
        assert ticket["explanation_owed_by"] == [], ticket
        assert (ticket["escalation"] or {"how": None})["how"] != "bounced", ticket
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
    for said in ("note", "opinion", "bounce", "wording"):
        assert f"SECRET-{said}" in staff, "else nothing was there to find"
    kept = str([*await _details(db, number), *await _details(db, other)])
    for word in ("SECRET-pass", "SECRET-release", "lawyer_wrong", "L0001 -> L0003", "scores"):
        assert word in kept, "else nothing was there to find"
