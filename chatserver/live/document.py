"""What the sockets speak, as data for the AsyncAPI document: taken from the tables that serve the traffic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from . import wire_objects as objects
from .server import NAMESPACES


class ReadPush(Struct):
    ticket: str
    by: str
    seq: int


class TypingPush(Struct):
    ticket: str
    by: str
    on: bool


class QueuePush(Struct):
    number: str
    position: int
    expected_wait_s: int | None
    expected_wait_low_s: int | None
    on_duty: int


class DrainingPush(Struct):
    reconnect_in_ms: int


class OfferPush(Struct):
    ticket: objects.TicketObject
    expires_at: str


class NumberPush(Struct):
    number: str


class DutyPush(Struct):
    duty: objects.DutyObject
    reason: str | None


#: what an acknowledgement holds besides `ok`.
REPLIES: dict[str, Any] = {
    "ticket": objects.TicketObject,
    "tickets": list[objects.TicketObject],
    "messages": list[objects.MessageObject],
    "more": bool,
    "seq": int,
    "sent_at": str,
    "duty": objects.DutyObject,
}
PUSHES: dict[str, tuple[type, str]] = {
    "message:new": (objects.MessageObject, "新消息"),
    "message:read": (ReadPush, "对方已读"),
    "message:typing": (TypingPush, "对方正在输入"),
    "ticket:update": (objects.TicketObject, "咨询的状态有变化"),
    "server:draining": (DrainingPush, "服务器即将重启，请稍后重新连接"),
}
CITIZEN_PUSHES = {"queue:update": (QueuePush, "排队位置或等待时间有变化")}
LAWYER_PUSHES = {
    "ticket:offer": (OfferPush, "派单"),
    "ticket:withdrawn_offer": (NumberPush, "派单已结束"),
    "duty:update": (DutyPush, "值班状态有变化"),
}

Told = tuple[str, str, str, Any, tuple[tuple[str, Any], ...], str]


def events() -> Iterator[Told]:
    """`(namespace, name, by, payload, ((name, type) of the reply, ...), summary)` of every event."""
    for namespace, (_, verbs) in NAMESPACES.items():
        for name, verb in verbs.items():
            gives = [part.strip() for part in verb.gives.split(",") if part.strip() in REPLIES]
            reply = tuple((part, REPLIES[part]) for part in gives)
            yield namespace, name, "client", verb.payload, reply, ""
        if not verbs:
            continue
        extra = CITIZEN_PUSHES if namespace == "/citizen" else LAWYER_PUSHES
        for name, (payload, summary) in (PUSHES | extra).items():
            yield namespace, name, "server", payload, (), summary
