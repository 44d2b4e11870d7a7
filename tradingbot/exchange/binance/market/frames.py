"""Binance's market frames as typed structs, decoded in one pass. Source: web-socket-streams.md of its spot API.

A combined frame is `{"stream":NAME,"data":{...}}`; its name is the tag that says which struct `data` is. Prices and
quantities, strings on the wire, become floats that are finite and not negative; anything else is refused. Moments are
ms UTC. Fields that are not used are skipped; `unknown_fields` names those that the documentation does not know.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from tradingbot.exchange.errors import ProtocolBroken

Number = Annotated[float, Meta(ge=0, le=1e18)]
Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]  # of 64 bits
Levels = list[tuple[Number, Number]]

UNREADABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)  # what decoding may raise
SHUTDOWN = "!serverShutdown"


class KlineBody(Struct, frozen=True, gc=False):
    """A candle as it stands; `closed` tells whether it will still change."""

    open_time: int = field(name="t")
    open: Number = field(name="o")
    high: Number = field(name="h")
    low: Number = field(name="l")
    close: Number = field(name="c")
    volume: Number = field(name="v")
    quote_volume: Number = field(name="q")
    trades: int = field(name="n")
    taker_buy_base: Number = field(name="V")
    taker_buy_quote: Number = field(name="Q")
    closed: bool = field(name="x")


class Kline(Struct, frozen=True, gc=False):
    """`<symbol>@kline_<interval>`."""

    time: int = field(name="E")
    symbol: str = field(name="s")
    candle: KlineBody = field(name="k")


class AggTrade(Struct, frozen=True, gc=False):
    """`<symbol>@aggTrade`: the trades of one taker order at one price."""

    symbol: str = field(name="s")
    trade_id: int = field(name="a")
    price: Number = field(name="p")
    quantity: Number = field(name="q")
    first_trade: int = field(name="f")
    last_trade: int = field(name="l")
    time: int = field(name="T")
    buyer_is_maker: bool = field(name="m")


class Trade(Struct, frozen=True, gc=False):
    """`<symbol>@trade`; ids have no gaps."""

    symbol: str = field(name="s")
    trade_id: int = field(name="t")
    price: Number = field(name="p")
    quantity: Number = field(name="q")
    time: int = field(name="T")
    buyer_is_maker: bool = field(name="m")


class DepthUpdate(Struct, frozen=True):
    """`<symbol>@depth`: levels as they are after the updates first_id to last_id; quantity 0 removes one.

    `previous_id` (`pu`) is stated for futures only: there it must equal the last_id before.
    """

    time: int = field(name="E")
    symbol: str = field(name="s")
    first_id: int = field(name="U")
    last_id: int = field(name="u")
    bids: Levels = field(name="b")
    asks: Levels = field(name="a")
    previous_id: int | None = field(name="pu", default=None)


class Depth(Struct, frozen=True, rename="camel"):
    """`<symbol>@depth5`, 10, 20 and GET depth: the best levels, best first."""

    last_update_id: int
    bids: Levels
    asks: Levels


class BookTicker(Struct, frozen=True, gc=False):
    """`<symbol>@bookTicker`: the best bid and ask after update `update_id`."""

    update_id: int = field(name="u")
    symbol: str = field(name="s")
    bid: Number = field(name="b")
    bid_quantity: Number = field(name="B")
    ask: Number = field(name="a")
    ask_quantity: Number = field(name="A")


class MiniTicker(Struct, frozen=True, gc=False):
    """`<symbol>@miniTicker`, and what `<symbol>@ticker` says of the same: the last 24 hours."""

    time: int = field(name="E")
    symbol: str = field(name="s")
    open: Number = field(name="o")
    high: Number = field(name="h")
    low: Number = field(name="l")
    last: Number = field(name="c")
    volume: Number = field(name="v")
    quote_volume: Number = field(name="q")


class Combined(Struct, frozen=True, gc=False, tag_field="stream"):
    """The envelope of a combined stream; each stream has its own kind of it, see `frame_of`."""

    data: Any


Decode = Callable[[str], Combined]

_TYPES: Mapping[str, tuple[type, str]] = {  # what follows the @ -> its struct, the documented keys
    "kline": (Kline, "e E s k"),
    "aggTrade": (AggTrade, "e E s a p q f l T m M nq"),
    "trade": (Trade, "e E s t p q b a T m M X"),
    "depth": (DepthUpdate, "e E T s U u pu b a"),
    "partial": (Depth, "lastUpdateId bids asks"),
    "bookTicker": (BookTicker, "e u s b B a A T E"),
    "miniTicker": (MiniTicker, "e E s c o h l v q"),
    "ticker": (MiniTicker, "e E s p P w x c Q b B a A o h l v q O C F L n"),
}


def kind_of(stream: str) -> str | None:
    """What a stream of that name carries; None where it is not known."""
    kind = stream.partition("@")[2].partition("@")[0]  # without a second suffix, as in depth@100ms
    if kind.startswith("kline_"):
        return "kline"
    if kind in ("depth5", "depth10", "depth20"):
        return "partial"
    return kind if kind in _TYPES else None


def frame_of(stream: str) -> type[Combined] | None:
    """The struct of the combined frames of a stream, tagged with its name; None where the stream is not known."""
    kind = kind_of(stream)
    if kind is None:
        return None
    return type("Frame", (Combined,), {"__annotations__": {"data": _TYPES[kind][0]}}, tag=stream)


def decoder_of(frames: Iterable[type[Combined]]) -> Decode:
    """What decodes the frames of these streams, each into its own struct; it raises one of UNREADABLE."""
    return msgspec.json.Decoder(reduce(or_, frames), strict=False).decode


def stream_of(frame: str) -> str | None:
    """The stream that a combined frame belongs to; None for an answer to a request.

    Raises ProtocolBroken for what is no object.
    """
    try:
        found = msgspec.json.decode(frame, type=dict[str, Any])
    except UNREADABLE as error:
        raise ProtocolBroken(f"a frame that is no JSON object: {error}") from error
    if found.get("e") == "serverShutdown":
        return SHUTDOWN
    name = found.get("stream")
    return name if isinstance(name, str) else None


def unknown_fields(stream: str, frame: str) -> frozenset[str]:
    """The keys of a frame's data that the documentation does not know."""
    kind = kind_of(stream)
    if kind is None:
        return frozenset()
    data = msgspec.json.decode(frame).get("data", {})
    return frozenset(data) - frozenset(_TYPES[kind][1].split())
