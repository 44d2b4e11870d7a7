"""`tradingbot exchange check` as a person meets it: a served exchange, good keys and bad ones."""

from collections.abc import Iterator

import pytest

from tests.support import recording
from tests.support.command import refused, tradingbot
from tests.support.served import KEY, SECRET, Served, serving
from tradingbot.exchange.binance.wire import credentials


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An exchange that runs as long as these tests."""
    store = tmp_path_factory.mktemp("served") / "data"
    recording.fill(store)
    with serving(store) as exchange:
        yield exchange


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exchange's own key, in the environment."""
    monkeypatch.setenv(credentials.KEY, KEY)
    monkeypatch.setenv(credentials.SECRET, SECRET)
    monkeypatch.delenv(credentials.FILE, raising=False)


def test_a_good_key_is_shown_with_what_it_may_do(served: Served, keys: None) -> None:
    """Clock, permissions, rates, filters and streams, labelled as what they are; never the key."""
    ended = tradingbot("exchange", "check", "--venue", served.url, "--symbols", "BTCUSDT,ETHUSDT")

    assert ended.code == 0
    assert "SYNTHETIC prices, SIMULATED fills" in ended.out
    assert "may trade" in ended.out
    assert "2 assets" in ended.out
    assert KEY not in ended.out + ended.err


def test_it_can_be_read_by_programs(served: Served, keys: None) -> None:
    """One JSON document with the same facts, filters in full."""
    found = tradingbot("exchange", "check", "--venue", served.url, "--json").document

    assert (found["data"], found["execution"], found["key"]) == ("synthetic", "simulated", "HMAC")
    assert found["permissions"]["can_trade"] is True
    assert abs(found["clock"]["offset"]) > found["clock"]["error"] >= 0
    assert found["instruments"][0]["filters"][0]["filterType"] == "PRICE_FILTER"
    assert found["commissions"][0]["symbol"] == "BTCUSDT"


def test_a_wrong_secret_is_refused_with_a_remedy(served: Served, keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not shown."""
    monkeypatch.setenv(credentials.SECRET, "not-the-secret")

    message = refused("exchange", "check", "--venue", served.url)

    assert "shown together with this key" in message
    assert "not-the-secret" not in message


def test_an_unknown_key_is_refused_with_a_remedy(served: Served, keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to look at."""
    monkeypatch.setenv(credentials.KEY, "unknown")

    assert "Check that the key is of this network" in refused("exchange", "check", "--venue", served.url)


def test_an_unknown_symbol_is_named(served: Served, keys: None) -> None:
    """The exchange itself does not say which one it was."""
    assert "NOPEUSDT" in refused("exchange", "check", "--venue", served.url, "--symbols", "NOPEUSDT")


def test_without_a_key_the_variables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of the exchange."""
    for name in (credentials.KEY, credentials.SECRET, credentials.FILE):
        monkeypatch.delenv(name, raising=False)

    assert credentials.KEY in refused("exchange", "check", "--venue", "http://127.0.0.1:9")


def test_an_address_where_nobody_answers_ends_with_code_1(keys: None) -> None:
    """It is no fault of what was given."""
    ended = tradingbot("exchange", "check", "--venue", "http://127.0.0.1:9")

    assert (ended.code, ended.out) == (1, "")
    assert "no connection to 127.0.0.1" in ended.err
