"""What the four strategies say, told with small markets."""

import numpy as np
import pytest

from tests.support.generated import walk
from tradingbot.domain.candles import Candles, FloatColumn, Signals
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.momentum import rsi
from tradingbot.strategies.bollinger_bounce import BollingerBounce
from tradingbot.strategies.channel_breakout import ChannelBreakout
from tradingbot.strategies.guard import evaluate
from tradingbot.strategies.rsi_reversion import RsiReversion
from tradingbot.strategies.sma_cross import SmaCross


def market(close: FloatColumn, timeframe: Timeframe = Timeframe.H1) -> Candles:
    """Candles without wicks around those closes."""
    open_ = np.concatenate((close[:1], close[:-1]))
    high, low = np.maximum(open_, close), np.minimum(open_, close)
    times = walk(len(close), timeframe=timeframe).open_time
    volume = np.ones(len(close))
    return Candles("ETHUSDT", timeframe, times, open_, high, low, close, volume, volume)


def fired(signals: Signals) -> tuple[list[int], list[int]]:
    return np.flatnonzero(signals.enter).tolist(), np.flatnonzero(signals.exit).tolist()


def test_sma_cross_buys_the_turn_up_and_sells_the_turn_down() -> None:
    """One entry after the valley, one exit after the peak, where the averages cross and nowhere else."""
    close = np.concatenate((np.linspace(200, 100, 60), np.linspace(101, 200, 60), np.linspace(199, 100, 60)))
    enter, exit_ = fired(evaluate(SmaCross(fast=5, slow=20), market(close)))
    fast, slow = (np.convolve(close, np.ones(n) / n)[: len(close)] for n in (5, 20))

    assert len(enter) == len(exit_) == 1
    assert fast[enter[0]] > slow[enter[0]]
    assert fast[enter[0] - 1] <= slow[enter[0] - 1]
    assert fast[exit_[0]] < slow[exit_[0]]
    assert 60 < enter[0] < 120 < exit_[0]


def test_sma_cross_prefers_what_rose_most() -> None:
    """Strength is the rise over the slow average's span."""
    candles = walk(120)
    strength = SmaCross().signals(candles).strength

    assert strength is not None
    assert strength[-1] == pytest.approx(candles.close[-1] / candles.close[-51] - 1.0)


def test_sma_cross_needs_two_different_averages() -> None:
    """The fast average is the shorter one."""
    with pytest.raises(OutOfRange, match="fast: 50 is not below slow = 20"):
        SmaCross(fast=50, slow=20)


def test_rsi_reversion_buys_the_fall_and_sells_the_rise() -> None:
    """The entry is the candle at which the RSI falls below 30, the exit the one at which it rises above 70."""
    candles = walk(1_500)
    strategy = RsiReversion()
    index = rsi(candles.close, 14)
    enter, exit_ = fired(evaluate(strategy, candles))
    below = [at for at in range(strategy.warmup - 1, 1_500) if index[at] < 30.0 <= index[at - 1]]
    above = [at for at in range(strategy.warmup - 1, 1_500) if index[at] > 70.0 >= index[at - 1]]

    assert (enter, exit_) == (below, above)
    assert len(enter) > 5
    assert len(exit_) > 5


def test_rsi_reversion_leaves_a_market_alone_that_stands_still() -> None:
    """An exchange that halts is not oversold."""
    assert fired(evaluate(RsiReversion(), market(np.full(600, 7.0)))) == ([], [])


@pytest.mark.parametrize("exit_at", ["middle", "upper"])
def test_bollinger_bounce_buys_the_return_and_sells_at_the_band(exit_at: str) -> None:
    """The entry is the return from below the lower band, the exit any close at or above the chosen band."""
    candles = walk(800)
    seen = np.lib.stride_tricks.sliding_window_view(candles.close, 20)
    mean, spread = (np.concatenate((np.full(19, np.nan), part)) for part in (seen.mean(axis=1), seen.std(axis=1)))
    below, goal = candles.close < mean - 2.0 * spread, mean + (2.0 * spread if exit_at == "upper" else 0.0)
    enter, exit_ = fired(evaluate(BollingerBounce(exit_at=exit_at), candles))

    assert enter == [at for at in range(20, 800) if below[at - 1] and not below[at]]
    assert exit_ == [at for at in range(20, 800) if candles.close[at] >= goal[at]]
    assert len(enter) > 3


BREAKOUT = ChannelBreakout(entry=10, exit=5, regime=20)


def days(close: FloatColumn) -> Candles:
    return market(close, Timeframe.D1)


def rise_and_fall() -> FloatColumn:
    """A zigzag of 60 days, a rise of 30 and a fall of 30."""
    flat = np.tile([100.0, 101.0], 30)
    return np.concatenate((flat, np.linspace(102.0, 130.0, 30), np.linspace(128.0, 90.0, 30)))


def test_channel_breakout_buys_new_highs_and_sells_new_lows() -> None:
    """Entries are closes above the highest of the ten closes before, exits closes below the lowest of five."""
    candles = days(rise_and_fall())
    rising = days(np.linspace(100.0, 200.0, 120))
    enter, exit_ = fired(evaluate(BREAKOUT, candles.with_reference(rising)))

    assert enter == list(range(60, 90))
    assert exit_ == [at for at in range(40, 120) if candles.close[at] < candles.close[at - 5 : at].min()]
    assert exit_


def test_channel_breakout_leaves_a_falling_market() -> None:
    """A leading symbol below its average forbids entries and sells what is held."""
    candles = days(rise_and_fall())
    falling = days(np.linspace(200.0, 100.0, 120))
    enter, exit_ = fired(evaluate(BREAKOUT, candles.with_reference(falling)))

    assert enter == []
    assert exit_ == list(range(BREAKOUT.warmup - 1, 120))


def test_channel_breakout_does_nothing_for_an_unknown_market() -> None:
    """A leading symbol whose history is shorter than its average permits no entry and forces no exit."""
    candles = days(rise_and_fall())
    rising = days(np.linspace(100.0, 200.0, 120))
    unknown = evaluate(BREAKOUT, candles.with_reference(candles[-15:]))

    assert fired(unknown)[0] == []
    assert fired(unknown)[1] == fired(evaluate(BREAKOUT, candles.with_reference(rising)))[1]


def test_channel_breakout_halves_a_position_at_twice_the_volatility() -> None:
    """The weight is the wanted volatility over the realised one of 30 days, at most 1."""
    for move, weight in ((0.01, 0.10 / (0.01 * np.sqrt(365.0))), (0.02, 0.05 / (0.01 * np.sqrt(365.0))), (1e-4, 1.0)):
        zigzag = np.exp(move * (np.arange(60) % 2))
        signals = BREAKOUT.signals(days(zigzag))

        assert signals.weight is not None
        assert signals.weight[-1] == pytest.approx(weight)


def test_channel_breakout_does_not_size_a_standstill() -> None:
    """Without volatility the weight is not known, and nothing is entered."""
    signals = evaluate(BREAKOUT, days(np.full(80, 5.0)))

    assert signals.weight is not None
    assert np.isnan(signals.weight[-1])
    assert not signals.enter.any()


@pytest.mark.parametrize(("timeframe", "warmup"), [(Timeframe.D1, 101), (Timeframe.H4, 601)])
def test_channel_breakout_counts_the_regime_in_days(timeframe: Timeframe, warmup: int) -> None:
    """The regime average spans 100 days on either timeframe."""
    assert ChannelBreakout(timeframe=timeframe).warmup == warmup
