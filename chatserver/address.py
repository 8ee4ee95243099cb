"""Who is really calling: the client's address behind proxies that we trust, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def client_address(
    remote: str | None, forwarded_for: str | None, trusted: Iterable[Network]
) -> str:
    """The client's address as text: the right-most hop that is not one of `trusted`.

    `remote` is the peer of the TCP connection ("" or None for a unix socket), `forwarded_for` all
    `X-Forwarded-For` headers joined by commas. From an untrusted peer the header means nothing.
    A hop that is no address ends the walk, since whoever wrote it cannot be believed further.
    """
    networks = tuple(trusted)
    found = remote or ""
    if not networks or not forwarded_for or not _believed(_parsed(found), networks):
        return _text(found)
    for hop in reversed(forwarded_for.split(",")):
        address = _parsed(hop)
        if address is None:
            break
        found = str(address)
        if not _believed(address, networks):
            break
    return _text(found)


def bucket(address: str) -> str:
    """What limits count by: an IPv4 address, or the /64 that one IPv6 customer owns whole."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False))
    return str(parsed) if parsed else address


def _believed(address: Address | None, networks: tuple[Network, ...]) -> bool:
    return address is not None and any(
        address in network for network in networks if network.version == address.version
    )


def _text(found: str) -> str:
    address = _parsed(found)
    return str(address) if address else found


def _parsed(hop: str) -> Address | None:
    """`hop` without port, brackets or zone; an IPv4 address in IPv6 clothes is the IPv4 one."""
    text = hop.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
