"""The market that a replay exchange shows: of each symbol its recorded past and its present."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.replay.market.candles import (
    FIRST_ID,
    LAST_ID,
    OPEN_TIME,
    TRADES,
    TRADES_A_CANDLE,
    VOLUME,
    Columns,
    Published,
    Recording,
    group,
    joined,
    times_of,
)
from tradingbot.exchange.replay.market.depth import Book
from tradingbot.exchange.replay.market.forming import Candle, add_trade, of_trade
from tradingbot.exchange.replay.market.intervals import Interval
from tradingbot.exchange.replay.market.tape import PublicTrade, Tape, recorded_trades
from tradingbot.exchange.replay.params import refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class KlineQuery:
    """Which klines are wanted: bounds of the open time, both inclusive; without any, the newest. `zone` as Interval."""

    interval: Interval
    limit: int = 500
    start: int | None = None
    end: int | None = None
    zone: int = 0


class SymbolMarket:
    """One symbol: recorded candles before `live_from`, from there on what the replay has told."""

    def __init__(self, recording: Recording, live_from: int) -> None:
        """`live_from` (ms UTC) is the open of a base candle."""
        self.symbol, self.recording, self.live_from = recording.symbol, recording, live_from
        self.book = Book()
        self.book_is_given = False  # by a recording or by hand, not derived
        self.forming: list[float] | None = None
        self._length = recording.base.ms
        self._published = Published()
        self._expected: Candle | None = None
        self.tape = Tape(live_from // self._length * TRADES_A_CANDLE)
        self.depth_volume = self._begin()

    def _begin(self) -> float:
        """Take over the last recorded trade; the volume of the last candle that had any, 0 where there is none."""
        before = self.recording.rows(self.recording.base, self.live_from - 1440 * self._length, self.live_from)
        traded = before[:, before[VOLUME] > 0.0][:, -1:]
        for trade in recorded_trades(traded, self._length):
            self.tape.last = trade
        return float(traded[VOLUME, 0]) if traded.shape[1] else 0.0

    def makes(self, interval: Interval, zone: int = 0) -> bool:
        """Whether whole base candles make up the klines of an interval in a time zone."""
        return interval.timeframe.ms % self._length == 0 and zone % self._length == 0

    def expect(self, candle: Candle) -> None:
        """The recorded candle whose trades come now: once all have come it is told with its recorded numbers."""
        if candle[VOLUME] > 0.0:
            self._expected = candle
        elif self.forming is None:
            self.forming = [*candle[:FIRST_ID], self.tape.next_id, self.tape.next_id - 1]

    def traded(self, trade: PublicTrade) -> None:
        """A public trade has happened, in the forming candle or after `roll`."""
        opened = trade.time - trade.time % self._length
        if self.forming is None:
            self.forming = of_trade(opened, trade)
        else:
            add_trade(self.forming, trade)

    def disturbed(self) -> None:
        """Something has happened that the recording does not know: the forming candle is what was traded."""
        self._expected = None

    def roll(self, now: int) -> list[float] | None:
        """Close the forming candle once its time is over; the closed candle."""
        if self.forming is None or now < self.forming[OPEN_TIME] + self._length:
            return None
        closed, self.forming = self._whole(self.forming), None
        self._expected = None
        self._published.append(closed)
        self.depth_volume = closed[VOLUME] or self.depth_volume
        return closed

    def _whole(self, forming: list[float]) -> list[float]:
        expected = self._expected
        if expected is None or expected[OPEN_TIME] != forming[OPEN_TIME] or forming[TRADES] != TRADES_A_CANDLE:
            return forming
        return [*expected[:FIRST_ID], forming[FIRST_ID], forming[LAST_ID]]

    def rows(self, start: int, end: int, interval: Interval | None = None, zone: int = 0) -> Columns:
        """Candles that open in [start, end), the forming one included: base candles, or coarser ones for `interval`.

        Coarser ones only where they are whole parts of the interval; `start` is then the open of one.
        """
        recording, past = self.recording, min(end, self.live_from)
        parts = []
        if start < past and interval is not None:
            whole = min(past, interval.open_of(self.live_from, zone))
            parts.append(recording.rows(recording.source(interval, zone), start, whole))
            start = max(start, whole)
        if start < past:
            parts.append(recording.rows(recording.base, start, past))
        parts.append(self._published.rows(start, end))
        if self.forming is not None and start <= self.forming[OPEN_TIME] < end:
            parts.append(np.array(self.forming)[:, None])
        return joined(parts)

    def whole(self, start: int, end: int) -> list[float] | None:
        """One candle of everything that opened in [start, end); None where nothing did."""
        rows = self.rows(start, end)
        if not rows.shape[1]:
            return None
        found: list[float] = group(rows, np.full(rows.shape[1], start))[:, 0].tolist()
        return found

    def klines(self, query: KlineQuery, now: int) -> Columns:
        """The klines of a query, oldest first; gaps stay gaps, and the forming kline is the last."""
        interval, zone = query.interval, query.zone
        first = interval.open_of(self.recording.first, zone)
        until = interval.end_of(interval.open_of(now if query.end is None else min(query.end, now), zone), zone)
        if query.end is not None and interval.open_of(query.end, zone) > query.end:
            return self.rows(0, 0)
        if query.start is None:
            return self._newest(query, first, until)
        opened = interval.open_of(query.start, zone)
        start = opened if opened == query.start else interval.end_of(opened, zone)
        return self._oldest(query, max(first, start), until)

    def _oldest(self, query: KlineQuery, start: int, until: int) -> Columns:
        span = query.limit * query.interval.ms
        while True:
            end = min(query.interval.open_of(start + span, query.zone), until)
            found = self._grouped(query, start, end)
            if found.shape[1] >= query.limit or end >= until:
                return found[:, : query.limit]
            span *= 4

    def _newest(self, query: KlineQuery, first: int, until: int) -> Columns:
        span = query.limit * query.interval.ms
        while True:
            start = max(query.interval.open_of(until - span, query.zone), first)
            found = self._grouped(query, start, until)
            if found.shape[1] >= query.limit or start <= first:
                return found[:, -query.limit :]
            span *= 4

    def _grouped(self, query: KlineQuery, start: int, end: int) -> Columns:
        rows = self.rows(start, end, query.interval, query.zone)
        return group(rows, query.interval.opens(times_of(rows), query.zone))


class ReplayMarket:
    """The symbols that are traded, all on one base timeframe."""

    def __init__(self, symbols: Mapping[str, SymbolMarket], base: Timeframe) -> None:
        self.base = base
        self.each = symbols

    @property
    def symbols(self) -> Sequence[str]:
        """Their names, in the order in which they were given."""
        return list(self.each)

    def of(self, symbol: str) -> SymbolMarket:
        """A symbol's market; raises -1121."""
        if symbol not in self.each:
            raise refusal(-1121, "Invalid symbol.")
        return self.each[symbol]
