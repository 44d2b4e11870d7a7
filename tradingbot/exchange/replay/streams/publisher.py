"""What the market streams tell, and when: only frames that somebody listens to are built."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tradingbot.domain.timeframe import DAY_MS
from tradingbot.exchange.replay.market.candles import OPEN_TIME
from tradingbot.exchange.replay.market.depth import Level
from tradingbot.exchange.replay.market.forming import Candle, merged
from tradingbot.exchange.replay.market.intervals import INTERVALS
from tradingbot.exchange.replay.market.replay_market import ReplayMarket, SymbolMarket
from tradingbot.exchange.replay.market.tape import PublicTrade
from tradingbot.exchange.replay.streams.hub import Hub
from tradingbot.exchange.replay.streams.stream_frames import (
    aggregate_frame,
    average_frame,
    book_ticker_frame,
    depth_answer,
    diff_frame,
    kline_frame,
    trade_frame,
)
from tradingbot.exchange.replay.streams.stream_names import StreamName, Told
from tradingbot.exchange.replay.streams.tickers import WINDOWS, day_frame, mini_frame, rolling, window_frame

Average = Callable[[str, int], Decimal | None]
"""The average price of a symbol over the last minutes, at a moment."""

_encode = msgspec.json.Encoder().encode


class KlineStream:
    """A kline as it grows: the base candles of it that have closed, and the one that has not."""

    def __init__(self, name: StreamName, market: SymbolMarket, now: int) -> None:
        self.name, self._market = name, market
        self._part: list[float] | None = None
        self._interval = INTERVALS[name.detail]
        self._open(now)
        self._part = market.whole(self._opened, now - now % market.recording.base.ms)

    def closed(self, candle: Candle) -> None:
        """A base candle has closed."""
        if candle[OPEN_TIME] >= self._end:
            self._open(int(candle[OPEN_TIME]))
        if candle[OPEN_TIME] >= self._opened:
            self._part = merged(self._opened, self._part, candle)

    def frame(self, now: int) -> Any:
        """The kline as it is, None while nothing has happened in it; after its end, once, as closed."""
        forming = self._market.forming
        if forming is not None and forming[OPEN_TIME] >= self._end and self._part is None:
            self._open(int(forming[OPEN_TIME]))
        inside = forming if forming is not None and self._opened <= forming[OPEN_TIME] < self._end else None
        found = merged(self._opened, self._part, inside)
        end = self._end
        if now >= end:
            self._open(now)
        return found and kline_frame(self._market.symbol, self.name.detail, found, end, now)

    def is_over(self, now: int) -> bool:
        """Whether its end is past, so that it must be told as closed."""
        return now >= self._end

    def _open(self, moment: int) -> None:
        self._opened = self._interval.open_of(moment, self.name.zone)
        self._end = self._interval.end_of(self._opened, self.name.zone)
        self._part = None


class SymbolStreams:
    """The streams of one symbol that are listened to."""

    def __init__(self, market: SymbolMarket, hub: Hub, average: Average) -> None:
        self._market, self._hub, self._average = market, hub, average
        self._klines: dict[str, KlineStream] = {}
        self._due: dict[str, int] = {}
        self._changed: set[str] = set()
        self._timed: Sequence[StreamName] = ()
        self._at_once: Mapping[Told, str] = {}
        self._best: tuple[Level, Level] | None = None  # as told last

    def listen(self, now: int) -> None:
        """Take note of what is listened to from now on."""
        names = self._hub.listened(self._market.symbol)
        self._at_once = {name.told: stream for stream, name in names.items() if not name.period}
        self._timed = [name for name in names.values() if name.period]
        self._due = {name.name: self._due.get(name.name, now) for name in self._timed}
        self._changed &= set(self._due)
        self._market.book.watch(name.name for name in self._timed if name.told is Told.DIFF)
        klines = [name for name in self._timed if name.told is Told.KLINE]
        klines = [name for name in klines if self._market.makes(INTERVALS[name.detail], name.zone)]
        self._klines = {
            name.name: self._klines.get(name.name) or KlineStream(name, self._market, now) for name in klines
        }

    def traded(self, trade: PublicTrade, now: int) -> None:
        """A public trade."""
        symbol = self._market.symbol
        self._changed.update(self._due)
        if stream := self._at_once.get(Told.TRADE):
            self._hub.publish(stream, _encode(trade_frame(symbol, trade, now)))
        if stream := self._at_once.get(Told.AGGREGATE_TRADE):
            self._hub.publish(stream, _encode(aggregate_frame(symbol, trade, now)))

    def book_changed(self) -> None:
        """The best bid or ask may be another."""
        self._changed.update(name.name for name in self._timed if name.told in (Told.LEVELS, Told.DIFF))
        stream = self._at_once.get(Told.BOOK_TICKER)
        top = self._market.book.top() if stream else None
        if stream and top and (top.bid, top.ask) != self._best:
            self._best = (top.bid, top.ask)
            self._hub.publish(stream, _encode(book_ticker_frame(self._market.symbol, top)))

    def changed(self) -> None:
        """A whole candle's trades have happened."""
        self._changed.update(self._due)

    def roll(self, now: int) -> None:
        """Close the base candle once its time is over, and tell each kline that is over."""
        closed = self._market.roll(now)
        for stream, kline in self._klines.items():
            if closed is not None:
                kline.closed(closed)
            if kline.is_over(now):
                self._tell(stream, kline.frame(now))

    def tell(self, now: int) -> None:
        """Tell the streams whose time has come and that have anything to tell."""
        for name in self._timed:
            if name.name in self._changed and now >= self._due[name.name]:
                self._changed.discard(name.name)
                self._due[name.name] = now + name.period
                self._tell(name.name, self._frame(name, now))

    def _tell(self, stream: str, frame: Any) -> None:
        if frame is not None:
            self._hub.publish(stream, _encode(frame))

    def _frame(self, name: StreamName, now: int) -> Any:
        market = self._market
        match name.told:
            case Told.KLINE:
                kline = self._klines.get(name.name)
                return kline and kline.frame(now)
            case Told.DIFF:
                pending = market.book.take(name.name)
                return pending and diff_frame(market.symbol, pending, now)
            case Told.LEVELS:
                book, count = market.book, int(name.detail)
                return depth_answer(book.update_id, book.bids(count), book.asks(count))
            case Told.AVERAGE:
                average, last = self._average(market.symbol, now), market.tape.last
                return average and last and average_frame(market.symbol, average, last.time, now)
            case _:
                return ticker_frame(name, market, now)


def ticker_frame(name: StreamName, market: SymbolMarket, now: int) -> Any:
    """The frame of a ticker stream for one symbol."""
    if name.told is Told.WINDOW_TICKER:
        return window_frame(rolling(market, WINDOWS[name.detail], now), name.detail)
    ticker = rolling(market, DAY_MS, now)
    return mini_frame(ticker) if name.told is Told.MINI_TICKER else day_frame(ticker)


class Publisher:
    """Tells the streams of all symbols what happens to the market."""

    def __init__(self, market: ReplayMarket, hub: Hub, average: Average) -> None:
        self._market, self._hub = market, hub
        self._each = {symbol: SymbolStreams(one, hub, average) for symbol, one in market.each.items()}
        self._version = 0
        self._due: dict[str, int] = {}
        self._changed: dict[str, set[str]] = {}

    def traded(self, symbol: str, trade: PublicTrade, now: int) -> None:
        """A public trade."""
        self._each[symbol].traded(trade, now)
        self._mark(symbol)

    def book_changed(self, symbol: str) -> None:
        """A book has changed."""
        self._each[symbol].book_changed()

    def whole(self, symbol: str, now: int) -> None:
        """All trades of a candle have happened at once."""
        self._listen(now)
        self._each[symbol].changed()
        self._mark(symbol)

    def roll(self, now: int) -> None:
        """Close the candles and klines whose time is over."""
        self._listen(now)
        for streams in self._each.values():
            streams.roll(now)

    def tell(self, now: int) -> None:
        """Tell what the streams with a rate have to tell by now."""
        self._listen(now)
        for streams in self._each.values():
            streams.tell(now)
        for name in self._hub.listened("").values():
            changed = self._changed.get(name.name)
            if changed and now >= self._due.get(name.name, 0):
                self._due[name.name] = now + name.period
                self._changed[name.name] = set()
                frames = [ticker_frame(name, self._market.each[symbol], now) for symbol in sorted(changed)]
                self._hub.publish(name.name, _encode(frames))

    def _mark(self, symbol: str) -> None:
        for stream in self._hub.listened(""):
            self._changed.setdefault(stream, set()).add(symbol)

    def _listen(self, now: int) -> None:
        if self._version != self._hub.version:
            self._version = self._hub.version
            for streams in self._each.values():
                streams.listen(now)
