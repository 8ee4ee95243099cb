"""Delivers the outbox: to browsers by Web Push, e-mail by SMTP, SMS and WeChat by the gateway's webhook; each
off until configured."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import timedelta

import msgspec

from chatserver import webpush
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.rules.articles import Refused
from chatserver.rules.telling import BROWSER, MAIL, WEBHOOK
from chatserver.store import devices, outbox
from chatserver.store.database import Database
from chatserver.store.outbox import Letter

from . import letters
from .browser import Browser, Gone
from .mail import Mail
from .reach import Undelivered
from .webhook import Webhook

EVERY = 1.0
AT_ONCE = 20
SWEEP = timedelta(hours=1).total_seconds()
#: Seconds for one attempt: less than the lease, so that two processes never send at once.
PATIENCE = 30.0
#: Seconds that a stopping process gives to what is under way.
LAST_WORD = 4.0
#: Seconds between the tries to record what was delivered; a database away for less doubles nothing.
RECORDING = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
log = logging.getLogger(__name__)
HandOver = Callable[[], Awaitable[None]]
Send = Callable[[Letter, HandOver], Awaitable[None]]


class Post:
    """`channels` are those configured; `run` delivers what the road wrote for them."""

    def __init__(self, db: Database, clock: Clock, config: Config) -> None:
        self.db = db
        self.clock = clock
        self.site = config.public_url
        self.channels: dict[str, Send] = {}
        if config.vapid_key:
            self._browser = Browser(config.vapid_key, self.site, loopback=not config.secure)
            self.channels[BROWSER] = self._push
        if config.smtp_url:
            self._smtp = Mail(config.smtp_url, config.mail_from or "")
            self.channels[MAIL] = self._mail
        if config.webhook_url:
            self._webhook = Webhook(
                config.webhook_url, config.webhook_secret or "", loopback=not config.secure
            )
            self.channels[WEBHOOK] = self._call

    async def run(self) -> None:
        """For ever, if anything is configured; a slow receiver holds up its own channel alone."""
        async with asyncio.TaskGroup() as group:
            for channel in self.channels:
                group.create_task(self._run(channel))

    async def _run(self, channel: str) -> None:
        """Up to `AT_ONCE` are under way; each that is done makes room for the next, whatever the others do.
        When the process stops, they are finished first."""
        under_way: dict[asyncio.Task[None], Letter] = {}
        swept = -SWEEP
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    await self._fill(under_way, (channel,))
                    if loop.time() - swept > SWEEP:
                        swept = loop.time()
                        await outbox.drop_done(self.db, self.clock.now())
                except Refused:
                    pass  # the database is away
                except Exception:
                    log.exception("the outbox was not looked at")
                await self._one_is_done(under_way)
        finally:
            await _finish(under_way)

    async def _one_is_done(self, under_way: dict[asyncio.Task[None], Letter]) -> None:
        """Returns when one is, and soon in any case: something may have been written meanwhile."""
        if not under_way:
            return await asyncio.sleep(EVERY)
        done, _ = await asyncio.wait(under_way, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            letter = under_way.pop(task)
            if error := task.exception():
                log.error("%s was left to the next attempt", letter.id, exc_info=error)

    async def _fill(
        self, under_way: dict[asyncio.Task[None], Letter], channels: Sequence[str]
    ) -> None:
        if room := AT_ONCE - len(under_way):
            now = self.clock.now()
            for letter in await outbox.claim(self.db, now, room, channels, under_way.values()):
                under_way[asyncio.create_task(self._one(letter))] = letter

    async def deliver(self, *channels: str) -> int:
        """One round of these channels, or of all, to its end; how many were tried."""
        under_way: dict[asyncio.Task[None], Letter] = {}
        await self._fill(under_way, channels or tuple(self.channels))
        try:
            await asyncio.shield(asyncio.gather(*under_way))
        finally:
            await _finish(under_way)
        return len(under_way)

    async def _one(self, letter: Letter) -> None:
        if letter.recipient is None:
            return await self._record(letter)
        doubt = False

        async def hand_over() -> None:
            nonlocal doubt
            if not await outbox.hand_over(self.db, letter, self.clock.now()):
                raise Undelivered("another process has it")
            doubt = True

        try:
            async with asyncio.timeout(PATIENCE):
                await self.channels[letter.channel](letter, hand_over)
        except Exception as error:
            known = isinstance(error, Undelivered)
            why = str(error) if known else type(error).__name__
            log.warning("%s was not delivered, attempt %d: %s", letter.id, letter.attempts, why)
            await self._failed(letter, doubt and not known)
        else:
            await self._record(letter)

    async def _failed(self, letter: Letter, doubt: bool) -> None:
        now = self.clock.now()
        if now - letter.created_at > outbox.KEPT:
            log.error("%s is given up after %d attempts", letter.id, letter.attempts)
            return await self._record(letter)
        with suppress(Refused):  # the lease ends by itself
            await outbox.put_off(self.db, letter, now, doubt=doubt)

    async def _record(self, letter: Letter) -> None:
        for pause in RECORDING:
            await asyncio.sleep(pause)
            try:
                return await outbox.done(self.db, letter, self.clock.now())
            except Refused:
                continue  # the database is away

    async def _call(self, letter: Letter, hand_over: HandOver) -> None:
        body = msgspec.json.encode(
            {
                "id": letter.id,
                "attempt": letter.attempts,
                "kind": letter.kind,
                "number": letter.ticket,
                "url": letters.link(self.site),
                "text": letters.text(letter, self.site),
                "text_en": letters.text(letter, self.site, "en"),
                "to": letter.recipient,
            }
        )
        await hand_over()
        await self._webhook.send(letter.id, body, int(self.clock.now().timestamp()))

    async def _mail(self, letter: Letter, hand_over: HandOver) -> None:
        assert letter.recipient is not None
        message = letters.mail(letter, self.site, self.clock.now())
        await self._smtp.send(letter.recipient, message, hand_over)

    async def _push(self, letter: Letter, hand_over: HandOver) -> None:
        assert letter.recipient and letter.device and letter.p256dh and letter.auth
        sealed = webpush.sealed(letters.note(letter), letter.p256dh, letter.auth)
        await hand_over()
        try:
            await self._browser.send(letter.recipient, letter.id, sealed, self.clock.now())
        except Gone:
            await devices.gone(self.db, letter.device)


async def _finish(under_way: Collection[asyncio.Task[None]]) -> None:
    """Gives what is under way a moment, then ends it."""
    if under_way:
        await asyncio.wait(under_way, timeout=LAST_WORD)
        for task in under_way:
            task.cancel()
