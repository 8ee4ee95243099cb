"""What is no packet of ours closes the connection; what is reaches the handler (F7-F10, F16-F18)."""

from __future__ import annotations

import contextlib
import json
import logging
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.live.transport_packets import (
    Frame,
    Malformed,
    StrictJSON,
    StrictPacket,
    ack_packet,
    read_event,
    websocket_frame,
)
from tests.live.transport_world import (  # noqa: F401
    AS_SERVED,
    Closed,
    World,
    event_loop_policy,
    masked,
    world,
)

pytestmark = AS_SERVED

MALFORMED = [
    "x",
    "",
    "²",
    "4",
    "4²",
    "4[[[[[[",
    "42",
    "42[]",
    "42{}",
    '42/citizen,["say"',
    '42/citizen,{"a":1}',
    "42/citizen,[1,{}]",
    "42/citizen,[null]",
    "42/citizen,[[]]",
    '42/citizen,1x["say",{}]',
    '42/citizen,-1["say",{}]',
    '42/citizen,99999999999999999999999["say",{}]',
    '42/citizen["say",{}]',
    '42/nowhere,["say",{}]',
    '42["say",{}]',
    '42/citizen,["say",{}]]',
    '42/citizen,["say",' + "[" * 60_000,
    '42/citizen,["say",' + "[" * 60_000 + "]" * 60_000 + "]",
    '43/citizen,["x"]',
    "43/citizen,1{}",
    '44/citizen,{"message":"x"}',
    '45/citizen,1-["say",{"_placeholder":true,"num":0}]',
    '451-/citizen,["say",{"_placeholder":true,"num":0}]',
    '459999999999-["say",{"_placeholder":true,"num":0}]',
    "461-/citizen,1[]",
    "47",
    "40/citizen,[]",
    '40/citizen,"x"',
    "40/citizen,1{}",
    '40/citizen,{"token":"good"}',
    "40/citizen,{",
    '41/citizen,{"a":1}',
    "2",
    "2probe",
    "5",
    "0{}",
    "bAAAA",
    "33",
    "3x",
]


async def test_f08_a_malformed_packet_closes_at_once_and_disconnect_is_heard() -> None:
    async with world() as here:
        for count, packet in enumerate(MALFORMED, 1):
            peer = await here.citizen()
            await peer.send(packet)
            assert await peer.closed() == 1008, packet[:40]
            assert len(here.handler.gone) == count, packet[:40]
        assert here.heard == []


async def test_f08_a_malformed_packet_by_polling_ends_the_session() -> None:
    async with world() as here:
        for count, packet in enumerate(MALFORMED, 1):
            sid = await here.poller()
            assert (await here.post(sid, packet.encode())).status == 400, packet[:40]
            assert len(here.handler.gone) == count, packet[:40]
        assert here.heard == []


async def test_f09_malformed_packets_leave_one_log_line_without_traceback_or_payload(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with world() as here:
        for _ in range(20):
            peer = await here.citizen()
            await peer.send('42/citizen,["secret-payload",NaN]')
            await peer.closed()
        lines = [r for r in caplog.records if r.levelno >= logging.WARNING]
        assert [r.getMessage() for r in lines] == ["A connection was closed: not strict JSON."]
        assert not any(r.exc_info for r in caplog.records)
        assert "secret-payload" not in caplog.text


async def test_f07_events_named_like_the_librarys_own_are_events_and_nothing_more() -> None:
    async with world() as here:
        peer = await here.citizen()
        forged = ["connect", "disconnect", "connect_error", "*", "", "message", "__proto__"]
        for number, name in enumerate(forged):
            event = json.dumps([name, {"REMOTE_ADDR": "6.6.6.6"}])
            await peer.send(f"42/citizen,{number}{event}")
            answer = await peer.text()
            assert answer.startswith(f"43/citizen,{number}[") and "unknown_event" in answer
        assert [name for name, _ in here.heard] == forged
        assert len(here.handler.connected) == 1
        assert here.handler.gone == []


async def test_f07_more_arguments_than_one_do_not_forge_a_connect() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('42/citizen,1["connect",{"REMOTE_ADDR":"6.6.6.6"},{"token":"forged"}]')
        assert "unknown_event" in await peer.text()
        assert here.heard == [("connect", b"null")]
        assert len(here.handler.connected) == 1


@pytest.mark.parametrize(
    ("array", "payload"),
    [
        ('["x"]', b"null"),
        ('["x",{"a":1},{"b":2}]', b"null"),
        ('["x",[1,2]]', b"[1,2]"),
        ('["x", {"a" : 1} ]', b'{"a" : 1}'),
        ('["x","text"]', b'"text"'),
        ('["x",null]', b"null"),
        ('["x",1e308]', b"1e308"),
        ('["x",{"body":"%s"}]' % ("1" * 150), b'{"body":"%s"}' % (b"1" * 150)),
        ('["x",%s]' % ("1" * 100), b"1" * 100),
    ],
)
async def test_a_well_formed_event_with_a_wrong_payload_reaches_the_handler(
    array: str, payload: bytes
) -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send(f"42/citizen,5{array}")
        assert (await peer.text()).startswith("43/citizen,5[")
        assert here.heard == [("x", payload)]


async def test_f18_nul_and_lone_surrogates_are_well_formed_and_reach_the_handler() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('42/citizen,1["x",{"body":"a\\u0000b"}]')
        await peer.send('42/citizen,2["x",{"body":"a\\ud800b"}]')
        for number in (1, 2):
            assert (await peer.text()).startswith(f"43/citizen,{number}[")
        assert [payload for _, payload in here.heard] == [
            b'{"body":"a\\u0000b"}',
            b'{"body": "a\\ud800b"}',
        ]


@pytest.mark.parametrize(
    "poison",
    [
        "NaN",
        "-Infinity",
        "Infinity",
        "1e999",
        "-1e999",
        "1" * 101,
        '{"a":[NaN]}',
        "undefined",
        "01",
    ],
)
async def test_f17_numbers_that_break_other_clients_close_the_sender_only(poison: str) -> None:
    async with world() as here:
        innocent = await here.citizen()
        sender = await here.citizen()
        await sender.send(f'42/citizen,["say",{poison}]')
        assert await sender.closed() == 1008
        await innocent.send('42/citizen,1["say",{"i":1}]')
        assert await innocent.text() == '42/citizen,["echo",{"i":1}]'


async def test_f17_bad_utf8_closes_the_sender() -> None:
    async with world() as here:
        for bad in (b'42/citizen,["say","\xff"]', b'42/citizen,["say","\xed\xa0\x80"]', b"42\xff"):
            peer = await here.citizen()
            await peer.send(bad, opcode=1)
            assert await peer.closed() == 1008


def test_f17_what_we_send_is_strict_too() -> None:
    for poison in (float("nan"), float("inf")):
        with pytest.raises(ValueError):
            StrictJSON.dumps({"a": poison})


async def test_f10_binary_is_refused_before_and_after_connect() -> None:
    async with world() as here:
        for connect in (False, True):
            for frame in (b"\x04data", b"", b"x" * 1000):
                peer = await (here.citizen() if connect else here.websocket())
                await peer.send(frame)
                assert await peer.closed() == 1008
            peer = await (here.citizen() if connect else here.websocket())
            await peer.send('451-/citizen,["x",{"_placeholder":true,"num":0}]')
            for _ in range(3):
                await peer.send(b"x" * 100_000)
            assert await peer.closed() in (1008, None)
        assert here.transport.sockets() == 0


async def test_f16_a_frame_over_the_limit_closes_with_1009() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('42/citizen,1["length",{"body":"%s"}]' % ("a" * 128 * 1024))
        assert await peer.closed() == 1009
        await here.until(lambda: here.handler.gone, 0.1)
        assert here.heard == []


async def test_f16_a_frame_of_just_the_limit_is_taken() -> None:
    async with world() as here:
        peer = await here.citizen()
        room = 128 * 1024 - len('42/citizen,1["length",{"body":""}]')
        await peer.send('42/citizen,1["length",{"body":"%s"}]' % ("a" * room))
        assert json.loads((await peer.text())[12:])[0] == {"ok": True, "n": room}


async def test_f16_fragments_over_the_limit_together_close_with_1009() -> None:
    async with world() as here:
        peer = await here.citizen()
        part = b"a" * 60_000
        peer.writer.write(masked(b"42" + part, 1, first=0) + masked(part, 0, 0) + masked(part, 0))
        assert await peer.closed() == 1009


async def test_f20_deflate_is_not_negotiated_and_a_compressed_frame_is_refused() -> None:
    async with world() as here:
        peer = await here.citizen()
        assert "permessage-deflate" not in peer.handshake
        peer.writer.write(masked(b"\x00" * 20, 1, first=0xC0))
        assert await peer.closed() == 1002
        await here.until(lambda: here.handler.gone, 0.1)


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x00",  # text, then nothing more of the same: an unmasked empty frame
        b"\x8b\x80\x00\x00\x00\x00",  # reserved opcode
        b"\x80\x80\x00\x00\x00\x00",  # continuation of nothing
        b"\x89\xfe\x01\x00",  # a ping that is too long
        b"\x88\x82\x00\x00\x00\x00\x03\xec",  # close with a code that must not be sent
    ],
)
async def test_a_frame_that_rfc_6455_forbids_ends_the_connection(frame: bytes) -> None:
    async with world() as here:
        peer = await here.citizen()
        peer.writer.write(frame)
        await peer.closed()
        await here.until(lambda: here.handler.gone, 0.1)


async def test_a_websocket_ping_is_answered_and_a_close_echoed() -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send(b"hello", opcode=9)
        assert await peer.frame() == (10, b"hello")
        await peer.send((1000).to_bytes(2, "big"), opcode=8)
        with pytest.raises(Closed) as end:
            await peer.frame()
        assert end.value.code == 1000
        await here.until(lambda: here.handler.gone, 0.1)


async def test_a_fault_in_the_handler_is_answered_and_hurts_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with world() as here:
        peer = await here.citizen()
        await peer.send('42/citizen,1["fault",{}]')
        assert '"unavailable"' in await peer.text()
        await peer.send('42/citizen,2["say",{}]')
        assert "echo" in await peer.text()
        assert "a fault in the handler" in caplog.text


def test_a_frame_is_encoded_once_for_all_ways_out() -> None:
    frame = Frame.event("/citizen", "message:new", '{"body":"你好"}'.encode())
    text = '42/citizen,["message:new",{"body":"你好"}]'
    assert frame.size == len(text.encode())
    assert frame.wire == websocket_frame(text.encode())
    assert frame.packet.encode(b64=True) == text
    assert frame.packet is frame.packet
    assert ack_packet(b"/lawyer,", b"7", b"{}") == b"43/lawyer,7[{}]"
    assert ack_packet(b"", b"7", b"{}") == b"437[{}]"


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 200_000])
def test_frames_of_every_size_have_the_header_of_rfc_6455(size: int) -> None:
    frame = websocket_frame(b"x" * size)
    head = 2 if size < 126 else 4 if size < 65536 else 10
    assert frame[0] == 0x81
    assert frame[1] == (size if size < 126 else 126 if size < 65536 else 127)
    if head > 2:
        assert int.from_bytes(frame[2:head], "big") == size
    assert frame[head:] == b"x" * size


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@given(name=st.text(), value=JSON, ack=st.sampled_from([b"", b"0", b"123456"]), ascii=st.booleans())
def test_any_json_argument_comes_through_unchanged(
    name: str, value: object, ack: bytes, ascii: bool
) -> None:
    text = json.dumps([name, value], ensure_ascii=ascii)
    try:
        data = b"42/citizen," + ack + text.encode()
    except UnicodeEncodeError:
        return
    event = read_event(data)
    assert (event[0], event[1], event[2]) == (b"/citizen", ack, name)
    assert json.loads(event[3]) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_an_event_or_malformed(data: bytes) -> None:
    reason = None
    try:
        read_event(b"42" + data)
    except Malformed as error:
        reason = str(error)
    assert reason is None or reason in REASONS


REASONS = {
    "an event without an array",
    "an event without a name",
    "a bad acknowledgement number",
    "not strict JSON",
    "not UTF-8",
}


@given(st.text(max_size=60))
def test_any_text_is_a_packet_or_malformed(text: str) -> None:
    with contextlib.suppress(Malformed):
        StrictPacket(encoded_packet=text or "?")


def test_f16_a_megabyte_of_brackets_costs_no_memory() -> None:
    tracemalloc.start()
    with pytest.raises(Malformed):
        read_event(b'42["x",' + b"[" * 120_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
