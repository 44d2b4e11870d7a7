"""Whether an order may be placed at all: its parameters, what the symbol offers, the filters."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import (
    ZERO,
    NewOco,
    NewOrder,
    NewOrderList,
    NewOto,
    NewOtoco,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from tradingbot.exchange.simulated.filters import STOP_TYPES, TAKE_PROFIT_TYPES, is_algo
from tradingbot.exchange.simulated.refusals import CLOSED, UNSUPPORTED, refused


class _Rule(NamedTuple):
    """Which parameters a type must and may have, besides those of all orders."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


_WIRE = {
    "quantity": "quantity",
    "quote_quantity": "quoteOrderQty",
    "price": "price",
    "stop_price": "stopPrice",
    "trailing_delta": "trailingDelta",
    "time_in_force": "timeInForce",
    "iceberg_quantity": "icebergQty",
}
_STOP = ("stop_price", "trailing_delta")
_STOP_MARKET = _Rule(("quantity",), _STOP)
_STOP_LIMIT = _Rule(("time_in_force", "quantity", "price"), (*_STOP, "iceberg_quantity"))
_RULES: Mapping[OrderType, _Rule] = {
    OrderType.LIMIT: _Rule(("time_in_force", "quantity", "price"), ("iceberg_quantity",)),
    OrderType.MARKET: _Rule((), ("quantity", "quote_quantity")),
    OrderType.LIMIT_MAKER: _Rule(("quantity", "price"), ("iceberg_quantity",)),
    OrderType.STOP_LOSS: _STOP_MARKET,
    OrderType.TAKE_PROFIT: _STOP_MARKET,
    OrderType.STOP_LOSS_LIMIT: _STOP_LIMIT,
    OrderType.TAKE_PROFIT_LIMIT: _STOP_LIMIT,
}
_NAMES = {
    OrderType.MARKET: "Market",
    OrderType.STOP_LOSS: "Stop loss",
    OrderType.STOP_LOSS_LIMIT: "Stop loss limit",
    OrderType.TAKE_PROFIT: "Take profit",
    OrderType.TAKE_PROFIT_LIMIT: "Take profit limit",
}


def check_open(instrument: Instrument) -> None:
    """The symbol must be trading."""
    if instrument.status != "TRADING":
        raise refused(CLOSED)


def check_order(instrument: Instrument, order: NewOrder) -> None:
    """Parameters by type, and whether the symbol offers them; raises BadRequest or OrderRefused."""
    check_parameters(order)
    _check_numbers(order)
    _check_offered(instrument, order)


def prevention_of(instrument: Instrument, order: NewOrder) -> SelfTradePrevention:
    """The mode of an order, the symbol's default where it names none; raises BadRequest where it is not allowed."""
    if order.self_trade_prevention is None:
        return SelfTradePrevention(instrument.default_self_trade_prevention_mode)
    if order.self_trade_prevention not in instrument.allowed_self_trade_prevention_modes:
        raise refused("This symbol does not allow the specified self-trade prevention mode.", -1013)
    return order.self_trade_prevention


def check_list(instrument: Instrument, orders: NewOrderList) -> None:
    """What a list is made of; raises BadRequest or OrderRefused."""
    if not isinstance(orders, NewOto):
        if not instrument.oco_allowed:
            raise refused("OCO orders are not supported for this symbol")
        _check_pair(orders.above, orders.below)
    if not isinstance(orders, NewOco):
        if not instrument.oto_allowed:
            raise refused("OTO orders are not supported for this symbol")
        _check_working(orders)
    if any(order.symbol != orders.symbol for order in members_of(orders)):
        raise refused(f"{UNSUPPORTED}.", -1014)


def members_of(orders: NewOrderList) -> Sequence[NewOrder]:
    """The orders of a list, in the order in which they get their ids."""
    if isinstance(orders, NewOco):
        return (orders.above, orders.below)
    if isinstance(orders, NewOto):
        return (orders.working, orders.pending)
    return (orders.working, orders.above, orders.below)


def check_parameters(order: NewOrder, called: Callable[[str], str] = str) -> None:
    """What its type must and may have; raises BadRequest. `called` gives the names that a list has for parameters."""
    rule = _RULES[order.type]
    for name in rule.needs:
        if getattr(order, name) is None:
            what = called(_WIRE[name])
            raise refused(f"Mandatory parameter '{what}' was not sent, was empty/null, or malformed.", -1102)
    for name, wire in _WIRE.items():
        if getattr(order, name) is not None and name not in rule.needs and name not in rule.may:
            raise refused(f"Parameter '{called(wire)}' sent when not required.", -1106)
    if order.type is OrderType.MARKET:
        _check_either(order)
    if is_algo(order) and order.stop_price is None and order.trailing_delta is None:
        stop, trailing = called("stopPrice"), called("trailingDelta")
        raise refused(f"Param '{stop}' or '{trailing}' must be sent, but both were empty/null!", -1102)


def _check_either(order: NewOrder) -> None:
    if order.quantity is None and order.quote_quantity is None:
        raise refused("Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!", -1102)
    if order.quantity is not None and order.quote_quantity is not None:
        raise refused("Combination of optional parameters invalid.", -1128)


def _check_numbers(order: NewOrder) -> None:
    for name in ("quantity", "quote_quantity", "price", "stop_price"):
        value = getattr(order, name)
        if value is not None and not value > ZERO:
            raise refused(f"Invalid {_WIRE[name]}.", -1013)
    iceberg = order.iceberg_quantity
    if iceberg:
        if order.quantity is not None and iceberg >= order.quantity:
            raise refused("IcebergQty exceeds QTY.")
        if order.time_in_force not in (None, TimeInForce.GTC):
            raise refused(UNSUPPORTED)
    if order.strategy_type is not None and order.strategy_type < 1_000_000:
        raise refused("`strategyType` was less than 1000000.", -1134)


def _check_offered(instrument: Instrument, order: NewOrder) -> None:
    if order.type not in instrument.order_types:
        name = _NAMES.get(order.type)
        raise refused(f"{name} orders are not supported for this symbol." if name else UNSUPPORTED)
    if order.quote_quantity is not None and not instrument.quote_order_qty_market_allowed:
        raise refused("Quote order qty market orders are not support for this symbol.")
    if order.iceberg_quantity and not instrument.iceberg_allowed:
        raise refused("Iceberg orders are not supported for this symbol.")
    if order.trailing_delta is not None and not instrument.allow_trailing_stop:
        raise refused("Trailing stop orders are not supported for this symbol.")


_MISPLACED: Mapping[tuple[OrderType, Side], tuple[int, str]] = {
    (OrderType.LIMIT_MAKER, Side.BUY): (-1165, "A limit order in a buy OCO must be below."),
    (OrderType.LIMIT_MAKER, Side.SELL): (-1166, "A limit order in a sell OCO must be above."),
    (OrderType.STOP_LOSS, Side.BUY): (-1196, "A stop loss order in a buy OCO must be above."),
    (OrderType.STOP_LOSS, Side.SELL): (-1197, "A stop loss order in a sell OCO must be below."),
    (OrderType.TAKE_PROFIT, Side.BUY): (-1198, "A take profit order in a buy OCO must be below."),
    (OrderType.TAKE_PROFIT, Side.SELL): (-1199, "A take profit order in a sell OCO must be above."),
}


def _check_pair(above: NewOrder, below: NewOrder) -> None:
    if any(order.type in (OrderType.LIMIT, OrderType.MARKET) for order in (above, below)):
        raise refused("Order type not supported in OCO.", -1158)
    if above.type is OrderType.LIMIT_MAKER and below.type is OrderType.LIMIT_MAKER:
        raise refused("At least one OCO order must be contingent.", -1168)
    if above.side is not below.side or above.quantity != below.quantity:
        raise refused(f"{UNSUPPORTED}.", -1014)
    stop_leg, other_leg = (above, below) if above.side is Side.BUY else (below, above)
    if other_leg.type in STOP_TYPES:
        raise _misplaced(OrderType.STOP_LOSS, above.side)
    if stop_leg.type is OrderType.LIMIT_MAKER:
        raise _misplaced(OrderType.LIMIT_MAKER, above.side)
    if stop_leg.type in TAKE_PROFIT_TYPES:
        raise _misplaced(OrderType.TAKE_PROFIT, above.side)


def _check_working(orders: NewOto | NewOtoco) -> None:
    working = orders.working
    if working.type not in (OrderType.LIMIT, OrderType.LIMIT_MAKER):
        raise refused(f"{UNSUPPORTED}.", -1014)
    if isinstance(orders, NewOto) and orders.pending.quote_quantity is not None:
        raise refused(f"{UNSUPPORTED}.", -1014)


def _misplaced(kind: OrderType, side: Side) -> ExchangeError:
    code, text = _MISPLACED[kind, side]
    return refused(text, code)
