"""The queue of given answers (7): a share of all, all low ratings, all late ones, all of new lawyers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chatserver.rules import experts, feedback, reviewing
from chatserver.rules.people import Expert
from chatserver.store import review_queue
from tests.casework.road import Road, road
from tests.cast import CHEN, QIAN, WANG

HAN = Expert("han", "E0002", "lawyer")
OWN = Expert("own", "E0003", "lawyer", "示范律师事务所")
ALL, NONE = 2.0, 0.0


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "REVIEW_SHARE", NONE)


async def practised(one: Road, answers: int = 20) -> None:
    """Chen has answered so many others before."""
    async with one.db.use() as connection:
        columns = [
            row[0]
            for row in await connection.fetch(
                "select column_name from information_schema.columns where table_name = 'tickets'"
                " and is_generated = 'NEVER'"
            )
            if row[0] not in ("number", "assignee", "answered_at")
        ]
        names = ", ".join(columns)
        await one.meet(WANG, CHEN, "before")
        await connection.execute(
            f"insert into tickets (number, assignee, answered_at, {names})"
            f" select 'BJ-' || n, 'L0001', now(), {names}"
            " from tickets, generate_series(1, $1::int) n limit $1",
            answers,
        )


async def answered(one: Road, id: str = "q") -> str:
    number: str = await one.meet(WANG, CHEN, id)
    await one.say(CHEN, number, "a", "可以申请仲裁。", answer=True)
    return number


async def why(one: Road, number: str, expert: Expert = HAN) -> list[str] | None:
    found = {it.number: sorted(why) for it, why in await review_queue.waiting(one.db, expert)}
    return found.get(number)


async def test_every_answer_of_a_new_lawyer(dsn: str) -> None:
    async with road(dsn) as one:
        assert await why(one, await answered(one)) == ["new_lawyer"]


async def test_no_other_answer_without_a_reason(dsn: str) -> None:
    async with road(dsn) as one:
        await practised(one)
        assert await why(one, await answered(one)) is None


async def test_a_share_of_all(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with road(dsn) as one:
        await practised(one)
        monkeypatch.setattr(reviewing, "REVIEW_SHARE", ALL)
        assert await why(one, await answered(one)) == ["drawn"]


async def test_every_late_answer(dsn: str) -> None:
    async with road(dsn) as one:
        await practised(one)
        number = await one.meet(WANG, CHEN, "q")
        await one.say(WANG, number, "c", "还有")
        one.clock.move(timedelta(hours=1))
        await one.lapse(number)
        while (await one.lapse(number)).records:
            pass
        await one.say(CHEN, number, "a", "可以申请仲裁。", answer=True)
        assert await why(one, number) == ["late"]


@pytest.mark.parametrize(
    ("rating", "low"), [((False, None), True), ((True, 2), True), ((True, 3), False)]
)
async def test_every_low_rating(dsn: str, rating: tuple[Any, ...], low: bool) -> None:
    async with road(dsn) as one:
        await practised(one)
        number = await answered(one)
        await one.act("rate", feedback.rate, number, one.actor(WANG), *rating)
        assert await why(one, number) == (["low_rating"] if low else None)


async def test_what_was_looked_at_leaves_and_a_new_answer_comes_again(dsn: str) -> None:
    async with road(dsn) as one:
        number = await answered(one)
        await one.act("panel", reviewing.pass_review, number, HAN)
        assert await why(one, number) is None
        await one.say(WANG, number, "c", "还有一个问题")
        await one.say(CHEN, number, "a-2", "也可以。", answer=True)
        assert await why(one, number) == ["new_lawyer"]


async def test_a_contested_suggestion_comes_back(dsn: str) -> None:
    async with road(dsn) as one:
        number = await answered(one)
        seq = (await one.act("panel", reviewing.suggest, number, HAN, 3, "应改")).ticket.answers
        assert await why(one, number) is None and seq
        id = f"{number}.r1"
        await one.act("settle", reviewing.settle, number, one.actor(CHEN), id, "contested", "无误")
        assert await why(one, number) == ["contested"]


@pytest.mark.parametrize("busy", [False, True])
async def test_a_suggestion_that_lapses_comes_back_unless_the_panel_is_asked_about_it(
    dsn: str, busy: bool
) -> None:
    async with road(dsn) as one:
        number = await answered(one)
        await one.act("panel", reviewing.suggest, number, HAN, 3, "应改")
        if busy:
            chen = one.actor(CHEN)
            await one.act("escalate", experts.escalate, number, chen, "unclear", "如何？")
            await one.act("panel", experts.claim, number, HAN, f"{number}.1")
        one.clock.move(timedelta(hours=24))
        while (await one.lapse(number)).records:
            pass
        assert await why(one, number) == (["overdue"] if busy else None)


async def test_ones_own_answer_and_ones_own_house_are_not_in_the_list(dsn: str) -> None:
    async with road(dsn) as one:
        chen, qian = one.actor(CHEN), one.actor(QIAN)
        number = await one.meet(WANG, CHEN, "q")
        await one.act("escalate", experts.escalate, number, chen, "unclear", "如何？")
        await one.act("panel", experts.claim, number, qian, f"{number}.1")
        await one.act("panel", experts.answer_directly, number, qian, "e", "可以", f"{number}.1")
        await one.say(CHEN, number, "a", "同意专家的意见。", answer=True)
        assert isinstance(qian, Expert)
        assert await why(one, number, qian) is None
        assert await why(one, number, HAN) == ["new_lawyer"]
        async with one.db.use() as connection:
            await connection.execute("update tickets set institutions = $1", [OWN.institution])
        assert await why(one, number, OWN) is None
