"""Calls to the gateway lead to public addresses only, however they are disguised."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from chatserver.timers import reach
from chatserver.timers.reach import permitted
from chatserver.timers.webhook import Undelivered, Webhook
from tests.timers.sinks import gateway

SECRET = "0123456789abcdef"


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_called(address: str) -> None:
    assert permitted(address, loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "fec0::1",
        "feff::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "::ffff:7f00:1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert not permitted(address, loopback=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
def test_this_machine_is_called_only_where_that_is_permitted(host: str) -> None:
    name = host.strip("[]")
    if name != "localhost":
        assert permitted(name, loopback=True) and not permitted(name, loopback=False)


#: Spellings of this machine that name resolution, URL parsers and the kernel read each in their own way.
HOME = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0x7f000001",
    "0177.0.0.1",
    "017700000001",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "１２７.０.０.１",
    "127。0。0。1",
)


@pytest.mark.parametrize("host", HOME)
async def test_no_spelling_of_this_machine_is_connected_to(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(
        asyncio.get_running_loop(), "sock_connect", lambda *args: connected.append(args)
    )
    async with gateway() as sms:
        port = sms.url.split(":")[2].partition("/")[0]
        with pytest.raises(Undelivered):
            await Webhook(f"https://{host}:{port}/", SECRET).send("1", b"{}", 0)
        assert sms.calls == [] and connected == []


async def test_plain_http_leads_nowhere_but_to_this_machine_in_development() -> None:
    async with gateway() as sms:
        with pytest.raises(Undelivered):
            await Webhook(sms.url, SECRET).send("1", b"{}", 0)
        assert sms.calls == []
        await Webhook(sms.url, SECRET, loopback=True).send("1", b"{}", 0)
        assert len(sms.calls) == 1


class NameServer:
    """Answers each question for a name with the next of `answers`, as one that rebinds does."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> list[Any]:
        if host[0].isdigit():  # an address: nothing to look up
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        self.asked += 1
        answer = self.answers[min(self.asked, len(self.answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer]


async def tried(monkeypatch: pytest.MonkeyPatch, names: NameServer) -> list[str]:
    """The addresses to which a call went, of which none is let out of here."""
    went: list[str] = []
    loop = asyncio.get_running_loop()

    async def connect(made: socket.socket, address: Any) -> None:
        went.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(loop, "getaddrinfo", names.getaddrinfo)
    monkeypatch.setattr(loop, "sock_connect", connect)
    with pytest.raises(Undelivered):
        await Webhook("https://gateway.example/", SECRET).send("1", b"{}", 0)
    return went


async def test_a_name_is_resolved_once_and_that_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = NameServer(["93.184.216.34"], ["127.0.0.1"])
    assert await tried(monkeypatch, names) == ["93.184.216.34"]
    assert names.asked == 1


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "93.184.216.34"], []]
)
async def test_one_address_at_home_is_enough_to_refuse_a_name(
    monkeypatch: pytest.MonkeyPatch, answer: list[str]
) -> None:
    assert await tried(monkeypatch, NameServer(answer)) == []


async def test_the_address_of_the_socket_itself_is_looked_at() -> None:
    guard = reach.PublicOnly(loopback=False)
    with pytest.raises(OSError, match="not a public address"):
        guard.socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443)))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirection_is_not_followed(status: int) -> None:
    async with gateway() as sms:
        sms.status = status
        with pytest.raises(Undelivered, match=str(status)):
            await Webhook(sms.url, SECRET, loopback=True).send("1", b"{}", 0)
        assert len(sms.calls) == 1
