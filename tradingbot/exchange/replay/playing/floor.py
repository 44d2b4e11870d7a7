"""Where everything that moves the market passes: public market, streams and account learn of it together."""

from decimal import Decimal

from tradingbot.domain.timeframe import MINUTE_MS
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.replay.market.candles import CLOSE, OPEN_TIME, VOLUME
from tradingbot.exchange.replay.market.depth import Changes, Level, derived
from tradingbot.exchange.replay.market.forming import Candle
from tradingbot.exchange.replay.market.replay_market import ReplayMarket, SymbolMarket
from tradingbot.exchange.replay.market.tape import PublicTrade, path, quarters, trade_times
from tradingbot.exchange.replay.playing.clock import ReplayClock
from tradingbot.exchange.replay.streams.publisher import Publisher
from tradingbot.exchange.simulated.exchange import SimulatedExchange
from tradingbot.exchange.simulated.market import AVERAGE_MINUTES

LEVELS_FOR_ORDERS = 100
"""How many levels of a given book own orders can reach."""


class Floor:
    """Trades, candles and books reach the market, the streams and the account through here, in time order."""

    def __init__(
        self,
        market: ReplayMarket,
        exchange: SimulatedExchange,
        publisher: Publisher,
        costs: CostSettings,
        clock: ReplayClock,
    ) -> None:
        self._clock = clock
        self._market, self._exchange, self._publisher = market, exchange, publisher
        self._half_spread = Decimal(repr(costs.spread_bps)) / 20_000
        self._participation = costs.max_participation
        self._grids: dict[str, tuple[Instrument, Decimal, Decimal]] = {}
        for one in market.each.values():
            self._start(one)

    def tick(self, now: int) -> None:
        """Time has passed: candles and klines close, streams with a rate tell."""
        self._publisher.roll(now)
        self._publisher.tell(now)

    def roll(self, now: int) -> None:
        """Candles and klines whose time is over close."""
        self._publisher.roll(now)

    def tell(self, now: int) -> None:
        """Streams with a rate tell."""
        self._publisher.tell(now)

    def has_orders(self, symbol: str) -> bool:
        """Whether the account has open orders there, which the trades inside a candle may fill."""
        return self._exchange.has_orders(symbol)

    def step(self, symbol: str, candle: Candle, number: int, now: int) -> None:
        """The trade `number` (0 to 3) of a recorded candle happens; `roll` goes before, `tell` behind those of all."""
        market = self._market.of(symbol)
        if number == 0:
            market.expect(candle)
        quantity = quarters(candle[VOLUME])[number]
        if quantity > 0.0:
            self._trade(market, market.tape.add(path(candle)[number], quantity, now), now)

    def whole(self, symbol: str, candle: Candle, now: int) -> None:
        """All trades of a recorded candle at once, where nobody watches them: the account sees the last price."""
        market = self._market.of(symbol)
        market.expect(candle)
        if not candle[VOLUME] > 0.0:
            return
        times = trade_times(int(candle[OPEN_TIME]), self._market.base.ms)
        for price, quantity, time in zip(path(candle), quarters(candle[VOLUME]), times, strict=True):
            if quantity > 0.0:
                market.traded(market.tape.add(price, quantity, time))
        last = _exact(price)
        self._exchange.trade(symbol, last, _exact(candle[VOLUME]), self._now(now))
        self._derive(market, last)
        self._publisher.whole(symbol, now)

    def recorded(self, symbol: str, trade: PublicTrade, now: int) -> None:
        """A recorded trade happens, under its own id."""
        self._publisher.roll(now)
        market = self._market.of(symbol)
        self._trade(market, market.tape.keep(trade), now, keeps_book=True)
        self._publisher.tell(now)

    def snapshot(self, symbol: str, bids: Changes, asks: Changes, update_id: int, now: int) -> None:
        """The book as it was recorded, whole."""
        self._publisher.roll(now)
        market = self._market.of(symbol)
        market.book_is_given = True
        market.book.set(bids, asks, update_id)
        self._book(market, now)

    def change_book(self, symbol: str, bids: Changes, asks: Changes, update_id: int, now: int) -> None:
        """A recorded change of a book, with its last id."""
        self._publisher.roll(now)
        market = self._market.of(symbol)
        if market.book.change(bids, asks, update_id):
            self._book(market, now)

    def best(self, symbol: str, bid: Level, ask: Level, update_id: int, now: int) -> None:
        """The recorded best bid and ask: better levels are gone."""
        self._publisher.roll(now)
        market = self._market.of(symbol)
        if market.book.set_best(bid, ask, update_id):
            self._book(market, now)

    def inject_trade(self, symbol: str, price: Decimal, quantity: Decimal, now: int) -> PublicTrade:
        """Somebody trades by hand; raises -1121."""
        market = self._market.of(symbol)
        self._publisher.roll(now)
        market.disturbed()
        trade = market.tape.add(float(price), float(quantity), now)
        self._trade(market, trade, now, keeps_book=True)
        self._publisher.tell(now)
        return trade

    def inject_book(self, symbol: str, bids: Changes, asks: Changes, now: int) -> None:
        """The book becomes exactly these levels; raises -1121."""
        market = self._market.of(symbol)
        self._publisher.roll(now)
        market.book_is_given = True
        market.book.set(bids, asks)
        self._book(market, now)

    def _start(self, market: SymbolMarket) -> None:
        """The account learns the last recorded minutes: without a price nothing could be taken."""
        last = market.tape.last
        if last is None:
            return
        length = self._market.base.ms
        start = market.live_from - max(AVERAGE_MINUTES * MINUTE_MS, length)
        rows = market.rows(min(start, last.time - last.time % length), market.live_from)
        for candle in rows[:, rows[VOLUME] > 0.0].T.tolist():
            end = int(candle[OPEN_TIME]) + length - 1
            self._exchange.trade(market.symbol, _exact(candle[CLOSE]), _exact(candle[VOLUME]), end)
        self._derive(market, _exact(last.price))

    def _trade(self, market: SymbolMarket, trade: PublicTrade, now: int, *, keeps_book: bool = False) -> None:
        market.traded(trade)
        price = _exact(trade.price)
        self._exchange.trade(market.symbol, price, _exact(trade.quantity), self._now(now))
        self._publisher.traded(market.symbol, trade, now)
        if not (keeps_book and market.book_is_given):
            self._derive(market, price)

    def _derive(self, market: SymbolMarket, price: Decimal) -> None:
        """The book around the price of the last trade."""
        last = market.tape.last
        assert last is not None
        tick, step = self._grid(market.symbol)
        quantity = _on_step(self._participation * (market.depth_volume or 4 * last.quantity), step)
        bids, asks = derived(price, quantity, self._half_spread, tick)
        was_given, market.book_is_given = market.book_is_given, False
        if was_given:
            self._exchange.forget_book(market.symbol)
        if market.book.set(bids, asks):
            self._publisher.book_changed(market.symbol)

    def _grid(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Tick and step; they are read again whenever the symbol's rules have changed."""
        rules = self._exchange.instrument(symbol)
        known = self._grids.get(symbol)
        if known is None or known[0] is not rules:
            known = rules, rules.number("PRICE_FILTER", "tickSize"), rules.number("LOT_SIZE", "stepSize")
            self._grids[symbol] = known
        return known[1], known[2]

    def _now(self, moment: int) -> int:
        """What the account is told: never before server time, which orders are stamped with."""
        return max(moment, self._clock.now_ms())

    def _book(self, market: SymbolMarket, now: int) -> None:
        bids, asks = market.book.bids(LEVELS_FOR_ORDERS), market.book.asks(LEVELS_FOR_ORDERS)
        self._exchange.book(market.symbol, bids, asks, self._now(now))
        self._publisher.book_changed(market.symbol)
        self._publisher.tell(now)


def _exact(number: float) -> Decimal:
    return Decimal(repr(number))


def _on_step(quantity: float, step: Decimal) -> Decimal:
    unit = step or Decimal("1E-8")
    return max(_exact(quantity) // unit, Decimal(1)) * unit
