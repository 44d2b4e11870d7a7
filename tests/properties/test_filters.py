"""The filters hold for every order: what they pass is within the rules, what they refuse is not."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.support.instruments import filters, instrument
from tradingbot.domain.filters import SymbolFilters, floor_to_step
from tradingbot.exchange.errors import FilterRefused
from tradingbot.exchange.instrument_files import check_instrument, instrument_of
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import NewOrder, OrderType, Side, TimeInForce
from tradingbot.exchange.simulated.filters import MarketView, check_filters

BTC = instrument("BTC")
VIEW = MarketView(last=Decimal(100), average=Decimal(100))

prices = st.decimals(Decimal("0.00000001"), Decimal(2_000_000), places=8)
quantities = st.decimals(Decimal("0.00000001"), Decimal(20_000), places=8)
sides = st.sampled_from(Side)
steps = st.integers(0, 8).map(lambda digits: Decimal(1).scaleb(-digits))


def _limit(side: Side, quantity: Decimal, price: Decimal) -> NewOrder:
    return NewOrder(
        symbol="BTCUSDT",
        side=side,
        type=OrderType.LIMIT,
        client_order_id="one",
        quantity=quantity,
        price=price,
        time_in_force=TimeInForce.GTC,
    )


orders = st.builds(_limit, sides, quantities, prices)


def _passes(rules: Instrument, placed: NewOrder) -> bool:
    try:
        check_filters(rules, placed, VIEW)
    except FilterRefused:
        return False
    return True


def _within_the_rules(placed: NewOrder) -> bool:
    price, quantity = placed.price or Decimal(0), placed.quantity or Decimal(0)
    return (
        price % Decimal("0.01") == 0
        and Decimal("0.01") <= price <= 1_000_000
        and quantity % Decimal("0.00001") == 0
        and Decimal("0.00001") <= quantity <= 9_000
        and 20 <= price <= 500
        and 5 <= price * quantity <= 9_000_000
    )


@given(orders)
def test_an_order_passes_exactly_where_it_keeps_the_rules(placed: NewOrder) -> None:
    """Held against the rules of the symbol written out by hand."""
    assert _passes(BTC, placed) == _within_the_rules(placed)


@given(st.integers(2_000, 50_000), st.integers(2_000, 900_000_000), sides)
def test_every_order_on_the_grid_passes(ticks: int, quanta: int, side: Side) -> None:
    """A price and a quantity on the steps, within value and range, are never refused."""
    price, quantity = ticks * Decimal("0.01"), quanta * Decimal("0.00001")

    assert _passes(BTC, _limit(side, quantity, price)) == (5 <= price * quantity <= 9_000_000)


@given(orders, st.permutations(filters("0.00001000")))
def test_the_order_of_the_filters_changes_no_judgement(placed: NewOrder, rules: list[dict[str, object]]) -> None:
    """Only which of them speaks first."""
    assert _passes(BTC, placed) == _passes(instrument("BTC", filters=tuple(rules)), placed)


@given(steps, steps, st.decimals(Decimal(1), Decimal(100), places=2), quantities)
def test_a_quantity_floored_by_our_own_rules_passes_the_exchange(
    tick: Decimal, step: Decimal, min_notional: Decimal, wanted: Decimal
) -> None:
    """`SymbolFilters`, which the backtest trades by, and the filters made of it say the same."""
    rules = SymbolFilters(
        symbol="BTCUSDT",
        tick_size=tick,
        step_size=step,
        min_qty=step,
        max_qty=Decimal(9_000),
        min_notional=min_notional,
        bid_multiplier_up=Decimal(5),
        bid_multiplier_down=Decimal("0.2"),
        ask_multiplier_up=Decimal(5),
        ask_multiplier_down=Decimal("0.2"),
        as_of=0,
        source="a test",
    )
    made = instrument_of("BTCUSDT", rules)
    check_instrument(made, "a test")
    quantity, price = rules.quantity(wanted), floor_to_step(Decimal(100), tick)

    if quantity:
        assert _passes(made, _limit(Side.BUY, quantity, price)) == (quantity * price >= min_notional)
