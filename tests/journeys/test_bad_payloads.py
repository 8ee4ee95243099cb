"""Payloads of the wrong form, size or order: an error object of section 5, and nothing changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatserver.live.server import NAMESPACES
from chatserver.store.database import Database
from tests.cast import CHEN, LI, QIAN, SUN, WANG
from tests.clients import QUESTION, Running, ask, meet

from . import shapes
from .tables import contents, owner

#: A number whose form and check character are right, and that nobody has.
MISSING = "BJ20261123-000042-5"
GOOD: dict[str, dict[str, Any]] = {
    "ticket:open": {"id": "new", **QUESTION},
    "ticket:list": {},
    "ticket:sync": {"number": "", "after_seq": 0},
    "message:send": {"number": "", "id": "new", "body": "您好"},
    "message:read": {"number": "", "seq": 1},
    "message:typing": {"number": "", "on": True},
    "ticket:convert": {"number": ""},
    "ticket:withdraw": {"number": ""},
    "ticket:rate": {"number": "", "satisfied": True},
    "duty:set": {"status": "pause"},
    "ticket:accept": {"number": ""},
    "ticket:decline": {"number": ""},
    "pool:list": {},
    "pool:claim": {"number": ""},
    "ticket:answer": {"number": "", "id": "new", "body": "可以"},
    "ticket:close": {"number": ""},
    "callback:choose": {"number": "", "at": "2027-03-01T02:00:00Z", "who": "same"},
    "ticket:appeal": {"number": "", "body": "不服"},
    "referral:confirm": {"number": ""},
    "ticket:schedule": {
        "number": "",
        "promised_at": "2027-03-01T02:00:00Z",
        "explanation": "需要核对材料",
    },
    "ticket:explain_delay": {"number": "", "id": "new", "body": "核对规定用了时间。"},
    "explanation:list": {},
    "callback:list": {},
    "ticket:ask": {"number": "", "id": "new", "body": "何时入职？"},
    "ticket:offline": {"number": ""},
    "ticket:transfer": {"number": "", "to": {"queue": True}},
    "ticket:escalate": {"number": "", "ground": "unclear", "question": "是否适用？"},
    "ticket:refuse": {"number": "", "ground": "out_of_scope", "refer_to": {"who": "市人社局"}},
    "ticket:note": {"number": "", "body": "内部"},
    "support:ask": {"number": "", "question": "如何处理？"},
    "answer:correct": {"number": "", "seq": 4, "id": "new", "body": "更正", "reason": "有误"},
    "review:accept": {"id": "no-such"},
    "answer:confirm": {"number": "", "seq": 3},
    "review:contest": {"id": "no-such"},
    "review:own": {},
    "callback:begin": {"number": ""},
    "callback:attempt": {"number": "", "note": "无人接听"},
    "draft:save": {"number": "", "body": "还没写完"},
    "draft:get": {"number": ""},
    "note:list": {"number": ""},
    "review:list": {"number": ""},
    "review:of": {"number": ""},
    "escalation:list": {},
    "escalation:claim": {"id": "no-such"},
    "escalation:opinion": {"id": "no-such", "body": "意见"},
    "escalation:pass": {"id": "no-such"},
    "escalation:bounce": {"id": "no-such", "reason": "请先核对规定"},
    "talk:list": {},
    "talk:join": {"number": ""},
    "talk:leave": {"number": ""},
    "escalation:answer": {"id": "no-such", "client_id": "new", "body": "解答"},
    "review:pass": {"number": ""},
    "review:suggest": {"number": "", "seq": 3, "body": "应改"},
}
#: What is wrong with any field of that name, whatever the event.
BAD: dict[str, list[Any]] = {
    "number": [
        *(None, 5, "", "x", [], {"$ne": None}, "BJ20261123-000042-6", "BJ20261123-000024-5"),
        *("BJ20261123-000042-5\n", "BJ20261123-000042-\x00", "bj20261123-000042-5", "\ud800"),
        *("BJ20261399-000042-8", "BJ２０２６１１２３-000042-5", "B" * 41),
    ],
    "id": [None, 5, "", "x" * 65, "a\x00", "\ud800", ["a"]],
    "body": [None, 5, "", " \n\t\u3000", "a\x00b", "\ud83d", {"text": "a"}, ["a"], True],
    "title": [5, "  ", "a\x00", "\udfff"],
    "category": [None, 5, "no-such", "", "Labour", ["labour"]],
    "kind": [None, "callback", 1],
    "on_behalf_of": [None, "neighbour", True],
    "in_litigation": [None, 0, 1, "false"],
    "after_seq": [None, -1, 1.5, "0", 2**31, 2**70],
    "limit": [0, -1, 501, "3"],
    "seq": [None, 0, -1, 1.5, "1", 2**31, 10**30, 99],
    "on": [None, 1, "true"],
    "satisfied": [None, 1, "yes"],
    "score": [0, 6, 3.5, "5", True],
    "comment": ["", "  ", 5, "a\x00"],
    "status": [None, "busy", "", "ON"],
    "open_only": [None, 1, "yes"],
    "mask": [5, [{"start": -1, "end": 1, "type": "PHONE"}], [{"start": 0}]],
    "epoch": ["1", 1.5],
    "at": [
        *(None, 5, "", "tomorrow", "2027-03-01", "2027-03-01T02:00:00", "2027-13-01T02:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
    "promised_at": [
        *(None, 5, "", "tomorrow", "2027-03-01T02:00:00", "2027-02-30T02:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
    "explanation": [None, 5, "", " \n", "a\x00", "\ud800"],
    "question": [None, 5, "", " \n", "a\x00", "\ud800"],
    "reason": [None, 5, "", " \n", "a\x00", "\ud800"],
    "note": [5, "", " \n", "a\x00", ["a"]],
    "who": [None, 1, "", "neighbour"],
    "ground": [None, 1, "", "boring"],
    "to": [
        *(None, 5, "queue", {}, {"queue": False}, {"queue": True, "category": "labour"}),
        *({"category": "no-such"}, {"staff_no": 5}, {"queue": True, "surprise": 1}),
    ],
    "refer_to": [
        *(
            5,
            {},
            {"who": ""},
            {"who": " "},
            {"who": 5},
            {"who": "a", "url": "javascript:alert(1)"},
            [],
        ),
        *({"who": "a\x00"}, {"who": "\ud800"}, {"who": "a", "where": "\x00"}, "\x00"),
    ],
    "client_id": [None, 5, "", "x" * 65, "a\x00", "\ud800"],
    "state": [5, "", "closed"],
    "wording": [5, "", " \n\t\u3000", "a\x00b", "\ud83d", ["a"], True],
    "scorecard": [5, [], "met", {"facts": "good"}, {"facts": 1}, {"style": "met"}],
    "severity": [5, "", "dreadful", None],
    "earlier": [5, {"number": MISSING}, {"number": "x", "because": "same"}],
}
OPTIONAL = {
    "ticket:open": ("title", "mask", "earlier"),
    "ticket:list": ("open_only",),
    "ticket:sync": ("limit",),
    "ticket:rate": ("score", "comment"),
    "pool:list": ("category",),
    "talk:list": ("category",),
    "escalation:pass": ("reason",),
    "message:send": ("mask", "epoch"),
    "ticket:answer": ("epoch",),
    "ticket:ask": ("epoch",),
    "ticket:transfer": ("note",),
    "ticket:refuse": ("note",),
    "review:accept": ("body",),
    "review:contest": ("body",),
    "review:suggest": ("wording", "severity", "scorecard"),
    "review:pass": ("scorecard",),
    "escalation:list": ("state",),
    "escalation:answer": ("ground",),
}
#: event, field -> what is wrong there; an id that we gave out is `not_found` when nobody has it.
BAD_THERE: dict[tuple[str, str], list[Any]] = {
    **{
        (event, "id"): [None, 5, "x" * 65, "a\x00", "\ud800", ["a"]]
        for event in (
            *("review:accept", "review:contest", "escalation:claim"),
            *("escalation:opinion", "escalation:answer", "escalation:pass", "escalation:bounce"),
        )
    },
    ("escalation:answer", "ground"): [5, "", "boring", "no_rule"],
    ("escalation:pass", "reason"): [5, "\ud800", "x" * 501],
    ("escalation:bounce", "reason"): [None, 5, ["a"], "\ud800", "a\x00b"],
    **{
        (event, "body"): [5, {"text": "a"}, True, "a\x00b"]
        for event in ("review:accept", "review:contest")
    },
    # An empty draft drops what was kept.
    ("draft:save", "body"): [None, 5, "a\x00b", "\ud83d", ["a"], True, "字" * 10_001],
    # What an escalation's id does not find has no body to look at.
    **{
        (event, "body"): [None, 5, "a\x00b", "\ud83d", ["a"], True]
        for event in ("escalation:opinion", "escalation:answer")
    },
    # What the state does not permit is said before the text is looked at.
    ("ticket:ask", "body"): [None, 5, "a\x00b", "\ud83d", ["a"], True],
    ("ticket:transfer", "note"): [5, ["a"], "\x00"],
    ("ticket:transfer", "to"): [
        *(None, 5, "queue", {}, {"queue": False}, {"staff_no": 5}, {"staff_no": "L\x00"}),
        *({"staff_no": "\ud800"}, {"queue": True, "category": "labour"}),
    ],
    ("callback:attempt", "note"): [None, 5, ["a"], "\x00"],
    ("escalation:answer", "client_id"): [None, 5, "", "x" * 65, "a\x00", "\ud800"],
}


def wrong(event: str, number: str) -> list[tuple[Any, ...]]:
    """Arguments of `event` of which each list is wrong in one way."""
    good = GOOD[event] | ({"number": number} if "number" in GOOD[event] else {})
    given: list[tuple[Any, ...]] = [
        *((), (good, good), (None,), ([good],), ("text",), (5,), (True,), ([],)),
        ({**good, "surprise": 1},),
        ({**good, "__proto__": {}},),
    ]
    for field in (name for name in good if (event, name) != ("ticket:refuse", "refer_to")):
        given.append(({name: value for name, value in good.items() if name != field},))
    for field in (*good, *OPTIONAL.get(event, ())):
        for bad in BAD_THERE.get((event, field), BAD[field]):
            if field == "category" and bad is None and event in ("pool:list", "talk:list"):
                continue
            given.append(({**good, field: bad},))
    return given


async def test_what_is_wrong_in_form_is_invalid_and_changes_nothing(
    server: Running, db: Database
) -> None:
    wang, chen, qian = [await server.sit(who) for who in (WANG, CHEN, QIAN)]
    number = await meet(wang, chen)
    await chen.ok("ticket:answer", number=number, id="l", body="可以。")
    await qian.ok("talk:join", number=number)  # who does not read along has nothing to say there
    await server.settled()
    before = await contents(db)
    tried = 0
    for seat in (wang, chen, qian):
        for event in NAMESPACES[seat.namespace][1]:
            if seat is qian and event in ("review:list", "answer:correct"):
                continue  # takes nothing there, which is good; is for experts who have answered
            for arguments in wrong(event, number):
                ack = await seat.raw(event, *arguments)
                assert ack["ok"] is False, (event, arguments)
                assert ack["error"]["code"] == "invalid", (event, arguments, ack)
                shapes.is_error(ack["error"])
                tried += 1
    assert tried > 1000
    assert await contents(db) == before
    await wang.ok("message:send", number=number, id="after", body="还在")


async def test_a_reason_for_declining_is_a_short_text_or_none(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    await chen.ok("duty:set", status="on")
    number = await ask(wang)
    await chen.wait("ticket:offer")
    for reason, code in (
        (5, "invalid"),
        ("", "invalid"),
        ("\x00", "invalid"),
        ("字" * 501, "too_large"),
    ):
        error = await chen.refused("ticket:decline", number=number, reason=reason)
        assert error["code"] == code
    await chen.ok("ticket:decline", number=number, reason=None)


async def test_a_body_has_ten_thousand_code_points_and_not_one_more(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    for letter in ("字", "😀"):
        await wang.ok("message:send", number=number, id=f"c{letter}", body=letter * 10_000)
        await chen.ok("ticket:answer", number=number, id=f"l{letter}", body=letter * 10_000)
        await ask(wang, id=f"q{letter}", body=letter * 10_000)
        for seat, event, payload in (
            (wang, "message:send", {"number": number, "id": "x"}),
            (chen, "message:send", {"number": number, "id": "x"}),
            (chen, "ticket:answer", {"number": number, "id": "x"}),
            (wang, "ticket:open", {**QUESTION, "id": "x"}),
        ):
            error = await seat.refused(event, **(payload | {"body": letter * 10_001}))
            assert error["code"] == "too_large"
            assert error["details"]["limit"] == 10_000
            shapes.is_error(error)
    said = (await wang.ok("ticket:sync", number=number, after_seq=1))["messages"]
    assert {len(message["body"]) for message in said if message["type"] != "notice"} == {10_000}


async def test_what_means_something_to_a_program_is_just_text(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    texts = [
        *("<script>alert(1)</script>", "'; drop table tickets; --", "{{7*7}} {% x %}", "%s %n"),
        *(
            "=1+1",
            "\r\nSet-Cookie: a=b",
            "\u202etxt",
            "a\u0301\u0301",
            "a\u2028b",
            "👨‍👩‍👧",
            "\\u0000",
        ),
        *('{"$ne": null}', "null", "451-[]", "\x01\x1b[31m", "\ufeff"),
    ]
    for place, body in enumerate(texts):
        await wang.ok("message:send", number=number, id=f"t'{place}\"", body=body)
    said = (await chen.ok("ticket:sync", number=number, after_seq=1))["messages"]
    assert [message["body"] for message in said] == texts


async def test_an_unknown_event_is_said_to_be_unknown_in_this_namespace(server: Running) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    for seat, event in (
        *((wang, name) for name in ("duty:set", "ticket:accept", "ticket:answer", "pool:list")),
        *((chen, name) for name in ("ticket:open", "ticket:withdraw", "ticket:rate")),
        *(
            (wang, name)
            for name in ("", "connect", "disconnect", "*", "__init__", "消息", "a" * 999)
        ),
    ):
        error = await seat.refused(event)
        assert error["code"] == "unknown_event", event
        shapes.is_error(error)


async def test_a_flood_of_refused_events_is_one_line_each_kind_and_none_of_its_words(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    wang = await server.sit(WANG)
    number = await ask(wang)
    for n in range(20):
        await wang.refused("message:send", number=number, id=f"secret-{n}", body="")
        await wang.refused("message:send", number=MISSING, id=f"secret-{n}", body="秘密")
        await wang.refused("secret:event")
    lines = [line for line in caplog.messages if line.startswith("An event was refused")]
    assert lines == [
        *("An event was refused: invalid.", "An event was refused: not_found."),
        "An event was refused: unknown_event.",
    ]
    assert not any(word in caplog.text for word in ("secret", "秘密", number, MISSING))


async def test_a_mistyped_number_is_invalid_and_a_foreign_one_is_as_if_missing(
    server: Running,
) -> None:
    wang, li = await server.sit(WANG), await server.sit(LI)
    number = await ask(wang)
    foreign = await li.raw("ticket:sync", {"number": number, "after_seq": 0})
    missing = await li.raw("ticket:sync", {"number": MISSING, "after_seq": 0})
    assert foreign == missing
    assert foreign["error"]["code"] == "not_found"
    mistyped = number[:-1] + ("0" if number[-1] != "0" else "1")
    error = await wang.refused("ticket:sync", number=mistyped, after_seq=0)
    assert error["code"] == "invalid"
    assert error["details"][0]["path"] == "$.number"


async def test_a_case_before_a_court_opens_nothing_and_is_told_where_to_go(
    server: Running, db: Database
) -> None:
    wang = await server.sit(WANG, lang="en")
    before = await contents(db)
    error = await wang.refused("ticket:open", **(QUESTION | {"id": "q", "in_litigation": True}))
    assert (error["code"], error["article"]) == ("in_litigation", 31)
    assert error["details"]["help"] and "/agreement-declined" in error["details"]["open"]
    assert await contents(db) == before
    assert await ask(wang, "q")  # its id was not used up


async def test_only_opening_asks_for_the_agreement(server: Running, db: Database) -> None:
    sun = await server.sit(SUN)
    error = await sun.refused("ticket:open", id="q", **QUESTION)
    assert (error["code"], error["article"]) == ("agreement_required", 35)
    await sun.ok("ticket:list")
    bearer = {"Authorization": f"Bearer {sun.token}"}
    async with server.http.get(f"{server.url}/api/v1/agreement") as response:
        version = (await response.json())["version"]
    url = f"{server.url}/api/v1/agreement/acceptances"
    async with server.http.post(url, json={"version": version}, headers=bearer) as response:
        assert response.status in (200, 201)
    number = await ask(sun, "q")
    async with owner(db) as connection:
        await connection.execute("delete from acceptances")
    await sun.ok("message:send", number=number, id="m", body="补充")
    assert await ask(sun, "q") == number
    error = await sun.refused("ticket:open", id="q-2", **QUESTION)
    assert error["code"] == "agreement_required"


@pytest.mark.parametrize(
    ("change", "code", "article"),
    [
        ("review = 'pending'", "identity_required", 6),
        ("blocked_until = $2", "blocked", 29),
    ],
)
async def test_opening_asks_who_one_is_and_whether_one_may(
    server: Running, db: Database, change: str, code: str, article: int
) -> None:
    wang = await server.sit(WANG)
    number = await ask(wang, "first")
    until = datetime.now(UTC) + timedelta(days=30)
    async with owner(db) as connection:
        values = [WANG.login, until] if "$2" in change else [WANG.login]
        await connection.execute(f"update accounts set {change} where login = $1", *values)
    error = await wang.refused("ticket:open", id="q", **QUESTION)
    assert (error["code"], error["article"]) == (code, article)
    if code == "blocked":
        assert shapes.instant(error["details"]["until"])
    await wang.ok("message:send", number=number, id="m", body="已经开始的可以继续")
    assert await ask(wang, "first") == number


async def test_what_this_version_does_not_offer_is_refused_and_not_ignored(
    server: Running, db: Database
) -> None:
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    mask = [{"start": 0, "end": 1, "type": "PHONE"}]
    before = await contents(db)
    for seat, event, payload in (
        (wang, "ticket:open", {**QUESTION, "id": "m", "mask": mask}),
        (wang, "ticket:open", {**QUESTION, "id": "m", "attachments": ["a"]}),
        (wang, "message:send", {"number": number, "id": "m", "body": "一", "mask": mask}),
        (chen, "message:send", {"number": number, "id": "m", "attachment": "a"}),
    ):
        error = await seat.refused(event, **payload)
        assert error["code"] == "invalid"
        shapes.is_error(error)
    assert await contents(db) == before
