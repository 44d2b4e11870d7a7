"""Where the demo's candles come from: a folder of real ones, Binance's archive, or - only then - a generator."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tradingbot.cli import data_output, data_work
from tradingbot.cli.workspace import say
from tradingbot.data.calendar import day_of, month_of, month_span
from tradingbot.data.download import Wanted, download
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.settings import DownloadSettings
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles, synthetic_source
from tradingbot.data.verify import verify
from tradingbot.domain.errors import NetworkError
from tradingbot.domain.symbols import DEFAULT_UNIVERSE
from tradingbot.domain.timeframe import DAY_MS, Timeframe

TIMEFRAMES = (Timeframe.M5, Timeframe.M15, Timeframe.H1, Timeframe.D1)
MONTHS = 12
SEED = 20_240_101
SYNTHETIC_DAYS = 300


@dataclass(frozen=True, slots=True)
class Found:
    """A store with candles, and the days of the demo's backtest."""

    store: Path
    start: str
    end: str


def fetch_candles(folder: Path, places: Sequence[Path], settings: DownloadSettings, now_ms: int) -> Found:
    """Fill a store below `folder` and verify it; a second call finds it filled."""
    found = next((place for place in places if place.is_dir()), None)
    if found is not None:
        return _imported(folder / "data", found)
    say(f"== no market data at {places[0]}; trying Binance's archive")
    try:
        return _downloaded(folder / "data", settings, now_ms)
    except NetworkError as error:
        say(f"== Binance's archive cannot be reached ({error}): a generated market, SYNTHETIC, is used instead")
        return _generated(folder / "synthetic", now_ms)


def _imported(store: Path, source: Path) -> Found:
    say(f"== real candles of {source} go into {store}")
    data_work.import_files(store, source, data_work.Series((), TIMEFRAMES), None, as_json=False)
    _verify(store)
    return Found(store, "2024-01-01", "2024-11-01")


def _downloaded(store: Path, settings: DownloadSettings, now_ms: int) -> Found:
    end = month_span(month_of(now_ms))[0]
    start = end
    for _ in range(MONTHS):
        start = month_span(month_of(start - 1))[0]
    wanted = Wanted(DEFAULT_UNIVERSE, (Timeframe.H1,), start - 150 * DAY_MS, end)
    with data_output.progress("download") as progress:
        report = download(ParquetStore(store), wanted, settings, progress, lambda: now_ms)
    if not report.outcomes and report.failures:
        raise report.failures[0]
    _verify(store)
    return Found(store, day_of(start), day_of(end))


def _generated(store: Path, now_ms: int) -> Found:
    """One random walk a symbol; its first months are the warm-up of the strategies."""
    end = now_ms // DAY_MS * DAY_MS
    start = end - 2 * SYNTHETIC_DAYS * DAY_MS
    held = ParquetStore(store)
    for number, symbol in enumerate(DEFAULT_UNIVERSE):
        random = np.random.default_rng([SEED, number])
        count = (end - start) // Timeframe.H1.ms
        frame = synthetic_candles(random, SyntheticMarket(), Timeframe.H1, start, count)
        held.write(symbol, Timeframe.H1, frame, synthetic_source(SEED + number, now_ms))
    say(f"SYNTHETIC candles of {len(DEFAULT_UNIVERSE)} symbols are in {store}")
    return Found(store, day_of(start + SYNTHETIC_DAYS * DAY_MS), day_of(end))


def _verify(store: Path) -> None:
    say("== verifying; what is odd in the market itself is listed, not changed: tradingbot data verify")
    held = ParquetStore(store)
    findings = [one for symbol in held.symbols() for one in verify(held.layout, symbol, TIMEFRAMES)]
    errors = [one for one in findings if one.is_error]
    say(f"   {len(held.symbols())} symbols, {len(findings)} findings, {len(errors)} of them errors")
