"""The candles of one stream: every closed one once and in order, with what is missing asked for over REST."""

from collections.abc import Callable, Sequence

from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.binance.market.follow import Events
from tradingbot.exchange.binance.market.frames import Kline
from tradingbot.exchange.binance.market.public_rest import KlineRow
from tradingbot.exchange.binance.wire.mailbox import Slot
from tradingbot.exchange.errors import ProtocolBroken
from tradingbot.exchange.events import CandleEvent, MarketEvent

Put = Callable[[CandleEvent], None]


class CandleSeries:
    """Forming candles as they come, closed ones without a gap.

    Where closed candles are missing, `ask` is called with [start, end), ms UTC; `fill` takes them, `filled` says that
    the exchange has no more. What comes meanwhile waits.
    """

    def __init__(
        self, symbol: str, timeframe: Timeframe, events: Events, ask: Callable[["CandleSeries", int, int], None]
    ) -> None:
        self.symbol = symbol
        self.timeframe = timeframe
        self._events = events
        self._ask = ask
        self._next: int | None = None  # when the first candle opens that was not told as closed
        self._time = 0
        self._forming: Slot[MarketEvent] = Slot()
        self._waiting: list[CandleEvent] | None = None

    def take(self, frame: Kline) -> None:
        """A candle as it stands; raises ProtocolBroken for one that cannot be."""
        candle = frame.candle
        event = CandleEvent(
            symbol=frame.symbol,
            timeframe=self.timeframe,
            open_time=candle.open_time,
            open=candle.open,
            high=candle.high,
            low=candle.low,
            close=candle.close,
            volume=candle.volume,
            quote_volume=candle.quote_volume,
            trades=candle.trades,
            taker_buy_base=candle.taker_buy_base,
            taker_buy_quote=candle.taker_buy_quote,
            closed=candle.closed,
            time=frame.time,
        )
        _check(event)
        if event.open_time == self._next and not event.closed and self._waiting is None:
            self._tell_forming(event)  # as nearly always
        else:
            self._take(event, self._events.put)

    def fill(self, rows: Sequence[KlineRow]) -> None:
        """Missing candles, oldest first; raises ProtocolBroken for one that cannot be."""
        for row in rows:
            if row[0] >= (self._next or 0):
                event = _closed_candle(self.symbol, self.timeframe, row)
                _check(event)
                self._tell_closed(event, self._events.force)

    def filled(self, end: int) -> None:
        """There are no more before `end`: go on with what has waited."""
        self._next = max(end, self._next or 0)
        waiting, self._waiting = self._waiting or [], None
        for event in waiting:
            self._take(event, self._events.force)

    def lost(self) -> None:
        """The next candle will show which are missing."""

    def _take(self, event: CandleEvent, put: Put) -> None:
        if self._waiting is None:
            self._tell(event, put)
        else:
            self._keep(self._waiting, event)

    @staticmethod
    def _keep(waiting: list[CandleEvent], event: CandleEvent) -> None:
        if waiting and waiting[-1].open_time == event.open_time and not waiting[-1].closed:
            if event.closed or event.time >= waiting[-1].time:
                waiting[-1] = event
        else:
            waiting.append(event)

    def _tell(self, event: CandleEvent, put: Put) -> None:
        if self._next is None:
            self._next = event.open_time
        if event.open_time < self._next:
            return
        if event.open_time > self._next:
            self._waiting = [event]
            self._ask(self, self._next, event.open_time)
        elif event.closed:
            self._tell_closed(event, put)
        else:
            self._tell_forming(event)

    def _tell_forming(self, event: CandleEvent) -> None:
        if event.time >= self._time:
            self._time = event.time
            self._events.replace(event, self._forming)

    def _tell_closed(self, event: CandleEvent, put: Put) -> None:
        put(event)  # where there is no room for it, it stays the next one, and is asked for later
        self._next = event.open_time + self.timeframe.ms
        self._time = event.time
        self._forming = Slot()  # an unread one stays before the closed one


def _closed_candle(symbol: str, timeframe: Timeframe, row: KlineRow) -> CandleEvent:
    return CandleEvent(
        symbol=symbol,
        timeframe=timeframe,
        open_time=row[0],
        open=row[1],
        high=row[2],
        low=row[3],
        close=row[4],
        volume=row[5],
        quote_volume=row[7],
        trades=row[8],
        taker_buy_base=row[9],
        taker_buy_quote=row[10],
        closed=True,
        time=row[0] + timeframe.ms,
    )


def _check(event: CandleEvent) -> None:
    if not (event.low <= event.open <= event.high and event.low <= event.close <= event.high):
        raise ProtocolBroken(f"{event.symbol}: an impossible candle at {event.open_time}")
