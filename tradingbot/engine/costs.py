"""What trading costs: `[costs]` of the configuration, and its three cases."""

from typing import Annotated

import msgspec

from tradingbot.domain.filters import SymbolFilters
from tradingbot.domain.state import Records, frozen, records
from tradingbot.domain.terms import TERMS
from tradingbot.engine.intrabar import PATH_DETAIL_THEN_STOP, PATH_DETAIL_THEN_TARGET, PATH_STOP_FIRST

Rate = Annotated[float, msgspec.Meta(ge=0.0, le=0.05)]
Bps = Annotated[float, msgspec.Meta(ge=0.0, le=500.0)]

BNB_DISCOUNT = 0.25
"""Binance's published discount on spot fees that are paid in BNB."""


class CostSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fees as fractions of the value, spread and slippage in hundredths of a percent."""

    maker: Rate = 0.001
    taker: Rate = 0.001
    pay_fees_in_bnb: bool = False
    spread_bps: Bps = 1.0  # never below one tick
    slippage_bps: Bps = 2.0
    impact: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.01  # x sqrt(order value / candle's quote volume)
    max_participation: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.10  # of a candle's volume; 0: no limit
    fees: dict[str, tuple[Rate, Rate]] = {}  # symbol -> (maker, taker), where the exchange has its own


class CostCase(msgspec.Struct, frozen=True):
    """How a case reads the uncertain costs: a factor on spread, slippage and impact, and the path in a candle."""

    factor: float
    path: int


COST_CASES = {
    "optimistic": CostCase(0.5, PATH_DETAIL_THEN_TARGET),
    "central": CostCase(1.0, PATH_DETAIL_THEN_STOP),
    "pessimistic": CostCase(2.0, PATH_STOP_FIRST),
}


def terms_table(
    symbols: list[str], costs: CostSettings, case: CostCase, filters: list[SymbolFilters | None]
) -> Records:
    """One TERMS row a symbol; filters that are not known are off."""
    table = records(len(symbols), TERMS)
    discount = 1.0 - BNB_DISCOUNT if costs.pay_fees_in_bnb else 1.0
    for number, symbol in enumerate(symbols):
        row, known = table[number], filters[number]
        maker, taker = costs.fees.get(symbol, (costs.maker, costs.taker))
        row.maker, row.taker = maker * discount, taker * discount
        row.half_spread = 0.5e-4 * costs.spread_bps * case.factor
        row.slippage = 1e-4 * costs.slippage_bps * case.factor
        row.impact = costs.impact * case.factor
        row.max_participation = costs.max_participation
        if known is not None:
            row.tick_size, row.step_size = float(known.tick_size), float(known.step_size)
            row.min_quantity, row.min_notional = float(known.min_qty), float(known.min_notional)
            row.percent_up, row.percent_down = float(known.ask_multiplier_up), float(known.ask_multiplier_down)
    return frozen(table)
