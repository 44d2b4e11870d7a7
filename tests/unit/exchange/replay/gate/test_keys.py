"""Which key may be used for what, and from where."""

import pytest

from tests.support.spoken import KEYS
from tradingbot.exchange.errors import KeyRefused
from tradingbot.exchange.replay.gate.keys import KeyRing, well_formed
from tradingbot.exchange.replay.operation import Security

RING, HERE = KeyRing(KEYS), "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "address", "security"),
    [
        ("trader", HERE, Security.TRADE),
        ("reader", HERE, Security.USER_DATA),
        ("elsewhere", "192.0.2.1", Security.TRADE),
    ],
)
def test_a_key_is_found_for_what_it_may_do(name: str, address: str, security: Security) -> None:
    """From where it may be used."""
    assert RING.find(name, address, security).name == name


@pytest.mark.parametrize(
    ("name", "security"),
    [
        ("reader", Security.TRADE),
        ("expired", Security.USER_DATA),
        ("elsewhere", Security.USER_DATA),
        ("nobody", Security.USER_DATA),
    ],
)
def test_any_other_key_is_refused_in_the_same_words(name: str, security: Security) -> None:
    """-2015 with 401: which of the reasons it was is not told."""
    with pytest.raises(KeyRefused, match="Invalid API-key, IP, or permissions for action") as caught:
        RING.find(name, HERE, security)

    assert (caught.value.code, caught.value.status) == (-2015, 401)


@pytest.mark.parametrize("name", [None, "", "a key", "k" * 129, "schlüssel"])
def test_what_is_no_key_is_refused(name: str | None) -> None:
    """-2014 with 401."""
    with pytest.raises(KeyRefused) as caught:
        well_formed(name)

    assert (caught.value.code, caught.value.status) == (-2014, 401)
