"""Numbers without gaps, everybody's order kept, and one caller's trouble nobody else's."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any

from chatserver.rules import answering
from chatserver.rules.articles import Refused
from chatserver.rules.events import Event
from chatserver.rules.events_talk import Noticed, Sent
from chatserver.rules.people import SYSTEM
from chatserver.store import archive
from tests.casework.road import Road, refused, road
from tests.cast import CHEN, LI, LIU, WANG, ZHAO


async def test_five_hundred_calls_at_once_leave_no_gap_and_keep_every_clients_order(
    one: Road,
) -> None:
    numbers = [await one.meet(WANG, CHEN, f"q-{turn}") for turn in range(3)]
    chance = random.Random(7)
    waiting: dict[tuple[str, str], list[asyncio.Future[Any]]] = {}
    for turn in range(500):
        person, number = chance.choice((WANG, CHEN)), chance.choice(numbers)
        line = one.say_later(person, number, f"m-{turn}", f"第{turn}句")
        waiting.setdefault((person.login, number), []).append(line)
    for lines in waiting.values():
        seqs = [outcome.own.seq for outcome in await asyncio.gather(*lines)]
        assert seqs == sorted(seqs)
    for number in numbers:
        stored = await one.seqs(number)
        assert stored == list(range(1, len(stored) + 1))
    rows = await one.fetch("select count(*) from messages")
    assert rows[0]["count"] == 500 + 3 + 3, "lines, questions and risk notices"
    assert not await archive.verify(one.db)


async def test_what_waits_goes_into_one_transaction(one: Road) -> None:
    numbers = [await one.ask(WANG, f"q-{turn}") for turn in range(4)]
    before = await one.fetch("select count(*) from hints")
    lines = [one.say_later(WANG, n, f"c-{turn}", "x") for turn in range(25) for n in numbers]
    await asyncio.gather(*lines)
    after = await one.fetch("select count(*) from hints")
    assert after[0]["count"] - before[0]["count"] <= 2, "a hundred calls, one or two commits"


async def test_a_refused_call_touches_only_its_caller(one: Road) -> None:
    number = await one.ask(WANG)
    calls = [
        one.say_later(ZHAO, number, "c-1", "x") if turn % 2 else
        one.say_later(WANG, number, f"c-{turn}", "x")
        for turn in range(10)
    ]  # fmt: skip
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(outcome, Refused) for outcome in outcomes] == [False, True] * 5
    assert await one.seqs(number) == list(range(1, 7))


def poisoned(*events: Event) -> Any:
    return lambda ticket, now, actor, *args: list(events)


POISON = {
    "the database refuses it": poisoned(Sent("citizen", "x", "a\x00b")),
    "the database refuses the second of two": poisoned(
        Sent("citizen", "好", "fine"), Sent("citizen", "x", "a\x00b")
    ),
    "it cannot be written down": poisoned(
        Noticed("system", "好", "n-1", notice="callback"), Sent("citizen", "\ud800", "bad")
    ),
    "its id was used": poisoned(Sent("citizen", "x", "q-1")),
    "its rule fails": lambda ticket, now, actor, *args: 1 / 0,
}


async def test_a_poisoned_call_hurts_none_of_its_neighbours(one: Road) -> None:
    number, other = await one.ask(WANG), await one.ask(LI)
    for turn, rule in enumerate(POISON.values()):
        good = [one.say_later(WANG, number, f"a-{turn}-{n}", "x") for n in range(3)]
        bad = one.say_later(WANG, number, f"bad-{turn}", "x", rule=rule)
        good += [one.say_later(WANG, number, f"b-{turn}-{n}", "x") for n in range(3)]
        good.append(one.say_later(LI, other, f"c-{turn}", "x"))
        assert (await refused(bad)).code == "unavailable"
        await asyncio.gather(*good)
    assert await one.seqs(number) == list(range(1, 6 * len(POISON) + 2))
    assert await one.seqs(other) == list(range(1, len(POISON) + 2))
    assert not await archive.verify(one.db)


async def test_opening_numbers_leave_no_gap_across_processes_and_rollbacks(dsn: str) -> None:
    async with road(dsn) as one, road(dsn, process="two") as two:
        calls = []
        for turn in range(40):
            each = (one, two)[turn % 2]
            calls.append(each.open(WANG if turn % 3 else LI, f"q-{turn}"))
            if turn % 5 == 0:
                calls.append(each.open(WANG, f"bad-{turn}\x00"))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        opened = [o.ticket.number for o in outcomes if not isinstance(o, BaseException)]
        assert sorted(int(number[11:17]) for number in opened) == list(range(1, 41))
        assert not await archive.verify(one.db)


async def test_serials_begin_anew_at_midnight_in_beijing(one: Road) -> None:
    one.clock.instant = one.clock.instant.replace(hour=15, minute=59)
    assert (await one.ask(WANG, "q-1")).startswith("BJ20261123-000001")
    assert (await one.ask(WANG, "q-2")).startswith("BJ20261123-000002")
    one.clock.move(timedelta(minutes=1))
    assert (await one.ask(WANG, "q-3")).startswith("BJ20261124-000001")


async def test_two_processes_always_see_each_others_writes(dsn: str) -> None:
    async with road(dsn) as one, road(dsn, process="two") as two:
        number = await one.meet(WANG, CHEN)
        for turn in range(15):
            said = await one.say(WANG, number, f"c-{turn}", "问")
            answered = await two.say(CHEN, number, f"l-{turn}", "答", answer=turn % 3 == 0)
            assert said.own is not None and answered.own is not None
            assert answered.ticket.entry > said.ticket.entry
            again = await two.say(WANG, number, f"c-{turn}", "问")
            assert again.own == said.own
        stored = await one.seqs(number)
        assert stored == list(range(1, len(stored) + 1))
        assert not await archive.verify(one.db)


async def test_of_two_processes_one_lawyer_wins(dsn: str) -> None:
    async with road(dsn) as one, road(dsn, process="two") as two:
        for turn in range(10):
            number = await one.ask(WANG, f"q-{turn}", kind="message")
            claims = [
                each.act("claim", answering.claim, number, each.actor(person))
                for each, person in ((one, CHEN), (two, LIU))
            ]
            outcomes = await asyncio.gather(*claims, return_exceptions=True)
            assert sum(not isinstance(outcome, Refused) for outcome in outcomes) == 1


async def test_a_write_under_an_old_ownership_is_refused(dsn: str) -> None:
    async with road(dsn) as one, road(dsn, process="two") as two:
        number = await one.meet(WANG, CHEN)
        held = (await one.say(CHEN, number, "l-1", "您好")).ticket.epoch
        await two.act("hand_over", answering.hand_over, number, SYSTEM, held)
        assert (await refused(one.say(CHEN, number, "l-2", "还在"))).code == "not_found"
        await two.offer(CHEN, number)
        await two.accept(CHEN, number)

        def late(ticket: Any, now: Any, actor: Any, id: str, body: str) -> Any:
            return answering.send(ticket, now, actor, id, body, held)

        assert (await refused(one.say(CHEN, number, "l-3", "迟到", rule=late))).code == "conflict"
        await one.act("hand_over", answering.hand_over, number, SYSTEM, held)
        assert (await one.say(CHEN, number, "l-4", "继续")).ticket.assignee == CHEN.staff_no


async def test_a_deadline_fires_once_however_many_processes_look(dsn: str) -> None:
    async with road(dsn) as one, road(dsn, process="two") as two:
        number = await one.ask(WANG)
        await one.offer(CHEN, number)
        assert (await one.lapse(number)).records == ()
        for each in (one, two):
            each.clock.move(one.figures.offer_timeout)
        outcomes = await asyncio.gather(*(each.lapse(number) for each in (one, two) * 10))
        assert sum(len(outcome.records) for outcome in outcomes) == 1


async def test_a_call_that_fails_half_way_leaves_no_half(one: Road) -> None:
    number = await one.ask(WANG)
    rule = POISON["it cannot be written down"]
    good = one.say_later(WANG, number, "c-1", "x")
    bad = one.say_later(WANG, number, "c-2", "x", rule=rule)
    assert (await refused(bad)).code == "unavailable"
    await good
    assert not await archive.verify(one.db)
    await one.say(WANG, number, "c-3", "x")
    assert await one.seqs(number) == [1, 2, 3]
