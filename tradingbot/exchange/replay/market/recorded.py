"""Recorded frames of one symbol: trades and changes of its book, told again in their order.

The file has a line a frame: local receive time in ns, a space, the frame of the combined stream as received; and, at
least once, the answer of GET depth. Trades, depth diffs and bookTicker are used. A bookTicker moves the best levels at
once; the diff that follows states them again.
"""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tradingbot.domain.errors import BadFile
from tradingbot.exchange.replay.market.depth import Changes, Level
from tradingbot.exchange.replay.market.tape import PublicTrade

_REMEDY = "Give lines of 'nanoseconds frame' of one symbol's combined stream, with the answer of GET depth among them"


class Stage(Protocol):
    """Where happenings are told."""

    def recorded(self, symbol: str, trade: PublicTrade, now: int) -> None:
        """A trade."""
        ...

    def snapshot(self, symbol: str, bids: Changes, asks: Changes, update_id: int, now: int) -> None:
        """The whole book, as of an id."""
        ...

    def change_book(self, symbol: str, bids: Changes, asks: Changes, update_id: int, now: int) -> None:
        """A change of the book, and its last id."""
        ...

    def best(self, symbol: str, bid: Level, ask: Level, update_id: int, now: int) -> None:
        """The best bid and ask, with the id of the change that made them."""
        ...


class Frame(msgspec.Struct, frozen=True):
    """What a line may say: of a combined stream, or an answer of GET depth."""

    stream: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")
    last_update_id: int = msgspec.field(name="lastUpdateId", default=0)
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()


class Data(msgspec.Struct, frozen=True):
    """The fields of the three kinds of frame that are used."""

    event: int = msgspec.field(name="E", default=0)
    last: int = msgspec.field(name="u", default=0)
    before: int | None = msgspec.field(name="pu", default=None)  # only futures state it
    bids: Any = msgspec.field(name="b", default=())
    asks: Any = msgspec.field(name="a", default=())
    bid_quantity: str = msgspec.field(name="B", default="0")
    ask_quantity: str = msgspec.field(name="A", default="0")
    trade_id: int = msgspec.field(name="t", default=0)
    price: str = msgspec.field(name="p", default="0")
    quantity: str = msgspec.field(name="q", default="0")
    traded_at: int = msgspec.field(name="T", default=0)
    buyer_is_maker: bool = msgspec.field(name="m", default=False)


_frame = msgspec.json.Decoder(Frame)
_data = msgspec.json.Decoder(Data)


@dataclass(frozen=True, slots=True)
class Happening:
    """One frame of `symbol` at `time` (ms UTC, shifted with the market); `kind` is the stream's name after the @."""

    time: int
    symbol: str
    kind: str
    content: bytes

    def tell(self, stage: Stage, now: int) -> None:
        """Let it happen."""
        if self.kind == "snapshot":
            snapshot = _frame.decode(self.content)
            stage.snapshot(self.symbol, snapshot.bids, snapshot.asks, snapshot.last_update_id, now)
            return
        data = _data.decode(self.content)
        if self.kind == "trade":
            price, quantity = float(data.price), float(data.quantity)
            stage.recorded(self.symbol, PublicTrade(data.trade_id, price, quantity, now, data.buyer_is_maker), now)
        elif self.kind == "bookTicker":
            bid, ask = _level(data.bids, data.bid_quantity), _level(data.asks, data.ask_quantity)
            stage.best(self.symbol, bid, ask, data.last, now)
        else:
            stage.change_book(self.symbol, _levels(data.bids), _levels(data.asks), data.last, now)


def read_frames(path: Path) -> Sequence[Happening]:
    """The happenings of a file (.gz or plain) from its first book on, by the exchange's times; raises BadFile."""
    try:
        return list(_from_first_book(list(_lines(path))))
    except (OSError, EOFError, ValueError, msgspec.MsgspecError) as error:
        raise BadFile(str(path), f"not recorded frames ({error})", _REMEDY) from None


def shifted(happenings: Sequence[Happening], shift: int) -> Sequence[Happening]:
    """The same, `shift` ms later."""
    return [replace(one, time=one.time + shift) for one in happenings] if shift else happenings


def _lines(path: Path) -> Iterator[Happening]:
    time, symbol = 0, ""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            received, _, words = line.partition(b" ")
            if not received.isdigit():
                raise ValueError("a line does not begin with its time in ns")
            frame = _frame.decode(words)
            if not frame.stream:
                yield Happening(time, symbol, "snapshot", words)
                continue
            name, _, kind = frame.stream.partition("@")
            if symbol and name.upper() != symbol:
                raise ValueError(f"frames of {symbol} and of {name.upper()}")
            symbol = name.upper()
            data = _data.decode(frame.data)
            if data.before is not None:
                raise ValueError("frames of the futures market")
            time = max(time, data.event)
            yield Happening(time, symbol, kind.partition("@")[0], bytes(frame.data))


def _from_first_book(every: Sequence[Happening]) -> Iterator[Happening]:
    begin = next((number for number, one in enumerate(every) if one.kind == "snapshot"), None)
    if begin is None or not every[begin].symbol:
        raise ValueError("no answer of GET depth after the first frame")
    known = _frame.decode(every[begin].content).last_update_id
    yield every[begin]
    for early in every[:begin]:
        if early.kind == "depth" and _data.decode(early.content).last > known:
            yield replace(early, time=every[begin].time)
    for one in every[begin + 1 :]:
        is_old = one.kind in ("depth", "bookTicker") and _data.decode(one.content).last <= known
        if one.kind in ("depth", "bookTicker", "trade") and not is_old:
            yield one


def _level(price: str, quantity: str) -> Level:
    return Decimal(price), Decimal(quantity)


def _levels(side: Sequence[Sequence[str]]) -> Changes:
    return [(Decimal(price), Decimal(quantity)) for price, quantity in side]
