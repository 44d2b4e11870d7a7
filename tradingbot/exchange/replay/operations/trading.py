"""Every operation that trades."""

from collections.abc import Sequence

from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.operations import trading_lists, trading_orders, trading_replace
from tradingbot.exchange.replay.world import World

OPERATIONS: Sequence[Operation[World]] = (
    *trading_orders.OPERATIONS,
    *trading_replace.OPERATIONS,
    *trading_lists.OPERATIONS,
)
