"""The only code that changes money."""

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account, Lane
from tradingbot.engine.match import BUY, Fill


@compiled
def apply_fill(account: Account, lane: Lane, fill: Fill) -> None:
    """Book a fill: cash, position, costs."""
    value = fill.quantity * fill.price
    if fill.side == BUY:
        account.cash -= value + fill.fee
        lane.quantity += fill.quantity
        lane.bought += fill.quantity
        lane.cost += value
        lane.average = lane.cost / lane.bought
    else:
        account.cash += value - fill.fee
        lane.quantity -= fill.quantity
        lane.sold += fill.quantity
        lane.proceeds += value
    lane.trade_fees += fill.fee
    lane.trade_slippage += fill.slippage
    account.turnover += value
    account.fees += fill.fee
    account.slippage += fill.slippage
