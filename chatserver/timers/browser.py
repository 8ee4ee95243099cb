"""One note to one browser, through the push service that the browser has chosen (RFC 8030). The service
passes on what it cannot read; a citizen's browser names it, so it is called as warily as any stranger."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from chatserver import webpush

from . import reach
from .reach import Undelivered

#: How long the service keeps it for a browser that is off.
KEPT = timedelta(days=7)
#: What a service answers when the browser has taken its address back.
GONE = (404, 410)


class Gone(Undelivered):
    """The address exists no more: nothing is ever sent there again."""


class Browser:
    """Signs with `key` in the name of `site`. `loopback`: plain http to this machine is permitted."""

    def __init__(self, key: bytes, site: str, *, loopback: bool = False) -> None:
        self.key = key
        self.site = site
        self.loopback = loopback

    async def send(self, endpoint: str, about: str, sealed: bytes, now: datetime) -> None:
        """One attempt; raises `Gone` or `Undelivered`. Of what is `about` the same thing the service keeps
        only the last, so that a repeated note waits there once."""
        headers = {
            "Authorization": webpush.signed(self.key, endpoint, self.site, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(KEPT.total_seconds())),
            "Topic": hashlib.sha256(about.encode()).hexdigest()[:32],
            "Urgency": "high",
        }
        status = await reach.post(endpoint, sealed, headers, loopback=self.loopback)
        if status in GONE:
            raise Gone(f"the push service answered {status}")
        if not 200 <= status < 300:
            raise Undelivered(f"the push service answered {status}")
