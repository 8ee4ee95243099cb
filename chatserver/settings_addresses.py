"""How the text of a setting that names a place on a network is read, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import unquote, urlsplit, urlunsplit

from chatserver.settings import Wrong

#: An address as `ipaddress` writes it, with the interface that an IPv6 one may name.
_ADDRESS = re.compile(r"[0-9a-f.:]+(%[A-Za-z0-9._-]{1,15})?", re.ASCII)
#: A name that the DNS could hold: labels of 1 to 63 characters.
_NAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
    re.ASCII,
)
_NUMERIC = re.compile(r"[0-9.]+", re.ASCII)


def host(text: str) -> str:
    """An address or a host name to listen on."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        address = str(ip_address(bare))
    except ValueError:
        address = ""
    if _ADDRESS.fullmatch(address) or (_NAME.fullmatch(bare) and not _NUMERIC.fullmatch(bare)):
        return address or bare
    raise Wrong("an address or host name to listen on, such as 127.0.0.1")


def is_loopback(name: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"


def _speakable(name: str | None) -> bool:
    """Whether there is a name; ValueError for one that cannot even be asked for, such as `a..b`."""
    return bool((name or "").encode("idna"))


def database_url(text: str) -> str:
    """Where a PostgreSQL server of at least version 14 is."""
    if not re.match(r"postgres(ql)?://", text):
        raise Wrong("postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018
        for one in unquote(parts.hostname or "").split(","):
            if not one.startswith("/"):
                _speakable(one)
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
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("smtp", "smtps") and _speakable(parts.hostname) and parts.port != 0
        good = good and not parts.path.strip("/")
    except ValueError:
        good = False
    if not good:
        raise Wrong("smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587")
    return text


def mail_address(text: str) -> str:
    """Whom e-mail comes from."""
    if not re.fullmatch(r"[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,255}", text, re.ASCII):
        raise Wrong("an e-mail address such as no-reply@example.gov.cn")
    return text


def webhook_url(text: str) -> str:
    """The gateway for SMS and WeChat: https, or http on this machine only."""
    try:
        parts = urlsplit(text)
        good = _speakable(parts.hostname) and parts.port != 0 and not parts.username
        plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
        good = good and (parts.scheme == "https" or plain)
    except ValueError:
        good = False
    if not good:
        raise Wrong("https://HOST/PATH")
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
