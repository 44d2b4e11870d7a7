"""Public trades."""

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.exchange.replay.market.tape import Tape, path, quarters, trade_times


def test_a_rising_candle_goes_down_first() -> None:
    """Open, low, high, close; a falling one the other way round."""
    assert path((0, 10.0, 12.0, 9.0, 11.0, 1.0)) == (10.0, 9.0, 12.0, 11.0)
    assert path((0, 11.0, 12.0, 9.0, 10.0, 1.0)) == (11.0, 12.0, 9.0, 10.0)


def test_the_four_trades_span_the_candle_evenly() -> None:
    """From its first to its last millisecond."""
    assert trade_times(1_000, 60_000) == [1_000, 20_999, 40_999, 60_999]


@given(st.integers(1, 10**15))
def test_quarters_add_up_to_the_volume(units: int) -> None:
    """To the last of its eight decimals."""
    volume = units / 1e8
    parts = quarters(volume)

    assert all(part >= 0.0 for part in parts)
    assert abs(sum(parts) - volume) <= 1e-15 * volume + 5e-9


def test_a_falling_price_means_that_a_seller_took() -> None:
    """The buyer's order had been resting; an equal price counts as bought."""
    tape = Tape(100)
    trades = [tape.add(price, 1.0, 0) for price in (10.0, 9.0, 9.0, 11.0)]

    assert [trade.buyer_is_maker for trade in trades] == [False, True, False, False]
    assert [trade.trade_id for trade in trades] == [100, 101, 102, 103]
