"""`tradingbot exchange drift`: words in, differences and an exit code out."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import recording
from tests.support.command import refused, tradingbot
from tests.support.drifting import KEY, Drifting, serving
from tests.support.hosted import TRADER, Hosting, hosted
from tradingbot.exchange.replay.gate.limits import LimitSettings


@contextmanager
def elsewhere(exchange: Drifting) -> Iterator[str]:
    """The exchange in a thread of its own, as the command has a loop of its own; its URL."""
    ready, urls, loop = threading.Event(), list[str](), asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with serving(exchange) as url:
            urls.append(url)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the person who runs the tests."""
    for name in ("TRADINGBOT_API_KEY", "TRADINGBOT_API_SECRET", "TRADINGBOT_API_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def with_key(monkeypatch: pytest.MonkeyPatch, key: str, secret: str) -> None:
    """Use a key."""
    monkeypatch.setenv("TRADINGBOT_API_KEY", key)
    monkeypatch.setenv("TRADINGBOT_API_SECRET", secret)


def test_no_difference_ends_with_0() -> None:
    """And says what was not looked at without a key."""
    with elsewhere(Drifting()) as url:
        ended = tradingbot("exchange", "drift", "--venue", url, "--patience", 1)

    assert ended.code == 0
    assert "0 differences. Nothing breaks us." in ended.out
    assert "Not looked at, as no API key was given: GET /api/v3/account" in ended.out


def test_a_moved_order_type_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with our file that relies on it, before an order has failed."""
    with_key(monkeypatch, KEY.api_key, KEY.secret)
    moved = (400, {"code": -4120, "msg": "Order type not supported for this endpoint. Please use the Algo Order API."})
    with elsewhere(Drifting(order_refusals={"STOP_LOSS_LIMIT": moved})) as url:
        ended = tradingbot("exchange", "drift", "--venue", url, "--patience", 1)

    assert ended.code == 1
    where = "BREAKS US: POST /api/v3/order/test, stop loss limit BTCUSDT"
    assert f"{where}: order type is not allowed any more; found HTTP 400, -4120" in ended.out
    assert "(used by exchange/binance/account/venue.py)" in ended.out
    assert KEY.secret not in ended.out + ended.err


def test_json_has_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """One document, which names the data as what it is."""
    exchange = Drifting()
    exchange.info["symbols"][0]["ocoAllowed"] = False
    with elsewhere(exchange) as url:
        ended = tradingbot("exchange", "drift", "--venue", url, "--patience", 1, "--json")

    (difference,) = ended.document["differences"]
    assert ended.code == 1
    assert (ended.document["data"], ended.document["holds"]) == ("replay", False)
    assert (difference["severity"], difference["what"]) == ("breaks us", "ocoAllowed is off")


def test_public_answers_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the next contract: without the account, and never over an older file."""
    with_key(monkeypatch, KEY.api_key, KEY.secret)
    file = tmp_path / "answers.json"
    with elsewhere(Drifting()) as url:
        words = ("exchange", "drift", "--venue", url, "--patience", 1, "--record", file)
        assert tradingbot(*words).code == 0
        assert "exists already. Name a new file" in refused(*words)

    kept = file.read_text()
    assert '"GET /api/v3/exchangeInfo BTCUSDT"' in kept
    assert "balances" not in kept
    assert KEY.api_key not in kept


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--venue", "moon"), "Give mainnet, testnet or http://HOST:PORT"),
        (("--symbols", "BTC!"), "is not a spot symbol"),
        (("--patience", "0"), "Input should be greater than or equal to 1"),
    ],
)
def test_bad_use_ends_with_2(words: tuple[str, ...], told: str) -> None:
    """Before anything is asked."""
    assert told in refused("exchange", "drift", *words)


def test_half_a_key_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key without its secret is a mistake, not a check without a key."""
    monkeypatch.setenv("TRADINGBOT_API_KEY", "key")

    assert "API key: there is none" in refused("exchange", "drift", "--venue", "http://127.0.0.1:1")


def test_nobody_there_ends_with_1() -> None:
    """In one line."""
    ended = tradingbot("exchange", "drift", "--venue", "http://127.0.0.1:1", "--patience", 1)

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Error: GET /api/v3/time at http://127.0.0.1:1")


def test_the_replay_exchange_shows_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our Binance answers what the contract says, signed questions and test orders included."""
    with_key(monkeypatch, TRADER.api_key, TRADER.secret)
    serve = {"limits": LimitSettings()}
    recording.fill(tmp_path)
    with hosted(tmp_path, Hosting(serve=serve, replay={"speed": 20.0})) as running:
        ended = tradingbot("exchange", "drift", "--venue", running.url, "--json")

    assert (ended.document["data"], ended.document["differences"]) == ("synthetic", [])
    assert ended.code == 0
