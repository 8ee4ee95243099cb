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


class DeadlinePush(Struct):
    number: str
    kind: str
    due_at: str


class CallbackPush(Struct):
    number: str
    due_at: str


class EscalationPush(Struct):
    escalation: objects.EscalationObject


class EscalationOfferPush(Struct):
    escalation: objects.EscalationObject
    expires_at: str


#: what an acknowledgement holds besides `ok`.
REPLIES: dict[str, Any] = {
    "ticket": objects.TicketObject,
    "tickets": list[objects.TicketObject],
    "callbacks": list[objects.TicketObject],
    "messages": list[objects.MessageObject],
    "more": bool,
    "seq": int,
    "sent_at": str,
    "duty": objects.DutyObject,
    "escalation": objects.EscalationObject,
    "escalations": list[objects.EscalationObject],
    "reviews": list[objects.ReviewObject],
    "reasons": dict[str, list[str]],
    "scorecard": dict[str, dict[str, int]] | None,
    "notes": list[objects.NoteObject],
    "explanations": list[objects.ExplanationObject],
    "body": str | None,
}
PUSHES: dict[str, tuple[type, str]] = {
    "message:new": (objects.MessageObject, "新消息"),
    "message:update": (objects.MessageObject, "此前的消息有变化：被更正或隐去"),
    "message:read": (ReadPush, "对方已读"),
    "message:typing": (TypingPush, "对方正在输入"),
    "ticket:update": (objects.TicketObject, "咨询的状态有变化"),
    "server:draining": (DrainingPush, "服务器即将重启，请稍后重新连接"),
}
#: namespace -> what only the people there are told.
OWN_PUSHES: dict[str, dict[str, tuple[type, str]]] = {
    "/citizen": {"queue:update": (QueuePush, "排队位置或等待时间有变化")},
    "/lawyer": {
        "ticket:offer": (OfferPush, "派单"),
        "ticket:withdrawn_offer": (NumberPush, "派单已结束"),
        "duty:update": (DutyPush, "值班状态有变化"),
        "note:new": (objects.NoteObject, "新的内部备注"),
        "deadline:warning": (DeadlinePush, "时限将至"),
        "deadline:reminder": (DeadlinePush, "时限过半，或已超过一半"),
        "review:new": (objects.ReviewObject, "专家的意见或建议"),
        "support:reply": (objects.NoteObject, "后台支持的回复"),
        "callback:due": (CallbackPush, "需要回访"),
    },
    "/expert": {
        "escalation:new": (EscalationPush, "有问题转交专家组"),
        "escalation:update": (EscalationPush, "转交的问题有变化"),
        "escalation:offer": (EscalationOfferPush, "请您接手转交的问题"),
        "note:new": (objects.NoteObject, "新的内部备注"),
        "review:new": (objects.ReviewObject, "其他专家对您的解答的建议"),
    },
}

Told = tuple[str, str, str, Any, tuple[tuple[str, Any], ...], str]


def events() -> Iterator[Told]:
    """`(namespace, name, by, payload, ((name, type) of the reply, ...), summary)` of every event."""
    for namespace, (_, verbs) in NAMESPACES.items():
        for name, verb in verbs.items():
            gives = [part.strip() for part in verb.gives.split(",")]
            reply = tuple((part, REPLIES[part]) for part in gives if part != "ok")
            yield namespace, name, "client", verb.payload, reply, ""
        for name, (payload, summary) in (PUSHES | OWN_PUSHES[namespace]).items():
            yield namespace, name, "server", payload, (), summary
