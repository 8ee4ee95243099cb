"""The same id stores once, for the life of the ticket, whoever asks again and wherever."""

from __future__ import annotations

import asyncio

import pytest

from chatserver.store import archive, shelf
from tests.casework.road import Road, refused, road
from tests.cast import CHEN, LI, SUN, WANG, ZHAO


async def test_a_message_sent_again_gives_the_first_acknowledgement(one: Road) -> None:
    number = await one.meet(WANG, CHEN)
    first = await one.say(WANG, number, "c-1", "补充")
    await one.say(CHEN, number, "l-1", "收到")
    again = await one.say(WANG, number, "c-1", "补充")
    assert again.replayed and again.own == first.own
    assert await one.seqs(number) == [1, 2, 3, 4]


async def test_the_same_id_twice_in_one_batch_stores_once(one: Road) -> None:
    number = await one.ask(WANG)
    calls = [one.say_later(WANG, number, "c-1", "补充") for _ in range(5)]
    outcomes = await asyncio.gather(*calls)
    assert {outcome.own.seq for outcome in outcomes if outcome.own} == {2}
    assert await one.seqs(number) == [1, 2]


async def test_another_payload_under_the_same_id_is_refused(one: Road) -> None:
    number = await one.meet(WANG, CHEN)
    await one.say(WANG, number, "c-1", "补充")
    assert (await refused(one.say(WANG, number, "c-1", "别的"))).code == "id_reused"
    await one.say(CHEN, number, "l-1", "您好")
    as_answer = one.say(CHEN, number, "l-1", "您好", answer=True)
    assert (await refused(as_answer)).code == "id_reused"


async def test_an_id_belongs_to_its_author(one: Road) -> None:
    number = await one.meet(WANG, CHEN)
    await one.say(WANG, number, "x", "补充")
    assert (await one.say(CHEN, number, "x", "您好")).own is not None
    assert await one.seqs(number) == [1, 2, 3, 4]


async def test_the_openings_id_is_message_ones_too(one: Road) -> None:
    number = await one.ask(WANG, "q-1", body="问题")
    assert (await one.say(WANG, number, "q-1", "问题")).replayed
    assert (await refused(one.say(WANG, number, "q-1", "别的"))).code == "id_reused"


async def test_a_stranger_learns_nothing_from_an_id(one: Road) -> None:
    number = await one.ask(WANG)
    await one.say(WANG, number, "c-1", "补充")
    for body in ("补充", "别的"):
        assert (await refused(one.say(ZHAO, number, "c-1", body))).code == "not_found"


async def test_a_retry_is_answered_before_the_state_is_looked_at(one: Road) -> None:
    number = await one.meet(WANG, CHEN)
    first = await one.say(CHEN, number, "l-1", "可以仲裁", answer=True)
    await one.close(CHEN, number)
    assert (await one.say(CHEN, number, "l-1", "可以仲裁", answer=True)).own == first.own
    assert (await refused(one.say(WANG, number, "c-9", "还有"))).code == "conflict"


async def test_a_restart_forgets_no_id(dsn: str) -> None:
    async with road(dsn) as before:
        number = await before.ask(WANG)
        first = await before.say(WANG, number, "c-1", "补充")
    async with road(dsn, process="two") as after:
        again = await after.say(WANG, number, "c-1", "补充")
        assert again.replayed and again.own == first.own
        assert again.records == [first.own], "what the crash swallowed is delivered again"
        assert (await refused(after.say(WANG, number, "c-1", "别的"))).code == "id_reused"
        assert await after.ask(WANG) == number
        other = after.open(WANG, body="别的问题")
        assert (await refused(other)).code == "id_reused"


async def test_two_processes_given_the_same_message_store_it_once(dsn: str) -> None:
    async with road(dsn) as one, road(dsn, process="two") as two:
        number = await one.ask(WANG)
        for turn in range(20):
            calls = [
                each.say_later(WANG, number, f"c-{turn}", "补充") for each in (one, two, one, two)
            ]
            outcomes = await asyncio.gather(*calls)
            assert len({outcome.own.seq for outcome in outcomes if outcome.own}) == 1
        assert await one.seqs(number) == list(range(1, 22))


async def test_two_processes_given_the_same_opening_open_one_ticket(dsn: str) -> None:
    async with road(dsn) as one, road(dsn, process="two") as two:
        for turn in range(15):
            calls = (each.ask(WANG, f"q-{turn}") for each in (one, two, one))
            assert len(set(await asyncio.gather(*calls))) == 1
        rows = await one.fetch("select number from tickets order by number")
        assert [int(row["number"][11:17]) for row in rows] == list(range(1, 16))


async def test_the_same_opening_twice_in_one_batch_opens_one_ticket(one: Road) -> None:
    calls = [one.open(LI), one.open(LI), one.open(LI, body="别的问题")]
    first, second, third = await asyncio.gather(*calls, return_exceptions=True)
    assert not isinstance(first, BaseException) and not isinstance(second, BaseException)
    assert first.ticket.number == second.ticket.number and second.replayed
    assert getattr(third, "code", None) == "id_reused"


async def test_an_opening_is_answered_before_the_agreement_is_asked_for(one: Road) -> None:
    number = await one.ask(WANG)
    async with one.db.use() as connection:
        await connection.execute(
            "insert into agreements values ('2027-01', '新', '新', '2027-01-01T00:00:00Z')"
        )
    assert await one.ask(WANG) == number
    assert (await refused(one.open(WANG, "q-2"))).code == "agreement_required"


@pytest.mark.parametrize("person", [SUN, CHEN])
async def test_a_refused_opening_draws_no_number(one: Road, person: object) -> None:
    assert (await refused(one.open(person))).code in ("agreement_required", "forbidden")
    assert (await one.ask(WANG))[11:17] == "000001"


async def test_an_id_of_long_ago_is_known_although_only_the_newest_lines_are_read(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "READ", 3)
    async with road(dsn) as one, road(dsn, process="two") as other:
        number = await one.meet(WANG, CHEN)
        first = [await one.say(WANG, number, f"c-{n}", f"第{n}句") for n in range(9)]
        # The other process reads the ticket, then has it on its shelf: the long way and the short one.
        for turn in range(3):
            again = await other.say(WANG, number, "c-0", "第0句")
            assert again.replayed and again.own == first[0].own
            assert (await refused(other.say(WANG, number, "c-1", "别的"))).code == "id_reused"
            assert not other.casework.transactions.shelf.get(number).whole
            await other.say(CHEN, number, f"l-{turn}", "好")
        other.casework.transactions._shared_until = 0.0  # decided before anything is looked up
        twice = await asyncio.gather(
            *(other.say_later(WANG, number, f"c-{n}", f"第{n}句") for n in (8, 2, 3)),
            other.say_later(WANG, number, "c-9", "新的"),
        )
        assert [outcome.replayed for outcome in twice] == [True, True, True, False]
        seqs = await one.seqs(number)
        assert seqs == list(range(1, len(seqs) + 1))
        assert not await archive.verify(one.db)
