"""The recording that drives the market: at the pace of the clock, as fast as it goes, or candle by candle by hand."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import merge
from typing import Any

from tradingbot.data.calendar import stamp
from tradingbot.domain.errors import InputError
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.exchange.replay.market.candles import OPEN_TIME, TRADES_A_CANDLE
from tradingbot.exchange.replay.market.forming import Candle
from tradingbot.exchange.replay.market.recorded import Happening
from tradingbot.exchange.replay.market.replay_market import ReplayMarket
from tradingbot.exchange.replay.market.tape import trade_times
from tradingbot.exchange.replay.playing.clock import MAX_SPEED, ReplayClock
from tradingbot.exchange.replay.playing.floor import Floor
from tradingbot.exchange.replay.streams.hub import Hub
from tradingbot.exchange.replay.streams.stream_names import NEEDS_TRADES

TICK_SECONDS = 0.1
_READ_AHEAD = DAY_MS


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing of the recording: trade `number` of the candles that open together, or something recorded."""

    time: int
    number: int
    candles: Mapping[str, Candle]
    happening: Happening | None = None


class Feed:
    """Drives the market. `run` is a task of the server; the rest is what the admin routes call."""

    def __init__(
        self,
        floor: Floor,
        market: ReplayMarket,
        clock: ReplayClock,
        hub: Hub,
        happenings: Mapping[str, Sequence[Happening]] | None = None,
    ) -> None:
        """Symbols with `happenings` (in time order) are driven by them and not by candles."""
        self.floor, self._market, self._clock, self._hub = floor, market, clock, hub
        self._happenings = happenings or {}
        self._steps = self._recording()
        self._next: Step | None = next(self._steps, None)
        self._delay = 0
        self._whole: frozenset[str] = frozenset()
        self._changed, self._over = asyncio.Event(), asyncio.Event()
        self.is_paused = False

    @property
    def has_ended(self) -> bool:
        """Whether everything recorded has been told."""
        return self._next is None

    async def ended(self) -> None:
        """Wait until everything recorded has been told."""
        await self._over.wait()

    async def run(self) -> None:
        """Drive the market for ever; after the end of the recording time goes on, and nothing else."""
        while True:
            if self.is_paused or self._next is None:
                await self._wait(TICK_SECONDS)
            elif self._clock.speed == MAX_SPEED:
                await self._rush()
            else:
                await self._walk(self._next)

    def pause(self) -> None:
        """Stand still: nothing of the recording is told until `resume` or `advance`."""
        if not self.is_paused:
            self.is_paused = True
            self._clock.pause()
            self._changed.set()

    def resume(self) -> None:
        """Go on; where time went on meanwhile, the recording comes later by whole candles."""
        if self.is_paused:
            self.is_paused = False
            self._catch_up()
            self._clock.resume()
            self._ended()
            self._changed.set()

    async def advance(self, candles: int) -> int:
        """Tell the next candles at once while paused; how many there were. Raises InputError while running."""
        if not self.is_paused:
            raise InputError("advance", "the market is running", "Pause it first")
        told = 0
        while told < candles and (step := self._steppable()) is not None:
            self._catch_up()
            self._tell_until(self._slot_end(step))
            told += 1
            await self._hub.settle()
            await asyncio.sleep(0)
        return told

    def inject_trade(self, symbol: str, price: Decimal, quantity: Decimal) -> int:
        """A public trade now; its id. Raises -1121."""
        return self.floor.inject_trade(symbol, price, quantity, self._clock.now_ms()).trade_id

    def inject_book(
        self, symbol: str, bids: Sequence[tuple[Decimal, Decimal]], asks: Sequence[tuple[Decimal, Decimal]]
    ) -> None:
        """The symbol's book from now on, until the recording moves its price. Raises -1121."""
        self.floor.inject_book(symbol, bids, asks, self._clock.now_ms())

    def status(self) -> dict[str, Any]:
        """Where the market is, for people."""
        speed = self._clock.speed
        return {
            "market": "ended" if self.has_ended else "paused" if self.is_paused else "running",
            "speed": "max" if speed == MAX_SPEED else speed,
            "serverTime": self._clock.now_ms(),
            "time": stamp(self._clock.now_ms()),
            "checksTimestamps": self._clock.checks_timestamps,
            "nextEvent": None if self._next is None else self._next.time + self._delay,
            "delayedByMs": self._delay,
            "base": str(self._market.base),
            "symbols": {
                symbol: {
                    "recordedFrom": stamp(one.recording.first - one.recording.shift),
                    "recordedTo": stamp(one.recording.end - one.recording.shift),
                    "shiftedByMs": one.recording.shift,
                    "drivenBy": "recorded frames" if symbol in self._happenings else "candles",
                    "book": "given" if one.book_is_given else "derived",
                }
                for symbol, one in self._market.each.items()
            },
        }

    async def _walk(self, step: Step) -> None:
        """Tell a step when its time has come; at most a tick of waiting."""
        wait = self._clock.seconds_until(step.time + self._delay)
        if wait > 0:
            await self._wait(min(wait, TICK_SECONDS))
            return
        self._take(step, whole=False)
        self._ended()
        await asyncio.sleep(0)
        await self._hub.settle()

    async def _rush(self) -> None:
        """Tell a whole candle of every symbol, and let the others do their part."""
        assert self._next is not None
        self._tell_until(self._slot_end(self._next))
        self._ended()
        await asyncio.sleep(0)
        await self._hub.settle()

    def _ended(self) -> None:
        if self._next is None:
            self._clock.run_free()
            self._over.set()

    def _take(self, step: Step, *, whole: bool) -> None:
        now = step.time + self._delay
        if whole:
            self._clock.drive_to(now)
        if step.happening is not None:
            step.happening.tell(self.floor, now)
        else:
            self._tell(step, now, whole=whole)
        self._next = next(self._steps, None)

    def _tell(self, step: Step, now: int, *, whole: bool) -> None:
        if step.number == 0:
            self.floor.roll(now)
            self._whole = frozenset(filter(self._is_unwatched, step.candles)) if whole else frozenset()
        watched = not self._whole.issuperset(step.candles)
        if watched:
            self.floor.roll(now)
        for symbol, candle in step.candles.items():
            if symbol not in self._whole:
                self.floor.step(symbol, self._delayed(candle), step.number, now)
            elif step.number == TRADES_A_CANDLE - 1:
                self.floor.whole(symbol, self._delayed(candle), now)
        if watched:
            self.floor.tell(now)

    def _delayed(self, candle: Candle) -> Candle:
        return [candle[OPEN_TIME] + self._delay, *candle[1:]] if self._delay else candle

    def _is_unwatched(self, symbol: str) -> bool:
        if any(name.told in NEEDS_TRADES for name in self._hub.listened(symbol).values()):
            return False
        return not self.floor.has_orders(symbol)

    def _steppable(self) -> Step | None:
        """The next step while paused; somebody may resume between two candles."""
        return self._next if self.is_paused else None

    def _tell_until(self, end: int) -> None:
        """Tell the candles, and all else, of the time that ends then."""
        step = self._next
        while step is not None and self._slot_end(step) == end:
            self._take(step, whole=True)
            step = self._next
        self._clock.drive_to(end)
        self.floor.tick(max(end, self._clock.now_ms()))

    def _slot_end(self, step: Step) -> int:
        length = self._market.base.ms
        return step.time - step.time % length + length + self._delay

    def _catch_up(self) -> None:
        if self._next is None:
            return
        length = self._market.base.ms
        behind = self._clock.now_ms() - (self._next.time + self._delay)
        late = self._clock.now_ms() - self._slot_end(self._next)
        if late >= 0 and behind > 0:
            self._delay += -(-(late + 1) // length) * length

    async def _wait(self, seconds: float) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            now = self._clock.now_ms()
            if not self.is_paused and self._next is not None:  # what is due first is told first
                now = min(now, self._next.time + self._delay)
            self.floor.tick(now)

    def _recording(self) -> Iterator[Step]:
        streams: list[Iterator[Step]] = [self._candle_steps()]
        streams += [(Step(one.time, 0, {}, one) for one in happenings) for happenings in self._happenings.values()]
        return iter(merge(*streams, key=lambda step: step.time))

    def _candle_steps(self) -> Iterator[Step]:
        for opened, candles in self._slots():
            for number, time in enumerate(trade_times(opened, self._market.base.ms)):
                yield Step(time, number, candles)

    def _slots(self) -> Iterator[tuple[int, Mapping[str, Candle]]]:
        markets = [one for symbol, one in self._market.each.items() if symbol not in self._happenings]
        start = min((one.live_from for one in markets), default=0)
        until = max((one.recording.end for one in markets), default=0)
        for begin in range(start, until, _READ_AHEAD):
            slots: dict[int, dict[str, Candle]] = {}
            for one in markets:
                rows = one.recording.rows(one.recording.base, begin, min(begin + _READ_AHEAD, until))
                for candle in rows.T.tolist():
                    slots.setdefault(int(candle[OPEN_TIME]), {})[one.symbol] = candle
            yield from sorted(slots.items())
