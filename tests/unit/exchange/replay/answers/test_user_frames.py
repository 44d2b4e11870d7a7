"""Events of the user stream, key by key, held against the examples of the exchange's documentation."""

from decimal import Decimal
from typing import Any

from tests.support.account import OCO, Desk
from tests.support.simulated import SELL, limit, market
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.events import ListEvent, OrderEvent, StreamLost
from tradingbot.exchange.replay.answers.user_frames import user_frame

ALWAYS = {
    "e": str,
    "E": int,
    "s": str,
    "c": str,
    "S": str,
    "o": str,
    "f": str,
    "q": str,
    "p": str,
    "P": str,
    "F": str,
    "g": int,
    "C": str,
    "x": str,
    "X": str,
    "r": str,
    "i": int,
    "l": str,
    "z": str,
    "L": str,
    "n": str,
    "N": type(None),
    "T": int,
    "t": int,
    "I": int,
    "w": bool,
    "m": bool,
    "M": bool,
    "O": int,
    "Z": str,
    "Y": str,
    "Q": str,
    "V": str,
}
WORKING = {**ALWAYS, "W": int}


def _types(frame: dict[str, Any]) -> dict[str, type]:
    return {key: type(value) for key, value in frame.items()}


def _frames(desk: Desk) -> list[dict[str, Any]]:
    return [frame for frame in map(user_frame, desk.watched.told) if frame]


def _reports(desk: Desk) -> list[dict[str, Any]]:
    return [frame for frame in _frames(desk) if frame["e"] == "executionReport"]


def test_a_new_order_has_the_keys_of_the_documentation() -> None:
    """No fill, no commission asset, on the book since it came."""
    desk = Desk()
    placed = desk.order(newClientOrderId="mine")
    (frame,) = _reports(desk)

    assert _types(frame) == WORKING
    assert tuple(frame[key] for key in ("x", "X", "r", "c", "C", "w")) == ("NEW", "NEW", "NONE", "mine", "", True)
    assert (placed["orderId"], -1, -1, "0", None) == tuple(frame[key] for key in ("i", "g", "t", "n", "N"))
    assert placed["workingTime"] == frame["W"] == frame["O"] == frame["T"]


def test_a_cancel_bears_its_own_id() -> None:
    """c is the id of the cancel, C that of the order; it is no longer on the book."""
    desk = Desk()
    desk.order(newClientOrderId="mine")
    desk.ask("DELETE", "order", origClientOrderId="mine", newClientOrderId="enough")
    frame = _reports(desk)[-1]

    assert tuple(frame[key] for key in ("x", "X", "c", "C", "w")) == ("CANCELED", "CANCELED", "enough", "mine", False)


def test_each_fill_is_a_report_of_its_own() -> None:
    """Quantities of the fill and so far, and the commission in the received asset."""
    desk = Desk(CostSettings(maker=0.001, taker=0.001, spread_bps=0.0, slippage_bps=0.0, impact=0.0))
    desk.watched.book([("99", "1"), ("98", "5")], [("101", "1")])
    desk.watched.place(market(SELL, 3))
    new, first, second = _reports(desk)

    assert [(frame["x"], frame["X"]) for frame in (new, first, second)] == [
        ("NEW", "NEW"),
        ("TRADE", "PARTIALLY_FILLED"),
        ("TRADE", "FILLED"),
    ]
    assert tuple(first[key] for key in "lLYnN") == ("1.00000000", "99.00000000", "99.00000000", "0.09900000", "USDT")
    assert tuple(second[key] for key in "lLYnN") == ("2.00000000", "98.00000000", "196.00000000", "0.19600000", "USDT")
    assert tuple(second[key] for key in "zZtmw") == ("3.00000000", "295.00000000", 2, False, False)
    assert new["I"] < first["I"] < second["I"]


def test_a_trailing_stop_of_a_strategy_has_four_keys_more() -> None:
    """d and D tell of the trailing, j and J of the strategy; without W it does not work yet."""
    desk = Desk()
    desk.order(
        type="STOP_LOSS",
        side="SELL",
        price="",
        timeInForce="",
        trailingDelta=100,
        strategyId=7,
        strategyType=1_000_001,
    )
    (frame,) = _reports(desk)

    assert {**ALWAYS, "d": int, "D": int, "j": int, "J": int} == _types(frame)
    assert tuple(frame[key] for key in "djJw") == (100, 7, 1_000_001, False)


def test_an_expiry_says_why() -> None:
    """eR, in the report that ends the order."""
    desk = Desk()
    desk.order(timeInForce="FOK")
    frame = _reports(desk)[-1]

    assert (frame["x"], frame["X"], frame["eR"]) == ("EXPIRED", "EXPIRED", "UNFILLED_FOK_ORDER_EXPIRED")


def test_a_prevented_match_is_told_in_full() -> None:
    """With whom, at which price, and how much of the order ended."""
    desk = Desk()
    desk.watched.book([("99", "5")], [("101", "5")])
    maker = desk.order(price="99.5")
    taker = desk.watched.place(limit(SELL, 2, "99.5"))
    frame = next(frame for frame in _reports(desk) if frame["x"] == "TRADE_PREVENTION")

    assert (maker["orderId"], "EXPIRED_IN_MATCH") == (frame["i"], frame["X"])
    assert {
        "v": 0,
        "A": "1.00000000",
        "B": "1.00000000",
        "u": 1,
        "U": taker.order_id,
        "Cs": "BTCUSDT",
        "pl": "1.00000000",
        "pL": "99.50000000",
        "pY": "99.50000000",
    } == {key: frame[key] for key in ("v", "A", "B", "u", "U", "Cs", "pl", "pL", "pY")}


def test_an_amended_order_is_replaced() -> None:
    """c is the new id, C the one until now."""
    desk = Desk()
    desk.order(newClientOrderId="mine", quantity="2")
    desk.ask("PUT", "order/amend/keepPriority", origClientOrderId="mine", newClientOrderId="less", newQty="1")
    frame = _reports(desk)[-1]

    assert tuple(frame[key] for key in ("x", "X", "c", "C", "q")) == ("REPLACED", "NEW", "less", "mine", "1.00000000")


def test_a_list_with_a_renamed_order_is_updated() -> None:
    """l says UPDATED, and the members have their new ids."""
    desk = Desk()
    placed = desk.ask("POST", "orderList/oco", **OCO)
    first = placed["orders"][0]["orderId"]
    desk.ask("PUT", "order/amend/keepPriority", orderId=str(first), newClientOrderId="less", newQty="0.5")
    frames = [frame for frame in _frames(desk) if frame["e"] == "listStatus"]

    assert [(frame["l"], frame["L"]) for frame in frames] == [("EXEC_STARTED", "EXECUTING"), ("UPDATED", "EXECUTING")]
    assert frames[1]["O"][0]["c"] == "less"


def test_balances_are_told_as_they_are_now() -> None:
    """Only those that may have changed."""
    desk = Desk()
    desk.order()
    frame = next(frame for frame in _frames(desk) if frame["e"] == "outboundAccountPosition")

    assert list(frame) == ["e", "E", "u", "B"]
    assert frame["B"] == [{"a": "USDT", "f": "9910.00000000", "l": "90.00000000"}]


def test_a_transfer_is_told_as_a_change() -> None:
    """balanceUpdate, and then the balances."""
    desk = Desk()
    desk.watched.exchange.transfer("USDT", Decimal("-2.5"), 1_800_000_000_123)
    update, position = _frames(desk)

    assert update == {
        "e": "balanceUpdate",
        "E": 1_800_000_000_123,
        "a": "USDT",
        "d": "-2.50000000",
        "T": 1_800_000_000_123,
    }
    assert position["e"] == "outboundAccountPosition"


def test_a_list_is_told_beside_its_orders() -> None:
    """Its status, and the ids of its members."""
    desk = Desk()
    placed = desk.ask("POST", "orderList/oco", **OCO)
    frame = next(frame for frame in _frames(desk) if frame["e"] == "listStatus")

    assert list(frame) == ["e", "E", "s", "g", "c", "l", "L", "r", "C", "T", "O"]
    assert ("OCO", "EXEC_STARTED", "EXECUTING", placed["orderListId"]) == tuple(frame[key] for key in "clLg")
    assert [one["orderId"] for one in placed["orders"]] == [one["i"] for one in frame["O"]]
    assert {type(event) for event in desk.watched.told} >= {ListEvent, OrderEvent}


def test_what_only_a_client_can_notice_is_not_sent() -> None:
    """The exchange does not know that a stream was lost."""
    assert user_frame(StreamLost(reason="cut", time=1)) is None
