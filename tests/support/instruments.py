"""Three symbols with every filter that the exchange states for them, and a market to start from."""

from decimal import Decimal
from typing import Any

from tradingbot.exchange.instruments import Instrument

BALANCES = {"USDT": Decimal(1_000_000), "BTC": Decimal(10), "BNB": Decimal(5)}
"""What every simulated account begins with."""


def instrument(base: str, *, step: str = "0.00001000", **changes: Any) -> Instrument:
    """A symbol against USDT with the filters of September 2026, in their order."""
    row: dict[str, Any] = {
        "symbol": f"{base}USDT",
        "status": "TRADING",
        "base_asset": base,
        "quote_asset": "USDT",
        "order_types": (
            "LIMIT",
            "LIMIT_MAKER",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
        ),
        "filters": filters(step),
    }
    return Instrument(**{**row, **changes})


def filters(step: str) -> tuple[dict[str, Any], ...]:
    """All that a symbol has."""
    return (
        {
            "filterType": "PRICE_FILTER",
            "minPrice": "0.01000000",
            "maxPrice": "1000000.00000000",
            "tickSize": "0.01000000",
        },
        {"filterType": "LOT_SIZE", "minQty": step, "maxQty": "9000.00000000", "stepSize": step},
        {"filterType": "ICEBERG_PARTS", "limit": 100},
        {"filterType": "MARKET_LOT_SIZE", "minQty": "0.00000000", "maxQty": "120.00000000", "stepSize": "0.00000000"},
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": 10,
            "maxTrailingAboveDelta": 2000,
            "minTrailingBelowDelta": 10,
            "maxTrailingBelowDelta": 2000,
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "5",
            "bidMultiplierDown": "0.2",
            "askMultiplierUp": "5",
            "askMultiplierDown": "0.2",
            "avgPriceMins": 5,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": "5.00000000",
            "applyMinToMarket": True,
            "maxNotional": "9000000.00000000",
            "applyMaxToMarket": False,
            "avgPriceMins": 5,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
        {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
    )


INSTRUMENTS = (instrument("BTC"), instrument("ETH", step="0.00010000"), instrument("BNB", step="0.00100000"))
