"""The names of public streams: what they tell, of which symbol, and how often."""

import re
from dataclasses import dataclass
from enum import Enum

from tradingbot.exchange.replay.market.intervals import INTERVALS, parse_time_zone

_EVERY_SECOND = 1_000
_KLINE = re.compile(r"kline_(\w+?)(?:@([+-]\d{1,2}:\d{2}))?")
_DEPTH = re.compile(r"depth(5|10|20)?(@100ms|@1000ms)?")
_TICKER = re.compile(r"ticker_(1h|4h|1d)")


class Told(Enum):
    """What a stream tells."""

    TRADE = "trade"
    AGGREGATE_TRADE = "aggTrade"
    KLINE = "kline"
    DIFF = "depth"
    LEVELS = "depth levels"
    BOOK_TICKER = "bookTicker"
    MINI_TICKER = "miniTicker"
    TICKER = "ticker"
    WINDOW_TICKER = "ticker of a window"
    AVERAGE = "avgPrice"


AT_ONCE = frozenset({Told.TRADE, Told.AGGREGATE_TRADE, Told.BOOK_TICKER})
"""Told with the trade or the change of the book itself; the others at most every `period` ms."""

NEEDS_TRADES = AT_ONCE | {Told.DIFF, Told.LEVELS}
"""Streams that a candle as a whole is not enough for."""


@dataclass(frozen=True, slots=True)
class StreamName:
    """A parsed name. `symbol` is "" for a stream of all symbols; `period` in ms; `zone` is ms east of UTC."""

    name: str
    symbol: str
    told: Told
    period: int = 0
    detail: str = ""
    zone: int = 0


def parse_stream(name: str) -> StreamName | None:
    """What a stream of that name tells; None for a name that nothing is told under."""
    if name.startswith("!"):
        return _of_all(name)
    symbol, _, what = name.partition("@")
    if not symbol or symbol != symbol.lower():
        return None
    return _of_symbol(name, symbol.upper(), what)


def _of_all(name: str) -> StreamName | None:
    if name == "!miniTicker@arr":
        return StreamName(name, "", Told.MINI_TICKER, _EVERY_SECOND)
    window = re.fullmatch(r"!ticker_(1h|4h|1d)@arr", name)
    return StreamName(name, "", Told.WINDOW_TICKER, _EVERY_SECOND, window[1]) if window else None


def _of_symbol(name: str, symbol: str, what: str) -> StreamName | None:
    simple = {"trade": 0, "aggTrade": 0, "bookTicker": 0, "miniTicker": 1_000, "ticker": 1_000, "avgPrice": 1_000}
    if what in simple:
        return StreamName(name, symbol, Told(what), simple[what])
    if window := _TICKER.fullmatch(what):
        return StreamName(name, symbol, Told.WINDOW_TICKER, _EVERY_SECOND, window[1])
    if depth := _DEPTH.fullmatch(what):
        period = 100 if depth[2] == "@100ms" else 1_000
        return StreamName(name, symbol, Told.LEVELS if depth[1] else Told.DIFF, period, depth[1] or "")
    kline = _KLINE.fullmatch(what)
    return _kline(name, symbol, kline[1], kline[2]) if kline else None


def _kline(name: str, symbol: str, interval: str, zone: str | None) -> StreamName | None:
    offset = parse_time_zone(zone) if zone else 0
    if interval not in INTERVALS or offset is None:
        return None
    return StreamName(name, symbol, Told.KLINE, 1_000 if interval == "1s" else 2_000, interval, offset)
