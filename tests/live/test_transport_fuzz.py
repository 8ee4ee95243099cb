"""Packets made up by a grammar and by chance: no traceback, no zombie, the server still serves."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.extent import extent
from tests.live.transport_world import (  # noqa: F401
    AS_SERVED,
    HANDSHAKE,
    World,
    event_loop_policy,
    masked,
    world,
)

pytestmark = AS_SERVED

NAMES = st.sampled_from(["say", "connect", "disconnect", "x", "", "fault\x00", "法", "length2"])
NAMESPACE = st.sampled_from(
    ["", "/citizen,", "/lawyer,", "/nowhere,", "/citizen", "/,", "/citizen?a=1,"]
)
NUMBER = st.sampled_from(["", "0", "7", "-1", "1.5", "9" * 30, "٣"])
SCALAR = st.sampled_from(
    ["null", "true", "1", "-0", "1e5", "1e999", "NaN", "Infinity", '""', '"\\ud800"', '"\\u0000"',
     '"\\x"', "1" * 120, "01", "[", "}", '{"a":1,"a":2}', '{"_placeholder":true,"num":0}']
)  # fmt: skip
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ",".join(items) + "]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ",".join(f'"k{i}":{v}' for i, v in enumerate(items)) + "}"
        ),
    ),
    max_leaves=6,
)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """One engine.io packet, more or less right."""
    kind = draw(
        st.sampled_from(["42", "42", "42", "40", "41", "43", "44", "45", "451-", "46", "4"])
    )
    body = draw(
        st.one_of(
            st.builds(lambda n, v: f"[{json.dumps(n)},{v}]", NAMES, VALUE),
            st.builds(lambda n: f"[{json.dumps(n)}]", NAMES),
            VALUE,
            st.just(""),
            st.just('{"token":"good"}'),
            st.just('{"token":"bad"}'),
        )
    )
    text = kind + draw(NAMESPACE) + draw(NUMBER) + body
    data = text.encode(errors="surrogatepass")
    if draw(st.integers(0, 4)) == 0 and data:
        at = draw(st.integers(0, len(data) - 1))
        data = data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 2)) :]
    return data


LOOSE = st.one_of(
    st.sampled_from([b"2", b"3", b"1", b"5", b"6", b"0", b"2probe"]), st.binary(max_size=12)
)
PACKET = st.one_of(packets(), packets(), packets(), LOOSE)
FRAME = st.one_of(
    PACKET.map(lambda data: masked(data, 1)),
    PACKET.map(lambda data: masked(data, 1)),
    st.builds(masked, PACKET, st.integers(0, 15), st.sampled_from([0x80, 0, 0xC0, 0xF0])),
    st.binary(max_size=8),
)
CONNECT = masked(b'40/citizen,{"token":"good"}', 1)
QUIET = settings(
    max_examples=extent(12, 30),
    deadline=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


async def still_serves(here: World, caplog: pytest.LogCaptureFixture) -> None:
    """All that misbehaved is gone, nothing was logged but lines, and others are served."""
    await here.until(lambda: here.transport.sockets() == 0, 3)
    assert len(here.handler.gone) == len(here.handler.connected)
    peer = await here.citizen()
    await peer.send('42/citizen,1["length",{"body":"abc"}]')
    assert await peer.text() == '43/citizen,1[{"ok":true,"n":3}]'
    peer.writer.close()
    faults = [record for record in caplog.records if record.exc_info]
    assert not faults, faults[0].getMessage()
    assert "Traceback" not in caplog.text


@QUIET
@given(
    connections=st.lists(
        st.tuples(st.booleans(), st.lists(FRAME, max_size=8)), min_size=4, max_size=8
    )
)
async def test_frames_made_up_leave_no_traceback_and_no_zombie(
    connections: list[tuple[bool, list[bytes]]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    async with world() as here:
        for connect, frames in connections:
            peer = await here.peer()
            await peer.ask("GET", "EIO=4&transport=websocket", None, HANDSHAKE)
            peer.writer.write((CONNECT if connect else b"") + b"".join(frames))
        await asyncio.sleep(0.01)
        for peer in here.peers:
            peer.writer.close()
        await still_serves(here, caplog)


@QUIET
@given(bodies=st.lists(st.lists(PACKET, max_size=5).map(b"\x1e".join), min_size=3, max_size=6))
async def test_bodies_made_up_are_a_200_or_a_400(
    bodies: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    async with world() as here:
        for body in bodies:
            sid = await here.poller()
            status = (await here.post(sid, body)).status
            assert status in (200, 400)
            if status == 200:
                await here.post(sid, b"1")
        await still_serves(here, caplog)


@QUIET
@given(
    requests=st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST", "OPTIONS"]),
            st.lists(
                st.sampled_from(
                    ["EIO=4", "EIO=3", "EIO=", "transport=polling", "transport=websocket", "sid=x",
                     "transport=", "j=1", "t=%00%ff", "sid=", "b64=1", "&&=", "EIO=4", "EIO=4"]
                ),
                max_size=5,
            ).map("&".join),
            st.lists(
                st.sampled_from(
                    ["Upgrade: websocket", "Upgrade: h2c", "Connection: Upgrade", "Origin: null",
                     "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 99", "Content-Length: 3",
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: x",
                     "Sec-WebSocket-Protocol: \xff", "X-Forwarded-For: x, ,y", "Content-Length: 0",
                     "Accept-Language: ,;q=\xff", "Transfer-Encoding: chunked",
                     "Expect: 100-continue"]
                ),
                max_size=5,
                unique=True,
            ).map(lambda lines: "".join(line + "\r\n" for line in lines)),
        ),
        min_size=4,
        max_size=10,
    )
)  # fmt: skip
async def test_requests_made_up_are_answered_or_closed(
    requests: list[tuple[str, str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    async with world(runner={"keepalive_timeout": 0.2, "lingering_time": 0.1}) as here:
        for method, query, headers in requests:
            peer = await here.peer()
            head = f"{method} /socket.io/?{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n"
            peer.writer.write(head.encode("latin-1") + b"abc")
        await asyncio.sleep(0.02)
        for peer in here.peers:
            peer.writer.close()
        for sid in list(here.transport._engine.sockets):
            await here.post(sid, b"1")
        await still_serves(here, caplog)
