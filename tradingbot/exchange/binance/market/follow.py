"""What is known of each public stream: frames in, events out, nothing twice, nothing missed in silence.

After a reconnect, and while two connections overlap, the exchange repeats itself or skips; what each stream numbers
(trades by id, candles by their time, books by update) says what is old and what is missing.
"""

from collections.abc import Callable

from tradingbot.exchange.binance.market.book import BookGap, LocalBook
from tradingbot.exchange.binance.market.frames import BookTicker, Depth, DepthUpdate, MiniTicker, Trade
from tradingbot.exchange.binance.wire.mailbox import Mailbox, Slot
from tradingbot.exchange.binance.wire.outages import Outages
from tradingbot.exchange.events import (
    BookEvent,
    MarketEvent,
    TickerEvent,
    TopOfBook,
    TradeEvent,
)

Events = Mailbox[MarketEvent]


class Trades:
    """Every trade once; a missing id is told as a loss."""

    def __init__(self, events: Events, outages: Outages) -> None:
        self._events = events
        self._outages = outages
        self._last: int | None = None

    def take(self, frame: Trade) -> None:
        """A public trade."""
        last = self._last
        if last is not None and frame.trade_id != last + 1:
            if frame.trade_id <= last:
                return
            self._outages.once(f"{frame.symbol}: trades {last + 1} to {frame.trade_id - 1} are missing")
        self._last = frame.trade_id
        self._events.put(
            TradeEvent(
                symbol=frame.symbol,
                trade_id=frame.trade_id,
                price=frame.price,
                quantity=frame.quantity,
                buyer_is_maker=frame.buyer_is_maker,
                time=frame.time,
            )
        )

    def lost(self) -> None:
        """What comes next need not follow what came last."""
        self._last = None


class Tops:
    """The best bid and ask, never an older one after a newer one."""

    def __init__(self, events: Events, clock: Callable[[], int]) -> None:
        self._events = events
        self._slot: Slot[MarketEvent] = Slot()
        self._clock = clock
        self._last = -1

    def take(self, frame: BookTicker) -> None:
        """The best levels after an update."""
        if frame.update_id <= self._last:
            return
        self._last = frame.update_id
        self._events.replace(
            TopOfBook(
                symbol=frame.symbol,
                update_id=frame.update_id,
                bid=frame.bid,
                bid_quantity=frame.bid_quantity,
                ask=frame.ask,
                ask_quantity=frame.ask_quantity,
                time=self._clock(),
            ),
            self._slot,
        )

    def lost(self) -> None:
        """The numbering may have begun anew."""
        self._last = -1


class Tickers:
    """The last 24 hours, never an older figure after a newer one."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._slot: Slot[MarketEvent] = Slot()
        self._last = -1

    def take(self, frame: MiniTicker) -> None:
        """Rolling figures."""
        if frame.time <= self._last:
            return
        self._last = frame.time
        self._events.replace(
            TickerEvent(
                symbol=frame.symbol,
                open=frame.open,
                high=frame.high,
                low=frame.low,
                last=frame.last,
                volume=frame.volume,
                quote_volume=frame.quote_volume,
                time=frame.time,
            ),
            self._slot,
        )

    def lost(self) -> None:
        """Times go on."""


class Books:
    """The local book of one symbol. `ask` is called when a snapshot is wanted; the answer comes through `snapshot`."""

    def __init__(
        self, book: LocalBook, events: Events, clock: Callable[[], int], ask: Callable[["Books"], None]
    ) -> None:
        self.book = book
        self._events = events
        self._slot: Slot[MarketEvent] = Slot()
        self._clock = clock
        self._ask = ask
        self._asked = False

    def take(self, frame: DepthUpdate) -> None:
        """An update of some levels."""
        try:
            changed = self.book.apply(frame)
        except BookGap:
            self._restart()
            changed = self.book.apply(frame)
        if changed:
            self._tell(frame.time)
        elif not self.book.in_sync and not self._asked:  # the updates come first, then the snapshot
            self._asked = True
            self._ask(self)

    def snapshot(self, found: Depth) -> bool:
        """Start from it; False where it does not fit and another one is wanted."""
        try:
            fits = self.book.load(found)
        except BookGap:
            self._restart()
            fits = False
        if fits:
            self._asked = False
            self._tell(self._clock())
        return fits

    def lost(self) -> None:
        """Updates are missing."""
        self._restart()

    def _restart(self) -> None:
        self.book.restart()
        self._tell(self._clock())

    def _tell(self, time: int) -> None:
        book = self.book
        event = BookEvent(symbol=book.symbol, update_id=book.update_id, in_sync=book.in_sync, time=time)
        self._events.replace(event, self._slot)
