"""The API keys of the account, and what each may do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.gate.signature import Ed25519Key, Verifier
from tradingbot.exchange.replay.operation import Security
from tradingbot.exchange.replay.params import refusal

_FORM = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key. Several `verifiers` are alternatives; without `addresses` it may be used from anywhere."""

    name: str
    verifiers: tuple[Verifier, ...]
    can_trade: bool = True
    can_withdraw: bool = False
    expired: bool = False
    addresses: tuple[str, ...] = ()
    created_at: int = 0

    def check_signature(self, payload: bytes, signature: str, *, ed25519_only: bool = False) -> None:
        """Refuse a signature that is not this key's (-1022)."""
        usable = [one for one in self.verifiers if isinstance(one, Ed25519Key) or not ed25519_only]
        if not any(one.verify(payload, signature) for one in usable):
            raise refusal(-1022, "Signature for this request is not valid.")


class KeyRing:
    """All keys of the one account."""

    def __init__(self, keys: Sequence[ApiKey]) -> None:
        self._keys = {key.name: key for key in keys}

    def find(self, name: str, address: str, security: Security) -> ApiKey:
        """The key, if it may be used from this address for that; raises -2015 with HTTP status 401."""
        key = self._keys.get(name)
        if key is None or key.expired or (key.addresses and address not in key.addresses):
            raise not_permitted()
        if security is Security.TRADE and not key.can_trade:
            raise not_permitted()
        return key


def not_permitted() -> ExchangeError:
    """What a key that is unknown, expired, bound to another address or short of a permission is answered."""
    return refusal(-2015, "Invalid API-key, IP, or permissions for action.", status=401)


def well_formed(name: str | None) -> str:
    """The name of a key, as it was sent; raises -2014 with HTTP status 401."""
    if name is None or not _FORM.fullmatch(name):
        raise refusal(-2014, "API-key format invalid.", status=401)
    return name
