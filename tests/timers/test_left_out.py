"""A ticket whose clock cannot be fired keeps no other from firing, and fires when it can."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from chatserver.store import tickets
from tests.casework.test_stuck import SLOWLY
from tests.cast import LI, WANG
from tests.timers.test_ladder import HOUR, Ladder, ladder

__all__ = ["ladder"]

SECOND = timedelta(seconds=1)
#: What befalls the first ticket, and what mends it: it cannot be read, or never saved.
UNREADABLE = (
    "update tickets set answers = '[7]' where number = '{}'",
    "update tickets set answers = '[]'",
)
SLOW = (SLOWLY, "drop trigger slowly on tickets")


@pytest.mark.parametrize("fault", [UNREADABLE, SLOW], ids=["unreadable", "slow"])
async def test_one_that_fails_is_left_out_and_the_others_fire(
    ladder: Ladder,  # noqa: F811
    fault: tuple[str, str],
) -> None:
    one, breaks, mends = ladder.one, *fault
    bad, *good = [await one.ask((WANG, LI)[n % 2], f"q-{n}", kind="message") for n in range(12)]
    owner = await one.db.owner()
    await owner.execute(breaks.format(bad))
    one.casework.transactions.shelf.drop([bad, *good])
    late = one.clock.now() + 5 * HOUR
    await ladder.look(late)
    assert all([(await ladder.ticket(number)).lapsed_at == late for number in good])
    # It is neither tried again at once nor what the clocks wake for.
    assert bad in ladder.timer._resting()
    assert not await tickets.due(one.db, late, 400, ladder.timer._resting())
    assert (await tickets.next_due_at(one.db, ladder.timer._resting()) or late) > late
    await owner.execute(mends)
    await owner.close()
    await asyncio.sleep(1.0 if fault is SLOW else 0)
    await ladder.look(late + SECOND)
    assert (await ladder.ticket(bad)).lapsed_at == late + SECOND
    assert not ladder.timer._left_out


async def test_the_longer_it_fails_the_more_rarely_it_is_tried(ladder: Ladder) -> None:  # noqa: F811
    one = ladder.one
    number = await one.ask(WANG, kind="message")
    owner = await one.db.owner()
    await owner.execute(UNREADABLE[0].format(number))
    await owner.close()
    one.casework.transactions.shelf.drop([number])
    at, tried = one.clock.now() + 5 * HOUR, []
    for second in range(200):
        before = dict(ladder.timer._left_out)
        await ladder.look(at + second * SECOND)
        if ladder.timer._left_out != before:
            tried.append(second)
    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183]
