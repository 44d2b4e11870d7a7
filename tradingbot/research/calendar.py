"""What holds by the hour and the day of a run: ranking, correlation, shares by regime - each from what was known."""

import numpy as np

from tradingbot.data.store import CandleStore
from tradingbot.domain.candles import BoolColumn, Candles, FloatColumn
from tradingbot.domain.errors import NoData
from tradingbot.domain.state import STYLE_NAMES, frozen
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, Timeframe
from tradingbot.engine.inputs import CLOSE, QUOTE_VOLUME, Calendar, Market
from tradingbot.research.grid import empty_market, place
from tradingbot.research.parallel import each
from tradingbot.research.settings import RunSettings
from tradingbot.risk.comovement import DAYS as CORRELATION_DAYS
from tradingbot.risk.comovement import correlations
from tradingbot.risk.ranking import WINDOW, rank_symbols
from tradingbot.risk.regime import DAYS as REGIME_DAYS
from tradingbot.risk.regime import HISTORY, style_shares


def calendar_of(store: CandleStore, settings: RunSettings, base: Timeframe) -> Calendar:
    """The calendar of a run; rules that are off, or whose candles are coarser than an hour, have no rows."""
    no_ranks, no_shares = np.zeros((1, 0), bool), np.zeros((1, 0))
    days = -(-settings.end // DAY_MS) - settings.start // DAY_MS + 1
    hourly = base.ms <= HOUR_MS
    history = _history(store, settings, Timeframe.H1 if hourly else base)
    ranked = _ranked(history, settings) if settings.universe.ranking and hourly else no_ranks
    share = _shares(store, settings, days) if settings.regime.allocate and _several_styles(settings) else no_shares
    per_day = DAY_MS // history.step
    correlation = correlations(history.candles[CLOSE], per_day, CORRELATION_DAYS * per_day, days)
    return Calendar(frozen(ranked), frozen(correlation), frozen(share))


def _several_styles(settings: RunSettings) -> bool:
    return len(settings.strategies) > 1


def _history(store: CandleStore, settings: RunSettings, timeframe: Timeframe) -> Market:
    """Candles of all symbols from the days before the first UTC day of the run to the end of its last."""
    start = settings.start // DAY_MS * DAY_MS - CORRELATION_DAYS * DAY_MS
    end = -(-settings.end // DAY_MS) * DAY_MS
    market = empty_market(len(settings.symbols), start, end, timeframe.ms)

    def load(symbol: str) -> Candles | None:
        try:
            return store.load(symbol, timeframe, start, settings.end).candles
        except NoData:
            return None

    for number, candles in enumerate(each(load, settings.symbols)):
        if candles is not None:
            place(market, number, candles)
    return market


def _ranked(history: Market, settings: RunSettings) -> BoolColumn:
    """One row an hour from the hour of the run's start on."""
    first = (settings.start // HOUR_MS * HOUR_MS - history.start) // HOUR_MS
    columns = history.candles[:, :, first - WINDOW :]
    spread = np.full(len(settings.symbols), max(settings.costs.spread_bps, 0.1) * 1e-4)
    padded = np.concatenate([columns, np.full((*columns.shape[:2], 1), np.nan)], axis=2)
    return rank_symbols(padded[CLOSE], padded[QUOTE_VOLUME], spread, settings.universe)


def _shares(store: CandleStore, settings: RunSettings, days: int) -> FloatColumn:
    """One row a day from the day of the run's start on; all ones while the leading symbol is not known."""
    first = settings.start // DAY_MS
    shares = np.ones((days, len(STYLE_NAMES)))
    begin = (first - HISTORY - 2 * REGIME_DAYS) * DAY_MS
    try:
        candles = store.load(settings.reference, Timeframe.D1, begin, settings.end).candles
    except NoData:
        return shares
    if len(candles) <= REGIME_DAYS + 1:
        return shares
    known_from = candles.close_time[REGIME_DAYS:] // DAY_MS - first
    inside = (known_from >= 0) & (known_from < days)
    shares[known_from[inside]] = style_shares(candles.close, settings.regime)[inside]
    return shares
