"""The first order finds the core's rules loaded."""

import subprocess
import sys

PROGRAM = """
from decimal import Decimal
from tests.support.instruments import instrument
from tradingbot.engine.apply import apply_fill
from tradingbot.engine.match import match
from tradingbot.exchange.orders import NewOrder, OrderType, Side
from tradingbot.exchange.simulated.exchange import SimulatedExchange
from tradingbot.exchange.simulated.prepare import prepare
from tradingbot.engine.costs import CostSettings

prepare()
loaded = len(match.signatures), len(apply_fill.signatures)
exchange = SimulatedExchange([instrument("BTC")], {"USDT": Decimal(1000)}, CostSettings())
exchange.trade("BTCUSDT", Decimal(50_000), Decimal(100), 1)
order = NewOrder(
    symbol="BTCUSDT", side=Side.BUY, type=OrderType.MARKET, client_order_id="a", quantity=Decimal("0.01")
)
print(exchange.place(order, 2).status, loaded, (len(match.signatures), len(apply_fill.signatures)))
"""


def test_an_order_compiles_nothing_more() -> None:
    """In a process that has matched nothing before: one variant of each rule is loaded, and serves."""
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=True)

    assert told.stdout.strip() == "FILLED (1, 1) (1, 1)"
