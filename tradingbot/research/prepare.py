"""Everything a run reads, made once from the store: market, events, volatility, calendar. Shared by all its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from tradingbot.data.store import CandleStore, Loaded, finest_common
from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.domain.errors import InputError, NoData
from tradingbot.domain.state import LANE, Records, frozen, records
from tradingbot.domain.timeframe import Timeframe
from tradingbot.engine.inputs import VOLATILITY_ROW, Calendar, Detail, Market, Volatility
from tradingbot.features.volatility import atr
from tradingbot.research.calendar import calendar_of
from tradingbot.research.events import lane_events, merged
from tradingbot.research.grid import empty_market, finished, on_grid, place
from tradingbot.research.parallel import each
from tradingbot.research.settings import RunSettings, StrategySpec
from tradingbot.risk.settings import Styles, max_hold_ms, style_of
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.guard import evaluate

ATR_PERIOD = 14
ATR_WARMUP = 20 * ATR_PERIOD
"""Candles after which Wilder's average has forgotten its start to one part in a million."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Inputs of the core before costs and rules, and what was read for them."""

    settings: RunSettings
    base: Timeframe
    strategies: Sequence[tuple[str, Strategy]]
    market: Market
    detail: Detail
    lanes: Records
    events: Records
    volatility: Volatility
    calendar: Calendar
    loaded: Sequence[Loaded]
    reader: "Reader"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads each series once, with the history that its users need."""

    store: CandleStore
    settings: RunSettings
    kept: dict[tuple[str, Timeframe, int], Loaded]

    def read(self, symbol: str, timeframe: Timeframe, warmup: int) -> Loaded:
        """Candles from at least `warmup` candles before the run to its end; a power of two, to be shared."""
        warmup = 1 << (warmup - 1).bit_length()
        key = (symbol, timeframe, warmup)
        if key not in self.kept:
            start = self.settings.start - self.settings.start % timeframe.ms - warmup * timeframe.ms
            self.kept[key] = self.store.load(symbol, timeframe, start, self.settings.end)
        return self.kept[key]

    def reference(self, timeframe: Timeframe, warmup: int) -> Candles | None:
        """The leading symbol's candles, None where the store has none."""
        try:
            return self.read(self.settings.reference, timeframe, warmup).candles
        except NoData:
            return None


def base_clock(store: CandleStore, settings: RunSettings, strategies: Sequence[tuple[str, Strategy]]) -> Timeframe:
    """The finest timeframe of all symbols, or the one asked for; raises InputError where a lane would be finer."""
    if settings.base is None:
        base = finest_common(store, settings.symbols, settings.start, settings.end)
    else:
        base = Timeframe.parse(settings.base)
    for name, strategy in strategies:
        _check_clock(name, strategy, base)
    return base


def _check_clock(name: str, strategy: Strategy, base: Timeframe) -> None:
    if not base.divides(strategy.timeframe):
        raise InputError(
            "timeframe",
            f"{name} runs on {strategy.timeframe}, which is not made of the base clock's {base} candles",
            f"Choose {base} or a multiple for it, other symbols or dates, or another --base",
        )


def read_market(reader: Reader, base: Timeframe) -> tuple[Market, Sequence[Loaded]]:
    """The base candles of all symbols on one grid."""
    settings = reader.settings
    step = base.ms
    market = empty_market(len(settings.symbols), -(-settings.start // step) * step, settings.end // step * step, step)
    loaded = each(lambda symbol: reader.store.load(symbol, base, market.start, settings.end), settings.symbols)
    for number, one in enumerate(loaded):
        place(market, number, one.candles)
    return finished(market), loaded


def new_lanes(strategies: Sequence[tuple[str, Strategy]], symbols: Sequence[str], styles: Styles) -> Records:
    """One lane a strategy and symbol, strategy by strategy."""
    lanes = records(len(strategies) * len(symbols), LANE)
    rows = {timeframe: row for row, timeframe in enumerate(_timeframes(strategies))}
    for number, lane in enumerate(lanes):
        _, strategy = strategies[number // len(symbols)]
        style = style_of(strategy.timeframe)
        chosen = styles.of(style)
        lane.symbol = number % len(symbols)
        lane.style = style
        lane.atr_row = rows[strategy.timeframe] * len(symbols) + lane.symbol
        lane.timeframe_ms = strategy.timeframe.ms
        lane.max_hold_ms = max_hold_ms(chosen)
        lane.min_stop, lane.max_stop = chosen.min_stop, chosen.max_stop
        lane.atr_multiple, lane.reward_risk = chosen.atr_multiple, chosen.reward_risk
    return lanes


def _timeframes(strategies: Sequence[tuple[str, Strategy]]) -> Sequence[Timeframe]:
    return list(dict.fromkeys(strategy.timeframe for _, strategy in strategies))


def read_volatility(reader: Reader, timeframes: Sequence[Timeframe], market: Market) -> Volatility:
    """ATR of every symbol on every timeframe in use."""
    symbols = reader.settings.symbols
    rows = records(len(timeframes) * len(symbols), VOLATILITY_ROW)
    values: list[FloatColumn] = []
    used = 0
    pairs = [(symbol, timeframe) for timeframe in timeframes for symbol in symbols]
    read = each(lambda pair: reader.read(*pair, ATR_WARMUP).candles, pairs)
    for number, ((_, timeframe), candles) in enumerate(zip(pairs, read, strict=True)):
        start, grid = on_grid(atr(candles.high, candles.low, candles.close, ATR_PERIOD), candles)
        skip = min(max((market.start - start) // timeframe.ms - 1, 0), len(grid))
        row = rows[number]
        row.begin, row.end = used, used + len(grid) - skip
        row.timeframe, row.start = timeframe.ms, start + skip * timeframe.ms
        values.append(grid[skip:])
        used = int(row.end)
    return Volatility(frozen(rows), frozen(np.concatenate(values)))


def read_events(reader: Reader, strategies: Sequence[tuple[str, Strategy]], market: Market) -> Records:
    """What all lanes say, each strategy on its own timeframe with its own warm-up."""
    symbols = reader.settings.symbols
    parts = []
    for place_, (_, strategy) in enumerate(strategies):
        warmup = max(strategy.warmup, ATR_WARMUP)
        reference = reader.reference(strategy.timeframe, warmup)
        for number, symbol in enumerate(symbols):
            candles = reader.read(symbol, strategy.timeframe, warmup).candles.with_reference(reference)
            signals = evaluate(strategy, candles)
            parts.append(lane_events(place_ * len(symbols) + number, candles, signals, market))
    return merged(parts)


def read_detail(reader: Reader, base: Timeframe, market: Market) -> Detail:
    """Finer candles of the symbols that have them; none at all where no symbol has."""
    finer = _finer(reader, base)
    if not finer:
        return Detail(0, frozen(np.zeros((3, 1, 0))))
    step = min(timeframe.ms for timeframe in finer.values())
    ratio = base.ms // step
    grid = empty_market(
        len(reader.settings.symbols), market.start, market.start + market.candles.shape[2] * base.ms, step
    )
    for number, timeframe in finer.items():
        if timeframe.ms == step:
            symbol = reader.settings.symbols[number]
            place(grid, number, reader.store.load(symbol, timeframe, market.start, reader.settings.end).candles)
    return Detail(ratio, frozen(grid.candles[:3]))


def _finer(reader: Reader, base: Timeframe) -> Mapping[int, Timeframe]:
    """The finest timeframe below the base clock of each symbol (by number) that has nearly all of it."""
    settings = reader.settings
    found = {}
    for number, symbol in enumerate(settings.symbols):
        for timeframe in reader.store.timeframes(symbol):
            if timeframe.ms >= base.ms:
                break
            if reader.store.coverage(symbol, timeframe, settings.start, settings.end) > 0.5:
                found[number] = timeframe
                break
    return found


def prepare(store: CandleStore, settings: RunSettings, strategies: Sequence[tuple[str, Strategy]]) -> Prepared:
    """Read all candles and evaluate all strategies; raises NoData, BadStrategy and other InputErrors."""
    base = base_clock(store, settings, strategies)
    reader = Reader(store, settings, {})
    market, loaded = read_market(reader, base)
    lanes = new_lanes(strategies, settings.symbols, settings.styles)
    volatility = read_volatility(reader, _timeframes(strategies), market)
    events = read_events(reader, strategies, market)
    return Prepared(
        settings,
        base,
        strategies,
        market,
        read_detail(reader, base, market),
        frozen(lanes),
        events,
        volatility,
        calendar_of(store, settings, base),
        loaded,
        reader,
    )


def with_strategies(
    prepared: Prepared, strategies: Sequence[tuple[str, Strategy]], specs: Sequence[StrategySpec]
) -> Prepared:
    """The same market with other strategies or parameters; only what depends on them is made anew."""
    same = _timeframes(strategies) == _timeframes(prepared.strategies)
    settings, market = prepared.settings, prepared.market
    for name, strategy in strategies:
        _check_clock(name, strategy, prepared.base)
    volatility = prepared.volatility if same else read_volatility(prepared.reader, _timeframes(strategies), market)
    return replace(
        prepared,
        settings=msgspec.structs.replace(settings, strategies=specs),
        strategies=strategies,
        lanes=frozen(new_lanes(strategies, settings.symbols, settings.styles)),
        events=read_events(prepared.reader, strategies, market),
        volatility=volatility,
    )
