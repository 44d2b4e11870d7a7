"""Whatever is asked of the account, the answer is JSON or a refusal in the exchange's own words."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.support.account import LIMIT, OCO, OPERATIONS, Desk
from tradingbot.exchange.errors import ExchangeError, ReplaceFailed

_NAMES = (
    *LIMIT,
    *OCO,
    *("symbol", "orderId", "origClientOrderId", "newClientOrderId", "quoteOrderQty", "stopPrice", "trailingDelta"),
    *("icebergQty", "strategyType", "newOrderRespType", "selfTradePreventionMode", "cancelRestrictions", "newQty"),
    *("cancelReplaceMode", "cancelOrderId", "orderListId", "listClientOrderId", "fromId", "startTime", "endTime"),
    *("limit", "omitZeroBalances", "computeCommissionRates", "preventedMatchId", "workingType", "workingSide"),
    *("workingPrice", "workingQuantity", "pendingType", "pendingSide", "pendingQuantity", "pendingAboveType"),
    *("pendingBelowType", "belowTrailingDelta", "limitClientOrderId", "stopLimitPrice", "colour"),
)
_WORDS = (
    *("BTCUSDT", "ETHUSDT", "BUY", "SELL", "LIMIT", "MARKET", "LIMIT_MAKER", "STOP_LOSS", "STOP_LOSS_LIMIT"),
    *("TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "GTC", "IOC", "FOK", "ACK", "FULL", "DECREMENT", "EXPIRE_BOTH", "ONLY_NEW"),
    *("STOP_ON_FAILURE", "ALLOW_FAILURE", "true", "0", "1", "2", "0.001", "5", "90", "110", "1e5", "-1", "9" * 25),
)
Request = tuple[tuple[str, str], dict[str, str | int], dict[str, str]]

_values = st.sampled_from(_WORDS) | st.text(max_size=8)
_requests = st.tuples(
    st.sampled_from(sorted(OPERATIONS)),
    st.sampled_from([{}, LIMIT, OCO]),
    st.dictionaries(st.sampled_from(_NAMES), _values, max_size=8),
)


def _ask(desk: Desk, verb: str, path: str, params: dict[str, str | int]) -> ExchangeError | None:
    """The refusal, None where it was answered with JSON."""
    try:
        answer = desk.ask(verb, path.removeprefix("/api/v3/"), **params)
    except ExchangeError as error:
        return error
    msgspec.json.encode(answer)
    return None


@given(st.lists(_requests, min_size=1, max_size=12))
def test_every_request_is_answered_or_refused(requests: list[Request]) -> None:
    """No request breaks the exchange, and a refused one leaves the balances as they were."""
    desk = Desk()
    for (verb, path), base, changes in requests:
        before = desk.watched.exchange.balances()
        error = _ask(desk, verb, path, {**base, **changes})
        if error and not isinstance(error, ReplaceFailed):
            assert all((error.code, error.message, error.status))
            assert before == desk.watched.exchange.balances()
