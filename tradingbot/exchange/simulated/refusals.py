"""The refusals of the matching engine, in the exchange's own words."""

from tradingbot.exchange.errors import ExchangeError, typed

BALANCE = "Account has insufficient balance for requested action."
CLOSED = "Market is closed."
DUPLICATE = "Duplicate order sent."
NO_BOOK = "Order book liquidity is less than symbol minimum quantity."
PRICE_RELATION = "The relationship of the prices for the orders is not correct."
UNKNOWN = "Unknown order sent."
UNSUPPORTED = "Unsupported order combination"
WOULD_MATCH = "Order would immediately match and take."
WOULD_TRIGGER = "Order would trigger immediately."


def refused(message: str, code: int = -2010) -> ExchangeError:
    """The error for a refused order, cancel or amendment."""
    return typed(code, message, status=400, changes=True)


def unknown_symbol() -> ExchangeError:
    """-1121."""
    return typed(-1121, "Invalid symbol.", status=400, changes=False)


def not_found(message: str = "Order does not exist.", code: int = -2013) -> ExchangeError:
    """-2013 by default: a question about an order or list that is not there."""
    return typed(code, message, status=400, changes=False)
