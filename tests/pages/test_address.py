"""The client's address behind proxies, believed only from those that we trust."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.address import bucket, client_address

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("1.2.3.4", None, "1.2.3.4"),
        ("1.2.3.4", "6.6.6.6", "1.2.3.4"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
        ("10.0.0.1", '"[2001:db8::1]:443"', "2001:db8::1"),
        ("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:1.2.3.4", "6.6.6.6", "1.2.3.4"),
        (None, "1.2.3.4", ""),
        ("", None, ""),
    ],
)
def test_the_right_most_hop_that_is_not_ours_is_the_client(
    remote: str | None, forwarded: str | None, client: str
) -> None:
    assert client_address(remote, forwarded, TRUSTED) == client


def test_without_trusted_proxies_the_header_means_nothing() -> None:
    assert client_address("10.0.0.1", "6.6.6.6", ()) == "10.0.0.1"


@given(st.text(max_size=200))
def test_what_an_untrusted_client_writes_never_changes_its_address(header: str) -> None:
    assert client_address("1.2.3.4", header, TRUSTED) == "1.2.3.4"


@given(st.text(max_size=200))
def test_what_a_client_writes_before_the_proxys_own_hop_never_changes_its_address(
    header: str,
) -> None:
    assert client_address("10.0.0.1", f"{header},1.2.3.4", TRUSTED) == "1.2.3.4"


def test_one_customers_whole_ipv6_network_is_one_bucket() -> None:
    assert bucket("2001:db8::1") == bucket("2001:db8::ffff") != bucket("2001:db8:0:1::1")
    assert bucket("1.2.3.4") == "1.2.3.4"
    assert bucket("") == ""
