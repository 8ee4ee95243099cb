"""One letter by SMTP: handed over step by step, so that it is known which step a crash met."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from urllib.parse import unquote, urlsplit

from .reach import Undelivered

#: Seconds for one command of the dialogue.
WITHIN = 20.0


class Mail:
    """The server at `url` (`smtp` or `smtps`), which hands on what comes from `sender`."""

    def __init__(self, url: str, sender: str) -> None:
        self.parts = urlsplit(url)
        self.sender = sender

    async def send(
        self, recipient: str, message: EmailMessage, hand_over: Callable[[], Awaitable[None]]
    ) -> None:
        """Raises `Undelivered` if the server did not take it, anything else if nobody knows.

        `hand_over` is called when all is said but the text itself: until then the server has nothing
        that it could deliver.
        """
        try:
            import aiosmtplib
        except ImportError:
            raise Undelivered("install chatserver[mail] to send e-mail") from None
        tls = self.parts.scheme == "smtps"
        server = aiosmtplib.SMTP(
            hostname=self.parts.hostname,
            port=self.parts.port or (465 if tls else 587),
            username=unquote(self.parts.username) if self.parts.username else None,
            password=unquote(self.parts.password) if self.parts.password else None,
            use_tls=tls,
            timeout=WITHIN,
        )
        message["From"], message["To"] = self.sender, recipient
        try:
            await server.connect()
            await server.mail(self.sender)
            await server.rcpt(recipient)
            await hand_over()
            await server.data(message.as_bytes(policy=WIRE))
        except aiosmtplib.SMTPResponseException as error:
            # The number only: the server's words may repeat the address.
            raise Undelivered(f"the mail server answered {error.code}") from None
        else:
            with suppress(aiosmtplib.SMTPException):  # it is delivered, however the farewell goes
                await server.quit(timeout=1)
        finally:
            server.close()
