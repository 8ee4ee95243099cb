"""Every event, by everybody who has no part in its ticket: as if there were none, and nothing stirs."""

from __future__ import annotations

from typing import Any

from chatserver.live.server import NAMESPACES
from chatserver.store.database import Database
from tests.cast import CHEN, LI, LIU, QIAN, WANG, ZHAO
from tests.clients import QUESTION, Running, meet

from .tables import contents
from .test_bad_payloads import GOOD, MISSING

#: event -> the rest of a payload with a `number` of somebody else's ticket. An event that is in
#: neither table is new, and must be entered here before it can be served.
ON_A_TICKET: dict[str, dict[str, Any]] = {
    "ticket:sync": {"after_seq": 0},
    "message:send": {"id": "x", "body": "我是谁"},
    "message:read": {"seq": 1},
    "message:typing": {"on": True},
    "ticket:convert": {},
    "ticket:withdraw": {},
    "ticket:rate": {"satisfied": True},
    "ticket:accept": {},
    "ticket:decline": {},
    "pool:claim": {},
    "ticket:answer": {"id": "x", "body": "我来答"},
    "ticket:close": {},
    **{
        event: {name: value for name, value in GOOD[event].items() if name != "number"}
        for event in (
            *(
                "callback:choose",
                "ticket:appeal",
                "referral:confirm",
                "ticket:schedule",
                "ticket:ask",
            ),
            *("ticket:offline", "ticket:transfer", "ticket:escalate", "ticket:refuse"),
            *("ticket:note", "support:ask", "answer:correct", "callback:begin"),
            *("callback:attempt", "draft:save", "draft:get", "note:list", "review:list"),
            *("review:pass", "review:suggest", "ticket:explain_delay", "answer:confirm"),
            *("talk:join", "talk:leave", "review:of"),
        )
    },
}
#: Events that name an escalation or a review, by its id.
BY_ID = (
    *("review:accept", "review:contest"),
    *("escalation:claim", "escalation:opinion", "escalation:answer", "escalation:pass"),
    "escalation:bounce",
)
#: Events that name no ticket, with a good payload; what they give must not be another's.
WITHOUT_A_TICKET: dict[str, dict[str, Any]] = {
    "ticket:open": {"id": "mine", **QUESTION},
    "ticket:list": {},
    "duty:set": {"status": "off"},
    "pool:list": {},
    "escalation:list": {},
    "explanation:list": {},
    "callback:list": {},
    "review:own": {},
    "talk:list": {},
}


async def _tickets_in_every_state(server: Running) -> dict[str, str]:
    """state -> the number of a ticket of Wang's; Chen holds what is held."""
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    found = {"active": await meet(wang, chen, "a")}
    found["answered"] = await meet(wang, chen, "b")
    await chen.ok("ticket:answer", number=found["answered"], id="l", body="可以。")
    found["closed"] = await meet(wang, chen, "c")
    await chen.ok("ticket:answer", number=found["closed"], id="l", body="可以。")
    await chen.ok("ticket:close", number=found["closed"])
    opened = await wang.ok("ticket:open", id="d", **(QUESTION | {"kind": "message"}))
    found["written"] = opened["ticket"]["number"]
    await chen.ok("pool:claim", number=found["written"])
    opened = await wang.ok("ticket:open", id="e", **QUESTION)
    found["offered"] = opened["ticket"]["number"]
    await chen.wait("ticket:offer", lambda it: it["ticket"]["number"] == found["offered"])
    return found


async def test_a_stranger_cannot_tell_a_ticket_from_none_and_hears_and_changes_nothing(
    server: Running, db: Database
) -> None:
    tickets = await _tickets_in_every_state(server)
    strangers = [await server.sit(ZHAO), await server.sit(LI), await server.sit(LIU)]
    await server.settled()
    before = await contents(db)
    for seat in strangers:
        for event in NAMESPACES[seat.namespace][1]:
            if event in WITHOUT_A_TICKET or event in BY_ID:
                continue
            assert event in ON_A_TICKET, f"{event} is not in the table"
            rest = ON_A_TICKET[event]
            missing = await seat.raw(event, {"number": MISSING, **rest})
            assert missing["error"]["code"] == "not_found"
            for state, number in tickets.items():
                if event == "pool:claim" and state == "written":
                    continue  # who comes second to a written message is told so
                ack = await seat.raw(event, {"number": number, **rest})
                assert ack == missing, (seat.person.login, event, state)
    await server.settled()
    assert await contents(db) == before
    for seat in strangers:
        assert [name for name, _ in seat.pushes if name != "duty:update"] == []


async def test_the_other_side_may_not_do_what_is_not_its_own(server: Running, db: Database) -> None:
    """The namespaces keep most of it apart; what both have is one's own side's only."""
    wang, chen = await server.sit(WANG), await server.sit(CHEN)
    number = await meet(wang, chen)
    await chen.ok("message:send", number=number, id="same", body="您好")
    await wang.ok("message:send", number=number, id="same", body="您好")
    said = (await wang.ok("ticket:sync", number=number, after_seq=2))["messages"]
    assert [message["author"]["kind"] for message in said] == ["staff", "citizen"]
    before = await contents(db)
    for seat, names in (
        (wang, set(NAMESPACES["/lawyer"][1]) - set(NAMESPACES["/citizen"][1])),
        (chen, set(NAMESPACES["/citizen"][1]) - set(NAMESPACES["/lawyer"][1])),
    ):
        for event in names:
            payload = ON_A_TICKET.get(event, WITHOUT_A_TICKET.get(event, {}))
            error = await seat.refused(event, **({"number": number} | payload))
            assert error["code"] == "unknown_event", event
    assert await contents(db) == before


async def test_what_names_no_ticket_gives_only_ones_own(server: Running) -> None:
    tickets = await _tickets_in_every_state(server)
    zhao, liu = await server.sit(ZHAO), await server.sit(LIU)
    for seat in (zhao, liu):
        for event in set(NAMESPACES[seat.namespace][1]) & set(WITHOUT_A_TICKET):
            ack = await seat.ok(event, **WITHOUT_A_TICKET[event])
            assert not any(number in str(ack) for number in tickets.values()), event
    # Zhao's own "e" is another ticket than Wang's: an opening's id is unique per account.
    mine = (await zhao.ok("ticket:open", **(QUESTION | {"id": "e"})))["ticket"]["number"]
    assert mine not in tickets.values()


async def test_every_event_that_is_served_is_in_the_tables() -> None:
    served = {event for _, verbs in NAMESPACES.values() for event in verbs}
    assert served == set(ON_A_TICKET) | set(WITHOUT_A_TICKET) | set(BY_ID)


async def test_an_expert_touches_only_what_is_escalated_or_answered(
    server: Running, db: Database
) -> None:
    tickets = await _tickets_in_every_state(server)
    qian = await server.sit(QIAN)
    await server.settled()
    before = await contents(db)
    # A talk that goes on is open to the panel's guidance (7), by an act that both sides see.
    for event in set(NAMESPACES["/expert"][1]) & set(ON_A_TICKET) - {"review:list", "talk:join"}:
        rest = ON_A_TICKET[event]
        missing = await qian.raw(event, {"number": MISSING, **rest})
        assert missing["error"]["code"] == "not_found"
        for state in ("active", "written", "offered"):
            ack = await qian.raw(event, {"number": tickets[state], **rest})
            assert ack == missing, (event, state)
    for event in set(NAMESPACES["/expert"][1]) & set(BY_ID):
        assert (await qian.refused(event, **GOOD[event]))["code"] == "not_found"
    assert await contents(db) == before
    for state in ("answered", "closed"):
        await qian.ok("ticket:sync", number=tickets[state], after_seq=0)


async def test_an_opinion_is_settled_by_no_other_lawyer(server: Running, db: Database) -> None:
    wang, chen, liu, qian = [await server.sit(who) for who in (WANG, CHEN, LIU, QIAN)]
    number = await meet(wang, chen)
    ack = await chen.ok("ticket:escalate", number=number, ground="unclear", question="是否适用？")
    id = ack["escalation"]["id"]
    await qian.ok("escalation:claim", id=id)
    await qian.ok("escalation:opinion", id=id, body="不适用。")
    review = await chen.wait("review:new")
    await server.settled()
    before = await contents(db)
    for event in ("review:accept", "review:contest"):
        missing = await liu.raw(event, {"id": "no-such"})
        assert missing["error"]["code"] == "not_found"
        assert await liu.raw(event, {"id": review["id"]}) == missing
    assert await contents(db) == before
    assert [name for name, _ in liu.pushes if name != "duty:update"] == []
