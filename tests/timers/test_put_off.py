"""Talk that puts a ticket's time off leaves the indexes alone; the clocks look too early once, and go on."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from chatserver.casework import MOST_IN_BATCH
from chatserver.rules.deadlines import next_due
from chatserver.rules.numbers import ticket_number
from chatserver.rules.ticket import Ticket
from chatserver.store import tickets
from tests.casework.road import START
from tests.cast import CHEN, WANG
from tests.timers.test_ladder import MOMENT, Ladder, held, ladder

__all__ = ["ladder"]

MINUTE = timedelta(minutes=1)
#: The columns of an index and of the condition under which a row is in it.
INDEXED = """
select distinct a.attname from pg_index i
join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
    and d.refclassid = 'pg_class'::regclass and d.refobjid = i.indrelid
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = d.refobjsubid
where i.indrelid = 'tickets'::regclass
"""


async def spoken_last_by_chen(at: Ladder) -> tuple[Ticket, datetime]:
    """A talk in which the citizen is to speak, and when its silence, put off by half a minute, has an end."""
    number = await held(at.one)
    at.one.clock.move(MINUTE / 2)
    await at.one.say(CHEN, number, "l-2", "什么时候签的？")
    ticket = await at.ticket(number)
    due = next_due(ticket)
    assert due is not None
    return ticket, due


async def looked_at(at: Ladder) -> object:
    return await tickets.next_due_at(at.one.db)


async def test_what_is_put_off_is_looked_at_early_changes_nothing_and_is_done_at_its_time(
    ladder: Ladder,  # noqa: F811
) -> None:
    ticket, due = await spoken_last_by_chen(ladder)
    assert await looked_at(ladder) == due - MINUTE / 2
    await ladder.look(due - MINUTE / 2)
    assert await ladder.ticket(ticket.number) == ticket
    assert await looked_at(ladder) == due
    await ladder.look(due - MOMENT)
    assert await ladder.ticket(ticket.number) == ticket
    await ladder.look(due)
    assert (await ladder.ticket(ticket.number)).warned_at == due


async def test_a_talk_that_grew_meanwhile_is_not_put_off_to_an_older_time(
    ladder: Ladder,  # noqa: F811
) -> None:
    ticket, _ = await spoken_last_by_chen(ladder)
    await ladder.one.say(WANG, ticket.number, "c-2", "上个月。")
    early = await looked_at(ladder)
    ladder.one.clock.move(timedelta(hours=1))
    assert await tickets.put_off(ladder.one.db, [ticket], ladder.one.clock.now()) == 0
    assert await looked_at(ladder) == early


async def test_nobody_is_waited_for(ladder: Ladder) -> None:  # noqa: F811
    ticket, due = await spoken_last_by_chen(ladder)
    early = due - MINUTE / 2
    async with ladder.one.db.use() as other, other.transaction():
        await other.fetch("select 1 from tickets where number = $1 for update", ticket.number)
        async with asyncio.timeout(5):
            assert await tickets.put_off(ladder.one.db, [ticket], early) == 0
    assert await tickets.put_off(ladder.one.db, [ticket], early) == 1
    assert await looked_at(ladder) == due


async def test_many_that_were_put_off_do_not_keep_back_what_is_due(
    ladder: Ladder,  # noqa: F811
) -> None:
    ticket, due = await spoken_last_by_chen(ladder)
    others = set(tickets.FIELDS) - {"number", "spoke_at"}
    names = ", ".join(("month", *others))
    async with ladder.one.db.use() as connection:
        await connection.execute(
            f"insert into tickets (number, next_due_at, spoke_at, {names})"  # noqa: S608
            f" select n, opened_at, spoke_at + interval '1 hour', {names}"
            " from tickets, unnest($1::text[]) n",
            [ticket_number("BJ", START.date(), n) for n in range(2, MOST_IN_BATCH + 3)],
        )
    await ladder.look(due)
    assert (await ladder.ticket(ticket.number)).warned_at == due


async def test_nothing_that_talk_changes_stands_in_an_index(ladder: Ladder) -> None:  # noqa: F811
    number = await held(ladder.one)
    begun = await ladder.ticket(number)
    await ladder.one.say(CHEN, number, "a-1", "可以投诉。", answer=True)
    answered = await ladder.ticket(number)
    ladder.one.clock.move(MINUTE)
    await ladder.one.say(WANG, number, "c-2", "还需要准备什么材料？")
    asked = await ladder.ticket(number)
    talk = {
        name
        for name in tickets.FIELDS
        if len({repr(getattr(one, name)) for one in (begun, answered, asked)}) > 1
    }
    assert {"state", "answer_due_at", "spoke", "entry"} <= talk
    indexed = {row["attname"] for row in await ladder.one.fetch(INDEXED)}
    assert {"citizen", "queued", "next_due_at"} <= indexed
    assert not talk & indexed
