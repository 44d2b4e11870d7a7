"""The contract is complete: what our code reads is in it, and what was recorded of the exchange agrees with it."""

import gzip
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import REPOSITORY
from tradingbot.exchange import binance, orders
from tradingbot.exchange.binance.wire import calls
from tradingbot.exchange.binance.wire.rest import Call
from tradingbot.exchange.drift.contract import recorded
from tradingbot.exchange.drift.findings import Severity
from tradingbot.exchange.drift.judge import of_body
from tradingbot.exchange.drift.rules import of_symbol
from tradingbot.exchange.drift.shape import Node

CONTRACT = recorded()

ENUMS: Mapping[str, type[StrEnum]] = {
    "order_type": orders.OrderType,
    "side": orders.Side,
    "time_in_force": orders.TimeInForce,
    "order_status": orders.OrderStatus,
    "self_trade_prevention": orders.SelfTradePrevention,
    "contingency": orders.Contingency,
    "list_order_status": orders.ListStatus,
}


def parts() -> Iterator[Any]:
    """Everything with a source and a user."""
    yield from (CONTRACT.envelope, CONTRACT.symbol, *CONTRACT.questions, *CONTRACT.websocket, *CONTRACT.streams)
    yield from (*CONTRACT.filters.values(), *CONTRACT.rate_limits, *CONTRACT.endpoints, *CONTRACT.orders)


def test_each_part_names_its_source_and_a_file_of_ours_that_exists() -> None:
    """A moved file is noticed here, not by whoever reads a difference."""
    assert {part.source for part in parts()} <= set(CONTRACT.sources)
    assert [part.used_by for part in parts() if not (REPOSITORY / "tradingbot" / part.used_by).is_file()] == []


@pytest.mark.parametrize("name", ENUMS)
def test_the_values_we_know_are_those_of_the_contract(name: str) -> None:
    """A value that only one of them knows would pass the check and break the decoding, or the other way round."""
    assert set(CONTRACT.enums[name]) == {str(one) for one in ENUMS[name]}


def told(name: str) -> Node:
    """The shape of what cannot be asked for."""
    return next(one.shape for one in CONTRACT.unasked if one.name == name)


def answer(ask: str) -> Node:
    """The shape of an answer."""
    return next(one.shape for one in CONTRACT.questions if one.ask == ask and one.code is None)


def refusal() -> Node:
    """The shape of a refusal."""
    return next(one.shape for one in CONTRACT.questions if one.code is not None)


def frame(suffix: str) -> Node:
    """The shape of a stream's payload."""
    return next(one.shape for one in CONTRACT.streams if one.stream.endswith(f"@{suffix}"))


INFO, PLACED, LIST = "GET /api/v3/exchangeInfo", "answer to POST /api/v3/order, FULL", "GET /api/v3/openOrderList"
COMMISSION, REFUSED = "GET /api/v3/account/commission", "refusal over the WebSocket API"
NONE = Node()  # none of it is read but that it came

READ_BY: Mapping[str, Node] = {
    "answers.ErrorAnswer": refusal(),
    "answers.TimeAnswer": answer("GET /api/v3/time"),
    "answers.LimitAnswer": answer(INFO).at("rateLimits[]"),
    "answers.ExchangeInfoAnswer": answer(INFO),
    "answers.FillAnswer": told(PLACED).at("fills[]"),
    "answers.OrderAnswer": answer("GET /api/v3/openOrders").at("[]"),
    "answers.MemberAnswer": answer(LIST).at("[].orders[]"),
    "answers.ListAnswer": told("answer to POST /api/v3/orderList/oco"),
    "answers.TradeAnswer": answer("GET /api/v3/myTrades").at("[]"),
    "account_answers.BalanceAnswer": answer("GET /api/v3/account").at("balances[]"),
    "account_answers.AccountAnswer": answer("GET /api/v3/account"),
    "account_answers.RestrictionsAnswer": answer("GET /sapi/v1/account/apiRestrictions"),
    "account_answers.RatesAnswer": answer(COMMISSION).at("standardCommission"),
    "account_answers.DiscountAnswer": answer(COMMISSION).at("discount"),
    "account_answers.CommissionAnswer": answer(COMMISSION),
    "account_frames.ExecutionReport": told("executionReport"),
    "account_frames.AssetBalance": told("outboundAccountPosition").at("B[]"),
    "account_frames.AccountPosition": told("outboundAccountPosition"),
    "account_frames.BalanceUpdate": told("balanceUpdate"),
    "account_frames.ListMember": told("listStatus").at("O[]"),
    "account_frames.ListStatusFrame": told("listStatus"),
    "account_frames.StreamTerminated": NONE,
    "account_frames.ExternalLock": NONE,
    "account_frames.Shutdown": NONE,
    "account_frames.ErrorData": told(REFUSED).at("error.data"),
    "account_frames.AnswerError": told(REFUSED).at("error"),
    "account_frames.Envelope": NONE,  # an event or an answer: nothing of it is always there
    "feed._Answer": NONE,
    "feed._Problem": NONE,
    "frames.AggTrade": frame("aggTrade"),
    "frames.BookTicker": frame("bookTicker"),
    "frames.Combined": CONTRACT.envelope.shape,
    "frames.Depth": answer("GET /api/v3/depth"),
    "frames.DepthUpdate": frame("depth@100ms"),
    "frames.Kline": frame("kline_1m"),
    "frames.KlineBody": frame("kline_1m").at("k"),
    "frames.MiniTicker": frame("miniTicker"),
    "frames.Trade": frame("trade"),
    "provenance._Status": NONE,  # of a replay exchange only
    "user_stream._Named": NONE,
    "user_stream._NamedEvent": NONE,
}


def structs() -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """Every typed answer and frame of the Binance adapter, by module and name."""
    for module in pkgutil.walk_packages(binance.__path__, f"{binance.__name__}."):
        held = importlib.import_module(module.name)
        for name, kind in inspect.getmembers(held, inspect.isclass):
            if issubclass(kind, msgspec.Struct) and kind.__module__ == held.__name__:
                yield f"{module.name.rpartition('.')[2]}.{name}", kind


def test_every_struct_is_held_against_the_contract() -> None:
    """Not one is passed over, wherever it moves, and none is listed that has gone."""
    assert {name for name, _ in structs()} == set(READ_BY)


KINDS: Mapping[Any, str] = {int: "integer", bool: "boolean"}


@pytest.mark.parametrize(("name", "kind"), list(structs()), ids=lambda value: value if isinstance(value, str) else "")
def test_what_our_code_requires_is_in_the_contract(name: str, kind: type[msgspec.Struct]) -> None:
    """Each field without which an answer is refused is relied on there, with its type."""
    shape = READ_BY[name]  # a new struct is added there, and its fields to the contract
    required = [one for one in msgspec.structs.fields(kind) if one.required and shape is not NONE]
    known = {one.encode_name: shape.children.get(one.encode_name, NONE) for one in required}

    assert [name for name, field in known.items() if not field.relied or field.optional] == []
    assert [one.name for one in required if KINDS.get(one.type, "") not in {"", known[one.encode_name].expected}] == []


def ccxt_name(ask: str) -> str:
    """How ccxt calls an endpoint: POST /api/v3/orderList/oco is privatePostOrderListOco."""
    verb, path = ask.split(" ")
    service, _, rest = path.removeprefix("/").partition("/v")
    words = "".join(part[0].upper() + part[1:] for part in rest.split("/")[1:])
    return f"{'sapi' if service == 'sapi' else 'private'}{verb.capitalize()}{words}"


def test_each_endpoint_that_we_call_is_in_the_contract() -> None:
    """Those that need no key are questions; the others are at least known to exist."""
    asks = [one.ask for one in CONTRACT.questions] + [one.ask for one in CONTRACT.endpoints]
    named = {ccxt_name(ask) for ask in asks}
    used = {value.name for value in vars(calls).values() if isinstance(value, Call)}

    assert {name.replace("public", "private") for name in used} <= named


def info_rows(folder: Path, name: str) -> list[Any]:
    """The symbols of a recorded exchangeInfo."""
    return msgspec.json.decode((folder / "reference" / name).read_bytes())["symbols"]  # type: ignore[no-any-return]


@pytest.mark.market_data
@pytest.mark.parametrize(
    "name",
    ["exchangeInfo-spot-mainnet-2023-10-selected.json", "exchangeInfo-spot-testnet-2024-09-08-selected.json"],
)
def test_recorded_symbols_break_nothing(market_data: Path, name: str) -> None:
    """What the exchange really stated then has the filters, order types and flags that we rely on."""
    rows = info_rows(market_data, name)
    odd = {one for row in rows for one in of_symbol(CONTRACT, row) if one.severity is not Severity.INFORMATION}

    assert len(rows) == 12
    assert {one.what for one in odd} <= {"symbol is not trading"}  # as MATICUSDT was by then


@pytest.mark.market_data
@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT"])
def test_recorded_frames_are_as_the_contract_says(market_data: Path, symbol: str) -> None:
    """Every frame of the recording, and the depth snapshot taken beside it."""
    text = gzip.decompress((market_data / "websocket" / f"spot-{symbol}-20240808.frames.gz").read_bytes())
    frames = [msgspec.json.decode(line.partition(b" ")[2]) for line in text.splitlines()]
    streams = [one for one in frames if "stream" in one]
    (snapshot,) = [one for one in frames if "stream" not in one]

    assert {one["stream"].partition("@")[2] for one in streams} == {"bookTicker", "depth@100ms", "trade"}
    for part in CONTRACT.streams:
        bodies = [one["data"] for one in streams if one["stream"] == part.stream.format(symbol=symbol.lower())]
        assert list(of_body(part, part.stream, bodies, CONTRACT.known)) == []
    (depth,) = [one for one in CONTRACT.questions if one.ask == "GET /api/v3/depth"]
    assert list(of_body(depth, depth.ask, [snapshot], CONTRACT.known)) == []
