"""The chain is computed as it is documented, by another hand: records of two years must still verify (32)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from chatserver.store import chain

NUMBER = "BJ20261123-000042-5"
AT = datetime(2026, 11, 23, 2, 0, 0, 123000, tzinfo=UTC)
HEADER: dict[str, Any] = {
    "v": 1,
    "alg": "sha256",
    "ticket": NUMBER,
    "entry": 2,
    "seq": 1,
    "at_us": 1795399200123000,
    "kind": "sent",
    "actor": "citizen",
}


def test_the_documented_formulas_give_the_same_hashes() -> None:
    salt, body = bytes(range(32)), "是".encode()
    committed = chain.commitment(salt, body)
    assert committed == sha256(b"\x00" + salt + body).digest()
    first = chain.genesis(NUMBER, AT)
    assert first == sha256(b"ticket" + NUMBER.encode() + b"1795399200123000").digest()
    header = HEADER | {"commit": committed.hex()}
    canonical = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    ours = chain.link(
        first,
        ticket=NUMBER,
        entry=2,
        seq=1,
        at_us=chain.microseconds(AT),
        kind="sent",
        actor="citizen",
        committed=committed,
    )
    assert ours == sha256(b"\x01" + first + canonical.encode()).digest()


def test_a_short_word_cannot_be_guessed_from_its_commitment() -> None:
    salts = [bytes([n]) * chain.SALT_BYTES for n in range(10)]
    assert len({chain.commitment(salt, "否".encode()) for salt in salts}) == 10
    assert chain.SALT_BYTES * 8 == 256


def test_microseconds_are_whole_and_exact() -> None:
    assert chain.microseconds(AT) == 1795399200123000
    assert chain.microseconds(AT.replace(microsecond=999_999)) % 1_000_000 == 999_999
