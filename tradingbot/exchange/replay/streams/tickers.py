"""Figures of a window of time: the 24-hour ticker, rolling windows, the trading day."""

from dataclasses import dataclass
from typing import Any

from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS
from tradingbot.exchange.replay.market.candles import CLOSE, FIRST_ID, HIGH, LAST_ID, LOW, OPEN, QUOTE, TRADES, VOLUME
from tradingbot.exchange.replay.market.forming import Candle
from tradingbot.exchange.replay.market.replay_market import SymbolMarket
from tradingbot.exchange.replay.streams.stream_frames import Json, text

WINDOWS = {"1h": HOUR_MS, "4h": 4 * HOUR_MS, "1d": DAY_MS}


@dataclass(frozen=True, slots=True)
class Ticker:
    """What happened to a symbol in [start, end] (ms UTC); `candle` sums it up, `before` is the last price before it."""

    market: SymbolMarket
    start: int
    end: int
    candle: Candle
    before: float

    @property
    def change(self) -> float:
        """Last less first price."""
        return self.candle[CLOSE] - self.candle[OPEN]

    @property
    def percent(self) -> str:
        """The change in percent, three decimals."""
        return f"{100.0 * self.change / self.candle[OPEN] if self.candle[OPEN] else 0.0:.3f}"

    @property
    def average(self) -> float:
        """The volume-weighted price; 0 where nothing was traded, as on the exchange."""
        return self.candle[QUOTE] / self.candle[VOLUME] if self.candle[VOLUME] else 0.0


def ticker_of(market: SymbolMarket, start: int, now: int) -> Ticker:
    """The figures from `start` to now, by whole base candles; without a trade, the last price and no volume."""
    found = market.whole(start, now + 1)
    last = market.tape.last
    price = last.price if last else 0.0
    if found is None:
        return Ticker(market, start, now, [start, price, price, price, price, 0, 0, 0, 0, 0, -1, -1], price)
    return Ticker(market, start, now, found, _before(market, start, found[OPEN]))


def rolling(market: SymbolMarket, window: int, now: int) -> Ticker:
    """The figures of the last `window` ms; the window begins with a whole minute."""
    start = now - window
    return ticker_of(market, start + -start % MINUTE_MS, now)


def _before(market: SymbolMarket, start: int, default: float) -> float:
    rows = market.rows(start - DAY_MS, start)
    return float(rows[CLOSE, -1]) if rows.shape[1] else default


def mini_answer(ticker: Ticker) -> Json:
    """The MINI form of every ticker."""
    candle = ticker.candle
    return {
        "symbol": ticker.market.symbol,
        "openPrice": text(candle[OPEN]),
        "highPrice": text(candle[HIGH]),
        "lowPrice": text(candle[LOW]),
        "lastPrice": text(candle[CLOSE]),
        "volume": text(candle[VOLUME]),
        "quoteVolume": text(candle[QUOTE]),
        "openTime": ticker.start,
        "closeTime": ticker.end,
        "firstId": int(candle[FIRST_ID]),
        "lastId": int(candle[LAST_ID]),
        "count": int(candle[TRADES]),
    }


def full_answer(ticker: Ticker) -> Json:
    """The FULL form of a rolling window and of the trading day."""
    change = {"priceChange": text(ticker.change), "priceChangePercent": ticker.percent}
    return {**mini_answer(ticker), **change, "weightedAvgPrice": text(ticker.average)}


def day_answer(ticker: Ticker) -> Json:
    """The FULL form of ticker/24hr, with the best bid and ask and the last trade."""
    market = ticker.market
    top, last = market.book.top(), market.tape.last
    bid, ask = (top.bid, top.ask) if top else ((0.0, 0.0), (0.0, 0.0))
    return {
        **full_answer(ticker),
        "prevClosePrice": text(ticker.before),
        "lastQty": text(last.quantity if last else 0.0),
        "bidPrice": text(bid[0]),
        "bidQty": text(bid[1]),
        "askPrice": text(ask[0]),
        "askQty": text(ask[1]),
    }


def mini_frame(ticker: Ticker) -> Json:
    """<symbol>@miniTicker."""
    candle = ticker.candle
    prices = {"c": text(candle[CLOSE]), "o": text(candle[OPEN]), "h": text(candle[HIGH]), "l": text(candle[LOW])}
    volumes = {"v": text(candle[VOLUME]), "q": text(candle[QUOTE])}
    return {"e": "24hrMiniTicker", "E": ticker.end, "s": ticker.market.symbol, **prices, **volumes}


def window_frame(ticker: Ticker, window: str) -> Json:
    """<symbol>@ticker_1h and its like."""
    candle = ticker.candle
    return {
        "e": f"{window}Ticker",
        "E": ticker.end,
        "s": ticker.market.symbol,
        "p": text(ticker.change),
        "P": ticker.percent,
        "o": text(candle[OPEN]),
        "h": text(candle[HIGH]),
        "l": text(candle[LOW]),
        "c": text(candle[CLOSE]),
        "w": text(ticker.average),
        "v": text(candle[VOLUME]),
        "q": text(candle[QUOTE]),
        "O": ticker.start,
        "C": ticker.end,
        "F": int(candle[FIRST_ID]),
        "L": int(candle[LAST_ID]),
        "n": int(candle[TRADES]),
    }


def day_frame(ticker: Ticker) -> Json:
    """<symbol>@ticker."""
    answer: dict[str, Any] = day_answer(ticker)
    book = {"b": answer["bidPrice"], "B": answer["bidQty"], "a": answer["askPrice"], "A": answer["askQty"]}
    last = {"x": answer["prevClosePrice"], "Q": answer["lastQty"]}
    return {**window_frame(ticker, "24hr"), **last, **book}
