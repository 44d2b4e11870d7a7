"""One candle as twelve numbers (`candles.OPEN_TIME` and so on) that trades and shorter candles are added to."""

from collections.abc import Sequence

from tradingbot.exchange.replay.market.candles import (
    CLOSE,
    FIRST_ID,
    HIGH,
    LAST_ID,
    LOW,
    OPEN_TIME,
    QUOTE,
    TAKER_BASE,
    TAKER_QUOTE,
    TRADES,
    VOLUME,
)
from tradingbot.exchange.replay.market.tape import PublicTrade

Candle = Sequence[float]


def of_trade(opened: int, trade: PublicTrade) -> list[float]:
    """The candle that a first trade opens."""
    price, value = trade.price, trade.price * trade.quantity
    taken = (0.0, 0.0) if trade.buyer_is_maker else (trade.quantity, value)
    number = trade.trade_id
    return [opened, price, price, price, price, trade.quantity, value, 1, *taken, number, number]


def add_trade(candle: list[float], trade: PublicTrade) -> None:
    """A later trade of the same candle."""
    price, value = trade.price, trade.price * trade.quantity
    candle[HIGH] = max(candle[HIGH], price)
    candle[LOW] = min(candle[LOW], price)
    candle[CLOSE] = price
    candle[VOLUME] += trade.quantity
    candle[QUOTE] += value
    candle[TRADES] += 1
    if not trade.buyer_is_maker:
        candle[TAKER_BASE] += trade.quantity
        candle[TAKER_QUOTE] += value
    candle[LAST_ID] = trade.trade_id


def merged(opened: int, first: Candle | None, second: Candle | None) -> list[float] | None:
    """Two candles, the earlier one first, as the one that opens at `opened`; None of neither."""
    if first is None or second is None:
        found = first or second
        return None if found is None else [opened, *found[OPEN_TIME + 1 :]]
    summed = [first[number] + second[number] for number in range(VOLUME, FIRST_ID)]
    high, low = max(first[HIGH], second[HIGH]), min(first[LOW], second[LOW])
    return [opened, first[1], high, low, second[CLOSE], *summed, first[FIRST_ID], second[LAST_ID]]
