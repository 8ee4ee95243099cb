"""How citizens are told outside the page: the channels, their wishes, and what an e-mail address is."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, Literal
from urllib.parse import urlsplit

from .articles import Refused, policy

Channel = Literal["browser", "mail", "webhook"]
BROWSER: Final = "browser"
MAIL: Final = "mail"
WEBHOOK: Final = "webhook"
#: In the order in which they are shown. An open page tells by itself; all else is off until configured.
CHANNELS: tuple[Channel, ...] = (BROWSER, MAIL, WEBHOOK)
CODE_DIGITS = 6
#: A wrong code counts; after so many another one has to be asked for.
CODE_TRIES = 5
#: Letters with a code that an account may ask for in a day: nobody's letter box is flooded through us.
CODES_A_DAY = 5
#: The address that SMTP takes without quoting or extensions (RFC 5321): nothing in it can end a line.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?=.{1,190}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


#: What browsers name is a host of their maker's; not a number, and no port of somebody's house.
_SERVICE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_HERE = ("localhost", "127.0.0.1")


def offered(configured: Collection[str]) -> tuple[Channel, ...]:
    """The channels that there are, of which a citizen may choose."""
    return tuple(one for one in CHANNELS if one == BROWSER or one in configured)


@policy("citizens choose how they are told")
def mail_address(text: str) -> str:
    """An e-mail address in the form in which it is written to; the refusal does not repeat it."""
    found = text.strip()
    if len(found) > 254 or not _ADDRESS.fullmatch(found) or found.index("@") > 64:
        raise Refused(
            "invalid",
            "这不是一个电子邮箱地址。",
            details=[{"path": "$.email", "problem": "an e-mail address such as name@example.cn"}],
        )
    name, _, domain = found.rpartition("@")
    return f"{name}@{domain.lower()}"


@policy("citizens choose how they are told")
def push_address(text: str, *, development: bool) -> str:
    """The address at a push service that a browser gave; the refusal does not repeat it. What the name leads
    to is looked at when it is called."""
    wrong = [{"path": "$.endpoint", "problem": "an address of a push service"}]
    try:
        there = urlsplit(text)
        host, port = there.hostname or "", there.port
    except ValueError:
        raise Refused("invalid", details=wrong) from None
    good = text.isascii() and text.isprintable() and " " not in text and len(text) <= 2000
    good = good and there.username is None and there.password is None and not there.fragment
    if development and host in _HERE:
        good = good and there.scheme in ("http", "https")
    else:
        good = good and there.scheme == "https" and port in (None, 443)
        good = good and bool(_SERVICE.fullmatch(host)) and len(host) <= 253
    if not good:
        raise Refused("invalid", details=wrong)
    return text


@policy("citizens choose how they are told")
def turned_off(
    before: Collection[str], told_by: Collection[str], there: Collection[str]
) -> list[str]:
    """What is turned off from now on; a channel that is not there keeps what was said of it earlier."""
    strange = sorted(set(told_by) - set(there))
    if strange:
        raise Refused(
            "invalid",
            details=[{"path": "$.told_by", "problem": "of " + ", ".join(there)}],
        )
    return sorted((set(before) - set(there)) | (set(there) - set(told_by)))
