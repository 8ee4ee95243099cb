"""Packets as bytes: what comes in is read strictly, what goes out is encoded once.

Layers of one WebSocket frame with an event (engine.io protocol 4, section "Packet encoding";
socket.io protocol 5, section "Packet encoding"; RFC 6455, section 5.2):

    [frame header] 4 2 /citizen, 17 ["message:send",{...}]
                   | |     |     |   name and the one argument
                   | |     |     number of the acknowledgement, may be missing
                   | |     namespace with its comma
                   | socket.io EVENT
                   engine.io MESSAGE
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from engineio import packet as engine_packet
from socketio import packet as socket_packet

#: Most digits of an integer; Python reads longer ones in quadratic time.
MAX_DIGITS = 100
#: Most digits of an acknowledgement's number; clients count from 0.
MAX_ACK_DIGITS = 16

#: A name and one argument, which is looked through and not read.
_named = msgspec.json.Decoder(tuple[str, msgspec.Raw]).decode


class Malformed(Exception):
    """The bytes are no packet that this server speaks; the connection is to be closed.

    The reason is a fixed phrase, never a part of what came in, since it is logged.
    """


class StrictJSON:
    """JSON as RFC 8259 has it, in the form in which the library asks for a `json` module."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Raises ValueError for NaN and infinities, which no JSON reader but Python's accepts."""
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @staticmethod
    def loads(text: str) -> Any:
        """Raises Malformed for what is not strict JSON, or too deep or long to be honest."""
        try:
            return json.loads(
                text, parse_constant=_no_constant, parse_float=_finite, parse_int=_short_integer
            )
        except (ValueError, RecursionError):
            raise Malformed("not strict JSON") from None


def _no_constant(_: str) -> None:
    raise ValueError


def _finite(digits: str) -> float:
    number = float(digits)
    if number - number != 0.0:
        raise ValueError
    return number


def _short_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError
    return int(digits)


#: namespace, number of the acknowledgement, name, and the JSON of the one argument: b"null" if there
#: was not exactly one.
Event = tuple[bytes, bytes, str, bytes]


def read_event(data: bytes) -> Event:
    """Reads the engine.io message of a socket.io EVENT, "42" included; raises Malformed.

    The argument is well-formed, but whether it is strict JSON shows when it is read: who cannot read
    it asks `check_strict`.
    """
    bracket = data.find(b"[", 2)
    if bracket < 0:
        raise Malformed("an event without an array")
    if data[2:3] == b"/":
        comma = data.find(b",", 2, bracket)
        if comma < 0:
            raise Malformed("an event without an array")
        namespace, ack = data[2:comma], data[comma + 1 : bracket]
    else:
        namespace, ack = b"/", data[2:bracket]
    if ack and not (ack.isdigit() and len(ack) <= MAX_ACK_DIGITS):
        raise Malformed("a bad acknowledgement number")
    array = data[bracket:]
    try:
        name, payload = _named(array)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _read_slowly(namespace, ack, array)
    return namespace, ack, name, bytes(payload)


def _read_slowly(namespace: bytes, ack: bytes, array: bytes) -> Event:
    """For what the fast reader refuses: a lone surrogate is well-formed, NaN and bad UTF-8 not."""
    values = _strictly(array)
    if type(values) is not list or not values or type(values[0]) is not str:
        raise Malformed("an event without a name")
    try:
        payload = json.dumps(values[1]).encode() if len(values) == 2 else b"null"
    except RecursionError:
        raise Malformed("not strict JSON") from None
    return namespace, ack, values[0], payload


def check_strict(payload: bytes) -> None:
    """Raises Malformed unless the argument of an event is strict JSON: what no client sends closes
    the connection, where what is only wrong in form is answered."""
    _strictly(payload)


def _strictly(text: bytes) -> Any:
    try:
        return StrictJSON.loads(text.decode())
    except UnicodeError:
        raise Malformed("not UTF-8") from None


class StrictPacket(socket_packet.Packet):
    """The library's packets for all but events, without binary parts and with strict JSON."""

    uses_binary_events = False
    json = StrictJSON

    def decode(self, encoded_packet: str) -> int:
        """Reads CONNECT, DISCONNECT and ACK (protocol 5, "Packet types"); raises Malformed."""
        if not isinstance(encoded_packet, str) or encoded_packet[:1] not in ("0", "1", "3"):
            raise Malformed("a packet type that clients do not send")
        try:
            super().decode(encoded_packet)
        except Malformed:
            raise
        except (ValueError, IndexError):
            raise Malformed("not a socket.io packet") from None
        if self.packet_type == socket_packet.CONNECT:
            if self.id is not None or not isinstance(self.data, dict | None):
                raise Malformed("a bad CONNECT")
        elif self.packet_type == socket_packet.DISCONNECT:
            if self.id is not None or self.data is not None:
                raise Malformed("a bad DISCONNECT")
        elif self.id is None or not isinstance(self.data, list):
            raise Malformed("a bad ACK")
        return 0


_short = struct.Struct(">BB").pack
_middling = struct.Struct(">BBH").pack
_large = struct.Struct(">BBQ").pack


def websocket_frame(message: bytes, opcode: int = 1) -> bytes:
    """One unfragmented server frame, unmasked (RFC 6455, sections 5.1 and 5.2)."""
    size = len(message)
    if size < 126:
        return _short(0x80 | opcode, size) + message
    if size < 65536:
        return _middling(0x80 | opcode, 126, size) + message
    return _large(0x80 | opcode, 127, size) + message


class Frame:
    """One message to clients, encoded once and shared by all who get it.

    `wire` is the whole WebSocket frame; `packet` the engine.io packet for those who poll.
    """

    __slots__ = ("_packet", "size", "wire")

    def __init__(self, message: bytes) -> None:
        """`message` is an engine.io packet, its type digit included."""
        self.size = len(message)
        self.wire = websocket_frame(message)
        self._packet: Any = None

    @classmethod
    def event(cls, namespace: str, name: str, body: bytes) -> Frame:
        """A socket.io EVENT; `body` is the JSON of its one argument, already encoded and strict."""
        return cls(b"%b%b]" % (_event_head(namespace, name), body))

    @property
    def packet(self) -> Any:
        """The engine.io packet object, made when first asked for."""
        if self._packet is None:
            text = self.wire[-self.size :].decode()
            self._packet = engine_packet.Packet(int(text[0]), text[1:])
        return self._packet


class Frames(dict[str, Frame]):
    """One event as a frame for each namespace, made when first asked for."""

    def __init__(self, name: str, body: bytes) -> None:
        self.name, self.body = name, body

    def __missing__(self, namespace: str) -> Frame:
        message = b"%b%b]" % (_event_head(namespace, self.name), self.body)
        frame = self[namespace] = Frame(message)
        return frame


@lru_cache(maxsize=1024)
def _event_head(namespace: str, name: str) -> bytes:
    prefix = "" if namespace == "/" else f"{namespace},"
    return f'42{prefix}["{name}",'.encode()


def ack_packet(prefix: bytes, ack: bytes, body: bytes) -> bytes:
    """The engine.io message of a socket.io ACK with one object, already encoded; `prefix` is the
    namespace with its comma."""
    return b"43%b%b[%b]" % (prefix, ack, body)


def encode(value: Mapping[str, Any]) -> bytes:
    """An object as strict JSON bytes; NaN and infinities become null."""
    return msgspec.json.encode(value)
