"""Who may connect, from where, and how often (F12, F13, F19 and the limits of the contract)."""

from __future__ import annotations

import asyncio
import json
import logging
from ipaddress import ip_network

import pytest

from chatserver.address import bucket, client_address
from chatserver.live import transport_engine, transport_posts
from chatserver.live.transport import runner_options
from chatserver.live.transport_libraries import TESTED, WrongLibrary, check_libraries
from chatserver.live.transport_limits import ConnectLimits, Origins
from chatserver.live.transport_logging import QuietLog
from tests.live.transport_world import (  # noqa: F401
    AS_SERVED,
    HANDSHAKE,
    event_loop_policy,
    world,
)

pytestmark = AS_SERVED

POLLING = "EIO=4&transport=polling"
WEBSOCKET = "EIO=4&transport=websocket"

# -- origins ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("https://good.example", 200),
        ("null", 403),
        ("", 403),
        ("https://evil.example", 403),
        ("https://good.example.evil.example", 403),
        ("https://good.evil", 403),
        ("http://good.example", 403),
        ("https://good.example:8443", 403),
        ("https://good.example:443", 403),
        ("HTTPS://GOOD.EXAMPLE", 403),
        ("https://good.example/", 403),
        ("https://sub.good.example", 403),
        ("https://good.example https://evil.example", 403),
        ("*", 403),
    ],
)
async def test_f13_only_listed_origins_open_sockets(origin: str | None, status: int) -> None:
    header = "" if origin is None else f"Origin: {origin}\r\n"
    async with world() as here:
        answer = await here.request("GET", POLLING, headers=header)
        assert answer.status == status
        if origin and status == 200:
            assert f"access-control-allow-origin: {origin}" in answer.head.lower()
            assert "access-control-allow-credentials" not in answer.head.lower()
        peer = await here.peer()
        await peer.ask("GET", WEBSOCKET, None, HANDSHAKE + header)
        opened = await peer.answer(body=False)
        assert opened.status == (101 if status == 200 else status)


async def test_f13_a_post_from_a_foreign_origin_is_refused() -> None:
    async with world() as here:
        sid = await here.poller()
        query = f"{POLLING}&sid={sid}"
        foreign = "Origin: https://evil.example\r\nContent-Type: text/plain\r\n"
        assert (await here.request("POST", query, b"3", foreign)).status == 403


def test_origins_are_compared_with_default_ports_left_out() -> None:
    origins = Origins(
        ["https://Good.example:443/", "http://a:80", "http://b:8080", "http://[::1]:80"]
    )
    for fits in ("https://good.example", "http://a", "http://b:8080", "http://[::1]"):
        assert origins.permits(fits)
    assert not origins.permits("http://b")


# -- addresses -------------------------------------------------------------------------------------

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("1.2.3.4", [], "1.2.3.4"),
        ("1.2.3.4", ["6.6.6.6"], "1.2.3.4"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6", "1.2.3.4, 10.0.0.2"], "1.2.3.4"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["1.2.3.4, rubbish"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, rubbish, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4:5678"], "1.2.3.4"),
        ("10.0.0.1", ["[2001:db8::5]:443"], "2001:db8::5"),
        ("::ffff:10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
        (None, ["1.2.3.4"], ""),
    ],
)
def test_f12_the_address_is_the_rightmost_that_no_proxy_of_ours_holds(
    peer: str | None, forwarded: list[str], address: str
) -> None:
    assert client_address(peer, ",".join(forwarded), PROXIES) == address


def test_f12_without_trusted_proxies_no_header_is_believed() -> None:
    assert client_address("127.0.0.1", "1.2.3.4", []) == "127.0.0.1"


async def test_f12_a_connection_knows_its_clients_address() -> None:
    async with world(trusted_proxies=[ip_network("127.0.0.0/8")]) as here:
        await here.citizen(headers="X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n")
        assert here.handler.connected[0].address == "1.2.3.4"
    async with world() as here:
        await here.citizen(headers="X-Forwarded-For: 1.2.3.4\r\n")
        assert here.handler.connected[0].address == "127.0.0.1"


def test_one_ipv6_subscriber_is_one_client() -> None:
    assert bucket("1.2.3.4") == bucket("::ffff:1.2.3.4") == "1.2.3.4"
    assert bucket("2001:db8::1") == bucket("2001:db8::ffff:1") == "2001:db8::/64"
    assert bucket("2001:db8:0:1::1") != bucket("2001:db8::1")
    assert bucket("fe80::1%eth0") == "fe80::/64"
    assert bucket("rubbish:") == "rubbish:"


# -- limits ----------------------------------------------------------------------------------------


async def test_sockets_over_the_limit_of_an_address_get_a_429_until_one_is_gone() -> None:
    async with world(connections_per_address=3) as here:
        peers = [await here.citizen() for _ in range(2)]
        await here.poller()
        for _ in range(3):
            answer = await here.request("GET", POLLING)
            assert answer.status == 429
            assert "retry-after: 5" in answer.head.lower()
            assert "application/problem+json" in answer.head.lower()
            said = json.loads(answer.body)
            assert (said["code"], said["status"]) == ("rate_limited", 429)
            assert said["details"] == {"retry_after_s": 5} and said["title"] and said["detail"]
        peers[0].writer.close()
        await here.until(lambda: here.transport.sockets() == 2)
        await here.citizen()


async def test_requests_that_the_library_refuses_take_no_place() -> None:
    async with world(connections_per_address=1) as here:
        for _ in range(5):
            assert (await here.request("GET", "EIO=3&transport=polling")).status == 400
            broken = HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "x")
            assert (await here.request("GET", WEBSOCKET, headers=broken)).status == 400
            asking = HANDSHAKE + "Sec-WebSocket-Protocol: x\r\n"
            assert (await here.request("GET", WEBSOCKET, headers=asking)).status == 400
        await here.citizen()


async def test_an_upgrade_counts_once() -> None:
    async with world(connections_per_address=1) as here:
        sid = await here.poller()
        peer = await here.websocket(query=f"{WEBSOCKET}&sid={sid}")
        await peer.send("2probe")
        assert await peer.text() == "3probe"


async def test_spoofed_addresses_stay_one_client() -> None:
    async with world(connects_per_second=2) as here:
        statuses = [
            (await here.request("GET", POLLING, headers=f"X-Forwarded-For: 9.9.9.{i}\r\n")).status
            for i in range(12)
        ]
        assert statuses[:2] == [200] * 2
        assert 429 in statuses
        assert statuses.count(200) <= 4


def test_new_sockets_come_at_the_rate_and_no_faster() -> None:
    now = 0.0
    limits = ConnectLimits(0, 5, clock=lambda: now)
    assert [bool(limits.enter("a")) for _ in range(6)] == [False] * 5 + [True]
    assert limits.enter("a") == pytest.approx(0.2)
    assert not limits.enter("b")
    now = 1.0
    assert [bool(limits.enter("a")) for _ in range(6)] == [False] * 5 + [True]
    now = 100.0
    limits.forget()
    assert limits._tokens == {}
    for _ in range(10):
        limits.leave("a")
    limits.leave("b")
    limits.leave("never")
    assert limits.open == {}


async def test_what_is_not_http_leaves_one_log_line_without_its_bytes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = runner_options()["logger"]
    for known in logger.filters:
        known._last = float("-inf")
    async with world() as here:
        for _ in range(5):
            peer = await here.peer()
            await peer.ask("GET", POLLING, None, "Content-Length: secret-payload\r\n")
            assert (await peer.answer()).status == 400
    assert caplog.messages == ["A request was not HTTP and was refused."]
    assert "secret-payload" not in caplog.text and "Traceback" not in caplog.text


def test_zero_is_no_limit() -> None:
    limits = ConnectLimits(0, 0)
    assert not any(limits.enter("a") for _ in range(10_000))


async def test_too_many_that_do_not_say_who_they_are_get_a_503(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport_engine, "MAX_UNAUTHENTICATED", 3)
    async with world() as here:
        for _ in range(5):
            await here.citizen()
        silent = [await here.websocket() for _ in range(3)]
        answer = await here.request("GET", POLLING)
        assert answer.status == 503 and json.loads(answer.body)["code"] == "unavailable"
        silent[0].writer.close()
        await here.until(lambda: here.transport.sockets() == 7)
        await here.citizen()


async def test_after_many_refused_connects_the_connection_is_closed() -> None:
    async with world() as here:
        peer = await here.websocket()
        for _ in range(10):
            await peer.send('40/citizen,{"token":"bad"}')
            assert (await peer.text()).startswith("44/citizen,")
        await peer.send('40/citizen,{"token":"good"}')
        assert await peer.closed() == 1008


def test_a_flood_of_one_kind_of_trouble_is_one_line_and_a_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 0.0
    quiet = QuietLog(logging.getLogger("quiet"), 10, clock=lambda: now)
    for _ in range(5):
        quiet.warn("a", "A thing.")
    quiet.warn("b", "Another.")
    now = 11.0
    quiet.warn("a", "A thing.")
    assert caplog.messages == ["A thing.", "Another.", "A thing. (4 more like it before)"]


# -- connect errors --------------------------------------------------------------------------------


async def test_a_refused_connect_carries_the_error_object() -> None:
    async with world() as here:
        peer = await here.websocket()
        await peer.send("40/citizen,")
        error = json.loads((await peer.text())[len("44/citizen,") :])
        assert error["data"]["code"] == "unauthenticated"
        assert error["message"] == error["data"]["message"]
        await peer.send('40/nowhere,{"token":"good"}')
        error = json.loads((await peer.text())[len("44/nowhere,") :])
        assert error["data"]["code"] == "not_found"
        await peer.send('40{"token":"good"}')
        assert "not_found" in await peer.text()
        await peer.send('40/citizen,{"token":"good"}')
        assert (await peer.text()).startswith("40/citizen,")
        assert here.handler.gone == []


async def test_a_fault_while_connecting_is_unavailable(caplog: pytest.LogCaptureFixture) -> None:
    async with world() as here:
        peer = await here.websocket()
        await peer.send('40/citizen,{"token":"broken"}')
        assert '"unavailable"' in await peer.text()
        assert here.handler.connected == here.handler.gone == []
        assert "a fault in the handler" in caplog.text


@pytest.mark.parametrize(
    ("headers", "auth", "language"),
    [
        ("", "", "zh"),
        ("Accept-Language: en-GB,en;q=0.9,zh;q=0.5\r\n", "", "en"),
        ("Accept-Language: fr\r\n", "", "zh"),
        ("", ',"lang":"en"', "en"),
        ("Accept-Language: en\r\n", ',"lang":"zh"', "zh"),
        ("", ',"lang":"xx"', "zh"),
        ("", ',"lang":["en"]', "zh"),
    ],
)
async def test_the_language_is_the_connects_else_the_browsers(
    headers: str, auth: str, language: str
) -> None:
    async with world() as here:
        peer = await here.websocket(headers=headers)
        await peer.send(f'40/citizen,{{"token":"good"{auth}}}')
        await peer.text()
        assert here.handler.connected[0].language == language


# -- slow requests ---------------------------------------------------------------------------------


async def test_f19_silent_and_dripping_connections_are_closed() -> None:
    assert runner_options()["keepalive_timeout"] == 15
    async with world(runner={"keepalive_timeout": 0.4}) as here:
        silent = [await here.peer() for _ in range(20)]
        dripping = [await here.peer() for _ in range(20)]

        async def drip() -> None:
            for byte in b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nX: " + b"y" * 60:
                for peer in dripping:
                    peer.writer.write(bytes((byte,)))
                await asyncio.sleep(0.02)

        pouring = asyncio.create_task(drip())
        for peer in silent + dripping:
            try:
                async with asyncio.timeout(2):
                    assert await peer.reader.read() == b""
            except ConnectionError:
                pass
        pouring.cancel()


async def test_f19_a_body_that_drips_ends_in_a_400(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_posts, "BODY_WITHIN", 0.2)
    async with world() as here:
        sid = await here.poller()
        peer = await here.peer()
        await peer.ask("POST", f"{POLLING}&sid={sid}", None, "Content-Length: 100\r\n")
        peer.writer.write(b"4")
        assert (await peer.answer()).status == 400
        assert len(here.handler.gone) == 1
        peer.writer.close()


async def test_a_get_with_a_body_and_an_upgrade_with_a_body_are_refused() -> None:
    async with world() as here:
        assert (await here.request("GET", POLLING, b"x" * 10)).status == 400
        assert (await here.request("GET", WEBSOCKET, b"x" * 10, HANDSHAKE)).status == 400
        assert here.transport.sockets() == 0


async def test_other_methods_are_refused() -> None:
    async with world() as here:
        for method in ("PUT", "DELETE", "PATCH", "HEAD"):
            peer = await here.peer()
            await peer.ask(method, POLLING, None)
            assert (await peer.answer(body=False)).status == 405
        preflight = await here.request(
            "OPTIONS", POLLING, headers="Origin: https://good.example\r\n"
        )
        assert preflight.status == 200


# -- libraries -------------------------------------------------------------------------------------


def test_the_transport_does_not_start_on_untested_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_libraries()
    monkeypatch.setitem(TESTED, "aiohttp", ("3.99", "3.100"))
    with pytest.raises(WrongLibrary, match=r"aiohttp is .* 3\.99"):
        check_libraries()
