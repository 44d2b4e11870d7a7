"""Volume indicators against their formulas, and what they say without volume."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.generated import kept, walk
from tests.unit.features.test_trend import windows
from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.features.volume import (
    mfi,
    money_flow,
    obv,
    obv_flow,
    relative_volume,
    session_vwap,
    typical_price,
    vwap,
)

CANDLES = walk(400)
HIGH, LOW, CLOSE, VOLUME = CANDLES.high, CANDLES.low, CANDLES.close, CANDLES.volume
TYPICAL = (HIGH + LOW + CLOSE) / 3.0


def without_volume(candles: Candles) -> Candles:
    return replace(candles, volume=np.zeros(len(candles)))


def test_obv_adds_volume_with_the_sign_of_the_change() -> None:
    """Differences of OBV are signed volumes."""
    np.testing.assert_allclose(np.diff(obv(CLOSE, VOLUME)), np.sign(np.diff(CLOSE)) * VOLUME[1:])


def test_obv_flow_is_the_share_of_the_change() -> None:
    """The change of OBV over the volume of the same candles, wherever history starts; unknown without volume."""
    level = obv(CLOSE, VOLUME)
    expected = (level[20:] - level[:-20]) / windows(VOLUME, 20).sum(axis=1)[1:]

    np.testing.assert_allclose(obv_flow(CLOSE, VOLUME, 20)[20:], expected, rtol=1e-9)
    assert np.isnan(obv_flow(CLOSE, np.zeros(400), 20)).all()


def test_mfi_is_the_share_of_rising_money() -> None:
    """Money that flowed while the typical price rose, as a share of all that flowed while it changed."""
    flow, change = TYPICAL * VOLUME, np.diff(TYPICAL, prepend=np.nan)
    up, down = np.where(change > 0.0, flow, 0.0), np.where(change < 0.0, flow, 0.0)
    rising, falling = windows(up[1:], 14).sum(axis=1), windows(down[1:], 14).sum(axis=1)

    np.testing.assert_allclose(mfi(CANDLES, 14)[14:], 100.0 * rising / (rising + falling), rtol=1e-9)


def test_mfi_is_unknown_without_volume() -> None:
    """Where no money flows TA-Lib answers 0, which would be oversold."""
    assert np.isnan(mfi(without_volume(CANDLES), 14)).all()


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_mfi_does_not_depend_on_the_unit_of_volume(scale: float) -> None:
    """Tiny volumes give the same index."""
    scaled = replace(CANDLES, volume=VOLUME * scale)

    np.testing.assert_allclose(mfi(scaled, 14), mfi(CANDLES, 14), rtol=1e-9)


def test_money_flow_weighs_volume_by_the_closes_place() -> None:
    """Chaikin's money flow agrees with its formula."""
    weighted = (2.0 * CLOSE - HIGH - LOW) / (HIGH - LOW) * VOLUME
    expected = windows(weighted, 20).sum(axis=1) / windows(VOLUME, 20).sum(axis=1)

    np.testing.assert_allclose(money_flow(CANDLES, 20)[19:], expected, rtol=1e-9, atol=1e-12)
    assert np.isnan(money_flow(without_volume(CANDLES), 20)).all()


def test_relative_volume_leaves_its_own_candle_out() -> None:
    """A candle of twice the earlier mean is 2."""
    volume = np.append(np.full(20, 3.0), 6.0)

    assert relative_volume(volume, 20)[-1] == pytest.approx(2.0)
    assert np.isnan(relative_volume(volume, 20)[:-1]).all()


def test_vwap_is_money_over_volume() -> None:
    """The rolling price is the money of n candles over their volume, unknown without any."""
    expected = windows(TYPICAL * VOLUME, 20).sum(axis=1) / windows(VOLUME, 20).sum(axis=1)

    np.testing.assert_allclose(typical_price(HIGH, LOW, CLOSE), TYPICAL, rtol=1e-12)
    np.testing.assert_allclose(vwap(CANDLES, 20)[19:], expected, rtol=1e-10)
    assert np.isnan(vwap(without_volume(CANDLES), 20)).all()


def day_by_day(candles: Candles) -> FloatColumn:
    """The session price with a loop over the candles; unknown on the first day, which is not whole."""
    result, money, volume = np.full(len(candles), np.nan), 0.0, 0.0
    price = (candles.high + candles.low + candles.close) / 3.0
    days = candles.open_time // DAY_MS
    for at, day in enumerate(days):
        if at and day != days[at - 1]:
            money = volume = 0.0
        money += price[at] * candles.volume[at]
        volume += candles.volume[at]
        if day != days[0]:
            result[at] = money / volume
    return result


@pytest.mark.parametrize("missing", [(), (19, 20, 21), range(40, 70)])
def test_session_vwap_starts_anew_at_midnight(missing: tuple[int, ...]) -> None:
    """The price since 00:00 UTC, also when midnight or a whole day is missing; half a first day is not known."""
    mask = np.ones(200, np.bool_)
    mask[list(missing)] = False
    candles = kept(walk(200), mask)

    np.testing.assert_allclose(session_vwap(candles), day_by_day(candles), rtol=1e-12)


def test_session_vwap_of_a_whole_first_day_is_known() -> None:
    """A history that starts at 00:00 is known from its first candle."""
    from_midnight = CANDLES[19:]

    assert from_midnight.open_time[0] % DAY_MS == 0
    assert np.isfinite(session_vwap(from_midnight)).all()
    assert len(session_vwap(CANDLES[:0])) == 0
