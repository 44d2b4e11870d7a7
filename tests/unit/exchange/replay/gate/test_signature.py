"""Signatures over exactly what was sent, and timestamps within recvWindow."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tradingbot.domain.errors import BadFile
from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.gate.signature import HmacSecret, check_time, public_key, rest_payload, ws_payload
from tradingbot.exchange.replay.params import Params

# The examples of Binance's documentation: request-security of rest-api.md and of web-socket-api.md.
DOCS = HmacSecret("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j")
ASCII = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
    "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71",
)
UNICODE = (
    ASCII[0].replace("LTCBTC", "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96"),
    "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
)
WS_API = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01000000",
    "price": "52000.00",
    "recvWindow": "100",
    "timestamp": "1645423376532",
    "apiKey": "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
    "signature": "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24",
}
NOW = 1_790_000_000_000


@pytest.mark.parametrize(("payload", "signature"), [ASCII, UNICODE])
def test_the_documented_examples_are_valid_in_every_place(payload: str, signature: str) -> None:
    """In the query, in the body, and split between both without anything in between."""
    half = payload.index("&quantity")
    ways = [
        (f"{payload}&signature={signature}", ""),
        ("", f"signature={signature}&{payload}"),
        (payload[:half], f"{payload[half:]}&signature={signature}"),
    ]
    for query, body in ways:
        signed, given = rest_payload(query, body)
        assert DOCS.verify(signed, given or "")
    assert DOCS.verify(payload.encode(), signature.upper())
    assert not DOCS.verify(payload.replace("GTC", "IOC").encode(), signature)


def test_the_documented_example_of_the_websocket_api_is_valid() -> None:
    """Sorted by name, with the key and without the signature, not encoded."""
    assert DOCS.verify(ws_payload(WS_API), WS_API["signature"])


def test_what_is_no_utf8_is_signed_as_it_was_sent() -> None:
    """The bytes come back as they were."""
    payload, _ = rest_payload(b"symbol=\xff".decode("utf-8", "surrogateescape"), "")

    assert payload == b"symbol=\xff"


def test_ed25519_and_rsa_are_verified_from_public_and_private_pem() -> None:
    """As base64; another key, another text and what is no base64 are not valid."""
    modern, old = Ed25519PrivateKey.generate(), generate_private_key(65_537, 2048)
    signed: tuple[tuple[Ed25519PrivateKey | RSAPrivateKey, bytes], ...] = (
        (modern, modern.sign(b"payload")),
        (old, old.sign(b"payload", PKCS1v15(), SHA256())),
    )
    for key, signature in signed:
        text = base64.b64encode(signature).decode()
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for pem in (public, private):
            verifier = public_key(pem, "file")
            assert verifier.verify(b"payload", text)
            assert not verifier.verify(b"other", text)
            assert not verifier.verify(b"payload", "no base64!")
            assert not verifier.verify(b"payload", "é")


def test_secrets_are_not_shown() -> None:
    """Not in the repr."""
    assert "NhqPtm" not in repr(DOCS)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_broken_key_file_is_named(pem: bytes) -> None:
    """With the remedy."""
    with pytest.raises(BadFile, match="ed25519-key"):
        public_key(pem, "ed25519-key")


@pytest.mark.parametrize(
    ("timestamp", "window"),
    [
        (NOW, None),
        (NOW + 999, None),
        (NOW - 5_000, None),
        (NOW - 60_000, "60000"),
        (NOW - 1, "1.5"),
        (NOW * 1_000, None),
        (NOW * 1_000 + 999_000, "0.001"),
    ],
)
def test_a_timestamp_within_the_window_is_accepted(timestamp: int, window: str | None) -> None:
    """Less than a second ahead, at most recvWindow behind; in ms or µs."""
    check_time(Params({"timestamp": str(timestamp)} | ({"recvWindow": window} if window else {})), NOW)


@pytest.mark.parametrize(
    ("timestamp", "window", "code"),
    [
        (str(NOW + 1_000), None, -1021),
        (str(NOW - 5_001), None, -1021),
        (str(NOW - 101), "100", -1021),
        ((NOW - 6_000) * 1_000, None, -1021),
        ("0", None, -1021),
        ("", None, -1105),
        (None, None, -1102),
        ("soon", None, -1100),
        ("-1", None, -1100),
        (str(NOW), "60000.001", -1131),
        (str(NOW), "60001", -1131),
        (str(NOW), "1.0001", -1111),
        (str(NOW), "-1", -1100),
    ],
)
def test_any_other_timestamp_is_refused(timestamp: str | int | None, window: str | None, code: int) -> None:
    """By the code that tells what is wrong with it."""
    sent = {"timestamp": timestamp, "recvWindow": window}
    with pytest.raises(ExchangeError) as caught:
        check_time(Params({name: str(value) for name, value in sent.items() if value is not None}), NOW)

    assert caught.value.code == code


def test_time_is_not_judged_where_no_clock_can_follow() -> None:
    """It must be sent all the same."""
    check_time(Params({"timestamp": "1"}), None)
    with pytest.raises(ExchangeError):
        check_time(Params({}), None)
