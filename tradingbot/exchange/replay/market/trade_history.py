"""Public trades on demand: those of recorded candles before the replay's start, then those it has told itself."""

from collections.abc import Iterator, Sequence

from tradingbot.exchange.replay.market.candles import TRADES_A_CANDLE
from tradingbot.exchange.replay.market.replay_market import SymbolMarket
from tradingbot.exchange.replay.market.tape import PublicTrade, recorded_trades

_NEVER = 2**62


def newest_trades(market: SymbolMarket, limit: int, until: int = _NEVER) -> Sequence[PublicTrade]:
    """The newest trades up to a moment (ms UTC, inclusive), oldest first."""
    found = [trade for trade in market.tape.trades() if trade.time <= until][-limit:]
    end = min(market.live_from, until + 1)
    while len(found) < limit and end > market.recording.first:
        start = max(end - limit * market.recording.base.ms, market.recording.first)
        start -= start % market.recording.base.ms
        past = [trade for trade in _recorded(market, start, end) if trade.time <= until]
        found = [*past, *found][-limit:]
        end = start
    return found


def trades_from(market: SymbolMarket, limit: int, trade_id: int) -> Sequence[PublicTrade]:
    """The trades from an id on, oldest first."""
    start = trade_id // TRADES_A_CANDLE * market.recording.base.ms
    return _first(limit, (trade for trade in _from(market, limit, start) if trade.trade_id >= trade_id))


def trades_since(market: SymbolMarket, limit: int, start: int, until: int = _NEVER) -> Sequence[PublicTrade]:
    """The oldest trades of [start, until] (ms UTC), oldest first."""
    return _first(limit, (trade for trade in _from(market, limit, start) if start <= trade.time <= until))


def _from(market: SymbolMarket, limit: int, start: int) -> Iterator[PublicTrade]:
    base = market.recording.base.ms
    begin = max(start, market.recording.first)
    for opened in range(begin - begin % base, market.live_from, limit * base):
        yield from _recorded(market, opened, min(opened + limit * base, market.live_from))
    yield from market.tape.trades()


def _recorded(market: SymbolMarket, start: int, end: int) -> Sequence[PublicTrade]:
    base = market.recording.base
    return recorded_trades(market.recording.rows(base, start, end), base.ms)


def _first(limit: int, trades: Iterator[PublicTrade]) -> Sequence[PublicTrade]:
    return [trade for trade, _ in zip(trades, range(limit), strict=False)]
