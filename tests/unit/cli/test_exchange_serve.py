"""`tradingbot exchange serve` as a person meets it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.command import plain, refused, tradingbot
from tests.support.replay import BTC, ETH, FIRST, rising, store_of
from tests.support.spoken import ED25519
from tradingbot.cli.exchange_serve import balances_of, keys, speed_of
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles, synthetic_source
from tradingbot.domain.errors import InputError
from tradingbot.domain.timeframe import HOUR_MS, Timeframe
from tradingbot.exchange.replay.gate.signature import Ed25519Key, HmacSecret


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Ninety minutes of two symbols."""
    store_of(tmp_path / "data", rising(90), BTC, ETH)
    return tmp_path / "data"


@contextmanager
def served(store: Path, *words: object, **environment: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The command in a process of its own, and what it has printed once it listens."""
    given = ["exchange", "serve", "--port", 0, "--symbols", f"{BTC},{ETH}", "--data", store, *words]
    program = [sys.executable, "-c", "from tradingbot.cli.main import main; main()", *map(str, given)]
    process = subprocess.Popen(
        program, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment}
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    try:
        yield process, lines
    finally:
        process.kill()
        process.communicate(timeout=20)


def recorded_frames(folder: Path) -> Path:
    """Frames of one symbol: a change of the book, and the book."""
    diff = f'{{"e":"depthUpdate","E":{FIRST + HOUR_MS},"s":"BTCUSDT","U":1,"u":9,"b":[],"a":[]}}'
    book = '{"lastUpdateId":10,"bids":[["100.0","1"]],"asks":[["101.0","1"]]}'
    path = folder / "frames"
    path.write_text(f'1 {{"stream":"btcusdt@depth@100ms","data":{diff}}}\n2 {book}\n', encoding="utf-8")
    return path


def ask(url: str, path: str, **headers: str) -> tuple[int, bytes]:
    """Status and body of a question."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(store: Path, end: signal.Signals) -> None:
    """One line of JSON once it listens; Ctrl-C is how it ends, and no failure."""
    with served(store, "--json", "--balance", "USDT=10000", "--balance", "BTC=0.05") as (process, lines):
        told = json.loads(lines[0])
        assert (told["data"], told["execution"], told["candles"]) == ("replay", "simulated", "replay")
        assert told["balances"] == {"USDT": "10000", "BTC": "0.05"}
        assert list(told["symbols"]) == [BTC, ETH]
        assert ask(told["url"], "/api/v3/ping") == (200, b"{}")
        process.send_signal(end)
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out, err) == (0, "", "Starting the replay exchange ...\n")


def test_the_banner_says_what_it_is(store: Path) -> None:
    """For people: where it listens, whose data, whose fills, what is derived."""
    with served(store) as (process, lines):
        assert process.stdout is not None
        while "faults" not in lines[-1] and not lines[-1].strip().startswith(ETH):
            lines.append(process.stdout.readline())
    words = plain("".join(lines))

    assert words.startswith("Replay exchange: replay data, simulated fills.")
    for part in ("/api/v3", "/ws-api/v3", "/replay/status", "half the spread", "tick and step of the recorded candles"):
        assert part in words


def test_a_restart_begins_anew(store: Path) -> None:
    """Its state is memory: killed and started again on the same port it has the balances that it is given."""
    secret = {"TRADINGBOT_EXCHANGE_API_KEY": "K", "TRADINGBOT_EXCHANGE_API_SECRET": "S"}
    with served(store, "--json", **secret) as (process, lines):
        url = json.loads(lines[0])["url"]
        process.kill()
        process.communicate(timeout=20)
        with served(store, "--json", "--port", url.rpartition(":")[2], "--balance", "BTC=1") as (_, again):
            assert json.loads(again[0])["url"] == url
            assert json.loads(again[0])["balances"] == {"BTC": "1"}


def test_a_used_port_is_named(store: Path) -> None:
    """With the remedy."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = refused("exchange", "serve", "--port", port, "--symbols", BTC, "--data", store)

    assert f"port: {port} is in use" in error
    assert "--port" in error


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--symbols", "NOTHEREUSDT"), "symbol"),
        (("--symbols", "?"), "symbol"),
        (("--symbols", f"{BTC},{BTC}"), "symbols"),
        (("--start", "2030-01-01"), "start"),
        (("--start", "soon"), "start"),
        (("--speed", "0"), "speed"),
        (("--speed", "fast"), "speed"),
        (("--balance", "USDT"), "balance"),
        (("--api-secret", "S"), "api-key"),
        (("--api-key", "K"), "api-secret"),
        (("--api-key", "K", "--api-secret", ""), "api-secret"),
        (("--api-key", "K", "--ed25519-key", "nowhere.pem"), "ed25519-key"),
        (("--exchange-info", "nowhere.json"), "nowhere.json"),
        (("--frames", "nowhere.gz"), "nowhere.gz"),
        (("--host", "0.0.0.0"), "host"),
        (("--host", "example.com"), "host"),
        (("--host", "192.0.2.1", "--allow-remote"), "host"),
    ],
)
def test_bad_input_is_named_with_its_remedy(store: Path, words: tuple[str, ...], field: str) -> None:
    """Exit code 2, and nothing on standard output."""
    assert field in refused("exchange", "serve", "--port", 0, "--data", store, *words)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--symbols", ETH), "frames: 1 given, but they drive none of the symbols"),
        (("--symbols", BTC, "--frames", "frames"), "frames: 2 given, but they drive BTCUSDT of the symbols"),
        (("--start", "2024-01-01"), "start: frames begin when they were recorded"),
    ],
)
def test_frames_that_would_be_left_out_are_refused(
    store: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], field: str
) -> None:
    """Of a symbol that is not served, of one twice, or from another day than that of the recording."""
    recorded_frames(store.parent)
    monkeypatch.chdir(store.parent)

    assert field in refused("exchange", "serve", "--port", 0, "--data", "data", "--frames", "frames", *words)


def test_generated_candles_are_called_synthetic(tmp_path: Path) -> None:
    """Before anything else, for people and for programs."""
    candles = synthetic_candles(np.random.default_rng(7), SyntheticMarket(), Timeframe.M1, FIRST, 90)
    for symbol in (BTC, ETH):
        ParquetStore(tmp_path).write(symbol, Timeframe.M1, candles, synthetic_source(7, FIRST))
    with served(tmp_path) as (_, lines), served(tmp_path, "--json") as (_, document):
        told = json.loads(document[0])

    assert lines[0].startswith("Replay exchange: SYNTHETIC data, simulated fills.")
    assert (told["data"], told["candles"]) == ("synthetic", "synthetic")


def test_the_banner_says_what_frames_drive(store: Path) -> None:
    """The other symbol is told by its candles."""
    frames = recorded_frames(store.parent)
    with served(store, "--frames", frames) as (process, lines):
        assert process.stdout is not None
        while not lines[-1].strip().startswith(ETH):
            lines.append(process.stdout.readline())

    assert "driven by recorded frames" in lines[-2]
    assert "driven" not in lines[-1]


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    """By the command; a folder that there is not is named."""
    nowhere = refused("exchange", "serve", "--port", 0, "--data", tmp_path / "nothing")

    assert "data download" in refused("exchange", "serve", "--port", 0, "--data", tmp_path)
    assert "data: " in nowhere
    assert "nothing is no folder" in nowhere
    assert "data import" in nowhere


def test_a_remote_host_must_be_meant(store: Path) -> None:
    """Why is said."""
    error = refused("exchange", "serve", "--port", 0, "--data", store, "--host", "0.0.0.0")

    assert "lets in whoever reaches it" in error
    assert "--allow-remote" in error


def test_help_has_examples() -> None:
    """Of what it is for."""
    shown = plain(tradingbot("exchange", "serve", "--help").out)

    assert "tradingbot exchange serve --symbols BTCUSDT,ETHUSDT --wall-clock" in shown
    assert "TRADINGBOT_EXCHANGE_API_SECRET" in shown


def test_keys_are_what_was_given(tmp_path: Path) -> None:
    """A secret, a public key, or both for one key; none where none was given."""
    pem = tmp_path / "public.pem"
    pem.write_bytes(ED25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    [both] = keys("K", "S", pem, 5)

    assert [type(one) for one in both.verifiers] == [HmacSecret, Ed25519Key]
    assert (both.name, both.created_at) == ("K", 5)
    assert len(keys("K", None, pem, 5)[0].verifiers) == 1
    assert keys(None, None, None, 5) == ()


@pytest.mark.parametrize(
    "texts", [["USDT=1", "USDT=2"], ["usdt=1"], ["USDT=-1"], ["USDT=NaN"], ["USDT=1e999"], ["USDT=0.000000001"], ["=1"]]
)
def test_a_balance_is_an_asset_once_and_an_amount(texts: list[str]) -> None:
    """Anything else is refused."""
    with pytest.raises(InputError, match="balance"):
        balances_of(texts)


def test_balances_and_speed_are_read() -> None:
    """Exactly; 'max' is as fast as it goes."""
    assert balances_of(["USDT=10000", "BTC=0.05"]) == {"USDT": Decimal(10_000), "BTC": Decimal("0.05")}
    assert (speed_of("2.5"), speed_of("max")) == (2.5, 0.0)
