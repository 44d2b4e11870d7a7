"""What the core knows at a decision: one account record and one record a lane (a strategy on a symbol).

The records are rows of NumPy arrays, so that compiled code changes them in place; the protocols name their fields for
readers and for the type checker. Prices, values and money are in the quote currency, quantities in the base asset,
distances are fractions of a price, moments are milliseconds UTC.
"""

from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

_Array = TypeVar("_Array", bound=NDArray[Any])

NEVER = 2**62
"""A moment that does not come."""


class Style:
    """How long a lane holds; lanes of one style share risk settings and a record."""

    SCALP = 0
    DAY = 1
    SWING = 2


STYLE_NAMES = ("scalp", "day", "swing")


class Account(Protocol):
    """The shared account."""

    cash: float
    equity: float  # cash + positions and dust at the last price
    exposure: float  # value of positions at the last price
    peak: float  # highest equity so far
    max_drawdown: float  # largest fall from the peak so far, as a fraction
    day_open_equity: float  # equity at 00:00 UTC
    day_low: float  # lowest equity of the UTC day
    day_realised: float  # profit of the trades closed in the UTC day, after costs
    reserved: float  # cash promised to entry orders that have not filled
    turnover: float
    fees: float
    slippage: float
    entries_today: int
    positions: int  # lanes with a position or an entry order
    next_order_time: int  # no entry order is sent before this moment
    orders: int  # lanes with an order for the next candle; at least one when positive
    expected_seen: int  # expected values remembered so far
    dusty: bool  # some asset is left that cannot be sold
    halted: bool  # latch: drawdown limit, released by a person
    day_blocked: bool  # latch: daily loss limit, released at the next 00:00 UTC
    emergency: bool  # latch: emergency stop
    error_storm: bool  # latch: too many rejected or unknown orders


class Lane(Protocol):
    """A strategy on a symbol: its settings, its position and its orders."""

    symbol: int  # row of the market
    style: int
    atr_row: int  # row of the volatility series
    tick_size: float  # of the symbol's prices; 0: not known
    timeframe_ms: int
    max_hold_ms: int
    min_stop: float
    max_stop: float
    atr_multiple: float
    reward_risk: float
    # position
    quantity: float
    average: float  # average entry price, slippage included
    stop: float  # 0: none
    target: float  # inf: none
    stop_distance: float  # of the entry, a fraction; 0: none
    target_distance: float  # of the entry, a fraction; inf: none
    highest: float  # highest high since the entry
    lowest: float  # lowest low since the entry
    trailing: bool  # the stop has left its first place
    entry_index: int
    expires: int
    probability: float  # latest forecast; NaN: unknown
    # orders
    entry_value: float  # quote value still to be bought; 0: no entry order
    exit_reason: int  # > 0: the whole position is being sold
    cooldown_until: int
    # the trade so far
    bought: float
    cost: float
    sold: float
    proceeds: float
    trade_fees: float
    trade_slippage: float
    gap_loss: float
    equity_at_entry: float
    big_win: bool


ACCOUNT = np.dtype(
    [
        *(
            (name, "f8")
            for name in ("cash", "equity", "exposure", "peak", "max_drawdown", "day_open_equity", "day_low")
        ),
        *((name, "f8") for name in ("day_realised", "reserved", "turnover", "fees", "slippage")),
        *((name, "i8") for name in ("entries_today", "positions", "next_order_time", "orders", "expected_seen")),
        *((name, "?") for name in ("halted", "day_blocked", "emergency", "error_storm", "dusty")),
    ],
    align=True,
)

LANE = np.dtype(
    [
        *((name, "i8") for name in ("symbol", "style", "atr_row", "timeframe_ms", "max_hold_ms")),
        *((name, "f8") for name in ("tick_size", "min_stop", "max_stop", "atr_multiple", "reward_risk")),
        *((name, "f8") for name in ("quantity", "average", "stop", "target", "stop_distance", "target_distance")),
        *((name, "f8") for name in ("highest", "lowest", "probability", "entry_value")),
        *((name, "i8") for name in ("entry_index", "expires", "exit_reason", "cooldown_until")),
        *((name, "f8") for name in ("bought", "cost", "sold", "proceeds", "trade_fees", "trade_slippage")),
        *((name, "f8") for name in ("gap_loss", "equity_at_entry")),
        ("trailing", "?"),
        ("big_win", "?"),
    ],
    align=True,
)

SYMBOL = np.dtype(
    [
        ("price", "f8"),  # last price, 0 before the first
        ("traded", "f8"),  # quote value filled in the candle `traded_in`
        ("dust", "f8"),  # base asset that cannot be sold
        ("traded_in", "i8"),
    ],
    align=True,
)

Records = np.recarray[Any, np.dtype[Any]]


def records(count: int, dtype: np.dtype[Any]) -> Records:
    """`count` zeroed records whose rows have attributes, compiled or not."""
    return np.zeros(count, dtype).view(np.recarray)


def new_account(cash: float) -> Records:
    """One account record that holds only cash."""
    account = records(1, ACCOUNT)
    for name in ("cash", "equity", "peak", "day_open_equity", "day_low"):
        account[name] = cash
    return account


def frozen(array: _Array) -> _Array:
    """A contiguous read-only view: the core's inputs cannot be changed, and have one compiled type."""
    view = (array if array.flags.c_contiguous else array.copy()).view()
    view.flags.writeable = False
    return view


class Bar(NamedTuple):
    """One candle of the base clock; NaN prices where the exchange has none."""

    open: float
    high: float
    low: float
    close: float
    quote_volume: float
