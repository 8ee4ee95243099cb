"""The cryptography of Web Push: a message that only one browser can read (RFC 8291 over RFC 8188), and our
name under it (VAPID, RFC 8292). The library is loaded with the first use, since most starts need none."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

#: The order of P-256: a private key is a number below it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
#: One record holds all that we send; push services take 4096 bytes.
RECORD = 4096
#: How long the name under a message is good; RFC 8292 permits a day.
SIGNED_FOR = timedelta(hours=12)


def text(data: bytes) -> str:
    """base64url without padding, as all of Web Push writes bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text: str) -> bytes:
    """What `text` wrote, or plain base64 with padding; ValueError if it is neither."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def is_key(point: bytes) -> bool:
    """Whether it is the public key of a browser: a point of the curve, uncompressed."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == 65


def private(key: bytes) -> EllipticCurvePrivateKey:
    """The key whose number is these 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(key), ec.SECP256R1())


def public(key: EllipticCurvePrivateKey) -> bytes:
    """Its public half, uncompressed: what browsers call `applicationServerKey`."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sealed(
    plain: bytes,
    browser: bytes,
    auth: bytes,
    own: EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push: `plain` for the browser with this public key and secret. `own` and `salt` are
    new for each message, and given only by a test."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def derived(salt: bytes, secret: bytes, purpose: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length, salt, purpose).derive(secret)

    own = own or ec.generate_private_key(ec.SECP256R1())
    salt = salt or secrets.token_bytes(16)
    mine = public(own)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser)
    shared = own.exchange(ec.ECDH(), theirs)
    secret = derived(auth, shared, b"WebPush: info\0" + browser + mine, 32)
    key = derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4) + len(mine).to_bytes(1) + mine
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def signed(key: bytes, endpoint: str, site: str, now: datetime) -> str:
    """The `Authorization` of a push to `endpoint`; `site` is where its service may complain."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    own = private(key)
    there = urlsplit(endpoint)
    claims: dict[str, object] = {"aud": f"{there.scheme}://{there.netloc}"}
    claims["exp"] = int((now + SIGNED_FOR).timestamp())
    if site.startswith("https:"):
        claims["sub"] = site
    head = {"typ": "JWT", "alg": "ES256"}
    said = ".".join(text(json.dumps(part).encode()) for part in (head, claims))
    r, s = decode_dss_signature(own.sign(said.encode(), ec.ECDSA(SHA256())))
    token = f"{said}.{text(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={text(public(own))}"
