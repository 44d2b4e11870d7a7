"""The comparison that decides which peers count."""

import pytest

from benchmarks.agreement import share
from benchmarks.peers.harness import Trades, pack


def trades(exit_price: float = 110.0, last_exit: int = 9) -> Trades:
    """Two trades of one row."""
    return pack([0, 0], [1, 6], [4, last_exit], [100.0, 100.0], [exit_price, 90.0], [0.1, -0.1])


def test_the_same_trades_agree() -> None:
    """Equal trades are all there is."""
    assert share(trades(), trades(), bars=10) == 1.0


def test_another_price_is_another_trade() -> None:
    """A price that is off by a millionth does not count as equal."""
    assert share(trades(exit_price=110.0001), trades(), bars=10) == pytest.approx(0.5)


def test_a_trade_that_only_one_engine_made_counts_against_agreement() -> None:
    """One common trade of the three that either made."""
    assert share(trades(last_exit=8), trades(), bars=10) == pytest.approx(1 / 3)


def test_the_reference_is_cut_to_the_bars_of_the_other() -> None:
    """An engine that saw eight bars is not blamed for a trade of the ninth."""
    assert share(trades()[:1], trades(), bars=8) == 1.0


def test_no_trades_on_either_side_agree() -> None:
    """Two engines that did nothing did the same."""
    assert share(trades()[:0], trades(), bars=1) == 1.0
