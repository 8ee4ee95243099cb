"""How the text of a setting is read. Each reader raises `Wrong` with what would be right."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


class BadSetting(Exception):
    """A setting that stops the start; its text is the one line to print."""

    def __init__(self, variable: str, value: str, expected: str) -> None:
        self.variable, self.value, self.expected = variable, value, expected
        one_line = value.encode("unicode_escape").decode() if not value.isprintable() else value
        super().__init__(f"{variable}={one_line!r} is not right: expected {expected}")


class Wrong(ValueError):
    """The text is not a value of this kind; `expected` says what would be."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)


#: The longest two years can be: one of them may hold a 29 February.
TWO_YEARS = timedelta(days=731)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,9})([smhdy])", re.ASCII)
_LONGEST = timedelta(days=36525)


def duration(text: str) -> timedelta:
    """`90s`, `30m`, `5h`, `3d`, `2y`; more than nothing, at most a hundred years."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise Wrong("a duration such as 90s, 30m, 5h, 3d or 2y")
    number, unit = int(found[1]), found[2]
    # A year counts as the longest that so many calendar years can be, so that nothing ends early.
    seconds = math.ceil(number * 365.25) * 86400 if unit == "y" else number * _SECONDS[unit]
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise Wrong("a duration above zero and at most 100y, such as 90s, 30m, 5h, 3d or 2y")
    return timedelta(seconds=seconds)


def retention(text: str) -> timedelta:
    """A duration, never below two years (32)."""
    length = duration(text)
    if length < timedelta(days=730):
        raise Wrong("a duration of at least 2y (Article 32)")
    return max(length, TWO_YEARS)


def count(text: str) -> int:
    """A whole number, 0 for no limit."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise Wrong("a whole number, 0 for no limit")
    return int(text)


def days(text: str) -> int:
    """A number of working days."""
    if not re.fullmatch(r"[0-9]{1,2}", text, re.ASCII) or int(text) < 1:
        raise Wrong("a number of working days from 1 to 99")
    return int(text)


def rate(text: str) -> float:
    """So many in a second, 0 for no limit."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII):
        raise Wrong("a number such as 20 or 0.5, 0 for no limit")
    return float(text)


def share(text: str) -> float:
    """A share of a whole, above 0 and below 1."""
    if not re.fullmatch(r"0?\.[0-9]{1,9}", text, re.ASCII) or not 0 < float(text) < 1:
        raise Wrong("a share above 0 and below 1, such as 0.8")
    return float(text)


def one_of(*words: str) -> Callable[[str], str]:
    """Reads one of a few words."""

    def read(text: str) -> str:
        if text not in words:
            raise Wrong(", ".join(words[:-1]) + f" or {words[-1]}")
        return text

    return read


def log_level(text: str) -> str:
    """From which level on the log is written; capitals are as good."""
    return one_of("debug", "info", "warning", "error")(text.lower())


def port(text: str) -> int:
    """A TCP port; 0 lets the system choose a free one."""
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or int(text) > 65535:
        raise Wrong("a port from 1 to 65535, or 0 for any free one")
    return int(text)


def host(text: str) -> str:
    """An address or a host name to listen on."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return str(ip_address(bare))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", bare, re.ASCII):
            raise Wrong("an address or host name to listen on, such as 127.0.0.1") from None
        if re.fullmatch(r"[0-9.]+", bare):
            raise Wrong("an address or host name to listen on, such as 127.0.0.1") from None
        return bare


def is_loopback(name: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"


def number_prefix(text: str) -> str:
    """The letters that ticket numbers begin with."""
    if not re.fullmatch(r"[A-Z]{1,8}", text):
        raise Wrong("one to eight capital letters, such as BJ")
    return text


def folder(text: str) -> Path:
    """A folder; it is made when it is needed."""
    if "\0" in text:
        raise Wrong("the path of a folder")
    return Path(text).expanduser().absolute()


def database_url(text: str) -> str:
    """Where a PostgreSQL server of at least version 14 is."""
    if not re.match(r"postgres(ql)?://", text):
        raise Wrong("postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    try:
        urlsplit(text).port  # noqa: B018
    except ValueError:
        raise Wrong(
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE with a port below 65536"
        ) from None
    return text


def redis_url(text: str) -> str:
    """Where a Redis or Valkey server is."""
    if not re.match(r"(redis|rediss|valkey|valkeys|unix)://.", text):
        raise Wrong("redis://HOST:PORT/0, rediss://..., valkey://... or unix://PATH")
    return text


def smtp_url(text: str) -> str:
    """Where e-mail is handed in: `smtps` from the start, or `smtp` with TLS where it is offered."""
    parts = urlsplit(text)
    try:
        good = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.path.strip("/"):
        raise Wrong("smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587")
    return text


def mail_address(text: str) -> str:
    """Whom e-mail comes from."""
    if not re.fullmatch(r"[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,255}", text, re.ASCII):
        raise Wrong("an e-mail address such as no-reply@example.gov.cn")
    return text


def webhook_url(text: str) -> str:
    """The gateway for SMS and WeChat: https, or http on this machine only."""
    parts = urlsplit(text)
    try:
        good = bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        good = False
    plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not good or not (parts.scheme == "https" or plain):
        raise Wrong("https://HOST/PATH")
    return text


def secret(text: str) -> str:
    """A shared secret."""
    if len(text) < 16:
        raise Wrong("at least 16 characters")
    return text


def _origin(text: str) -> str:
    """`https://HOST[:PORT]` in its one canonical form, as browsers send it."""
    wanted = "an address such as https://www.example.gov.cn, without a path"
    try:
        parts = urlsplit(text)
        number = parts.port
        name = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise Wrong(wanted) from None
    rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username, parts.password)
    if parts.scheme not in ("http", "https") or any(rest):
        raise Wrong(wanted)
    if not re.fullmatch(r"[a-z0-9._:-]+", name):
        raise Wrong(wanted)
    name = f"[{name}]" if ":" in name else name
    if number is not None and number != {"http": 80, "https": 443}[parts.scheme]:
        name += f":{number}"
    return urlunsplit((parts.scheme, name, "", "", ""))


def public_url(text: str) -> str:
    """The address that people use: scheme, host and perhaps a port, no path."""
    return _origin(text)


def origins(text: str) -> tuple[str, ...]:
    """A comma or space list of origins; never a wildcard, since sockets and frames carry a session."""
    return tuple(dict.fromkeys(_origin(one) for one in re.split(r"[,\s]+", text) if one))


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """A comma or space list of networks."""
    try:
        return tuple(ip_network(one) for one in re.split(r"[,\s]+", text) if one)
    except ValueError:
        raise Wrong(
            "networks such as 10.0.0.0/8,192.168.1.7, with no bits beyond the mask"
        ) from None


def listen_url(name: str, number: int) -> str:
    """The address under which this machine itself reaches the listener."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
    shown = everywhere.get(name, f"[{name}]" if ":" in name else name)
    return f"http://{shown}" + ("" if number == 80 else f":{number}")


def with_own(listed: Iterable[str], public: str, listening: str) -> tuple[str, ...]:
    """The listed origins and our own; on a loopback address `localhost` is our own too."""
    own = [public]
    if public == listening and is_loopback(urlsplit(public).hostname or ""):
        number = urlsplit(public).port
        tail = "" if number is None else f":{number}"
        own += [f"http://127.0.0.1{tail}", f"http://localhost{tail}"]
    return tuple(dict.fromkeys([*own, *listed]))


def masked(url: str) -> str:
    """The address with its password hidden, wherever in it that stands."""
    hidden = re.sub(r"(//[^/@:]*:)[^/]*@", r"\1***@", url)
    return re.sub(r"((?:password|passfile|sslpassword)=)[^&]*", r"\1***", hidden, flags=re.I)
