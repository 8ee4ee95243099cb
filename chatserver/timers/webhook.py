"""A signed call to the gateway for SMS or WeChat, and nowhere else.

POST, JSON `{"id", "attempt", "kind", "number", "url", "text", "text_en", "to"}`; `to` is the telephone, in
the texts is no personal data. `id` is the same at every attempt: what was taken once must not be sent
again. Headers: `X-Chatserver-Id` (the same id), `X-Chatserver-Timestamp` (Unix seconds) and
`X-Chatserver-Signature`, `sha256=` and the hex HMAC-SHA256 of `timestamp.body` under the shared secret. The
receiver refuses a timestamp more than five minutes off, and answers 2xx once it has taken the message;
anything else is tried again.
"""

from __future__ import annotations

import hashlib
import hmac

from . import reach
from .reach import Undelivered


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `X-Chatserver-Signature`."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


class Webhook:
    """The gateway at `url`. `loopback`: plain http to this machine is permitted (development)."""

    def __init__(self, url: str, secret: str, *, loopback: bool = False) -> None:
        self.url = url
        self.secret = secret
        self.loopback = loopback

    async def send(self, id: str, body: bytes, timestamp: int) -> None:
        """One attempt; raises `Undelivered`. Never follows a redirection."""
        headers = {
            "Content-Type": "application/json",
            "X-Chatserver-Id": id,
            "X-Chatserver-Timestamp": str(timestamp),
            "X-Chatserver-Signature": signature(self.secret, timestamp, body),
        }
        status = await reach.post(self.url, body, headers, loopback=self.loopback)
        if not 200 <= status < 300:
            raise Undelivered(f"the gateway answered {status}")
