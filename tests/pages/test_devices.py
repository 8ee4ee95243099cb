"""A browser asks to be told while no page is open: its address and keys are kept, shown to nobody, and forgotten."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatserver import webpush
from chatserver.rules import answering
from chatserver.store.devices import MOST
from tests.casework.road import Road, SetClock, accounts_of
from tests.cast import CHEN, LI, WANG
from tests.timers.sinks import Browser, push_service

from .conftest import Desk, Desks

ME, DEVICES = "/api/v1/me", "/api/v1/me/devices"
KEY = bytes(range(1, 33))
PUSH = "https://push.example"


async def add(desk: Desk, who: dict[str, str], wish: Any) -> tuple[int, dict[str, Any]]:
    answer = await desk.call("POST", DEVICES, json=wish, headers=who)
    return answer.status, await answer.json()


async def devices_of(desk: Desk, who: dict[str, str]) -> list[str]:
    answer = await desk.call("GET", ME, headers=who)
    found: list[str] = (await answer.json())["devices"]
    return found


async def test_a_browser_is_added_once_and_told_no_more_when_it_says_so(desks: Desks) -> None:
    desk = await desks(vapid_key=KEY)
    who = await desk.bearer(WANG)
    answer = await desk.call("GET", ME, headers=who)
    me = await answer.json()
    assert me["devices"] == []
    assert webpush.data(me["push_key"]) == webpush.public(webpush.private(KEY))
    phone, tablet = Browser(f"{PUSH}/phone"), Browser(f"{PUSH}/tablet")
    for _ in range(2):
        status, me = await add(desk, who, phone.subscription)
        assert status == 201 and len(me["devices"]) == 1
    _, me = await add(desk, who, tablet.subscription)
    newest, oldest = me["devices"]
    assert PUSH not in str(me)
    assert (await desk.call("DELETE", f"{DEVICES}/{oldest}", headers=who)).status == 204
    for gone in (oldest, "%00"):
        assert (await desk.call("DELETE", f"{DEVICES}/{gone}", headers=who)).status == 404
    assert await devices_of(desk, who) == [newest]


async def test_nobody_elses_browser_can_be_dropped(desks: Desks) -> None:
    desk = await desks(vapid_key=KEY)
    wang, li = await desk.bearer(WANG), await desk.bearer(LI)
    _, me = await add(desk, wang, Browser(f"{PUSH}/phone").subscription)
    (id,) = me["devices"]
    assert (await desk.call("DELETE", f"{DEVICES}/{id}", headers=li)).status == 404
    assert await devices_of(desk, wang) == [id]


async def test_who_signs_out_is_told_no_more_in_that_browser(desks: Desks) -> None:
    desk = await desks(vapid_key=KEY)
    here, there = await desk.bearer(WANG), await desk.bearer(WANG)
    await add(desk, here, Browser(f"{PUSH}/here").subscription)
    _, me = await add(desk, there, Browser(f"{PUSH}/there").subscription)
    await desk.call("DELETE", "/api/v1/sessions/current", headers=here)
    assert await devices_of(desk, there) == [me["devices"][0]]


async def test_who_asks_to_be_told_here_is_told(desks: Desks) -> None:
    desk = await desks(vapid_key=KEY)
    who = await desk.bearer(WANG)
    answer = await desk.call("PATCH", ME, json={"told_by": []}, headers=who)
    assert (await answer.json())["told_by"] == []
    _, me = await add(desk, who, Browser(f"{PUSH}/phone").subscription)
    assert me["told_by"] == ["browser"]


async def test_of_many_browsers_the_latest_are_kept(desks: Desks) -> None:
    desk = await desks(vapid_key=KEY)
    who = await desk.bearer(WANG)
    for n in range(MOST + 2):
        _, me = await add(desk, who, Browser(f"{PUSH}/{n}").subscription)
    assert len(me["devices"]) == MOST


async def test_without_a_key_there_is_no_push(desk: Desk) -> None:
    who = await desk.bearer(WANG)
    answer = await desk.call("GET", ME, headers=who)
    me = await answer.json()
    assert (me["push_key"], me["devices"]) == (None, [])
    assert (await add(desk, who, Browser(f"{PUSH}/phone").subscription))[0] == 503


async def test_staff_are_told_at_their_desks(desks: Desks) -> None:
    desk = await desks(vapid_key=KEY)
    lawyer = await desk.bearer(CHEN)
    assert (await add(desk, lawyer, Browser(f"{PUSH}/phone").subscription))[0] == 403
    answer = await desk.call("GET", ME, headers=lawyer)
    me = await answer.json()
    assert (me["push_key"], me["devices"]) == (None, [])


GOOD = Browser(f"{PUSH}/phone").subscription
KEYS = GOOD["keys"]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"endpoint": GOOD["endpoint"]},
        GOOD | {"keys": KEYS | {"p256dh": "AAAA"}},
        GOOD | {"keys": KEYS | {"p256dh": webpush.text(b"\x04" + b"\x01" * 64)}},
        GOOD | {"keys": KEYS | {"p256dh": "*" * 87}},
        GOOD | {"keys": KEYS | {"auth": "AAAA"}},
        GOOD | {"keys": KEYS | {"auth": ""}},
        GOOD | {"keys": KEYS | {"more": "x"}},
        GOOD | {"endpoint": f"{PUSH}/{'x' * 2000}"},
        GOOD | {"endpoint": "http://push.example/x"},
        GOOD | {"endpoint": f"{PUSH}/\u0000"},
        GOOD | {"more": "x"},
    ],
)
async def test_what_no_browser_says_is_refused_and_not_repeated(desks: Desks, wish: Any) -> None:
    desk = await desks(vapid_key=KEY)
    who = await desk.bearer(WANG)
    status, problem = await add(desk, who, wish)
    assert (status, problem["code"]) == (400, "invalid") and "push.example" not in str(problem)
    assert await devices_of(desk, who) == []


async def test_the_page_counts_the_browsers_and_turns_all_of_them_off(desks: Desks) -> None:
    desk = await desks(vapid_key=KEY)
    headers = await desk.cookie(WANG)
    page = await (await desk.call("GET", "/account")).text()
    assert "全部关闭" not in page and "data-key=" in page
    for name in ("phone", "tablet"):
        await add(desk, headers, Browser(f"{PUSH}/{name}").subscription)
    page = await (await desk.call("GET", "/account")).text()
    assert "您在 2 个浏览器上打开了提醒。" in page and PUSH not in page
    form = {"do": "devices", "csrf": headers["X-CSRF-Token"]}
    answer = await desk.call("POST", "/account", data=form, headers={"Origin": desk.origin})
    assert answer.status == 303
    page = await (await desk.call("GET", answer.headers["Location"].partition("#")[0])).text()
    assert "已全部关闭" in page and "您在 2 个" not in page


async def test_the_worker_lies_at_the_top_and_the_policy_lets_it_be_one(desk: Desk) -> None:
    answer = await desk.call("GET", "/notify.js")
    assert answer.status == 200 and answer.content_type == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    text = await answer.text()
    assert "showNotification" in text and "fetch" not in text
    page = await desk.call("GET", "/")
    policy = page.headers["Content-Security-Policy"]
    assert "worker-src 'self';" in policy and "unsafe" not in policy


async def test_an_answer_then_comes_to_the_browser(desks: Desks) -> None:
    async with push_service() as service:
        desk = await desks(vapid_key=KEY)
        who = await desk.bearer(WANG)
        browser = service.subscribe("phone")
        assert (await add(desk, who, browser.subscription))[0] == 201
        server = desk.server
        own = Road(server.casework, server.database, SetClock(), await accounts_of(server.database))
        number = await own.ask(WANG, kind="message")
        await own.act("claim", answering.claim, number, own.actor(CHEN))
        await own.say(CHEN, number, "a-1", "可以投诉。", answer=True)
        async with asyncio.timeout(10):
            while not service.calls:
                await asyncio.sleep(0.05)
        (told,) = service.told("phone")
        assert told["number"] == number and set(told) == {"number", "seq", "title"}
