"""The cryptography of Web Push, by the RFCs' own examples and read back by other code than it was written with."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from chatserver import webpush
from tests.timers.sinks import Browser

#: RFC 8291, Appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
OWN_PUBLIC = (
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
)
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
KEY = bytes(range(1, 33))
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    data = webpush.data
    own = webpush.private(data(OWN))
    assert webpush.text(webpush.public(own)) == OWN_PUBLIC
    made = webpush.sealed(PLAIN, data(THEIRS), data(AUTH), own, data(SALT))
    assert webpush.text(made) == SEALED


def test_only_the_browser_it_is_for_can_read_it_and_no_two_are_alike() -> None:
    one, other = Browser("https://push.example/1"), Browser("https://push.example/2")
    first, second = (webpush.sealed(PLAIN, one.point, one.auth) for _ in range(2))
    assert one.opened(first) == one.opened(second) == PLAIN
    assert first[:16] != second[:16] and first[21:86] != second[21:86]
    with pytest.raises(InvalidTag):
        other.opened(first)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize(
    ("site", "subject"),
    [("https://law.example", "https://law.example"), ("http://127.0.0.1:8080", None)],
)
def test_a_push_is_signed_as_rfc_8292_wants_it(site: str, subject: str | None) -> None:
    header = webpush.signed(KEY, "https://push.example:8443/a/b?c=d", site, NOW)
    scheme, _, rest = header.partition(" ")
    told = dict(part.split("=", 1) for part in rest.split(", "))
    head, claims, signature = told["t"].split(".")
    assert scheme == "vapid" and json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    said = json.loads(decoded(claims))
    assert said["aud"] == "https://push.example:8443" and said.get("sub") == subject
    assert 0 < said["exp"] - NOW.timestamp() <= timedelta(days=1).total_seconds()
    raw = decoded(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(told["k"]))
    key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(pair, f"{head}.{claims}x".encode(), ec.ECDSA(SHA256()))


def test_a_browsers_key_is_a_point_of_the_curve() -> None:
    good = Browser("").point
    assert webpush.is_key(good)
    for bad in (b"", good[:-1], good + b"x", b"\x04" + b"\x01" * 64, b"\x02" + good[1:33]):
        assert not webpush.is_key(bad)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xfe\xfd", KEY])
def test_bytes_are_read_in_either_spelling_of_base64(data: bytes) -> None:
    assert webpush.data(webpush.text(data)) == data
    assert webpush.data(base64.b64encode(data).decode()) == data
    with pytest.raises(ValueError, match="Only base64 data"):
        webpush.data(webpush.text(data) + "*")
