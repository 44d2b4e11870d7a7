"""Free and locked, to the last unit."""

from decimal import Decimal

import pytest

from tests.support.simulated import d
from tradingbot.exchange.orders import Balance
from tradingbot.exchange.simulated.ledger import Ledger


def test_a_hold_moves_from_free_to_locked_and_back() -> None:
    """It replaces what the holder had locked before."""
    ledger = Ledger({"USDT": Decimal(10)})
    ledger.hold(1, "USDT", Decimal("3.00000001"))
    ledger.hold(2, "USDT", Decimal(2))
    ledger.hold(1, "USDT", Decimal(1))

    assert ledger.balance("USDT") == Balance("USDT", Decimal(7), Decimal(3))
    ledger.hold(1, "USDT", Decimal(0))
    assert (ledger.held(1), ledger.held(2), ledger.free("USDT")) == (d(0), d(2), d(8))


def test_what_is_not_free_can_be_neither_spent_nor_locked() -> None:
    """A fault of ours, not a refusal."""
    ledger = Ledger({"USDT": Decimal(1)})
    with pytest.raises(ArithmeticError, match="USDT"):
        ledger.add("USDT", Decimal(-2))
    with pytest.raises(ArithmeticError, match="USDT"):
        ledger.hold(1, "USDT", Decimal(2))

    assert ledger.balance("USDT") == Balance("USDT", Decimal(1), Decimal(0))


def test_changed_assets_are_told_once() -> None:
    """And an asset that is gone is no longer among the balances."""
    ledger = Ledger({"USDT": Decimal(1), "BTC": Decimal(2)})
    ledger.add("BTC", Decimal(-2))

    assert [one.asset for one in ledger.take_changed()] == ["BTC"]
    assert ledger.take_changed() == ()
    assert [one.asset for one in ledger.balances()] == ["USDT"]
