"""The real downloader against a local server that serves the exchange's layout, and its faults."""

import hashlib
import io
import json
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import polars as pl
import pytest

from tradingbot.data.calendar import day_of, days_between, month_of, month_span, parse_day
from tradingbot.data.download import Wanted, download
from tradingbot.data.exchange_info import FilterStore
from tradingbot.data.outcome import Report
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.settings import DownloadSettings
from tradingbot.data.store import Loaded
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.data.verify import verify
from tradingbot.domain.errors import BadFile, ChecksumMismatch, NetworkError, NoData, UnknownName
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, Timeframe

START = parse_day("2024-12-01", "start")
NEW_YEAR = parse_day("2025-01-01", "start")  # from here on the archive stamps in microseconds
NOW = parse_day("2025-01-06", "now") + 10 * HOUR_MS + 1_234

Fault = tuple[int, dict[str, str], bytes]  # status, headers, body; a status of 0 cuts the body short


@dataclass
class Exchange:
    """Hourly candles of some symbols as archive files and REST answers; `faults` are served first, by path."""

    archived_until: int = NEW_YEAR + 3 * DAY_MS
    delay: float = 0.0
    weight: str = "2"
    candles: dict[str, pl.DataFrame] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        for seed, symbol in enumerate(("BTCUSDT", "ETHUSDT")):
            random = np.random.default_rng(seed)
            self.candles[symbol] = synthetic_candles(random, SyntheticMarket(), Timeframe.H1, START, 24 * 40)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, query: dict[str, str]) -> Fault:
        time.sleep(self.delay)
        if self.faults.get(path):
            return self.faults[path].pop(0)
        if path == "/api/v3/klines":
            return self.klines(query)
        if path == "/api/v3/exchangeInfo":
            return 200, {}, json.dumps({"serverTime": NOW, "symbols": [rules(s) for s in self.candles]}).encode()
        zipped = self.archive(path.removesuffix(".CHECKSUM"))
        if zipped is None:
            return 404, {}, b"<Error><Code>NoSuchKey</Code></Error>"
        name = path.removesuffix(".CHECKSUM").rsplit("/", 1)[-1]
        sums = f"{hashlib.sha256(zipped).hexdigest()}  {name}\n".encode()
        return 200, {}, sums if path.endswith(".CHECKSUM") else zipped

    def klines(self, query: dict[str, str]) -> Fault:
        if query["symbol"] not in self.candles:
            return 400, {}, b'{"code":-1121,"msg":"Invalid symbol."}'
        last = min(int(query.get("endTime", NOW)), NOW)
        frame = self.candles[query["symbol"]].filter(pl.col("open_time").is_between(int(query["startTime"]), last))
        rows = [
            [row[0], *map(str, row[1:6]), row[0] + HOUR_MS - 1, str(row[6]), row[7], str(row[8]), str(row[9]), "0"]
            for row in frame[: int(query["limit"])].iter_rows()
        ]
        return 200, {"X-MBX-USED-WEIGHT-1M": self.weight}, json.dumps(rows).encode()

    def archive(self, path: str) -> bytes | None:
        parts = path.strip("/").split("/")  # data spot monthly klines BTCUSDT 1h BTCUSDT-1h-2024-12.zip
        if len(parts) != 7 or parts[4] not in self.candles:
            return None
        date = parts[6].removesuffix(".zip").split("-", 2)[2]
        monthly = parts[2] == "monthly"
        start = month_span(date)[0] if monthly else parse_day(date, "date")
        end = month_span(date)[1] if monthly else start + DAY_MS
        frame = self.candles[parts[4]].filter(pl.col("open_time").is_between(start, end, closed="left"))
        if end > self.archived_until or frame.is_empty():
            return None
        return zipped(frame, parts[6].replace(".zip", ".csv"), 1000 if start >= NEW_YEAR else 1)


def zipped(frame: pl.DataFrame, name: str, factor: int) -> bytes:
    """An archive file: no header, the twelve columns of a kline."""
    close = (pl.col("open_time") + HOUR_MS) * factor - 1
    rows = frame.with_columns(open_time=pl.col("open_time") * factor, close_time=close, ignore=pl.lit(0)).select(
        *frame.columns[:6], "close_time", *frame.columns[6:], "ignore"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), rows.write_csv(include_header=False), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def rules(symbol: str) -> dict[str, object]:
    return {
        "symbol": symbol,
        "isMarginTradingAllowed": True,
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": "0.01"},
            {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "9000", "stepSize": "0.001"},
        ],
    }


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A running server."""
    state = Exchange()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            state.asked.append(self.path)
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            status, headers, body = state.answer(address.path, query)
            self.send_response(status or 200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + (100 if status == 0 else 0)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = status == 0

        def log_request(self, code: object = None, size: object = None) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.port = server.server_port
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(tmp_path: Path) -> ParquetStore:
    return ParquetStore(tmp_path / "store")


def fetched(
    exchange: Exchange,
    store: ParquetStore,
    *symbols: str,
    start: int = START,
    end: int = NOW,
    now: int = NOW,
    use_rest: bool = True,
) -> Report:
    settings = DownloadSettings(archive_url=exchange.url, rest_url=exchange.url, use_rest=use_rest, timeout=5.0)
    wanted = Wanted(symbols or ("BTCUSDT",), [Timeframe.H1], start, end)
    return download(store, wanted, settings, lambda *_: None, lambda: now)


def loaded(store: ParquetStore, symbol: str = "BTCUSDT") -> Loaded:
    return store.load(symbol, Timeframe.H1, START, NOW)


def month(name: str = "2024-12", period: str = "monthly") -> str:
    return f"/data/spot/{period}/klines/BTCUSDT/1h/BTCUSDT-1h-{name}.zip"


def test_archive_and_rest_make_one_series(exchange: Exchange, store: ParquetStore) -> None:
    """Months, then days, then REST up to the last closed candle: no hole, every stamp in ms, to the last digit."""
    report = fetched(exchange, store, "BTCUSDT", "ETHUSDT")

    assert not report.failures
    for symbol, frame in exchange.candles.items():
        closed = frame.filter(pl.col("open_time") + HOUR_MS <= NOW)
        candles, info = loaded(store, symbol).candles, loaded(store, symbol).info
        assert (info.rows, info.missing, info.sources) == (closed.height, 0, ["archive", "rest"])
        assert candles.open_time.tolist() == closed["open_time"].to_list()
        assert candles.quote_volume.tolist() == closed["quote_volume"].to_list()
        assert not verify(store.layout, symbol, [Timeframe.H1])


def test_every_original_keeps_its_provenance(exchange: Exchange, store: ParquetStore) -> None:
    """An archive file's address and published sum are beside its candles; verified ones are told from REST."""
    report = fetched(exchange, store)

    archived = [one for one in report.outcomes if "/data/spot/" in one.origin]
    assert {one.verified for one in archived} == {"CHECKSUM"}
    assert {one.verified for one in report.outcomes if "/api/v3/" in one.origin} == {""}
    days = [month(day_of(day), "daily") for day in days_between(NEW_YEAR, NEW_YEAR + 3 * DAY_MS)]
    assert {one.origin for one in archived} == {exchange.url + path for path in (month(), *days)}


def test_filters_come_along(exchange: Exchange, store: ParquetStore) -> None:
    """What the exchange allows for an order is stored with its date."""
    fetched(exchange, store)

    assert FilterStore(store.root).get("BTCUSDT").as_of == NOW


def test_a_second_run_fetches_only_what_is_new(exchange: Exchange, store: ParquetStore) -> None:
    """Files whose published sum is unchanged are not downloaded again, finished REST days are not asked for again."""
    fetched(exchange, store)
    before = loaded(store).info.sha256
    exchange.asked.clear()

    report = fetched(exchange, store)

    assert loaded(store).info.sha256 == before
    assert not [path for path in exchange.asked if path.endswith(".zip")]
    assert sum("klines?" in path and "limit=1000" in path for path in exchange.asked) == 1
    assert sum(one.new for one in report.outcomes) == 0


def test_a_replaced_archive_file_is_fetched_again(exchange: Exchange, store: ParquetStore) -> None:
    """When the publisher corrects a file, its new candles take the place of the old ones."""
    fetched(exchange, store)
    exchange.candles["BTCUSDT"] = exchange.candles["BTCUSDT"].with_columns(volume=pl.col("volume") + 1)

    report = fetched(exchange, store, now=NOW + 1)

    assert sum(one.replaced for one in report.outcomes) >= 31 * 24
    assert loaded(store).candles.volume[0] == exchange.candles["BTCUSDT"]["volume"][0]


def test_rest_candles_give_way_to_the_archive(exchange: Exchange, store: ParquetStore) -> None:
    """Where both are there the archive is read, and verify lists that they disagree."""
    fetched(exchange, store)
    exchange.archived_until = NEW_YEAR + 5 * DAY_MS
    frame = exchange.candles["BTCUSDT"]
    later = pl.col("open_time") == NEW_YEAR + 3 * DAY_MS
    exchange.candles["BTCUSDT"] = frame.with_columns(
        close=pl.when(later).then(pl.col("low")).otherwise("close"),
    )

    fetched(exchange, store)

    at = loaded(store).candles.open_time.tolist().index(NEW_YEAR + 3 * DAY_MS)
    assert loaded(store).candles.close[at] == exchange.candles["BTCUSDT"]["close"][at]
    findings = verify(store.layout, "BTCUSDT", [Timeframe.H1])
    assert [(one.kind, one.count, one.largest[0].time) for one in findings] == [
        ("disagreement", 1, NEW_YEAR + 3 * DAY_MS)
    ]


def test_a_wrong_sum_is_retried_once(exchange: Exchange, store: ParquetStore) -> None:
    """A file that was damaged on its way is fetched again and kept."""
    exchange.faults[month()] = [(200, {}, b"damaged")]

    report = fetched(exchange, store)

    assert not report.failures
    assert exchange.asked.count(month()) == 2
    assert loaded(store).info.missing == 0


def test_a_lasting_wrong_sum_is_refused_by_name(exchange: Exchange, store: ParquetStore) -> None:
    """The file is named, nothing of it is stored, and the other files are."""
    exchange.faults[month()] = [(200, {}, b"damaged")] * 5

    report = fetched(exchange, store)

    assert [type(error) for error in report.failures] == [ChecksumMismatch]
    assert "BTCUSDT-1h-2024-12.zip: its SHA-256" in str(report.failures[0])
    assert exchange.asked.count(month()) == 2
    assert loaded(store).candles.open_time[0] == NEW_YEAR


def test_a_foreign_file_with_a_right_sum_is_refused(exchange: Exchange, store: ParquetStore) -> None:
    """Right bytes of the wrong month are not stored as that month."""
    wrong = zipped(exchange.candles["BTCUSDT"][:48], "x.csv", 1)
    path = month("2025-01-01", "daily")
    sums = f"{hashlib.sha256(wrong).hexdigest()}  BTCUSDT-1h-2025-01-01.zip".encode()
    exchange.faults = {path: [(200, {}, wrong)], f"{path}.CHECKSUM": [(200, {}, sums)]}

    report = fetched(exchange, store)

    assert [type(error) for error in report.failures] == [BadFile]
    assert "outside its own period" in str(report.failures[0])


@pytest.mark.parametrize(
    "fault",
    [(503, {}, b""), (0, {}, b"half of"), (429, {"Retry-After": "0"}, b"")],
    ids=["server error", "truncated body", "rate limit"],
)
def test_passing_faults_leave_no_mark(exchange: Exchange, store: ParquetStore, fault: Fault) -> None:
    """Server errors, broken bodies and rate limits on any path are retried, and the series is whole."""
    exchange.faults = {path: [fault] for path in (month(), f"{month()}.CHECKSUM", "/api/v3/klines")}

    report = fetched(exchange, store)

    assert not report.failures
    assert loaded(store).info.missing == 0


def test_a_ban_stops_the_download_and_loses_nothing(exchange: Exchange, store: ParquetStore) -> None:
    """What the archive gave stays, and the error says how long the exchange wants to be left alone."""
    ban = (418, {"Retry-After": "86400"}, b"")

    fetched(exchange, store, use_rest=False)
    exchange.faults["/api/v3/klines"] = [ban] * 20
    with pytest.raises(NetworkError, match="asks to wait 86400 s"):
        fetched(exchange, store)

    assert loaded(store).info.sources == ["archive"]


def test_without_rest_the_days_not_archived_stay_absent(exchange: Exchange, store: ParquetStore) -> None:
    """--no-rest asks the archive alone."""
    report = fetched(exchange, store, use_rest=False)

    assert sum(one.state == "absent" for one in report.outcomes) == 3
    assert not [path for path in exchange.asked if "/api/" in path]
    assert loaded(store).candles.close_time[-1] == NEW_YEAR + 3 * DAY_MS


def test_a_month_not_archived_yet_comes_in_days(exchange: Exchange, store: ParquetStore) -> None:
    """The monthly file appears days after the month's end; until then its days serve."""
    exchange.archived_until = NEW_YEAR - DAY_MS

    report = fetched(exchange, store, end=NEW_YEAR)

    assert not report.failures
    assert (loaded(store).info.rows, loaded(store).info.sources) == (31 * 24, ["archive", "rest"])


def test_nothing_is_asked_for_before_the_listing(exchange: Exchange, store: ParquetStore) -> None:
    """The exchange tells its first candle, so years without candles cost no request."""
    fetched(exchange, store, start=parse_day("2020-01-01", "start"))

    assert not [path for path in exchange.asked if "-20" in path and month_of(START) not in path and "2025" not in path]
    assert loaded(store).info.first == START


def test_an_unknown_symbol_is_named(exchange: Exchange, store: ParquetStore) -> None:
    """Neither archive nor REST knows it; the others are stored."""
    report = fetched(exchange, store, "BTCUSDT", "NIXUSDT", start=NEW_YEAR)

    assert [(type(error), error.field) for error in report.failures] == [(UnknownName, "symbol")]
    assert "NIXUSDT" in str(report.failures[0])
    assert list(store.symbols()) == ["BTCUSDT"]


def test_a_range_without_candles_is_named(exchange: Exchange, store: ParquetStore) -> None:
    """Before the listing there is nothing, and the future has not happened."""
    report = fetched(exchange, store, start=START - 30 * DAY_MS, end=START - DAY_MS)

    assert [type(error) for error in report.failures] == [NoData]
    with pytest.raises(NoData, match="lies in the future"):
        fetched(exchange, store, start=NOW + DAY_MS, end=NOW + 2 * DAY_MS)


def test_a_renamed_coin_brings_its_predecessor(exchange: Exchange, store: ParquetStore) -> None:
    """POLUSDT from December on needs no MATICUSDT; from before its first candle on it does."""
    exchange.candles["POLUSDT"] = exchange.candles["ETHUSDT"]

    report = fetched(exchange, store, "POLUSDT", start=parse_day("2024-09-12", "start"))

    assert not report.failures
    assert [path for path in exchange.asked if "MATICUSDT-1h-2024-09-12.zip" in path]
    assert list(store.symbols()) == ["POLUSDT"]


def command(exchange: Exchange, store: Path) -> list[str]:
    code = "from tradingbot.cli.data import app; app()"
    options = ["--symbols", "BTCUSDT", "--timeframe", "1h", "--from", "2024-12-02", "--to", "2025-01-04"]
    urls = ["--archive-url", exchange.url, "--rest-url", exchange.url, "--no-rest", "--jobs", "2"]
    return [sys.executable, "-c", code, "download", "--store", str(store), *options, *urls]


def test_an_interrupted_download_continues(exchange: Exchange, tmp_path: Path) -> None:
    """Ctrl-C ends with 130 and a line that says so; a second run completes to what an undisturbed one gives."""
    exchange.delay = 0.05
    running = subprocess.Popen(command(exchange, tmp_path / "a"), stderr=subprocess.PIPE, text=True)
    while sum(path.endswith(".zip") for path in exchange.asked) < 6:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)

    assert (running.returncode, "the same command continues" in said) == (130, True)
    assert not list((tmp_path / "a").rglob(".*.part"))
    part = loaded(ParquetStore(tmp_path / "a")).info.rows
    exchange.delay = 0.0
    for name in ("a", "b"):
        subprocess.run(command(exchange, tmp_path / name), check=True, capture_output=True)
    whole, undisturbed = (loaded(ParquetStore(tmp_path / name)).info for name in ("a", "b"))
    assert part < whole.rows == 33 * 24
    assert whole == undisturbed


def test_two_downloads_do_not_share_a_store(exchange: Exchange, tmp_path: Path) -> None:
    """The second is told that the store is busy, and the first one's candles are whole."""
    exchange.delay = 0.3  # the first is at work for longer than the second waits
    first = subprocess.Popen(command(exchange, tmp_path / "a"), stderr=subprocess.PIPE, text=True)
    while not exchange.asked:
        time.sleep(0.01)
    second = subprocess.run(command(exchange, tmp_path / "a"), capture_output=True, text=True, check=False)
    first.communicate(timeout=60)

    assert "another process is writing to" in second.stderr
    assert (first.returncode, second.returncode == 0) == (0, False)
    assert loaded(ParquetStore(tmp_path / "a")).info.rows == 33 * 24
