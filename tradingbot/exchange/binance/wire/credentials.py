"""API keys: read from the environment or a private file, shown to nobody."""

import base64
import hmac
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from tradingbot.domain.errors import InputError
from tradingbot.exchange.errors import KeyRefused

KEY, SECRET, FILE = "TRADINGBOT_API_KEY", "TRADINGBOT_API_SECRET", "TRADINGBOT_API_KEY_FILE"
_SOURCES = f"Set {KEY} and {SECRET}, or {FILE} to a file of mode 600 with api_key and secret (or private_key = PATH)"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """An API key and what signs for it: an HMAC secret, or an Ed25519 private key as PEM (PKCS#8, no passphrase).

    Raises KeyRefused where they cannot be used. Neither `repr` nor any error shows them.
    """

    api_key: str
    secret: str

    def __post_init__(self) -> None:
        for name, value in (("API key", self.api_key), ("secret", self.secret)):
            if not value.strip() or not value.isascii():
                raise KeyRefused(f"The {name} is empty or not plain ASCII. Copy it again from Binance's API management")
        if any(character.isspace() for character in self.api_key):
            raise KeyRefused("The API key contains white space. Copy it again from Binance's API management")
        if self.is_ed25519:
            object.__setattr__(self, "secret", _normal_pem(self.secret))

    def __repr__(self) -> str:
        return f"Credentials({'Ed25519' if self.is_ed25519 else 'HMAC'}, hidden)"

    @property
    def is_ed25519(self) -> bool:
        """Whether the secret is a private key; otherwise it is an HMAC secret."""
        return "-----BEGIN" in self.secret

    def sign(self, payload: str) -> str:
        """The signature of exactly this text: hex of HMAC-SHA256, or base64 of Ed25519 (not percent-encoded)."""
        if not self.is_ed25519:
            return hmac.new(self.secret.encode(), payload.encode(), "sha256").hexdigest()
        return base64.b64encode(_load(self.secret).sign(payload.encode())).decode()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Credentials":
        """Those the variables name; raises InputError where there are none, KeyRefused where they cannot be used."""
        if environment.get(FILE):
            return cls.from_file(Path(environment[FILE]))
        key, secret = environment.get(KEY), environment.get(SECRET)
        if not key or not secret:
            raise InputError("API key", "there is none", _SOURCES)
        return cls(key.strip(), secret.strip())

    @classmethod
    def from_file(cls, path: Path) -> "Credentials":
        """Those of a TOML file with `api_key` and either `secret` or `private_key`, the path of a PEM beside it."""
        try:
            values = tomllib.loads(_private_text(path))
        except tomllib.TOMLDecodeError:  # its message quotes the text, so it is not passed on
            raise KeyRefused(f"{path} is not TOML. {_SOURCES}") from None
        key, secret = values.get("api_key"), values.get("secret")
        if secret is None and isinstance(values.get("private_key"), str):
            secret = _private_text(path.parent / values["private_key"])
        if not isinstance(key, str) or not isinstance(secret, str):
            raise KeyRefused(f"{path} lacks api_key, or both secret and private_key. {_SOURCES}")
        return cls(key.strip(), secret.strip())


def _private_text(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyRefused(f"{path} can be read by other users of this machine. Run: chmod 600 {path}")
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise KeyRefused(f"{path} cannot be read: {reason}. {_SOURCES}") from None


def _normal_pem(text: str) -> str:
    """As ccxt tells the kinds apart by length: without a trailing newline, in Unix line ends."""
    key = _load(text)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip()


def _load(pem: str) -> Ed25519PrivateKey:
    try:
        key: Any = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        remedy = "Give an unencrypted PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` writes it"
        raise KeyRefused(f"The private key cannot be used. {remedy}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused("The private key is not Ed25519, which Binance recommends. Make one, or use an HMAC key")
    return key
