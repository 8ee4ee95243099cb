"""Rooms, the upgrade in the middle of traffic, and the end of a connection, exactly once."""

from __future__ import annotations

import asyncio
import json

import pytest
import uvloop

from chatserver.live.transport import Frames
from tests.live.transport_world import (  # noqa: F401
    AS_SERVED,
    Closed,
    World,
    event_loop_policy,
    world,
)

pytestmark = AS_SERVED

UPGRADE = "EIO=4&transport=websocket&sid="


async def test_the_tests_run_on_the_loop_of_the_server() -> None:
    assert isinstance(asyncio.get_running_loop(), uvloop.Loop)


def number(packet: str | bytes) -> int:
    text = packet.decode() if isinstance(packet, bytes) else packet
    return int(json.loads(text.partition(",")[2])[1]["i"])


async def say(here: World, i: int) -> None:
    here.transport.publish(["all"], Frames("echo", b'{"i":%d}' % i))


async def test_order_is_kept_when_a_connection_upgrades_in_the_middle_of_traffic() -> None:
    async with world() as here:
        sid = await here.poller()
        seen: list[int] = []
        spoken = 0

        async def speak() -> None:
            nonlocal spoken
            while True:
                await say(here, spoken)
                spoken += 1
                await asyncio.sleep(0.001)

        speaking = asyncio.create_task(speak())

        async def poll_until_noop() -> None:
            while True:
                for packet in (await here.poll(sid)).body.split(b"\x1e"):
                    if packet == b"6":
                        return
                    seen.append(number(packet))

        polling = asyncio.create_task(poll_until_noop())
        await asyncio.sleep(0.05)
        ws = await here.websocket(query=UPGRADE + sid)
        await ws.send("2probe")
        assert await ws.text() == "3probe"
        await polling
        await asyncio.sleep(0.05)
        await ws.send("5")
        while len(seen) < 200:
            seen.append(number(await ws.text()))
        speaking.cancel()
        assert seen == list(range(200))


async def test_events_sent_by_polling_come_before_those_sent_after_the_upgrade() -> None:
    async with world() as here:
        sid = await here.poller()
        assert (await here.post(sid, b'42/citizen,["x",0]\x1e42/citizen,["x",1]')).status == 200
        ws = await here.websocket(query=UPGRADE + sid)
        await ws.send("2probe")
        await ws.text()
        await ws.send("5")
        for i in range(2, 50):
            await ws.send(f'42/citizen,["x",{i}]')
        await here.until(lambda: len(here.heard) == 50)
        assert [int(payload) for _, payload in here.heard] == list(range(50))


async def test_frames_that_follow_the_upgrade_packet_at_once_are_heard() -> None:
    async with world() as here:
        sid = await here.poller()
        ws = await here.websocket(query=UPGRADE + sid)
        for packet in ("2probe", "5", '42/citizen,["x",1]', '42/citizen,["x",2]'):
            await ws.send(packet)
        await here.until(lambda: len(here.heard) == 2)


async def test_a_poll_left_open_over_the_upgrade_ends_and_hurts_nothing() -> None:
    async with world() as here:
        sid = await here.poller()
        polling = asyncio.create_task(here.poll(sid))
        await asyncio.sleep(0.05)
        ws = await here.websocket(query=UPGRADE + sid)
        for packet in ("2probe", "5", '42/citizen,1["say",{"i":1}]'):
            await ws.send(packet)
        assert await ws.text() == "3probe"
        assert number(await ws.text()) == 1
        assert (await polling).body == b"6"
        await ws.send('42/citizen,2["x",2]')
        assert (await ws.text()).startswith("43/citizen,1")
        assert (await ws.text()).startswith("43/citizen,2")


@pytest.mark.parametrize("probe", ["2", "x", "5", "3probe", '42/citizen,["x",1]'])
async def test_a_failed_probe_leaves_the_session_polling(probe: str) -> None:
    async with world() as here:
        sid = await here.poller()
        ws = await here.websocket(query=UPGRADE + sid)
        await ws.send(probe)
        assert await ws.closed() in (None, 1000)
        await here.until(lambda: here.transport.sockets() == 1)
        assert (await here.post(sid, b'42/citizen,1["say",{"i":1}]')).status == 200
        assert b"43/citizen,1" in (await here.poll(sid)).body
        assert here.heard == [("say", b'{"i":1}')]


async def test_one_upgrade_at_a_time_and_no_polling_after_it() -> None:
    async with world() as here:
        sid = await here.poller()
        ws = await here.websocket(query=UPGRADE + sid)
        await ws.send("2probe")
        await ws.text()
        second = await here.request("GET", UPGRADE + sid, headers="Connection: Upgrade\r\n")
        assert second.status == 400
        with pytest.raises(AssertionError, match="400"):
            await here.websocket(query=UPGRADE + sid)
        await ws.send("5")
        await ws.send('42/citizen,1["x",1]')
        await ws.text()
        assert (await here.poll(sid)).status == 400
        assert (await here.post(sid, b"3")).status == 400
        with pytest.raises(AssertionError, match="400"):
            await here.websocket(query=UPGRADE + sid)
        assert not here.handler.gone


async def test_what_the_handler_sends_while_connecting_comes_after_the_connect() -> None:
    async with world() as here:
        here.handler.door.clear()
        peer = await here.websocket()
        await peer.send('40/citizen,{"token":"good"}')
        await peer.send('42/citizen,1["x",1]')
        await asyncio.sleep(0.02)
        (connection,) = here.transport._sessions.all()
        here.transport.join(connection, "all")
        await say(here, 1)
        assert list(here.transport.connections()) == []
        here.handler.door.set()
        assert (await peer.text()).startswith("40/citizen,")
        assert number(await peer.text()) == 1
        assert (await peer.text()).startswith("43/citizen,1")


async def test_everyone_in_a_room_gets_the_frame_of_their_namespace() -> None:
    async with world() as here:
        citizen, other = await here.citizen(), await here.citizen()
        lawyer = await here.citizen("/lawyer")
        expert = await here.citizen("/expert")
        first, second, third, fourth = here.handler.connected
        for connection in (first, third, fourth):
            here.transport.join(connection, "account:1")
        frames = Frames("hello", b"1")
        here.transport.publish(["account:1"], frames)
        here.transport.publish(["nobody"], frames)
        await say(here, 9)
        assert await citizen.text() == '42/citizen,["hello",1]'
        assert await lawyer.text() == '42/lawyer,["hello",1]'
        assert await expert.text() == '42/expert,["hello",1]'
        assert sorted(frames) == ["/citizen", "/expert", "/lawyer"], "made where they are heard"
        assert number(await other.text()) == 9
        here.transport.leave(first, "account:1")
        here.transport.leave(first, "account:1")
        assert first.rooms == {"all"}
        assert "account:1" in here.transport.occupied
        assert len(list(here.transport.connections())) == 4
        del second


async def test_one_socket_may_serve_several_namespaces() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('40/lawyer,{"token":"good"}')
        assert (await peer.text()).startswith("40/lawyer,")
        await peer.send("41/citizen,")
        await here.until(lambda: len(here.handler.gone) == 1)
        await peer.send('42/citizen,1["x",1]')
        await peer.send('42/lawyer,2["x",2]')
        assert (await peer.text()).startswith("43/lawyer,2")
        assert here.heard == [("x", b"2")]
        await peer.send('40/citizen,{"token":"good"}')
        assert (await peer.text()).startswith("40/citizen,")


async def test_disconnect_is_heard_exactly_once_however_it_ends() -> None:
    async with world() as here:
        ends = {
            "client leaves": lambda peer: peer.send("41/citizen,"),
            "engine closes": lambda peer: peer.send("1"),
            "websocket closes": lambda peer: peer.send((1000).to_bytes(2, "big"), opcode=8),
            "malformed": lambda peer: peer.send("x"),
            "kicked": lambda peer: peer.send('42/citizen,1["kick",{}]'),
        }
        for count, (name, end) in enumerate(ends.items(), 1):
            peer = await here.citizen()
            await end(peer)
            await peer.send("41/citizen,")
            await peer.send("1")
            await here.until(lambda count=count: len(here.handler.gone) == count)
            peer.writer.transport.abort()
            await asyncio.sleep(0.01)
            assert len(here.handler.gone) == count, name
        peer = await here.citizen()
        peer.writer.transport.abort()
        await here.until(lambda: len(here.handler.gone) == 6)


async def test_a_kicked_connection_gets_a_disconnect_packet() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('42/citizen,1["kick",{}]')
        assert (await peer.text()).startswith("43/citizen,1")
        assert await peer.text() == "41/citizen,"


async def test_a_connection_sent_away_closes_with_1012() -> None:
    async with world() as here:
        peer = await here.citizen()
        here.handler.connected[0].close(reconnect=True)
        assert await peer.closed() == 1012
        assert len(here.handler.gone) == 1


async def test_a_client_that_leaves_while_it_is_being_let_in_is_let_out_again() -> None:
    async with world() as here:
        here.handler.door.clear()
        peer = await here.websocket()
        await peer.send('40/citizen,{"token":"good"}')
        await asyncio.sleep(0.02)
        peer.writer.transport.abort()
        await here.until(lambda: here.transport.sockets() == 0)
        assert here.handler.gone == []
        here.handler.door.set()
        await here.until(lambda: here.handler.gone)
        assert here.handler.gone == here.handler.connected
        assert "all" not in here.transport.occupied
        assert list(here.transport.connections()) == []


async def test_drain_tells_everyone_and_closes_at_once() -> None:
    async with world() as here:
        peer = await here.citizen()
        sid = await here.poller()
        polling = asyncio.create_task(here.poll(sid))
        await asyncio.sleep(0.02)
        deaf = await here.citizen(receive_buffer=4096)
        loop = asyncio.get_running_loop()
        start = loop.time()
        draining = asyncio.create_task(here.transport.drain(700))
        assert await peer.text() == '42/citizen,["server:draining",{"reconnect_in_ms":700}]'
        assert await peer.closed() == 1012
        assert loop.time() - start < 0.3
        told = b'42/citizen,["server:draining",{"reconnect_in_ms":700}]'
        assert (await polling).body == told
        assert (await here.poll(sid)).body == b"1"
        assert len(here.handler.gone) == 3
        assert (await here.request("GET", "EIO=4&transport=polling")).status == 503
        await draining
        assert loop.time() - start < 2
        del deaf
