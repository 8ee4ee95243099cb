"""The hash chain of the journal (32): headers without personal data, salted commitments of the bodies.

commitment = SHA-256(0x00 || salt || body)          h_0 = SHA-256("ticket" || number || opened_at)
h_n        = SHA-256(0x01 || h_(n-1) || header_n)   header: canonical JSON (RFC 8785)
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

SALT_BYTES = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970, without the rounding of floats."""
    span = instant - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def genesis(number: str, opened_at: datetime) -> bytes:
    """The hash before a ticket's first entry."""
    return sha256(f"ticket{number}{microseconds(opened_at)}".encode()).digest()


def commitment(salt: bytes, body: bytes) -> bytes:
    """Binds a body without telling it: with 256 bits of salt even `是` cannot be guessed."""
    return sha256(b"\x00" + salt + body).digest()


def link(
    previous: bytes,
    ticket: str,
    entry: int,
    seq: int | None,
    at_us: int,
    kind: str,
    actor: str,
    committed: bytes,
) -> bytes:
    """The hash of one entry. Every value is ours and plain ASCII, so the f-string is canonical JSON."""
    header = (
        f'{{"actor":"{actor}","alg":"sha256","at_us":{at_us},"commit":"{committed.hex()}",'
        f'"entry":{entry},"kind":"{kind}","seq":{seq or 0},"ticket":"{ticket}","v":1}}'
    )
    return sha256(b"\x01" + previous + header.encode()).digest()
