"""Long polling: no message is lost in a 200 (findings F1, F2, F3 and half of F13).

F14 (redis) and F21 (catch-up after an interruption) are not the transport's: push is a hint here,
the journal is the truth, and the tests of the journeys show both.
"""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.live.transport_world import AS_SERVED, World, event_loop_policy, world  # noqa: F401

pytestmark = AS_SERVED

EVENT = b'42/citizen,1["length",{"body":"%s"}]'


async def split(here: World, sid: str, body: bytes, at: int) -> int:
    """Sends a POST in two TCP segments and returns the status."""
    peer = await here.peer()
    await peer.ask(
        "POST", f"EIO=4&transport=polling&sid={sid}", None, f"Content-Length: {len(body)}\r\n"
    )
    peer.writer.write(body[:at])
    await peer.writer.drain()
    await asyncio.sleep(0.02)
    peer.writer.write(body[at:])
    return (await peer.answer()).status


@pytest.mark.parametrize(("size", "at"), [(80, 20), (100_000, 20), (131_000, 70_000)])
async def test_f01_a_body_in_two_segments_arrives_whole(size: int, at: int) -> None:
    async with world() as here:
        sid = await here.poller()
        assert await split(here, sid, EVENT % (b"a" * size), at) == 200
        assert (await here.poll(sid)).body == b'43/citizen,1[{"ok":true,"n":%d}]' % size


async def test_f01_a_body_that_breaks_off_is_never_a_200() -> None:
    async with world() as here:
        sid = await here.poller()
        peer = await here.peer()
        head = "Content-Length: 100\r\n"
        await peer.ask("POST", f"EIO=4&transport=polling&sid={sid}", None, head)
        peer.writer.write(b"42/citizen")
        await peer.writer.drain()
        peer.writer.write_eof()
        peer.writer.close()
        await here.until(lambda: here.handler.gone)
        assert not here.heard


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"\xff\xfe", b"7", b"4", b"2", b"d=42", b"bAAAA", b"4\x1e", b"42/citizen,[1]"],
)
async def test_f01_a_bad_body_is_a_400_and_ends_the_session(body: bytes) -> None:
    async with world() as here:
        sid = await here.poller()
        assert (await here.post(sid, body)).status == 400
        assert len(here.handler.gone) == 1
        assert (await here.post(sid, b"3")).status == 400


async def test_f02_a_post_over_the_limit_is_a_413_at_once() -> None:
    async with world() as here:
        sid = await here.poller()
        peer = await here.peer()
        head = f"Content-Length: {128 * 1024 + 1}\r\n"
        await peer.ask("POST", f"EIO=4&transport=polling&sid={sid}", None, head)
        answer = await asyncio.wait_for(peer.answer(), 1)
        assert answer.status == 413
        said = json.loads(answer.body)
        assert (said["code"], said["details"]) == ("too_large", {"limit": 128 * 1024})
        peer.writer.close()
        assert (await here.post(sid, b"3")).status == 200, "the session goes on"


async def test_f02_a_post_of_just_the_limit_is_taken() -> None:
    async with world() as here:
        sid = await here.poller()
        body = EVENT % (b"a" * (128 * 1024 - len(EVENT) + 2))
        assert len(body) == 128 * 1024
        assert (await here.post(sid, body)).status == 200


async def test_f03_a_chunked_post_is_a_411() -> None:
    async with world() as here:
        sid = await here.poller()
        peer = await here.peer()
        await peer.ask(
            "POST",
            f"EIO=4&transport=polling&sid={sid}",
            None,
            "Transfer-Encoding: chunked\r\n",
        )
        peer.writer.write(b"5\r\n40/ab\r\n0\r\n\r\n")
        assert (await peer.answer()).status == 411


async def test_a_compressed_post_is_refused() -> None:
    async with world() as here:
        sid = await here.poller()
        answer = await here.request(
            "POST", f"EIO=4&transport=polling&sid={sid}", b"xxxx", "Content-Encoding: gzip\r\n"
        )
        assert answer.status == 400


async def test_f13_jsonp_is_refused() -> None:
    async with world() as here:
        for query in ("EIO=4&transport=polling&j=0", "EIO=4&transport=polling&j="):
            assert (await here.request("GET", query)).status == 400
        sid = await here.poller()
        asked = await here.request("POST", f"EIO=4&transport=polling&sid={sid}&j=0", b"d=3")
        assert asked.status == 400


@pytest.mark.parametrize(
    "query",
    [
        "",
        "EIO=3&transport=polling",
        "transport=polling",
        "EIO=4&transport=webtransport",
        "EIO=4&transport=websocket",
        "EIO=4&transport=polling&sid=unknown",
        "EIO=4&transport=polling&sid=",
        "EIO=4&transport=%ff%00",
    ],
)
async def test_a_request_that_is_not_engine_io_is_a_400(query: str) -> None:
    async with world() as here:
        assert (await here.request("GET", query)).status == 400
        assert here.transport.sockets() == 0


async def test_two_polls_at_a_time_end_the_session() -> None:
    async with world() as here:
        sid = await here.poller()
        first = asyncio.create_task(here.poll(sid))
        await asyncio.sleep(0.05)
        assert (await here.poll(sid)).status == 400
        assert (await first).body == b"1"
        assert len(here.handler.gone) == 1


async def test_two_posts_at_a_time_end_the_session() -> None:
    async with world() as here:
        sid = await here.poller(connect=False)
        here.handler.door.clear()
        first = asyncio.create_task(here.post(sid, b'40/citizen,{"token":"good"}'))
        await asyncio.sleep(0.05)
        assert (await here.post(sid, b"3")).status == 400
        here.handler.door.set()
        await first
        assert here.transport.sockets() == 0


async def test_pushes_and_acks_come_in_order_by_polling() -> None:
    async with world() as here:
        sid = await here.poller()
        body = b"\x1e".join(b'42/citizen,%d["say",{"i":%d}]' % (i, i) for i in range(30))
        assert (await here.post(sid, body)).status == 200
        packets = (await here.poll(sid)).body.split(b"\x1e")
        expected: list[bytes] = []
        for i in range(30):
            expected.append(b'42/citizen,["echo",{"i":%d}]' % i)
            expected.append(b'43/citizen,%d[{"ok":true}]' % i)
        assert packets == expected


async def test_many_events_in_one_post_wait_for_the_polls_that_carry_the_answers() -> None:
    async with world() as here:
        sid = await here.poller()
        body = b"\x1e".join(b'42/citizen,%d["say",{"i":%d}]' % (i, i) for i in range(2000))
        posted = asyncio.create_task(here.post(sid, body))
        packets: list[bytes] = []
        while len(packets) < 4000:
            packets += (await here.poll(sid)).body.split(b"\x1e")
        assert (await posted).status == 200
        acks = [packet for packet in packets if packet[:2] == b"43"]
        assert acks == [b'43/citizen,%d[{"ok":true}]' % i for i in range(2000)]


async def test_a_poll_whose_connection_broke_ends_the_session_with_the_next_packet() -> None:
    async with world() as here:
        sid = await here.poller()
        peer = await here.peer()
        await peer.ask("GET", f"EIO=4&transport=polling&sid={sid}", None)
        await asyncio.sleep(0.05)
        peer.writer.close()
        await asyncio.sleep(0.05)
        other = await here.citizen()
        await other.send('42/citizen,1["say",{}]')
        await here.until(lambda: here.handler.gone)
