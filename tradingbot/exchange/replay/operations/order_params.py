"""An order out of the parameters of a request. What its type must and may have is judged where it is placed.

The legs of an order list have the same parameters under a prefix: `price` is `abovePrice` for the leg `above`.
Source: "Trading endpoints" of rest-api.md of Binance's spot API.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tradingbot.exchange.orders import NewOrder, OrderStatus, OrderType, SelfTradePrevention, Side, TimeInForce
from tradingbot.exchange.replay.answers.orders import ResponseType
from tradingbot.exchange.replay.params import Params, refusal, required
from tradingbot.exchange.simulated.admission import check_parameters

Names = Callable[[str], str]

_RESTRICTIONS = "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`."
_PEGGED = ("pegPriceType", "pegOffsetType", "pegOffsetValue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the orders of a request share."""

    symbol: str
    side: Side
    quantity: Decimal | None
    self_trade_prevention: SelfTradePrevention | None


def prefixed(prefix: str, exceptions: Mapping[str, str] | None = None) -> Names:
    """The names of a leg's parameters: `price` becomes `abovePrice`, but for those that have names of their own."""
    own = exceptions or {}
    return lambda plain: own.get(plain) or f"{prefix}{plain[0].upper()}{plain[1:]}"


def plain_name(name: str) -> str:
    """The names of the parameters of a single order."""
    return "newClientOrderId" if name == "clientOrderId" else name


def fresh_id() -> str:
    """A client id for what was given none: 22 characters, as the exchange makes them."""
    return secrets.token_urlsafe(16)


def client_id(params: Params, name: str = "newClientOrderId") -> str:
    """The id that was sent, else a fresh one; raises -1100."""
    return params.client_id(name) or fresh_id()


def side(params: Params, name: str = "side") -> Side:
    """BUY or SELL; raises -1102, -1117."""
    return required(name, params.choice(name, Side, -1117, "Invalid side."))


def order_type(params: Params, name: str = "type") -> OrderType:
    """The type; raises -1102, -1116."""
    return required(name, params.choice(name, OrderType, -1116, "Invalid orderType."))


def response_type(params: Params) -> ResponseType | None:
    """How much the answer shall say; None where nothing was asked for."""
    return params.choice("newOrderRespType", ResponseType)


def self_trade_prevention(params: Params) -> SelfTradePrevention | None:
    """The mode; None where none was sent, which is the symbol's."""
    return params.choice("selfTradePreventionMode", SelfTradePrevention)


def cancel_restriction(params: Params) -> OrderStatus | None:
    """The only status in which the order may be cancelled; None without restriction. Raises -1145."""
    found = params.optional("cancelRestrictions")
    allowed = {"ONLY_NEW": OrderStatus.NEW, "ONLY_PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED}
    if found is not None and found not in allowed:
        raise refusal(-1145, _RESTRICTIONS)
    return None if found is None else allowed[found]


def order_of(params: Params) -> NewOrder:
    """The order of `order`, `order/test` and `order/cancelReplace`; raises -1100 to -1117."""
    common = Common(
        symbol=params.symbol(),
        side=side(params),
        quantity=params.decimal("quantity"),
        self_trade_prevention=self_trade_prevention(params),
    )
    return leg(params, plain_name, order_type(params), common, params.decimal("quoteOrderQty"))


def list_leg(params: Params, names: Names, kind: OrderType, common: Common) -> NewOrder:
    """An order of a list; raises as `order_of`, -1102 and -1106 by its own names, and -1160 for a hidden IOC or FOK."""
    order = leg(params, names, kind, common)
    check_parameters(order, names)
    if order.iceberg_quantity and order.time_in_force not in (None, TimeInForce.GTC):
        name, where = names("icebergQty"), names("timeInForce")
        raise refusal(-1160, f"Parameter '{name}' is not supported if `{where}` is not GTC.")
    return order


def leg(
    params: Params, names: Names, kind: OrderType, common: Common, quote_quantity: Decimal | None = None
) -> NewOrder:
    """An order of this type from the parameters of these names."""
    if any(params.optional(names(plain)) is not None for plain in _PEGGED):
        raise refusal(-2010, "Pegged orders are not supported for this symbol.")
    return NewOrder(
        symbol=common.symbol,
        side=common.side,
        type=kind,
        client_order_id=client_id(params, names("clientOrderId")),
        quantity=common.quantity,
        quote_quantity=quote_quantity,
        price=params.decimal(names("price")),
        stop_price=params.decimal(names("stopPrice")),
        trailing_delta=params.integer(names("trailingDelta")),
        time_in_force=params.choice(names("timeInForce"), TimeInForce, -1115, "Invalid timeInForce."),
        iceberg_quantity=params.decimal(names("icebergQty")) or None,
        self_trade_prevention=common.self_trade_prevention,
        strategy_id=params.integer(names("strategyId")),
        strategy_type=params.integer(names("strategyType")),
    )
