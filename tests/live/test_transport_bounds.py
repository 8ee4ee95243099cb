"""What one client may cost: bounds out and in, the heartbeat, the end (F4-F6, F11, F15)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import pytest

from chatserver.live import transport_socket
from chatserver.live.transport import Frame
from chatserver.live.transport_heartbeat import Wheel
from chatserver.live.transport_session import MAX_BYTES_OUT
from tests.live.transport_world import (  # noqa: F401
    AS_SERVED,
    Closed,
    Peer,
    World,
    event_loop_policy,
    open_files,
    world,
)

pytestmark = AS_SERVED

QUICK = {"ping_interval": 0.3, "ping_timeout": 0.3, "connect_within": 0.4}


async def flood(here: World, sender: Peer, kilobytes: int) -> None:
    """Makes everybody in the room get so much, and waits until the sender has it."""
    body = "x" * 8192
    for _ in range(kilobytes // 8):
        await sender.send(f'42/citizen,["say","{body}"]')
        assert "echo" in await sender.text()


async def test_f04_a_client_that_never_reads_is_cut_though_its_heart_beats() -> None:
    async with world() as here:
        slow = await here.citizen(receive_buffer=4096)
        sender = await here.citizen()
        heart = asyncio.create_task(beats(slow))
        largest = 0
        wire = here.handler.connected[0].socket.wire
        for _ in range(200):
            await flood(here, sender, 64)
            if not wire.is_closing():
                largest = max(largest, wire.get_write_buffer_size())
            if here.handler.gone:
                break
        heart.cancel()
        assert here.handler.gone == [here.handler.connected[0]]
        assert largest <= MAX_BYTES_OUT + 16_384
        assert wire.is_closing()


async def beats(peer: Peer) -> None:
    while True:
        await peer.send("3")
        await asyncio.sleep(0.05)


async def test_f04_small_packets_are_counted_too() -> None:
    async with world() as here:
        slow = await here.citizen(receive_buffer=4096)
        session = here.handler.connected[0].socket
        sender = await here.citizen()
        loop = asyncio.get_running_loop()
        await until_unsent(here, sender, lambda: session.wire.get_write_buffer_size() > 4096)
        since = loop.time()
        while not here.handler.gone and loop.time() < since + 5:
            await sender.send('42/citizen,["say",1]')
            await sender.text()
        assert here.handler.gone == [here.handler.connected[0]]
        assert not slow.reader.at_eof()


async def until_unsent(here: World, sender: Peer, holds: Callable[[], bool]) -> None:
    while not holds():
        await flood(here, sender, 64)


async def test_f04_a_burst_to_a_client_that_reads_goes_through() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('42/citizen,1["flood",{"n":3000}]')
        for _ in range(3000):
            assert "push" in await peer.text()
        assert (await peer.text()).startswith("43/citizen,1")


async def test_f04_a_client_that_does_not_poll_is_cut() -> None:
    async with world() as here:
        await here.poller()
        sender = await here.citizen()
        for _ in range(300):
            await sender.send('42/citizen,["say",1]')
            await sender.text()
        await here.until(lambda: here.handler.gone == [here.handler.connected[0]])


async def test_f05_after_a_ping_timeout_nothing_of_the_client_stays() -> None:
    async with world(**QUICK) as here:
        sender = await here.citizen()
        tasks, files = len(asyncio.all_tasks()), open_files()
        mute = [await here.citizen(receive_buffer=4096) for _ in range(5)]
        for _ in range(20):
            await flood(here, sender, 64)
        living = asyncio.create_task(answers(sender))
        await here.until(lambda: len(here.handler.gone) == 5, 3)
        # The peers' own ends are still open: five descriptors, but none of the server's.
        await here.until(lambda: open_files() <= files + 5, 3)
        await here.until(lambda: len(asyncio.all_tasks()) <= tasks + 1, 3)
        assert here.transport.sockets() == 1
        living.cancel()
        del mute


async def answers(peer: Peer) -> None:
    while True:
        await peer.text()


async def test_a_silent_client_is_found_within_interval_and_timeout() -> None:
    async with world(**QUICK) as here:
        peer = await here.citizen()
        start = time.monotonic()
        assert await peer.text(pings=True) == "2"
        await here.until(lambda: here.handler.gone, 2)
        assert 0.4 < time.monotonic() - start < 1.2


async def test_a_client_that_answers_stays_and_its_lag_is_known() -> None:
    async with world(**QUICK) as here:
        peer = await here.citizen()
        connection = here.handler.connected[0]
        assert connection.lag is None
        for _ in range(4):
            assert await peer.text(pings=True) == "2"
            await peer.send("3")
        await here.until(lambda: connection.lag is not None)
        assert connection.lag is not None and 0 <= connection.lag < 0.3
        assert not here.handler.gone


async def test_a_polling_client_is_pinged_and_found_silent() -> None:
    async with world(**QUICK) as here:
        sid = await here.poller()
        assert (await here.poll(sid)).body == b"2"
        assert (await here.post(sid, b"3")).status == 200
        assert (await here.poll(sid)).body == b"2"
        await here.until(lambda: here.handler.gone, 2)
        assert (await here.poll(sid)).status == 400


async def test_pongs_that_nobody_asked_for_keep_nothing_alive() -> None:
    async with world(**QUICK) as here:
        peer = await here.websocket()
        heart = asyncio.create_task(beats(peer))
        assert await peer.closed() == 1008
        heart.cancel()
        assert here.transport.sockets() == 0


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_f15_a_step_of_the_wall_clock_changes_no_heartbeat(
    jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(**QUICK) as here:
        living = await here.citizen()
        mute = await here.citizen()
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        start = time.monotonic()
        answering = asyncio.create_task(answers(living))
        await here.until(lambda: here.handler.gone, 2)
        assert here.handler.gone == [here.handler.connected[1]]
        assert 0.25 < time.monotonic() - start < 1.5
        await asyncio.sleep(0.7)
        assert len(here.handler.gone) == 1
        answering.cancel()
        del mute


async def test_f11_a_connection_without_an_accepted_connect_is_closed() -> None:
    async with world(**QUICK) as here:
        silent = await here.websocket()
        refused = await here.websocket()
        await refused.send('40/citizen,{"token":"bad"}')
        assert (await refused.text()).startswith("44/citizen,")
        assert await silent.closed() == 1008
        assert await refused.closed() == 1008
        sid = await here.poller(connect=False)
        assert (await here.poll(sid)).body in (b"1", b"2")
        await here.until(lambda: here.transport.sockets() == 0, 2)


async def test_f06_events_of_one_client_are_heard_in_their_order() -> None:
    async with world() as here:
        peer = await here.citizen()
        for i in range(500):
            await peer.send(f'42/citizen,["x",{i}]')
        await here.until(lambda: len(here.heard) == 500)
        assert [payload for _, payload in here.heard] == [b"%d" % i for i in range(500)]


async def test_f06_no_more_than_64_events_are_pending_and_the_rest_keeps_its_order() -> None:
    async with world() as here:
        peer = await here.citizen()
        for i in range(300):
            await peer.send(f'42/citizen,{i}["hold",{i}]')
        await here.until(lambda: len(here.handler.held) == 64)
        await asyncio.sleep(0.05)
        assert len(here.handler.held) == 64
        answered = 0
        while answered < 300:
            await here.until(lambda seen=answered: len(here.handler.held) > seen)
            for reply in here.handler.held[answered:]:
                reply(b"{}")
                reply(b"{}")
                answered += 1
        for i in range(300):
            assert await peer.text() == f"43/citizen,{i}[{{}}]"
        assert [json.loads(payload) for _, payload in here.heard] == list(range(300))


async def test_f06_the_bound_holds_for_polling() -> None:
    async with world() as here:
        sid = await here.poller()
        body = b"\x1e".join(b'42/citizen,["hold",%d]' % i for i in range(100))
        posted = asyncio.create_task(here.post(sid, body))
        await here.until(lambda: len(here.handler.held) == 64)
        await asyncio.sleep(0.05)
        assert len(here.handler.held) == 64 and not posted.done()
        for reply in here.handler.held[:]:
            reply(b"{}")
        assert (await posted).status == 200
        assert len(here.handler.held) == 100


async def test_a_flood_while_the_handler_is_busy_is_held_back_at_the_peer() -> None:
    async with world() as here:
        peer = await here.citizen()
        event = '42/citizen,["hold","%s"]' % ("x" * 8000)
        sent = 0

        async def pour() -> None:
            nonlocal sent
            for _ in range(4000):
                await peer.send(event)
                await peer.writer.drain()
                sent += 1

        pouring = asyncio.create_task(pour())
        await here.until(lambda: len(here.handler.held) == transport_socket.MAX_PENDING_IN)
        before = -1
        while sent != before:
            before = sent
            await asyncio.sleep(0.1)
        assert sent < 4000, "the peer's writes stopped"
        pouring.cancel()
        for reply in here.handler.held:
            reply(b"{}")
        await here.until(lambda: len(here.handler.held) > 70)


async def test_a_client_that_sends_too_fast_is_read_more_slowly_and_hurts_nobody() -> None:
    async with world(events_per_second=200, **QUICK) as here:
        fast, calm = await here.citizen(), await here.citizen()
        loop = asyncio.get_running_loop()
        start = loop.time()
        for i in range(100):
            await fast.send(f'42/citizen,{i}["x",{i}]')
        await calm.send('42/citizen,1["length",{"body":"a"}]')
        assert (await calm.text()).startswith("43/citizen,1")
        assert loop.time() - start < 0.2
        for i in range(100):
            assert (await fast.text()).startswith(f"43/citizen,{i}[")
        assert loop.time() - start > 0.3
        assert [int(payload) for name, payload in here.heard if name == "x"] == list(range(100))


async def test_replies_and_sends_after_the_end_do_nothing() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('42/citizen,1["hold",1]')
        await here.until(lambda: here.handler.held)
        peer.writer.transport.abort()
        await here.until(lambda: here.handler.gone)
        connection = here.handler.gone[0]
        here.handler.held[0](b"{}")
        late = Frame.event("/citizen", "late", b"{}")
        connection.send(late)
        connection.close()
        connection.close(reconnect=True)
        here.transport.join(connection, "all")
        here.transport.publish(["all"], {"/citizen": late})
        assert "all" not in here.transport.occupied


async def test_the_wheel_turns_each_member_at_its_time_and_survives_a_faulty_one() -> None:
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    wheel = Wheel(0.01)
    beats: list[tuple[str, float]] = []
    start = wheel.now()

    class Member:
        def __init__(self, name: str, every: float, times: int) -> None:
            self.name, self.every, self.times = name, every, times

        def beat(self, now: float) -> float | None:
            if self.name == "faulty":
                raise RuntimeError
            beats.append((self.name, now - start))
            self.times -= 1
            return now + self.every if self.times else None

    for member in (Member("faulty", 1, 1), Member("a", 0.05, 3), Member("b", 0.12, 1)):
        wheel.add(member, start + member.every if member.name != "faulty" else start)
    end = start + 5
    while wheel._slots and wheel.now() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert [name for name, _ in beats].count("a") == 3
    assert all(at >= 0.05 for name, at in beats if name == "a")
    assert [at >= 0.12 for name, at in beats if name == "b"] == [True]
    assert len(complaints) == 1
    assert wheel._timer is None or wheel._slots == {}
