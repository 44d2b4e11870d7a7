"""Putting a replay together: which part of the recording, on which time line, at which speed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.store import finest_common
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.provenance import DataProvenance
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS, Timeframe
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.replay.market.candles import Recording
from tradingbot.exchange.replay.market.recorded import Happening, read_frames, shifted
from tradingbot.exchange.replay.market.replay_market import ReplayMarket, SymbolMarket
from tradingbot.exchange.replay.playing.clock import ReplayClock
from tradingbot.exchange.replay.playing.feed import Feed
from tradingbot.exchange.replay.playing.floor import Floor
from tradingbot.exchange.replay.streams.hub import Hub
from tradingbot.exchange.replay.streams.publisher import Publisher
from tradingbot.exchange.simulated.exchange import SimulatedExchange

_DEFAULT_LENGTH = 7 * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings:
    """What is replayed. `start` is a recorded moment (ms UTC), `base` the candles that are told.

    Without a base it is the finest that all symbols have on the first day. Without a start it is the last seven days,
    or the second half of a shorter recording. `speed` 0 is as fast as it goes. With `wall_clock` the recording is
    shifted by whole days (minutes, where it is short) so that its now is the real now. `frames` are files of recorded
    frames, one a symbol; the replay then starts with the first of them.
    """

    symbols: Sequence[str]
    start: int | None = None
    base: Timeframe | None = None
    speed: float = 1.0
    wall_clock: bool = False
    paused: bool = False
    frames: Sequence[Path] = ()
    costs: CostSettings = field(default_factory=CostSettings)


@dataclass(frozen=True, slots=True)
class Replay:
    """The parts of a running replay."""

    market: ReplayMarket
    clock: ReplayClock
    hub: Hub
    feed: Feed
    data: DataProvenance


@dataclass(frozen=True, slots=True)
class _Line:
    """The time line: `shift` is what recorded times are told later by, `live_from` the first candle that is told."""

    shift: int
    live_from: int
    begin: int


def open_replay(
    store: ParquetStore, exchange: SimulatedExchange, settings: ReplaySettings, wall: Callable[[], int]
) -> Replay:
    """The market of a store's candles, ready to run; `wall` is the wall clock in ms UTC.

    Raises NoData where candles are missing, OutOfRange for a start outside the recording, BadFile for frames.
    """
    happenings = {found[0].symbol: found for found in map(read_frames, settings.frames) if found}
    first, end = _span(store, settings)
    start = _start(settings, first, end, happenings)
    base = settings.base or finest_common(store, settings.symbols, start, min(end, start + DAY_MS))
    line = _line(settings, base, start, end, wall())
    clock = ReplayClock(wall, line.begin, speed=settings.speed, follows_wall=settings.wall_clock)
    recordings = [Recording(store, symbol, base, line.shift) for symbol in settings.symbols]
    market = ReplayMarket({one.symbol: SymbolMarket(one, line.live_from) for one in recordings}, base)
    hub = Hub()
    floor = Floor(market, exchange, Publisher(market, hub, exchange.average_price), settings.costs, clock)
    told = {symbol: shifted(found, line.shift) for symbol, found in happenings.items() if symbol in market.each}
    feed = Feed(floor, market, clock, hub, told)
    if settings.paused:
        feed.pause()
    return Replay(market, clock, hub, feed, "synthetic" if store.provenance() == "synthetic" else "replay")


def _span(store: ParquetStore, settings: ReplaySettings) -> tuple[int, int]:
    """The time of which every symbol has something (ms UTC, exclusive end)."""
    spans = []
    for symbol in settings.symbols:
        known = [store.span(symbol, timeframe) for timeframe in store.timeframes(symbol)]
        spans.append((min(first for first, _ in known), max(end for _, end in known)) if known else (0, 0))
    return max(first for first, _ in spans), min(end for _, end in spans)


def _start(settings: ReplaySettings, first: int, end: int, happenings: Mapping[str, Sequence[Happening]]) -> int:
    if happenings:
        return min(found[0].time for found in happenings.values())
    start = settings.start
    if start is None:
        return max((first + end) // 2, end - _DEFAULT_LENGTH)
    if not first <= start < end:
        raise OutOfRange("start", "outside the recording", "See 'tradingbot data list' for what is stored")
    return start


def _line(settings: ReplaySettings, base: Timeframe, start: int, end: int, now: int) -> _Line:
    if not settings.wall_clock:
        opened = start - start % base.ms
        return _Line(0, opened, start if settings.frames else opened)
    shift = (now - start) // DAY_MS * DAY_MS
    if settings.frames:
        shift = -((start - now) // MINUTE_MS) * MINUTE_MS
    elif now - shift >= (start + end) // 2:
        grid = max(base.ms, MINUTE_MS)
        shift = (now - start) // grid * grid
    return _Line(shift, now - now % base.ms, now)
