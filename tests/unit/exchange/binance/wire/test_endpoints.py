"""Where a Binance is reached, and the provenance that follows from it."""

import pytest

from tradingbot.domain.errors import InputError
from tradingbot.exchange.binance.wire.endpoints import Endpoints


@pytest.mark.parametrize(
    ("venue", "data", "execution"),
    [
        ("mainnet", "live", "real"),
        ("testnet", "testnet", "testnet"),
        ("http://127.0.0.1:8080", "replay", "simulated"),
        ("https://exchange.example", "replay", "simulated"),
    ],
)
def test_provenance_follows_from_the_address(venue: str, data: str, execution: str) -> None:
    """Only Binance's own addresses are live or testnet; every other is a replay."""
    endpoints = Endpoints.named(venue)

    assert (endpoints.data, endpoints.execution) == (data, execution)


def test_one_foreign_address_makes_a_replay() -> None:
    """Addresses of Binance with a single other one among them are not the real exchange."""
    real = Endpoints.mainnet()

    mixed = Endpoints(rest="http://127.0.0.1:1", ws_api=real.ws_api, streams=real.streams)

    assert mixed.execution == "simulated"


def test_the_sockets_of_a_replay_are_beside_its_rest() -> None:
    """A replay's WebSockets are at the same host and port, encrypted where REST is."""
    plain, secure = Endpoints.replay("http://127.0.0.1:8080/"), Endpoints.replay("https://host:1")

    assert plain.rest == "http://127.0.0.1:8080"
    assert (plain.ws_api, plain.streams) == ("ws://127.0.0.1:8080/ws-api/v3", "ws://127.0.0.1:8080")
    assert secure.streams == "wss://host:1"


@pytest.mark.parametrize(
    "url", ["https://api.binance.com", "https://API3.binance.com:443", "https://testnet.binance.vision"]
)
def test_binance_itself_is_no_replay(url: str) -> None:
    """Real orders can never be labelled as simulated ones."""
    with pytest.raises(InputError, match="Say mainnet or testnet"):
        Endpoints.replay(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "main",
        "ftp://host",
        "http://",
        "http://host/api",
        "http://u:p@host",
        "http://host:99999",
        "http://[::1",
        "http://h?x",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """The error says what may be given."""
    with pytest.raises(InputError, match="mainnet, testnet or http"):
        Endpoints.named(url)
