"""Tickers on demand: 24 hours, the trading day, any window, last prices, best bids and asks."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS
from tradingbot.exchange.replay.market.intervals import INTERVALS, parse_time_zone
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.operations.public import public
from tradingbot.exchange.replay.operations.symbol_choice import answer_each, count
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.streams.stream_frames import Json, text
from tradingbot.exchange.replay.streams.tickers import Ticker, day_answer, full_answer, mini_answer, rolling, ticker_of
from tradingbot.exchange.replay.world import World

_MOST_SYMBOLS = 100
_UNITS = {"m": (MINUTE_MS, 59), "h": (HOUR_MS, 23), "d": (DAY_MS, 7)}


class TickerType(StrEnum):
    """How much a ticker says."""

    FULL = "FULL"
    MINI = "MINI"


def _worded(params: Params, full: Callable[[Ticker], Json]) -> Callable[[Ticker], Json]:
    kind = params.choice("type", TickerType, -1139, "Invalid ticker type.")
    return mini_answer if kind is TickerType.MINI else full


def day(world: World, params: Params) -> Any:
    """The last 24 hours."""
    words, now = _worded(params, day_answer), world.clock.now_ms()
    return answer_each(world, params, lambda symbol: words(rolling(world.market.of(symbol), DAY_MS, now)))


def day_weight(params: Params) -> int:
    """By the number of symbols."""
    asked = count(params)
    if asked is None or asked > _MOST_SYMBOLS:
        return 80
    return 2 if asked <= 20 else 40


def trading_day(world: World, params: Params) -> Any:
    """Since midnight in the time zone; raises -1102 where no symbol is named."""
    _named(params)
    zone = parse_time_zone(params.optional("timeZone") or "0")
    if zone is None:
        raise params.invalid("timeZone")
    words, now = _worded(params, full_answer), world.clock.now_ms()
    start = INTERVALS["1d"].open_of(now, zone)
    return answer_each(world, params, lambda symbol: words(ticker_of(world.market.of(symbol), start, now)))


def window(world: World, params: Params) -> Any:
    """The last minutes, hours or days; raises -1102 where no symbol is named."""
    _named(params)
    length = _length(params)
    words, now = _worded(params, full_answer), world.clock.now_ms()
    return answer_each(world, params, lambda symbol: words(rolling(world.market.of(symbol), length, now)))


def window_weight(params: Params) -> int:
    """Four a symbol, at most 200."""
    return min(4 * (count(params) or 1), 200)


def price(world: World, params: Params) -> Any:
    """The last price."""

    def answer(symbol: str) -> Json:
        last = world.market.of(symbol).tape.last
        return {"symbol": symbol, "price": text(last.price if last else 0)}

    return answer_each(world, params, answer)


def book_ticker(world: World, params: Params) -> Any:
    """The best bid and ask; 0 on a side without orders, as on the exchange."""

    def answer(symbol: str) -> Json:
        book = world.market.of(symbol).book
        bid, ask = next(iter(book.bids(1)), (0, 0)), next(iter(book.asks(1)), (0, 0))
        sides = {"bidPrice": text(bid[0]), "bidQty": text(bid[1]), "askPrice": text(ask[0]), "askQty": text(ask[1])}
        return {"symbol": symbol, **sides}

    return answer_each(world, params, answer)


def price_weight(params: Params) -> int:
    """Less for one symbol."""
    return 2 if "symbol" in params else 4


def _named(params: Params) -> None:
    asked = count(params)
    if asked is None:
        raise refusal(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
    if asked > _MOST_SYMBOLS:
        raise params.invalid("symbols")


def _length(params: Params) -> int:
    asked = params.optional("windowSize") or "1d"
    found = re.fullmatch(r"([1-9]\d?)([mhd])", asked)
    if not found or int(found[1]) > _UNITS[found[2]][1]:
        raise params.invalid("windowSize")
    return int(found[1]) * _UNITS[found[2]][0]


OPERATIONS: Sequence[Operation[World]] = (
    public("ticker/24hr", "ticker.24hr", day_weight, day),
    public("ticker/tradingDay", "ticker.tradingDay", window_weight, trading_day),
    public("ticker", "ticker", window_weight, window),
    public("ticker/price", "ticker.price", price_weight, price),
    public("ticker/bookTicker", "ticker.book", price_weight, book_ticker),
)
