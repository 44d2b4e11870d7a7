"""The frames of the market streams, as web-socket-streams.md of Binance's spot API words them. Times in ms."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tradingbot.exchange.replay.market.candles import (
    CLOSE,
    FIRST_ID,
    HIGH,
    LAST_ID,
    LOW,
    OPEN,
    OPEN_TIME,
    QUOTE,
    TAKER_BASE,
    TAKER_QUOTE,
    TRADES,
    VOLUME,
)
from tradingbot.exchange.replay.market.depth import Level, Pending, Top
from tradingbot.exchange.replay.market.forming import Candle
from tradingbot.exchange.replay.market.tape import PublicTrade

Json = dict[str, Any]


def text(number: float | Decimal) -> str:
    """A price or quantity with the exchange's eight decimals."""
    return f"{number:.8f}"


def levels(side: Sequence[Level]) -> list[list[str]]:
    """Levels of a book as pairs of text."""
    return [[text(price), text(quantity)] for price, quantity in side]


def trade_frame(symbol: str, trade: PublicTrade, now: int) -> Json:
    """<symbol>@trade."""
    price, quantity = text(trade.price), text(trade.quantity)
    identity = {"e": "trade", "E": now, "s": symbol, "t": trade.trade_id}
    return {**identity, "p": price, "q": quantity, "T": trade.time, "m": trade.buyer_is_maker, "M": True}


def aggregate_frame(symbol: str, trade: PublicTrade, now: int) -> Json:
    """<symbol>@aggTrade: each public trade is an aggregate of one."""
    return {"e": "aggTrade", "E": now, "s": symbol, **aggregate(trade)}


def aggregate(trade: PublicTrade) -> Json:
    """An aggregate trade, as a row of aggTrades."""
    number = trade.trade_id
    price, quantity = text(trade.price), text(trade.quantity)
    ids = {"f": number, "l": number}
    return {"a": number, "p": price, "q": quantity, **ids, "T": trade.time, "m": trade.buyer_is_maker, "M": True}


def kline_frame(symbol: str, interval: str, candle: Candle, end: int, now: int) -> Json:
    """<symbol>@kline_<interval>; `end` is the kline's exclusive end, and it is closed once that is past."""
    kline = {
        "t": int(candle[OPEN_TIME]),
        "T": end - 1,
        "s": symbol,
        "i": interval,
        "f": int(candle[FIRST_ID]),
        "L": int(candle[LAST_ID]),
        "o": text(candle[OPEN]),
        "c": text(candle[CLOSE]),
        "h": text(candle[HIGH]),
        "l": text(candle[LOW]),
        "v": text(candle[VOLUME]),
        "n": int(candle[TRADES]),
        "x": now >= end,
        "q": text(candle[QUOTE]),
        "V": text(candle[TAKER_BASE]),
        "Q": text(candle[TAKER_QUOTE]),
        "B": "0",
    }
    return {"e": "kline", "E": now, "s": symbol, "k": kline}


def diff_frame(symbol: str, pending: Pending, now: int) -> Json:
    """<symbol>@depth: what changed since the frame before."""
    bids, asks = levels(list(pending.bids.items())), levels(list(pending.asks.items()))
    return {"e": "depthUpdate", "E": now, "s": symbol, "U": pending.first, "u": pending.last, "b": bids, "a": asks}


def depth_answer(update_id: int, bids: Sequence[Level], asks: Sequence[Level]) -> Json:
    """<symbol>@depth5 and its like, and the answer to GET depth."""
    return {"lastUpdateId": update_id, "bids": levels(bids), "asks": levels(asks)}


def book_ticker_frame(symbol: str, top: Top) -> Json:
    """<symbol>@bookTicker, which states no time."""
    sides = {"b": text(top.bid[0]), "B": text(top.bid[1]), "a": text(top.ask[0]), "A": text(top.ask[1])}
    return {"u": top.update_id, "s": symbol, **sides}


def average_frame(symbol: str, average: Decimal, traded_at: int, now: int) -> Json:
    """<symbol>@avgPrice."""
    return {"e": "avgPrice", "E": now, "s": symbol, "i": "5m", "w": text(average), "T": traded_at}


def in_microseconds(payload: Any) -> Any:
    """A frame with its times in µs; the end of a kline or window, the last ms of it, becomes its last µs."""
    if isinstance(payload, list):
        return [in_microseconds(one) for one in payload]
    told = {key: value * 1000 if key in ("E", "T", "O") else value for key, value in payload.items()}
    if isinstance(payload.get("C"), int):
        told["C"] = payload["C"] * 1000
    if "k" in payload:
        kline = payload["k"]
        told["k"] = {**kline, "t": kline["t"] * 1000, "T": (kline["T"] + 1) * 1000 - 1}
    return told
