"""Who sent a request, and when: signatures over exactly what was sent, and timestamps within recvWindow.

Source: rest-api.md "Request Security" and web-socket-api.md of Binance's spot API.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from tradingbot.domain.errors import BadFile
from tradingbot.exchange.replay.params import Params, refusal, required

AHEAD_MS = 1_000
_WIRE = ("utf-8", "surrogateescape")  # what is no UTF-8 is signed as it was sent
DEFAULT_WINDOW = Decimal(5_000)
LONGEST_WINDOW = Decimal(60_000)


class Verifier(Protocol):
    """One way to sign."""

    def verify(self, payload: bytes, signature: str) -> bool:
        """Whether the signature is this key's for these bytes."""
        ...


@dataclass(frozen=True, slots=True)
class HmacSecret:
    """HMAC-SHA256 as hexadecimal, in either case."""

    secret: str = field(repr=False)

    def verify(self, payload: bytes, signature: str) -> bool:
        """Whether the signature is this key's for these bytes."""
        expected = hmac.new(self.secret.encode(), payload, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.lower().encode(*_WIRE))


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """Ed25519 as base64."""

    key: Ed25519PublicKey

    def verify(self, payload: bytes, signature: str) -> bool:
        """Whether the signature is this key's for these bytes."""
        try:
            self.key.verify(base64.b64decode(signature, validate=True), payload)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class RsaKey:
    """RSA, PKCS#1 v1.5 with SHA-256, as base64."""

    key: RSAPublicKey

    def verify(self, payload: bytes, signature: str) -> bool:
        """Whether the signature is this key's for these bytes."""
        try:
            self.key.verify(base64.b64decode(signature, validate=True), payload, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def public_key(pem: bytes, name: str) -> Ed25519Key | RsaKey:
    """The verifier of a PEM file, public or private (of which only the public half is kept); raises BadFile.

    `name` is what the error calls the file.
    """
    try:
        held = load_pem_private_key(pem, None).public_key() if b"PRIVATE" in pem else load_pem_public_key(pem)
    except (ValueError, TypeError):
        remedy = "Give an Ed25519 or RSA public key in PEM form"
        raise BadFile(name, "no PEM key, or one with a passphrase", remedy) from None
    if isinstance(held, Ed25519PublicKey):
        return Ed25519Key(held)
    if isinstance(held, RSAPublicKey):
        return RsaKey(held)
    raise BadFile(name, "neither an Ed25519 nor an RSA key", "Make one with: openssl genpkey -algorithm ed25519")


def rest_payload(query: str, body: str) -> tuple[bytes, str | None]:
    """What a REST request signs - query and body as they were on the wire, without `signature` - and its signature."""
    kept: list[str] = []
    signature: str | None = None
    for part in (query, body):
        pieces = part.split("&")
        kept.append("&".join(piece for piece in pieces if not piece.startswith("signature=")))
        found = [piece.removeprefix("signature=") for piece in pieces if piece.startswith("signature=")]
        signature = unquote(found[0]) if found and signature is None else signature
    return "".join(kept).encode(*_WIRE), signature


def ws_payload(values: Mapping[str, str]) -> bytes:
    """What a request of the WebSocket API signs: all parameters but `signature`, sorted by name, not encoded."""
    return "&".join(f"{name}={values[name]}" for name in sorted(values) if name != "signature").encode()


def check_time(params: Params, now: int | None) -> None:
    """Refuse a request that is too old or too far ahead of the server's `now` (ms UTC; None judges neither): -1021.

    Raises -1102 and -1131 too.
    """
    window = _window(params)
    sent = required("timestamp", params.moment("timestamp"))
    if now is None:
        return
    if sent >= now + AHEAD_MS:
        raise refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now - sent > window:
        raise refusal(-1021, "Timestamp for this request is outside of the recvWindow.")


def _window(params: Params) -> Decimal:
    sent = params.decimal("recvWindow")
    if sent is None:
        return DEFAULT_WINDOW
    if sent > LONGEST_WINDOW:
        raise refusal(-1131, "recvWindow must be less than 60000")
    if sent != round(sent, 3):
        raise refusal(-1111, "Parameter 'recvWindow' has too much precision.")
    return sent
