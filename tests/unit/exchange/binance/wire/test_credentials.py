"""API keys: where they come from, what they sign, and that nobody sees them."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

from tests.support.binance_stub import PRIVATE, pem
from tradingbot.domain.errors import InputError
from tradingbot.exchange.binance.wire.credentials import FILE, KEY, SECRET, Credentials
from tradingbot.exchange.errors import KeyRefused

# From the section on signing of Binance's REST documentation.
DOCUMENTED_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
PAYLOAD = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    """A file with that content."""
    path = folder / "key.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("symbol", "signature"),
    [
        ("LTCBTC", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
    ],
)
def test_hmac_signs_as_documented(symbol: str, signature: str) -> None:
    """The signatures are those of Binance's documents."""
    assert Credentials("key", DOCUMENTED_SECRET).sign(f"symbol={symbol}&{PAYLOAD}") == signature


def test_an_ed25519_signature_is_verified_by_its_public_key() -> None:
    """What is signed is exactly the payload, answered in base64."""
    signature = Credentials("key", pem(PRIVATE)).sign(PAYLOAD)

    PRIVATE.public_key().verify(base64.b64decode(signature), PAYLOAD.encode())


def test_neither_key_nor_secret_is_shown() -> None:
    """Not by repr, not by str, not inside another value."""
    credentials = Credentials("SHOW-KEY", "SHOW-SECRET")

    assert "SHOW" not in f"{credentials!r} {credentials} {[credentials]} {Credentials('SHOW', pem(PRIVATE))!r}"


@pytest.mark.parametrize(("key", "secret"), [("", "s"), ("k", " "), ("k e y", "s"), ("kéy", "s"), ("k", "sécret")])
def test_what_cannot_be_a_key_is_refused(key: str, secret: str) -> None:
    """Before anything is sent."""
    with pytest.raises(KeyRefused, match="API management"):
        Credentials(key, secret)


@pytest.mark.parametrize(
    ("secret", "remedy"),
    [
        ("-----BEGIN PRIVATE KEY-----\nSHOWTHIS\n-----END PRIVATE KEY-----", "unencrypted PKCS#8"),
        (pem(PRIVATE, BestAvailableEncryption(b"word")), "unencrypted PKCS#8"),
        (pem(rsa.generate_private_key(65537, 2048)), "not Ed25519"),
    ],
)
def test_a_private_key_that_cannot_sign_is_refused_without_being_shown(secret: str, remedy: str) -> None:
    """Garbage, a passphrase, another kind: each says what to do, none quotes the key."""
    with pytest.raises(KeyRefused, match=remedy) as caught:
        Credentials("key", secret)

    assert "SHOWTHIS" not in str(caught.value)


def test_keys_come_from_the_environment() -> None:
    """Surrounding white space, as of a pasted line, does not matter."""
    assert Credentials.from_environment({KEY: "k\n", SECRET: " s "}) == Credentials("k", "s")


@pytest.mark.parametrize("environment", [{}, {KEY: "k"}, {SECRET: "s"}, {KEY: "", SECRET: "s"}, {FILE: ""}])
def test_without_a_key_the_error_names_the_variables(environment: dict[str, str]) -> None:
    """A person learns what to set."""
    with pytest.raises(InputError, match=f"{KEY} and {SECRET}, or {FILE}"):
        Credentials.from_environment(environment)


def test_keys_come_from_a_private_file(tmp_path: Path) -> None:
    """TOML with api_key and secret, named by the environment."""
    path = key_file(tmp_path, 'api_key = "k"\nsecret = "s"\n')

    assert Credentials.from_environment({FILE: str(path)}) == Credentials("k", "s")


def test_a_private_key_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    """Windows line ends and blank lines around the PEM make no difference."""
    beside = tmp_path / "ed25519.pem"
    beside.write_text("\n" + pem(PRIVATE).replace("\n", "\r\n"))
    beside.chmod(0o600)

    found = Credentials.from_file(key_file(tmp_path, 'api_key = "k"\nprivate_key = "ed25519.pem"\n'))

    assert found == Credentials("k", pem(PRIVATE))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The remedy is a command to copy."""
    path = key_file(tmp_path, 'api_key = "k"\nsecret = "s"\n', mode)

    with pytest.raises(KeyRefused, match=f"chmod 600 {path}"):
        Credentials.from_file(path)


@pytest.mark.parametrize(
    "text",
    [
        "api_key = SHOW",
        "api_key = 5\nsecret = 'SHOW'",
        "secret = 'SHOW'",
        "api_key = 'SHOW'",
        "api_key='SHOW'\nprivate_key=1",
    ],
)
def test_a_file_that_lacks_something_is_refused_without_being_quoted(tmp_path: Path, text: str) -> None:
    """Its content is secret even when it is wrong."""
    with pytest.raises(KeyRefused, match="api_key and secret") as caught:
        Credentials.from_file(key_file(tmp_path, text))

    assert "SHOW" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """Missing, or no text."""
    path = tmp_path / "key.toml"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)

    with pytest.raises(KeyRefused, match=f"{path} cannot be read"):
        Credentials.from_file(path)
