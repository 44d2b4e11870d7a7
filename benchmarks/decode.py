"""Frames decoded and applied: a bare struct decode, ours, and ccxt's own handlers, in one run.

`python -m benchmarks.decode` prints the table; `--write` writes it into DECODE.md.
"""

import argparse
import os
import platform
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from random import Random
from time import perf_counter_ns
from typing import Any

import ccxt.pro
import msgspec
from ccxt.async_support.base.ws.client import json_parser
from msgspec import Struct

from benchmarks.environments import HERE
from benchmarks.report import table
from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.binance.market.book import LocalBook
from tradingbot.exchange.binance.market.candle_series import CandleSeries
from tradingbot.exchange.binance.market.feed import Feed, Follower
from tradingbot.exchange.binance.market.follow import Books, Tickers, Tops, Trades
from tradingbot.exchange.binance.market.frames import Depth, DepthUpdate
from tradingbot.exchange.binance.market.market_data import columns
from tradingbot.exchange.binance.market.public_rest import decode_depth, decode_klines
from tradingbot.exchange.binance.wire.mailbox import Mailbox
from tradingbot.exchange.binance.wire.outages import Outages
from tradingbot.exchange.events import MarketEvent

FRAMES = 2_000
SEED = 7
START = 1_700_000_000_000
BARE_GOAL, CCXT_GOAL = 2.0, 8.0

Json = dict[str, Any]
Take = Callable[[str], object]  # one frame or answer, as text


def price(rng: Random) -> str:
    """Within 2,000 ticks above 60,000, as the exchange writes it."""
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


class BareSnapshot(Struct):
    lastUpdateId: int  # noqa: N815  (the exchange's name)
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


BARE_ROW = tuple[int, str, str, str, str, str, int, str, int, str, str, str]


def bare_decoder(data: Any) -> Callable[[str], Any]:
    """Decodes combined frames with that data."""
    return msgspec.json.Decoder(msgspec.defstruct("BareFrame", [("stream", str), ("data", data)])).decode


def bare_frames(data: Any) -> Take:
    """The decode, and nothing done with it."""
    return bare_decoder(data)


def bare_book(_: Any) -> Take:
    """The decode, and the levels into two dictionaries: the least that a book costs."""
    decode = bare_decoder(BareDepth)
    bids: dict[str, str] = {}
    asks: dict[str, str] = {}

    def take(frame: str) -> None:
        data = decode(frame).data
        for side, changes in ((bids, data.b), (asks, data.a)):
            for level, quantity in changes:
                if quantity == "0.00000000":
                    side.pop(level, None)
                else:
                    side[level] = quantity

    return take


def ours() -> Take:
    """The whole way of a frame up to the queue that the reader takes events from; five streams on the connection."""
    events: Mailbox[MarketEvent] = Mailbox(10 * FRAMES)
    outages = Outages(events, lambda: START)
    book = LocalBook("BTCUSDT")
    followers: dict[str, Follower] = {
        "btcusdt@kline_1m": CandleSeries("BTCUSDT", Timeframe.M1, events, _unasked),
        "btcusdt@trade": Trades(events, outages),
        "btcusdt@bookTicker": Tops(events, lambda: START),
        "btcusdt@ticker": Tickers(events),
        "btcusdt@depth@100ms": Books(book, events, lambda: START, _unasked),
    }
    book.apply(DepthUpdate(START, "BTCUSDT", 0, 0, [], []))
    book.load(Depth(0, [], []))
    feed = Feed(followers, events, outages, Counter())
    feed.subscribed()
    return feed.frame


def _unasked(*_: object) -> None:
    raise AssertionError("nothing is missing here")


class Client:
    """What ccxt's handlers need of a connection."""

    url = "wss://stream.binance.com:9443/stream"

    def __init__(self) -> None:
        self.subscriptions: Json = {}

    def resolve(self, *_: object) -> None:
        """Would wake the waiting reader."""

    def reject(self, error: Exception, *_: object) -> None:
        """Would raise in the waiting reader."""
        raise error


def ccxt_exchange() -> Any:
    """With BTC/USDT as its only market."""
    exchange = ccxt.pro.binance()
    market = {"id": "BTCUSDT", "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "type": "spot", "spot": True}
    exchange.set_markets([exchange.safe_market_structure(market)])
    return exchange


def ccxt_frames(_: str) -> Take:
    """Its parser and its handlers, up to the call that wakes the reader."""
    exchange, client = ccxt_exchange(), Client()
    exchange.orderbooks["BTC/USDT"] = exchange.order_book({"bids": [], "asks": [], "nonce": 0, "timestamp": START})
    parse, handle = json_parser.loads, exchange.handle_message
    return lambda frame: handle(client, parse(frame))


def ccxt_klines() -> Take:
    """GET klines, parsed."""
    exchange = ccxt_exchange()
    parse, market = json_parser.loads, exchange.market("BTC/USDT")
    return lambda body: exchange.parse_ohlcvs(parse(body), market, "1m")


def ccxt_snapshot() -> Take:
    """GET depth, parsed into a book of the kind that its streams update."""
    exchange, parse = ccxt_exchange(), json_parser.loads

    def take(body: str) -> None:
        found = exchange.parse_order_book(parse(body), "BTC/USDT")
        exchange.order_book({}).reset(found)

    return take


def bare_snapshot() -> Take:
    """The decode, and the levels into two dictionaries."""
    decode = msgspec.json.Decoder(BareSnapshot).decode

    def take(body: str) -> object:
        found = decode(body)
        return dict(found.bids), dict(found.asks)

    return take


def our_snapshot() -> Take:
    """GET depth into a book."""
    book = LocalBook("BTCUSDT")
    first = DepthUpdate(START, "BTCUSDT", 0, 0, [], [])

    def take(body: str) -> None:
        book.restart()
        book.apply(first)
        book.load(decode_depth(body))

    return take


@dataclass(frozen=True)
class Work:
    """The same texts for everybody; each contender is made anew for every round."""

    name: str
    texts: Sequence[str]
    contenders: dict[str, Callable[[], Take]]


def frames_work(name: str, stream: str, make: Callable[[Random, int], Json], bare: Any) -> Work:
    """Frames of one stream, numbered from 1."""
    rng = Random(SEED)
    texts = [text({"stream": stream, "data": make(rng, number)}) for number in range(1, FRAMES + 1)]
    contenders: dict[str, Callable[[], Take]] = {
        "bare": lambda: bare_frames(bare),
        "ours": ours,
        "ccxt": lambda: ccxt_frames(stream),
    }
    if bare is BareDepth:
        contenders["bare book"] = lambda: bare_book(bare)
    return Work(name, texts, contenders)


def answers_work(name: str, body: Any, contenders: dict[str, Callable[[], Take]]) -> Work:
    """The answer to one question, twenty times."""
    return Work(name, [text(body)] * 20, contenders)


def text(value: Any) -> str:
    """As the exchange writes it: without spaces."""
    return msgspec.json.encode(value).decode()


def works() -> Iterator[Work]:
    """All of them, one after the other."""
    yield frames_work("kline", "btcusdt@kline_1m", kline, BareKline)
    yield frames_work("trade", "btcusdt@trade", trade, BareTrade)
    yield frames_work("bookTicker", "btcusdt@bookTicker", book_ticker, BareBookTicker)
    yield frames_work("24hrTicker", "btcusdt@ticker", ticker, BareTicker)
    yield frames_work("depth, 20 + 20 levels", "btcusdt@depth@100ms", depth_20, BareDepth)
    yield frames_work("depth, 100 + 100 levels", "btcusdt@depth@100ms", depth_100, BareDepth)
    yield answers_work(
        "1,000 klines over REST",
        klines(Random(SEED)),
        {
            "bare": lambda: msgspec.json.Decoder(list[BARE_ROW]).decode,
            "ours": lambda: lambda body: columns(decode_klines(body)),
            "ccxt": ccxt_klines,
        },
    )
    yield answers_work(
        "1,000 + 1,000 levels over REST",
        snapshot(Random(SEED)),
        {
            "bare": lambda: msgspec.json.Decoder(BareSnapshot).decode,
            "bare book": bare_snapshot,
            "ours": our_snapshot,
            "ccxt": ccxt_snapshot,
        },
    )


def measure(work: Work, rounds: int) -> dict[str, float]:
    """Microseconds a text in the fastest round, for others only add to it; in each every contender runs once."""
    spent: dict[str, list[float]] = {who: [] for who in work.contenders}
    for number in range(rounds + 1):  # the first warms up
        for who, make in work.contenders.items():
            take = make()
            started = perf_counter_ns()
            for one in work.texts:
                take(one)
            if number:
                spent[who].append((perf_counter_ns() - started) / len(work.texts) / 1_000)
    return {who: min(times) for who, times in spent.items()}


def row(work: Work, found: dict[str, float]) -> Sequence[str]:
    """A line of the table; the yardstick of a book is the bare one."""
    yardstick = found.get("bare book", found["bare"])
    to_bare, to_ccxt = found["ours"] / yardstick, found["ccxt"] / found["ours"]
    times = [f"{found[who]:,.2f}" if who in found else "" for who in ("bare", "bare book", "ours", "ccxt")]
    met = ["" if good else " **missed**" for good in (to_bare <= BARE_GOAL, to_ccxt >= CCXT_GOAL)]
    return (work.name, *times, f"{to_bare:.2f}x{met[0]}", f"{to_ccxt:.1f}x{met[1]}")


def page(rounds: int) -> str:
    """The whole page."""
    head = ("us", "bare decode", "bare decode and book", "ours", "ccxt.pro", "ours / bare", "ccxt.pro / ours")
    rows = [row(work, measure(work, rounds)) for work in works()]
    versions = ", ".join(f"{name} {version(name)}" for name in ("msgspec", "ccxt", "orjson"))
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    text = (
        "Written by `python -m benchmarks.decode --write`. Made-up frames in the documented layout, "
        f"{FRAMES:,} of each kind with rising numbers; microseconds a frame or answer in the fastest of {rounds} "
        f"rounds, all contenders in turn within each. {machine}; {versions}.\n\n"
        "*Bare decode*: msgspec into structs of all documented fields, numbers left as text. *And book*: the levels "
        "into two dictionaries besides; that is the yardstick for books. *Ours*: the whole way up to the queue of "
        "events that the reader takes from: stream found, decoded, numbers checked, order and gaps checked, event "
        "made; for answers over REST the arrays or the book. *ccxt.pro*: its JSON parser (orjson) and its handler of "
        "that frame, up to the call that wakes its reader.\n\n"
        f"Goals: at most {BARE_GOAL:g}x the bare decode, at least {CCXT_GOAL:g}x faster than ccxt's handlers."
    )
    return f"# Frames decoded and applied\n\n{text}\n\n{table(head, rows)}\n"


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="benchmarks.decode", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="runs of each contender (default 15)")
    parser.add_argument("--write", action="store_true", help="into DECODE.md")
    options = parser.parse_args()
    found = page(options.rounds)
    print(found)
    if options.write:
        (HERE / "DECODE.md").write_text(found)


if __name__ == "__main__":
    main()
