"""Requests that are right but for something, so that they come far before they fail."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.transport.server import OPERATIONS
from tradingbot.exchange.replay.world import World

Request = tuple[Operation[World], Mapping[str, str]]


def given(text: str) -> Mapping[str, str]:
    """Parameters written as `name=value name=value`."""
    return dict(one.split("=", 1) for one in text.split())


def one_of(text: str) -> st.SearchStrategy[str]:
    """One of these words."""
    return st.sampled_from(text.split())


_ORDERS = [
    "side=BUY type=LIMIT timeInForce=GTC quantity=0.001 price=49000",
    "side=SELL type=LIMIT timeInForce=IOC quantity=0.001 price=49000",
    "side=BUY type=MARKET quantity=0.001",
    "side=SELL type=MARKET quoteOrderQty=50",
    "side=SELL type=LIMIT_MAKER quantity=0.001 price=55000 newOrderRespType=FULL",
    "side=SELL type=STOP_LOSS_LIMIT timeInForce=GTC quantity=0.001 price=45000 stopPrice=45100",
    "side=SELL type=STOP_LOSS quantity=0.001 trailingDelta=100",
    "side=BUY type=TAKE_PROFIT quantity=0.001 stopPrice=45000",
    "side=SELL type=TAKE_PROFIT_LIMIT timeInForce=GTC quantity=0.001 price=55000 stopPrice=55000",
]
_PAIR = "aboveType=LIMIT_MAKER abovePrice=55000 belowType=STOP_LOSS belowStopPrice=45000"
_WORKING = "workingType=LIMIT workingSide=BUY workingPrice=49000 workingTimeInForce=GTC workingQuantity=0.001"
_PENDING = "pendingType=MARKET pendingSide=SELL"
_PENDING_PAIR = (
    "pendingSide=SELL pendingAboveType=LIMIT_MAKER pendingAbovePrice=55000 pendingBelowType=STOP_LOSS "
    "pendingBelowStopPrice=45000"
)
_WINDOW = ["", "limit=5", "startTime=1 endTime=2", "fromId=0", "orderId=1"]
_ONE_ORDER = ["orderId=1", "origClientOrderId=x", "orderId=1 origClientOrderId=x"]
_ONE_LIST = ["orderListId=0", "listClientOrderId=x"]
BASES: Mapping[str, Sequence[str]] = {
    "order.place": _ORDERS,
    "order.test": _ORDERS,
    "order.status": _ONE_ORDER,
    "order.cancel": _ONE_ORDER,
    "order.cancelReplace": [f"{one} cancelReplaceMode=ALLOW_FAILURE cancelOrderId=1" for one in _ORDERS],
    "order.amend.keepPriority": ["orderId=1 newQty=0.0005"],
    "orderList.place.oco": [f"side=SELL quantity=0.001 {_PAIR}"],
    "orderList.place": ["side=SELL quantity=0.001 price=55000 stopPrice=45000"],
    "orderList.place.oto": [f"{_WORKING} {_PENDING} pendingQuantity=0.001"],
    "orderList.place.otoco": [f"{_WORKING} {_PENDING_PAIR} pendingQuantity=0.001"],
    "orderList.place.opo": [f"{_WORKING} {_PENDING}"],
    "orderList.place.opoco": [f"{_WORKING} {_PENDING_PAIR}"],
    "orderList.cancel": _ONE_LIST,
    "orderList.status": ["orderListId=0", "origClientOrderId=x"],
    "klines": ["interval=1m", "interval=1d limit=5 startTime=0", "interval=1M timeZone=5:45"],
    "allOrders": _WINDOW,
    "allOrderLists": _WINDOW,
    "myTrades": _WINDOW,
    "trades.aggregate": _WINDOW,
    "myPreventedMatches": ["orderId=1", "preventedMatchId=1"],
    "order.amendments": ["orderId=1"],
    "ticker": ["windowSize=1h", "windowSize=7d type=MINI"],
}

NUMBERS = (
    one_of("0 1 -1 0.001 0.01 1e5 NaN Infinity 50000 49000.01 51000 5.5 0.00000001 1. .5 01 +1 ٣")
    | st.integers(-(10**25), 10**25).map(str)
    | st.decimals(min_value=0, max_value=10**6, places=8).map(str)
)
WORDS = (
    one_of("BUY SELL GTC IOC FOK ACK RESULT FULL MINI true false LIMIT MARKET STOP_LOSS STOP_ON_FAILURE ONLY_NEW NONE")
    | one_of("BTCUSDT ETHUSDT btcusdt NOPE EXPIRE_TAKER CANCEL_ONLY HALT 1m 1M 7m -12:00 +14:00 99:99 [] [1] {")
    | st.sampled_from(
        ["", "a" * 37, '["BTCUSDT","ETHUSDT"]', '["NOPE"]', "\uff11\uff12\uff13", "a b", "%", "&", "\x00"]
    )
)
VALUES = NUMBERS | WORDS | st.text(max_size=40)
OTHER_NAMES = one_of(
    "symbol symbols limit fromId orderId startTime endTime recvWindow icebergQty stopPrice price quantity "
    "trailingDelta newClientOrderId listClientOrderId selfTradePreventionMode newOrderRespType strategyId strategyType "
    "timeInForce cancelRestrictions computeCommissionRates omitZeroBalances permissions symbolStatus windowSize "
    "type timestamp"
) | st.text(max_size=10)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """An operation with parameters it may take, of which some are spoiled, one is gone, or one is too many."""
    operation = draw(st.sampled_from(OPERATIONS))
    params = {"symbol": "BTCUSDT", **given(draw(st.sampled_from(BASES.get(operation.ws, [""]))))}
    for name in draw(st.lists(st.sampled_from(sorted(params)), max_size=1)):
        params[name] = draw(VALUES)
    if draw(st.sampled_from([False, False, True])):
        params.pop(draw(st.sampled_from(sorted(params))))
    return operation, params | draw(st.dictionaries(OTHER_NAMES, VALUES, max_size=1))


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
