"""Every question about the account."""

from collections.abc import Sequence

from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.operations import account_history, account_state
from tradingbot.exchange.replay.world import World

OPERATIONS: Sequence[Operation[World]] = (*account_state.OPERATIONS, *account_history.OPERATIONS)
