"""What fills make of the row of a trade."""

from collections.abc import Mapping
from decimal import Decimal, localcontext

from msgspec.structs import replace

from tradingbot.journal.rows import ZERO, FillRow, TradeRow

_DIGITS = 60  # a price of 20 digits times a quantity of 20, a million times over


def new_trade(fill: FillRow, lane: str) -> TradeRow:
    """The row of a position that this fill opens."""
    return TradeRow(entry=fill.entry, trade=fill.trade, lane=lane, symbol=fill.symbol, opened_at=fill.traded_at)


def after_fill(trade: TradeRow, fill: FillRow) -> TradeRow:
    """The row with the fill in it, exactly."""
    with localcontext(prec=_DIGITS):
        value = fill.price * fill.quantity
        paid = _with(trade.commissions, fill.commission_asset, fill.commission)
        if fill.side == "BUY":
            bought, bought_value = trade.bought + fill.quantity, trade.bought_value + value
            return replace(trade, entry=fill.entry, commissions=paid, bought=bought, bought_value=bought_value)
        sold, sold_value = trade.sold + fill.quantity, trade.sold_value + value
        return replace(trade, entry=fill.entry, commissions=paid, sold=sold, sold_value=sold_value)


def _with(commissions: Mapping[str, Decimal], asset: str, amount: Decimal) -> Mapping[str, Decimal]:
    return dict(sorted({**commissions, asset: commissions.get(asset, ZERO) + amount}.items()))
