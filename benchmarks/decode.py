"""Frames decoded and applied: a bare struct decode, ours, and ccxt's own handlers, in one run.

`python -m benchmarks.decode` prints the table; `--write` writes it into DECODE.md.
"""

import argparse
import asyncio
import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter_ns
from typing import Any

import ccxt.pro
import msgspec
from ccxt.async_support.base.ws.client import json_parser
from msgspec import Struct

from benchmarks.report import table
from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.binance.book import LocalBook
from tradingbot.exchange.binance.candle_series import CandleSeries
from tradingbot.exchange.binance.feed import Feed, Follower
from tradingbot.exchange.binance.follow import Books, Tickers, Tops, Trades
from tradingbot.exchange.binance.frames import Depth
from tradingbot.exchange.binance.mailbox import Mailbox
from tradingbot.exchange.binance.outages import Outages
from tradingbot.exchange.events import MarketEvent
from tradingbot.exchange.streams import Stream, StreamKind

FRAMES = 2_000
SEED = 7
START = 1_700_000_000_000
BARE_GOAL, CCXT_GOAL = 2.0, 8.0

Json = dict[str, Any]
Run = Callable[[Sequence[str]], None]


def price(rng: Random) -> str:
    """Within 1 % of 60,000, as the exchange writes it."""
    return f"{60_000 + rng.randrange(2_000) / 100:.2f}000000"


def amount(rng: Random) -> str:
    """As the exchange writes it."""
    return f"{rng.randrange(1, 500_000) / 100_000:.5f}000"


# Made-up values in the documented layout: only the layout costs time.


def kline(rng: Random, number: int) -> Json:
    """A forming candle."""
    low, high = sorted((price(rng), price(rng)))
    candle = {"t": START, "T": START + 59_999, "s": "BTCUSDT", "i": "1m", "f": number, "L": number + 9, "o": low}
    candle |= {"c": high, "h": high, "l": low, "v": amount(rng), "n": 10, "x": False}
    candle |= {"q": price(rng), "V": amount(rng), "Q": price(rng), "B": "0"}
    return {"e": "kline", "E": START + number, "s": "BTCUSDT", "k": candle}


def trade(rng: Random, number: int) -> Json:
    """A public trade."""
    moment = {"E": START + number, "s": "BTCUSDT", "t": number, "p": price(rng), "q": amount(rng)}
    return {"e": "trade", **moment, "T": START + number, "m": number % 2 == 0, "M": True}


def book_ticker(rng: Random, number: int) -> Json:
    """A best bid and ask."""
    return {"u": number, "s": "BTCUSDT", "b": price(rng), "B": amount(rng), "a": price(rng), "A": amount(rng)}


def ticker(rng: Random, number: int) -> Json:
    """The last 24 hours."""
    prices = {key: price(rng) for key in "pPwxcbaohl"}
    amounts = {key: amount(rng) for key in "QBAvq"}
    moments = {"O": START - 86_400_000, "C": START, "F": 1, "L": 9, "n": 9}
    return {"e": "24hrTicker", "E": START + number, "s": "BTCUSDT", **prices, **amounts, **moments}


def levels(rng: Random, count: int, zeros: float) -> list[list[str]]:
    """Levels of one side, a share of them removed."""
    return [[price(rng), "0.00000000" if rng.random() < zeros else amount(rng)] for _ in range(count)]


def depth(rng: Random, number: int, count: int) -> Json:
    """An update of the book; half of the levels are removed, as in recorded ones."""
    sides = {"b": levels(rng, count, 0.5), "a": levels(rng, count, 0.5)}
    return {"e": "depthUpdate", "E": START + number, "s": "BTCUSDT", "U": number, "u": number, **sides}


def depth_20(rng: Random, number: int) -> Json:
    """20 + 20 levels."""
    return depth(rng, number, 20)


def depth_100(rng: Random, number: int) -> Json:
    """100 + 100 levels."""
    return depth(rng, number, 100)


def snapshot(rng: Random) -> Json:
    """1,000 + 1,000 levels."""
    return {"lastUpdateId": 0, "bids": levels(rng, 1_000, 0.0), "asks": levels(rng, 1_000, 0.0)}


def klines(rng: Random) -> list[list[Any]]:
    """1,000 candles."""
    rows = []
    for number in range(1_000):
        low, high = sorted((price(rng), price(rng)))
        opened = START + number * 60_000
        row = [opened, low, high, low, high, amount(rng), opened + 59_999, price(rng), 9, amount(rng), price(rng), "0"]
        rows.append(row)
    return rows


# The bare decode: every documented field, as the wire has it.


class BareKlineBody(Struct):
    t: int
    T: int
    s: str
    i: str
    f: int
    L: int
    o: str
    c: str
    h: str
    l: str  # noqa: E741  (the exchange's name)
    v: str
    n: int
    x: bool
    q: str
    V: str
    Q: str
    B: str


class BareKline(Struct):
    e: str
    E: int
    s: str
    k: BareKlineBody


class BareTrade(Struct):
    e: str
    E: int
    s: str
    t: int
    p: str
    q: str
    T: int
    m: bool
    M: bool


class BareBookTicker(Struct):
    u: int
    s: str
    b: str
    B: str
    a: str
    A: str


class BareTicker(Struct):
    e: str
    E: int
    s: str
    p: str
    P: str
    w: str
    x: str
    c: str
    Q: str
    b: str
    B: str
    a: str
    A: str
    o: str
    h: str
    l: str  # noqa: E741  (the exchange's name)
    v: str
    q: str
    O: int  # noqa: E741  (the exchange's name)
    C: int
    F: int
    L: int
    n: int


class BareDepth(Struct):
    e: str
    E: int
    s: str
    U: int
    u: int
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]
