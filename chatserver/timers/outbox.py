"""Delivers the outbox: e-mail by SMTP, SMS and WeChat by the gateway's webhook; each off until configured."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import msgspec

from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.rules.articles import Refused
from chatserver.store import outbox
from chatserver.store.database import Database
from chatserver.store.outbox import Letter

from .webhook import Undelivered, Webhook

EVERY = 1.0
AT_ONCE = 20
SWEEP = timedelta(hours=1).total_seconds()
#: Seconds for one attempt: less than the lease, so that two processes never send at once.
PATIENCE = 30.0
#: What is said, by kind: a number and a link, never what was written.
TEXTS = {
    "answer": "您的咨询 {number} 已有答复，请登录查看：{url}",
    "correction": "您的咨询 {number} 的答复已更正，请登录查看：{url}",
    "delay": "您的咨询 {number} 有新的说明，请登录查看：{url}",
    "callback": "您的咨询 {number} 有回访安排，请登录查看：{url}",
}
log = logging.getLogger(__name__)
Send = Callable[[Letter], Awaitable[None]]


class Post:
    """`channels` are those configured; `run` delivers what the road wrote for them."""

    def __init__(self, db: Database, clock: Clock, config: Config) -> None:
        self.db = db
        self.clock = clock
        self.config = config
        self.channels: dict[str, Send] = {}
        if config.smtp_url:
            self.channels["mail"] = self._mail
        if config.webhook_url:
            self.channels["webhook"] = self._call
        self._webhook = Webhook(
            config.webhook_url or "", config.webhook_secret or "", loopback=not config.secure
        )

    async def run(self) -> None:
        """For ever, if anything is configured."""
        if not self.channels:
            return
        swept = -SWEEP
        loop = asyncio.get_running_loop()
        while True:
            try:
                while await self.deliver():
                    pass
                if loop.time() - swept > SWEEP:
                    swept = loop.time()
                    await outbox.drop_done(self.db, self.clock.now())
            except Refused:
                pass  # the database is away
            except Exception:
                log.exception("the outbox was not looked at")
            await asyncio.sleep(EVERY)

    async def deliver(self) -> int:
        """One round; how many were tried."""
        letters = await outbox.claim(self.db, self.clock.now(), AT_ONCE)
        await asyncio.gather(*(self._one(letter) for letter in letters))
        return len(letters)

    async def _one(self, letter: Letter) -> None:
        send = self.channels.get(letter.channel)
        try:
            if send is None:
                raise Undelivered("not configured here")
            async with asyncio.timeout(PATIENCE):
                await send(letter)
        except Exception as error:
            why = str(error) if isinstance(error, Undelivered) else type(error).__name__
            log.warning("%s was not delivered, attempt %d: %s", letter.id, letter.attempts, why)
            await outbox.put_off(self.db, letter, self.clock.now())
        else:
            await outbox.done(self.db, letter.id, self.clock.now())

    def _text(self, letter: Letter) -> tuple[str, str]:
        url = f"{self.config.public_url}/consult"
        return url, TEXTS[letter.kind].format(number=letter.ticket, url=url)

    async def _call(self, letter: Letter) -> None:
        url, text = self._text(letter)
        body = msgspec.json.encode(
            {
                "id": letter.id,
                "kind": letter.kind,
                "number": letter.ticket,
                "url": url,
                "text": text,
                "to": letter.recipient,
            }
        )
        await self._webhook.send(letter.id, body, int(self.clock.now().timestamp()))

    async def _mail(self, letter: Letter) -> None:
        try:
            import aiosmtplib
        except ImportError:
            raise Undelivered("install chatserver[mail] to send e-mail") from None
        _, text = self._text(letter)
        message = EmailMessage()
        message["From"] = self.config.mail_from
        message["To"] = letter.recipient
        message["Subject"] = f"北京法网 {letter.ticket}"
        message["Date"] = format_datetime(self.clock.now())
        message["Message-ID"] = f"<{letter.id}@{urlsplit(self.config.public_url).hostname}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text + "\n")
        parts = urlsplit(self.config.smtp_url or "")
        tls = parts.scheme == "smtps"
        await aiosmtplib.send(
            message,
            hostname=parts.hostname,
            port=parts.port or (465 if tls else 587),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=tls,
            timeout=PATIENCE - 5,
        )
