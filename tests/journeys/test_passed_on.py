"""A ticket is passed on by who holds it, to who is there; who gave it away is asked last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chatserver.config import Config
from tests.cast import CHEN, LIU, QIAN, WANG
from tests.clients import QUESTION, Running, ask, meet, running

INHERITANCE = QUESTION | {"category": "inheritance"}


async def test_a_ticket_goes_to_a_lawyer_on_duty_and_to_nobody_else(server: Running) -> None:
    wang, chen, liu = [await server.sit(who) for who in (WANG, CHEN, LIU)]
    number = await meet(wang, chen)

    async def refused(who: Any, staff_no: str) -> dict[str, Any]:
        return await who.refused("ticket:transfer", number=number, to={"staff_no": staff_no})

    # A stranger learns neither of the ticket nor of who is on duty.
    for staff_no in (CHEN.staff_no, LIU.staff_no, "L9999"):
        assert staff_no and (await refused(liu, staff_no))["code"] == "not_found"
    for nobody in ("L9999", QIAN.staff_no):
        assert nobody and (await refused(chen, nobody))["code"] == "not_found"
    assert (await refused(chen, ""))["code"] == "not_found"
    assert LIU.staff_no and CHEN.staff_no
    away = await refused(chen, LIU.staff_no)
    assert (away["code"], away["details"]) == ("conflict", {"state": "active"})
    assert (await refused(chen, CHEN.staff_no))["code"] == "invalid"
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await chen.ok("ticket:schedule", number=number, promised_at=soon, explanation="需要查阅")
    assert (await refused(chen, LIU.staff_no))["details"] == {"state": "scheduled"}
    await liu.ok("duty:set", status="on")
    to = {"staff_no": LIU.staff_no}
    given = (await chen.ok("ticket:transfer", number=number, to=to, note="请接手"))["ticket"]
    assert (given["state"], given["assignee"]) == ("queued", None)
    await liu.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)


async def test_who_gave_a_ticket_away_is_asked_last(config: Config, dsn: str) -> None:
    async with running(replace(config, offer_timeout=timedelta(seconds=3)), dsn) as server:
        wang, chen, liu = [await server.sit(who) for who in (WANG, CHEN, LIU)]
        await chen.ok("duty:set", status="on")
        number = await ask(wang, "q", **INHERITANCE)
        await chen.wait("ticket:offer")
        await chen.ok("ticket:accept", number=number)
        # Chen has been idle for longer and has as much room, and would be asked first.
        await liu.ok("duty:set", status="on")
        await chen.ok("ticket:transfer", number=number, to={"queue": True})
        await liu.wait("ticket:offer", lambda it: it["ticket"]["number"] == number)
        await server.settled()
        assert len(chen.heard("ticket:offer")) == 1
        await liu.ok("ticket:decline", number=number)
        async with asyncio.timeout(8):
            while len(chen.heard("ticket:offer")) < 2:
                await asyncio.sleep(0.05)


async def test_at_the_end_of_a_clock_who_passed_the_ticket_by_is_asked_anew(
    config: Config, dsn: str
) -> None:
    figures = {"live_answer_within": timedelta(seconds=2), "offer_timeout": timedelta(seconds=60)}
    async with running(replace(config, **figures), dsn) as server:
        wang, chen = [await server.sit(who) for who in (WANG, CHEN)]
        await chen.ok("duty:set", status="on")
        number = await ask(wang)
        await chen.wait("ticket:offer")
        await chen.ok("ticket:decline", number=number)
        late = await chen.wait("ticket:offer", lambda it: it["ticket"]["clock"]["late"])
        assert late["ticket"]["number"] == number
