"""AsyncAPI 3 out of the structs that validate the sockets' traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from chatserver import __version__
from chatserver.i18n import translate
from chatserver.rules.articles import STATUS

from .openapi import REF, Json

#: The error object (contract, section 5).
ERROR: Json = {
    "type": "object",
    "properties": {
        "code": {"enum": sorted(STATUS)},
        "message": {"type": "string"},
        "article": {"type": "integer"},
        "details": {},
    },
    "required": ["code", "message"],
}


@dataclass(frozen=True)
class SocketEvent:
    """One event of the sockets. `by` is `client` or `server`; `payload` the struct of its one object,
    `reply` the structs of what acknowledges it, besides `ok`, by their names."""

    namespace: str
    name: str
    by: str
    payload: Any = None
    reply: tuple[tuple[str, Any], ...] = ()
    summary: str = ""


def document(events: Sequence[SocketEvent], lang: str, url: str) -> Json:
    """The whole document: a channel for each namespace, an operation for each event."""
    types = [event.payload for event in events if event.payload is not None]
    types += [given for event in events for _, given in event.reply]
    shapes, schemas = msgspec.json.schema_components(types, ref_template=REF)
    shape = dict(zip(map(id, types), shapes, strict=True))
    channels: dict[str, Json] = {}
    operations: dict[str, Json] = {}
    for event in events:
        key = event.namespace.strip("/")
        channel = channels.setdefault(key, _channel(event.namespace))
        messages = channel["messages"]
        assert isinstance(messages, dict)
        message = _identifier(event)
        messages[message] = _message(event, shape, lang)
        operations[f"{key}_{message}"] = _operation(event, key, message)
        if event.by == "client":
            messages[f"{message}_ack"] = _acknowledged(event, shape)
    address = urlsplit(url)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": translate(lang, "北京法网实时咨询接口"),
            "version": __version__,
            "description": translate(
                lang, "Socket.IO 第 5 版协议；每个事件带一个对象，并以一个对象确认。"
            ),
        },
        "servers": {
            "socket": {
                "host": address.netloc,
                "pathname": "/socket.io/",
                "protocol": "wss" if address.scheme == "https" else "ws",
            }
        },
        "channels": channels,
        "operations": operations,
        "components": {"schemas": schemas},
    }


def _identifier(event: SocketEvent) -> str:
    """A key: some events go both ways under one name, with another payload each."""
    return event.name.replace(":", "_") + ("" if event.by == "client" else "_push")


def _channel(namespace: str) -> Json:
    return {"address": namespace, "messages": {}}


def _message(event: SocketEvent, shape: dict[int, Any], lang: str) -> Json:
    payload = shape[id(event.payload)] if event.payload is not None else {"type": "object"}
    told: Json = {"name": event.name, "payload": payload}
    if event.summary:
        told["summary"] = translate(lang, event.summary)
    return told


def _acknowledged(event: SocketEvent, shape: dict[int, Any]) -> Json:
    fields: Json = {"ok": {"const": True}}
    for name, given in event.reply:
        fields[name] = shape[id(given)]
    good = {"type": "object", "properties": fields, "required": list(fields)}
    bad = {
        "type": "object",
        "properties": {"ok": {"const": False}, "error": ERROR},
        "required": ["ok", "error"],
    }
    return {"name": f"{event.name} (ack)", "payload": {"oneOf": [good, bad]}}


def _operation(event: SocketEvent, key: str, message: str) -> Json:
    told: Json = {
        "action": "receive" if event.by == "client" else "send",
        "channel": {"$ref": f"#/channels/{key}"},
        "messages": [{"$ref": f"#/channels/{key}/messages/{message}"}],
    }
    if event.by == "client":
        told["reply"] = {
            "channel": {"$ref": f"#/channels/{key}"},
            "messages": [{"$ref": f"#/channels/{key}/messages/{message}_ack"}],
        }
    return told
