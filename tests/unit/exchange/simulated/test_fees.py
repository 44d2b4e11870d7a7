"""Commissions, and the core's records beside the ledger."""

from decimal import Decimal

import pytest

from tests.support.instruments import instrument
from tests.support.simulated import BUY, SELL, Watched, limit, market
from tradingbot.engine.costs import CostSettings

RATES = CostSettings(maker=0.001, taker=0.002, spread_bps=0.0, slippage_bps=0.0, impact=0.0, max_participation=0.0)
IN_BNB = CostSettings(
    maker=0.001,
    taker=0.002,
    pay_fees_in_bnb=True,
    spread_bps=0.0,
    slippage_bps=0.0,
    impact=0.0,
    max_participation=0.0,
)
ROWS = (instrument("BTC", step="0.001"), instrument("BNB", step="0.001"))


def world(costs: CostSettings = RATES, bnb: str = "1") -> Watched:
    """BTC at 100, BNB at 500."""
    made = Watched(costs, {"USDT": Decimal(10_000), "BTC": Decimal(10), "BNB": Decimal(bnb)}, ROWS)
    made.trade(500, symbol="BNBUSDT")
    made.trade(100)
    return made


def paid(made: Watched) -> list[tuple[Decimal, str]]:
    """The commissions so far."""
    return [(fill.commission, fill.commission_asset) for fill in made.exchange.fills("BTCUSDT")]


def test_a_commission_is_charged_in_what_was_received() -> None:
    """A purchase pays coins, a sale pays quote; a taker the taker's rate."""
    made = world()
    made.place(market(BUY, 1))
    made.place(market(SELL, 1))

    assert paid(made) == [(Decimal("0.002"), "BTC"), (Decimal("0.19998"), "USDT")]
    assert made.free("BTC") == Decimal("9.998")


def test_a_maker_pays_the_makers_rate() -> None:
    """0.001 of the coins."""
    made = world()
    made.place(limit(BUY, 1, 99))
    made.trade(98)

    assert paid(made) == [(Decimal("0.001"), "BTC")]


def test_a_symbol_may_have_its_own_rates() -> None:
    """ETH's are not BTC's."""
    costs = CostSettings(maker=0.001, taker=0.001, fees={"BTCUSDT": (0.0, 0.0005)})
    made = world(costs)

    assert made.exchange.commission("BTCUSDT").taker == Decimal("0.0005")
    assert made.exchange.commission("BNBUSDT").taker == Decimal("0.001")


def test_commissions_in_bnb_are_a_quarter_less() -> None:
    """0.002 x 0.75 of 100.01 are 0.150015 USDT, at 500 a BNB."""
    made = world(IN_BNB)
    made.place(market(BUY, 1))

    assert paid(made) == [(Decimal("0.00030003"), "BNB")]
    assert made.free("BTC") == 11
    assert made.exchange.commission("BTCUSDT").bnb_discount == Decimal("0.25")


def test_without_enough_bnb_the_whole_rate_is_paid_in_what_was_received() -> None:
    """0.0003 BNB are needed, 0.0001 are there."""
    made = world(IN_BNB, "0.0001")
    made.place(market(BUY, 1))

    assert paid(made) == [(Decimal("0.002"), "BTC")]


def test_without_a_price_of_bnb_nothing_is_paid_in_it() -> None:
    """Nobody knows what it is worth."""
    made = Watched(IN_BNB, {"USDT": Decimal(1_000), "BNB": Decimal(1)}, ROWS)
    made.trade(100)
    made.place(market(BUY, 1))

    assert paid(made)[0][1] == "BTC"


def test_a_commission_leaves_alone_what_the_rest_of_a_sale_of_bnb_needs() -> None:
    """All of the BNB is on sale, so the commission is taken from the quote received, and the rest can trade."""
    made = world(IN_BNB)
    made.exchange.book("BNBUSDT", [(Decimal(500), Decimal("0.5"))], [(Decimal(501), Decimal(1))], made.later())
    sale = made.place(limit(SELL, 1, 499, symbol="BNBUSDT"))

    assert (sale.executed_quantity, sale.fills[0].commission_asset) == (Decimal("0.5"), "USDT")
    assert made.locked("BNB") == Decimal("0.5")

    made.trade(500, symbol="BNBUSDT")

    assert made.look(sale).executed_quantity == 1


def test_where_bnb_is_the_quote_asset_it_pays_at_par() -> None:
    """0.001 x 0.75 of 20 BNB; the coins arrive whole."""
    row = instrument("BTC", step="0.001", symbol="BTCBNB", quote_asset="BNB")
    made = Watched(IN_BNB, {"BNB": Decimal(100)}, [row])
    made.trade(20, symbol="BTCBNB")
    purchase = made.place(limit(BUY, 1, 20, symbol="BTCBNB"))
    made.trade(19, symbol="BTCBNB")

    fill = made.exchange.fills("BTCBNB")[0]
    assert (fill.commission, fill.commission_asset) == (Decimal("0.015"), "BNB")
    assert (made.free("BTC"), made.free("BNB")) == (Decimal(1), Decimal("79.985"))
    assert made.look(purchase).executed_quantity == 1
    assert made.exchange.figures("BNB").cash == pytest.approx(79.985, abs=1e-9)


@pytest.mark.parametrize("costs", [RATES, IN_BNB])
def test_the_core_keeps_the_same_account(costs: CostSettings) -> None:
    """Cash is the quote balance, equity all there is at the last price, fees what was charged in quote's worth."""
    made = world(costs)
    made.place(market(BUY, 3))
    made.place(market(SELL, 2))
    made.exchange.transfer("USDT", Decimal(50), made.later())
    figures = made.exchange.figures("USDT")

    rate = 0.002 * (0.75 if costs.pay_fees_in_bnb else 1.0)
    turnover = 3 * 100.01 + 2 * 99.99
    assert figures.cash == pytest.approx(float(made.free("USDT")), abs=1e-9)
    worth = float(made.free("BTC") * 100 + made.free("BNB") * 500)
    assert figures.equity == pytest.approx(float(made.free("USDT")) + worth, abs=1e-9)
    assert figures.turnover == pytest.approx(turnover, abs=1e-9)
    assert figures.fees == pytest.approx(turnover * rate, abs=1e-6)
    assert figures.slippage == pytest.approx(5 * 0.01, abs=1e-9)
