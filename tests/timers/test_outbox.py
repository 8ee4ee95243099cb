"""The outbox: written with its cause, delivered once, retried until it is; to real receivers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chatserver.config import Config
from chatserver.rules import answering, asking, callback, feedback, promising, refusing, reviewing
from chatserver.rules.events import Event
from chatserver.rules.events_desks import (
    AbuseDecided,
    AppealDecided,
    CallbackAttempted,
    CallbackBegun,
    CallbackOpened,
    Lapsed,
    TurnedDown,
)
from chatserver.rules.events_talk import Answered, Asked, Corrected, Doubted, Scheduled, Upheld
from chatserver.rules.people import Staff
from chatserver.rules.policy import Policy
from chatserver.rules.workdays import Calendar
from chatserver.store import outbox
from chatserver.timers import letters
from chatserver.timers.outbox import Post
from chatserver.timers.webhook import signature
from tests.casework.road import BODY, Road, SetClock, road
from tests.cast import CHEN, QIAN, WANG
from tests.timers.sinks import MailServer, Talk, gateway, mail_server

pytest.importorskip("aiosmtplib")
SECRET = "0123456789abcdef"
ADDRESS = "wang@example.test"
BODIES = {"q-1": BODY, "q-2": "房东不退押金，合同里没有写明，可以怎么办？"}
ANSWER = "可以向劳动监察部门投诉。"
OPERATOR = Staff("feng", "S0002", "operator")


async def answered(one: Road, id: str = "q-1") -> str:
    """The number of a written question of Wang's that has just been answered."""
    number = await one.ask(WANG, id, kind="message", body=BODIES[id])
    await one.act("claim", answering.claim, number, one.actor(CHEN))
    await one.say_later(CHEN, number, f"a-{id}", ANSWER, answer=True)
    return number


async def has_address(one: Road) -> None:
    await one.fetch("update accounts set email = $1 where login = 'wang'", ADDRESS)


def by_mail(mails: MailServer) -> dict[str, str]:
    """The settings that send by this server."""
    return {"smtp_url": mails.url, "mail_from": "no-reply@example.test"}


async def rows(one: Road) -> list[Any]:
    return list(await one.fetch("select * from outbox order by created_at, id"))


def post(one: Road, config: Config, **settings: Any) -> Post:
    return Post(one.db, one.clock, replace(config, **settings))


async def test_nothing_is_written_while_nothing_is_configured(dsn: str) -> None:
    async with road(dsn) as one:
        await answered(one)
        assert await rows(one) == []


async def test_an_answer_and_a_correction_are_written_with_their_cause(dsn: str) -> None:
    async with road(dsn, channels=("mail", "webhook")) as one:
        number = await answered(one)
        (first,) = await rows(one)  # no e-mail address is known
        assert (first["channel"], first["kind"]) == ("webhook", "answer")
        await one.act(
            "correct", reviewing.correct, number, one.actor(CHEN), "a-2", "更正", 3, "引用有误"
        )
        assert [row["kind"] for row in await rows(one)] == ["answer", "correction"]


async def test_a_signed_call_tells_a_number_and_a_link_and_nothing_else(
    dsn: str, config: Config
) -> None:
    async with road(dsn, channels=("webhook",)) as one, gateway() as sms:
        number = await answered(one)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        assert await there.deliver() == 1 and await there.deliver() == 0
        ((headers, body),) = sms.calls
        told = json.loads(body)
        assert (told["number"], told["kind"], told["to"]) == (number, "answer", "wang")
        assert number in told["text"] and ANSWER not in body.decode() and "王" not in body.decode()
        assert headers["X-Chatserver-Id"] == told["id"]
        stamp = headers["X-Chatserver-Timestamp"]
        assert abs(int(stamp) - one.clock.now().timestamp()) <= 1
        right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["X-Chatserver-Signature"] == f"sha256={right}"
        assert signature(SECRET, int(stamp) + 1, body) != headers["X-Chatserver-Signature"]


@pytest.mark.parametrize("status", [302, 400, 500])
async def test_what_is_not_taken_is_tried_again_later_under_the_same_id(
    dsn: str, config: Config, status: int
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        await answered(one)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        sms.status = status
        assert await there.deliver() == 1 and await there.deliver() == 0
        clock.move(timedelta(seconds=5))
        assert await there.deliver() == 1
        clock.move(timedelta(seconds=9))
        assert await there.deliver() == 0
        clock.move(timedelta(seconds=1))
        sms.status = 200
        assert await there.deliver() == 1
        clock.move(timedelta(days=1))
        assert await there.deliver() == 0
        assert len(sms.calls) == 3 and len({h["X-Chatserver-Id"] for h, _ in sms.calls}) == 1


async def test_two_processes_send_it_once_and_a_dead_ones_share_is_taken_over(
    dsn: str, config: Config
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        await answered(one)
        both = [post(one, config, webhook_url=sms.url, webhook_secret=SECRET) for _ in range(2)]
        (died,) = await outbox.claim(one.db, clock.now(), 10, ["webhook"])
        assert [await there.deliver() for there in both] == [0, 0]
        clock.move(outbox.LEASE + timedelta(seconds=1))
        assert sum(await asyncio.gather(*(there.deliver() for there in both))) == 1
        assert [headers["X-Chatserver-Id"] for headers, _ in sms.calls] == [died.id]


async def test_who_lost_the_lease_while_asleep_hands_nothing_over(dsn: str, config: Config) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("mail",)) as one, mail_server() as mails:
        await has_address(one)
        await answered(one)
        slow, quick = (post(one, config, **by_mail(mails)) for _ in range(2))

        async def sleep(step: str, talk: Talk) -> None:
            if step == "rcpt" and talk.place == 0:
                clock.move(outbox.LEASE + timedelta(seconds=1))
                assert await quick.deliver() == 1

        mails.at = sleep
        await slow.deliver()
        clock.move(timedelta(days=1))
        assert await quick.deliver() == 0
        assert len(mails.taken) == 1


async def test_a_letter_goes_by_smtp_to_who_left_an_address(dsn: str, config: Config) -> None:
    async with road(dsn, channels=("mail",)) as one, mail_server() as mails:
        await has_address(one)
        number = await answered(one)
        there = post(one, config, **by_mail(mails))
        assert await there.deliver() == 1 and await there.deliver() == 0
        (message,) = mails.taken
        text = message.get_content()
        assert message["To"] == ADDRESS and number in message["Subject"]
        assert f"您的咨询 {number} 已有答复" in text and f"Your question {number}" in text
        assert "/consult" in text and ANSWER not in text and letters.AGAIN not in text
        assert message["Message-ID"].startswith(f"<{number}.")


@pytest.mark.parametrize(
    ("step", "words"),
    [("banner", b"554 no"), ("rcpt", b"550 nobody"), ("data", b"451 later"), ("text", b"452 full")],
)
async def test_what_a_mail_server_refuses_is_sent_later_and_is_no_doubt(
    dsn: str, config: Config, caplog: pytest.LogCaptureFixture, step: str, words: bytes
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("mail",)) as one, mail_server() as mails:
        await has_address(one)
        await answered(one)
        there = post(one, config, **by_mail(mails))
        mails.says[step] = words + b" " + ADDRESS.encode()
        assert await there.deliver() == 1
        assert (
            mails.taken == [] and ADDRESS not in caplog.text and words[:3].decode() in caplog.text
        )
        mails.says.clear()
        clock.move(timedelta(seconds=5))
        assert await there.deliver() == 1
        assert len(mails.taken) == 1 and letters.AGAIN not in mails.taken[0].get_content()


async def test_a_line_cut_after_the_text_leaves_a_doubt_that_the_next_letter_tells(
    dsn: str, config: Config
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("mail",)) as one, mail_server() as mails:
        await has_address(one)
        await answered(one)
        there = post(one, config, **by_mail(mails))

        async def cut(step: str, talk: Talk) -> None:
            if step == "text" and talk.place == 0:
                raise OSError

        mails.at = cut
        mails.says["rcpt"] = b"250 ok"
        assert await there.deliver() == 1
        mails.says["rcpt"] = b"450 later"  # a known refusal does not end an earlier doubt
        clock.move(timedelta(seconds=5))
        assert await there.deliver() == 1
        mails.says.clear()
        clock.move(timedelta(seconds=10))
        assert await there.deliver() == 1
        first, second = mails.taken
        assert first["Message-ID"] == second["Message-ID"]
        assert letters.AGAIN not in first.get_content() and letters.AGAIN in second.get_content()


async def test_a_process_that_stops_finishes_what_is_under_way(dsn: str, config: Config) -> None:
    async with road(dsn, channels=("mail",)) as one, mail_server() as mails:
        await has_address(one)
        await answered(one)
        reached, going_on = asyncio.Event(), asyncio.Event()

        async def wait(step: str, talk: Talk) -> None:
            if step == "text":
                reached.set()
                await going_on.wait()

        mails.at = wait
        running = asyncio.create_task(post(one, config, **by_mail(mails)).run())
        await reached.wait()
        running.cancel()
        await asyncio.sleep(0.1)
        going_on.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        (row,) = await rows(one)
        assert row["done_at"] is not None and len(mails.taken) == 1


async def asked_back(one: Road, number: str) -> None:
    await one.act("claim", answering.claim, number, one.actor(CHEN))
    await one.say_later(CHEN, number, "b-1", "请补充劳动合同。", rule=promising.ask)


async def promised(one: Road, number: str) -> None:
    await one.act("claim", answering.claim, number, one.actor(CHEN))
    at = one.clock.now() + timedelta(hours=20)
    await one.act("schedule", promising.schedule, number, one.actor(CHEN), at, "需要核对材料。")


async def late(one: Road, number: str) -> None:
    one.clock.move(timedelta(hours=4))
    await one.lapse(number)  # the rung before
    one.clock.move(timedelta(hours=1))
    await one.lapse(number)


async def turned_down(one: Road, number: str) -> None:
    await one.act("claim", answering.claim, number, one.actor(CHEN))
    await one.act("refuse", refusing.refuse, number, one.actor(CHEN), "repeated")


async def answer(one: Road, number: str) -> None:
    await one.act("claim", answering.claim, number, one.actor(CHEN))
    await one.say(CHEN, number, "a-1", ANSWER, answer=True)


async def corrected(one: Road, number: str) -> None:
    await answer(one, number)
    (seq,) = await one.fetch("select seq from messages where id = 'a-1'")
    wish = ("a-2", "更正", seq["seq"], "引用有误")
    await one.act("correct", reviewing.correct, number, one.actor(CHEN), *wish)


async def doubted(one: Road, number: str) -> None:
    await answer(one, number)
    (seq,) = await one.fetch("select seq from messages where id = 'a-1'")
    wish = (seq["seq"], "时效有误", None, "harmful")
    await one.act("panel", reviewing.suggest, number, one.actor(QIAN), *wish)


async def upheld(one: Road, number: str) -> None:
    await doubted(one, number)
    contested = (f"{number}.r1", "contested", "法条未改")
    await one.act("settle", reviewing.settle, number, one.actor(CHEN), *contested)
    await one.act("panel", reviewing.pass_review, number, one.actor(QIAN))


async def to_be_called_back(one: Road, number: str) -> None:
    await answer(one, number)
    rating = (False, None, None, Calendar(), Policy())
    await one.act("rate", feedback.rate, number, one.actor(WANG), *rating)


async def called_back(one: Road, number: str) -> None:
    await to_be_called_back(one, number)
    await one.act("callback_begin", callback.begin, number, one.actor(CHEN))


async def not_reached(one: Road, number: str) -> None:
    await to_be_called_back(one, number)
    await one.act("callback_attempt", callback.attempt, number, one.actor(CHEN), "未接通")


async def appealed(one: Road, number: str) -> None:
    await turned_down(one, number)
    await one.act("appeal", refusing.appeal, number, one.actor(WANG), "这是第一次咨询。")
    await one.act("decide_appeal", refusing.decide_appeal, number, OPERATOR, True, "属实")


async def found_to_abuse(one: Road, number: str) -> None:
    await one.act("claim", answering.claim, number, one.actor(CHEN))
    await one.act("refuse", refusing.refuse, number, one.actor(CHEN), "abuse", None, "广告")
    await one.say(CHEN, number, "a-1", ANSWER, answer=True)
    await one.act("close", answering.close, number, one.actor(CHEN))
    await one.act("decide_abuse", refusing.decide_abuse, number, OPERATOR, True, "查证属实")


#: How each of those things happens to a written question.
HAPPENS: dict[type[Event], Callable[[Road, str], Awaitable[None]]] = {
    Answered: answer,
    Corrected: corrected,
    Doubted: doubted,
    Upheld: upheld,
    Asked: asked_back,
    Scheduled: promised,
    Lapsed: late,
    TurnedDown: turned_down,
    AppealDecided: appealed,
    AbuseDecided: found_to_abuse,
    CallbackOpened: to_be_called_back,
    CallbackBegun: called_back,
    CallbackAttempted: not_reached,
}


async def happened(one: Road, event: type[Event]) -> tuple[str, Any]:
    """A ticket to which it has happened, and the letter about it; there is a line to be read about it."""
    number = await one.ask(WANG, kind="message")
    await HAPPENS[event](one, number)
    about = [row for row in await rows(one) if row["kind"] == outbox.KINDS[event]]
    news = max(about, key=lambda row: int(row["id"].split(".")[1]))
    assert news["seq"] in await one.seqs(number)
    return number, news


async def read_up_to(one: Road, number: str, seq: int) -> None:
    seen = partial(asking.read, by="citizen", seq=seq)
    await one.act("read", lambda ticket, now, _: seen(ticket, now), number, one.actor(WANG))


@pytest.mark.parametrize("upheld", [True, False])
async def test_a_finding_of_abuse_that_ends_a_question_is_told_once(dsn: str, upheld: bool) -> None:
    async with road(dsn, channels=("webhook",)) as one:
        number = await one.ask(WANG, kind="message")
        await one.act("claim", answering.claim, number, one.actor(CHEN))
        await one.act("refuse", refusing.refuse, number, one.actor(CHEN), "abuse", None, "广告")
        await one.act("decide_abuse", refusing.decide_abuse, number, OPERATOR, upheld, "查证属实")
        assert [row["kind"] for row in await rows(one)] == ["refusal"] * upheld


async def test_who_is_not_reached_hears_of_each_attempt_and_of_the_end_with_the_third(
    dsn: str,
) -> None:
    async with road(dsn, channels=("webhook",)) as one:
        number = await one.ask(WANG, kind="message")
        await to_be_called_back(one, number)
        for n in range(3):
            note = f"第{n + 1}次未接通"
            await one.act("callback_attempt", callback.attempt, number, one.actor(CHEN), note)
        told = Counter(row["kind"] for row in await rows(one))
        assert told == {"answer": 1, "callback": 1, "unreached": 3}


@pytest.mark.parametrize("event", outbox.KINDS, ids=lambda event: event.kind)
async def test_what_was_read_before_it_went_is_not_sent(
    dsn: str, config: Config, event: type[Event]
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        number, news = await happened(one, event)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        await read_up_to(one, number, news["seq"])
        await there.deliver()
        assert news["id"] not in sms.sent
        assert all(row["done_at"] for row in await rows(one))


@pytest.mark.parametrize("event", outbox.KINDS, ids=lambda event: event.kind)
async def test_what_was_read_only_up_to_the_line_before_is_sent(
    dsn: str, config: Config, event: type[Event]
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        number, news = await happened(one, event)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        await read_up_to(one, number, news["seq"] - 1)
        await there.deliver()
        assert news["id"] in sms.sent


async def test_who_talks_live_has_a_minute_to_see_it(dsn: str, config: Config) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        number = await one.meet(WANG, CHEN)
        await one.say_later(CHEN, number, "a-1", ANSWER, answer=True)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        assert await there.deliver() == 0
        clock.move(outbox.LIVE_PAUSE)
        assert await there.deliver() == 1 and len(sms.calls) == 1


async def test_a_channel_turned_off_or_an_address_taken_back_stops_what_waits(
    dsn: str, config: Config
) -> None:
    async with (
        road(dsn, channels=("mail", "webhook")) as one,
        gateway() as sms,
        mail_server() as mails,
    ):
        await has_address(one)
        await answered(one)
        assert len(await rows(one)) == 2
        await one.fetch("update accounts set email = null, not_told_by = '{webhook}'")
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET, **by_mail(mails))
        assert await there.deliver() == 2 and await there.deliver() == 0
        assert sms.calls == [] and mails.taken == []
        await answered(one, "q-2")
        assert len(await rows(one)) == 2


async def test_what_cannot_be_delivered_in_a_month_is_given_up_and_said_so(
    dsn: str, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    clock = SetClock()
    async with road(dsn, clock=clock, channels=("webhook",)) as one, gateway() as sms:
        await answered(one)
        there = post(one, config, webhook_url=sms.url, webhook_secret=SECRET)
        sms.status = 500
        await there.deliver()
        clock.move(outbox.KEPT + timedelta(seconds=1))
        assert await there.deliver() == 1
        assert "is given up after 2 attempts" in caplog.text
        clock.move(timedelta(days=1))
        assert await there.deliver() == 0


def test_every_kind_has_its_words() -> None:
    assert set(letters.TEXTS) == {*outbox.KINDS.values(), outbox.CODE}
