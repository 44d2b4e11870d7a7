"""Rate limits: calendar-aligned counts, 429, bans that grow, unfilled orders."""

from decimal import Decimal
from typing import Any

import pytest

from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS
from tradingbot.exchange.errors import Banned, RateLimited, TooManyOrders
from tradingbot.exchange.events import OrderEvent
from tradingbot.exchange.orders import ExecutionType, Fill, OrderReport, OrderStatus, OrderType, Side
from tradingbot.exchange.replay.gate.limits import Limits, LimitSettings

NOW = 1_790_000_040_000  # a whole minute
HERE = "127.0.0.1"


def counts(limits: Limits, now: int = NOW) -> list[int]:
    """Unfilled orders of ten seconds and of the day."""
    return [row["count"] for row in limits.order_counts(now)]


def fill(executed: str, quantity: str, *, is_maker: bool) -> OrderEvent:
    """A trade of an order that then has executed so much."""
    common: dict[str, Any] = {"symbol": "BTCUSDT", "side": Side.BUY, "order_id": 1}
    return OrderEvent(
        execution=ExecutionType.TRADE,
        execution_id=1,
        time=NOW,
        report=OrderReport(
            **common,
            client_order_id="a",
            type=OrderType.LIMIT,
            status=OrderStatus.PARTIALLY_FILLED,
            quantity=Decimal(9),
            executed_quantity=Decimal(executed),
            executed_value=Decimal(executed),
            updated_at=NOW,
        ),
        fill=Fill(
            **common,
            trade_id=1,
            price=Decimal(1),
            quantity=Decimal(quantity),
            commission=Decimal(0),
            commission_asset="BTC",
            time=NOW,
            is_maker=is_maker,
        ),
    )


def test_weight_is_counted_by_address_and_minute() -> None:
    """And forgotten at the full minute, not sixty seconds later."""
    limits = Limits(LimitSettings())
    limits.request(HERE, 20, NOW + MINUTE_MS - 1)
    limits.request("192.0.2.1", 5, NOW + MINUTE_MS - 1)

    assert [limits.used_weight(one, NOW + MINUTE_MS - 1) for one in (HERE, "192.0.2.1")] == [20, 5]
    assert limits.used_weight(HERE, NOW + MINUTE_MS) == 0


def test_too_much_weight_is_refused_until_the_next_minute() -> None:
    """With the moment at which it ends, in Binance's words."""
    limits = Limits(LimitSettings(weight=10))
    limits.request(HERE, 10, NOW)
    with pytest.raises(RateLimited, match="current limit is 10 request weight per 1 MINUTE") as caught:
        limits.request(HERE, 1, NOW + 500)

    assert (caught.value.status, caught.value.code, caught.value.retry_at) == (429, -1003, NOW + MINUTE_MS)
    limits.request("192.0.2.1", 1, NOW + 500)
    limits.request(HERE, 1, NOW + MINUTE_MS)


def ban(limits: Limits, now: int) -> Banned:
    """Ignore 429 until it is a ban."""
    for _ in range(100):
        try:
            limits.request(HERE, 1, now)
        except Banned as error:
            return error
        except RateLimited:
            continue
    raise AssertionError("never banned")


def test_ignoring_429_is_a_ban_that_grows() -> None:
    """Two minutes, then four, at most three days; while it lasts nothing is answered."""
    limits = Limits(LimitSettings(weight=0, patience=3))
    first = ban(limits, NOW)
    assert (first.status, first.code, first.retry_at) == (418, -1003, NOW + 2 * MINUTE_MS)
    assert f"IP banned until {NOW + 2 * MINUTE_MS}" in first.message
    with pytest.raises(Banned):
        limits.check_ban(HERE, NOW + 2 * MINUTE_MS - 1)
    limits.check_ban(HERE, NOW + 2 * MINUTE_MS)

    later = NOW + 3 * MINUTE_MS
    assert ban(limits, later).retry_at == later + 4 * MINUTE_MS
    for number in range(1, 20):
        length = (ban(limits, NOW + number * 4 * DAY_MS).retry_at or 0) - (NOW + number * 4 * DAY_MS)
    assert length == 3 * DAY_MS


def test_raw_requests_are_limited_too() -> None:
    """Whatever they weigh."""
    limits = Limits(LimitSettings(raw_requests=1))
    limits.request(HERE, 0, NOW)
    with pytest.raises(RateLimited, match="1 requests per 5 MINUTE"):
        limits.request(HERE, 0, NOW)


def test_a_successful_order_gives_its_weight_back() -> None:
    """But not below nothing, where the minute has passed meanwhile."""
    limits = Limits(LimitSettings())
    limits.request(HERE, 1, NOW)
    limits.refund(HERE, 1, NOW)
    limits.refund(HERE, 1, NOW + MINUTE_MS)

    assert [limits.used_weight(HERE, NOW + wait) for wait in (0, MINUTE_MS)] == [0, 0]


def test_unfilled_orders_are_limited_by_ten_seconds_and_by_day() -> None:
    """In Binance's words, with the end of the interval that is full."""
    limits = Limits(LimitSettings(orders_10s=2, orders_day=3))
    limits.add_orders(2, NOW)
    with pytest.raises(TooManyOrders, match="current limit is 2 orders per 10 SECOND") as caught:
        limits.check_orders(1, NOW + 9_999)
    assert (caught.value.status, caught.value.code, caught.value.retry_at) == (429, -1015, NOW + 10_000)

    limits.check_orders(1, NOW + 10_000)
    with pytest.raises(TooManyOrders, match="3 orders per 1 DAY"):
        limits.check_orders(2, NOW + 10_000)
    limits.check_orders(0, NOW)


@pytest.mark.parametrize(("is_maker", "left"), [(False, 9), (True, 5)])
def test_the_first_fill_of_an_order_lowers_the_count(is_maker: bool, left: int) -> None:
    """By one for a taker, by five for a maker; later fills do not."""
    limits = Limits(LimitSettings())
    limits.add_orders(10, NOW)
    limits.account(fill("1", "1", is_maker=is_maker), NOW)
    limits.account(fill("2", "1", is_maker=is_maker), NOW)

    assert counts(limits) == [left, left]


def test_connection_attempts_are_limited_unless_switched_off() -> None:
    """In five minutes of an address."""
    limited, free = Limits(LimitSettings(connections=2)), Limits(LimitSettings(connections=None))

    assert [limited.connect(HERE, NOW) for _ in range(3)] == [True, True, False]
    assert limited.connect(HERE, NOW + 5 * MINUTE_MS)
    assert all(free.connect(HERE, NOW) for _ in range(1_000))


def test_rules_are_listed_as_exchange_info_has_them() -> None:
    """Kind, interval and limit, without a count."""
    assert [tuple(row.values()) for row in Limits(LimitSettings()).rules()] == [
        ("REQUEST_WEIGHT", "MINUTE", 1, 6_000),
        ("ORDERS", "SECOND", 10, 100),
        ("ORDERS", "DAY", 1, 200_000),
        ("RAW_REQUESTS", "MINUTE", 5, 300_000),
    ]


def test_a_request_that_took_into_the_next_minute_takes_nothing_off_it() -> None:
    """A late order that costs no weight was counted in the minute before; what was counted since stays."""
    limits = Limits(LimitSettings())
    limits.request(HERE, 1, NOW - 1)
    limits.request(HERE, 20, NOW)
    limits.refund(HERE, 1, NOW - 1)

    assert (limits.used_weight(HERE, NOW), limits.used_weight(HERE, NOW - 1)) == (20, 0)
