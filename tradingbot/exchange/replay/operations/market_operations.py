"""What anyone may ask about the market. Source: rest-api.md of Binance's spot API, "Market Data endpoints"."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tradingbot.exchange.replay.market.candles import OPEN, OPEN_TIME, QUOTE, TAKER_BASE, TAKER_QUOTE, TRADES, Columns
from tradingbot.exchange.replay.market.intervals import INTERVALS, parse_time_zone
from tradingbot.exchange.replay.market.replay_market import KlineQuery
from tradingbot.exchange.replay.market.tape import PublicTrade
from tradingbot.exchange.replay.market.trade_history import newest_trades, trades_from, trades_since
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.operations import ticker_operations
from tradingbot.exchange.replay.operations.public import public
from tradingbot.exchange.replay.operations.symbol_choice import conflict, count, named, one, several, status_of
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.streams.stream_frames import Json, aggregate, depth_answer, text
from tradingbot.exchange.replay.world import World

DEPTH_WEIGHTS = ((100, 5), (500, 25), (1_000, 50), (5_000, 250))
_PERMISSIONS = frozenset({"SPOT", "MARGIN", "LEVERAGED"})


def ping(_world: World, _params: Params) -> Json:
    """Whether anyone is there."""
    return {}


def time(world: World, _params: Params) -> Json:
    """The exchange's clock."""
    return {"serverTime": world.clock.now_ms()}


def exchange_info(world: World, params: Params) -> Json:
    """Symbols, their filters, and the rate limits."""
    shown = params.optional("showPermissionSets")
    asked, status, permissions = named(params), status_of(params), _permissions(params)
    if asked is not None and (status is not None or permissions is not None):
        raise conflict()
    rows = [_symbol_row(world, symbol) for symbol in (world.market.symbols if asked is None else asked)]
    if asked is None:
        wanted = _PERMISSIONS if permissions is None else permissions
        rows = [row for row in rows if wanted & {one for some in row["permissionSets"] for one in some}]
    if status is not None:
        rows = [row for row in rows if row["status"] == status]
    if shown == "false":
        for row in rows:
            del row["permissionSets"]
    return {
        "timezone": "UTC",
        "serverTime": world.clock.now_ms(),
        "rateLimits": world.limits.rules(),
        "exchangeFilters": [],
        "symbols": rows,
    }


def _symbol_row(world: World, symbol: str) -> Json:
    world.market.of(symbol)
    row: Json = msgspec.to_builtins(world.exchange.instrument(symbol))
    return row


def _permissions(params: Params) -> frozenset[str] | None:
    asked = params.optional("permissions")
    if asked is None:
        return None
    if not asked.startswith("["):
        return frozenset({asked})
    try:
        return frozenset(msgspec.json.decode(asked, type=list[str]))
    except msgspec.MsgspecError:
        raise params.invalid("permissions") from None


def depth(world: World, params: Params) -> Json:
    """The order book."""
    limit = params.limit(100, 5_000)
    book = world.market.of(one(world, params)).book
    return depth_answer(book.update_id, book.bids(limit), book.asks(limit))


def depth_weight(params: Params) -> int:
    """By the number of levels."""
    limit = params.limit(100, 5_000)
    return next(weight for most, weight in DEPTH_WEIGHTS if limit <= most)


def trades(world: World, params: Params) -> list[Json]:
    """The newest trades."""
    limit = params.limit()
    return [_trade(trade) for trade in newest_trades(world.market.of(params.symbol()), limit)]


def historical_trades(world: World, params: Params) -> list[Json]:
    """The trades from an id on, else the newest."""
    limit, from_id = params.limit(), params.integer("fromId")
    market = world.market.of(params.symbol())
    return [_trade(trade) for trade in _by_id(market, limit, from_id)]


def aggregate_trades(world: World, params: Params) -> list[Json]:
    """The aggregate trades from an id on, of a time, or the newest; each public trade is an aggregate of one."""
    limit, from_id = params.limit(), params.integer("fromId")
    start, end = params.moment("startTime"), params.moment("endTime")
    market = world.market.of(params.symbol())
    if from_id is not None and (start is not None or end is not None):
        raise conflict()
    if start is not None:
        found = trades_since(market, limit, start) if end is None else trades_since(market, limit, start, end)
    elif end is not None:
        found = newest_trades(market, limit, end)
    else:
        found = _by_id(market, limit, from_id)
    return [aggregate(trade) for trade in found]


def _by_id(market: Any, limit: int, from_id: int | None) -> Sequence[PublicTrade]:
    return newest_trades(market, limit) if from_id is None else trades_from(market, limit, from_id)


def _trade(trade: PublicTrade) -> Json:
    price, quantity = text(trade.price), text(trade.quantity)
    value = text(trade.price * trade.quantity)
    told = {"id": trade.trade_id, "price": price, "qty": quantity, "quoteQty": value, "time": trade.time}
    return {**told, "isBuyerMaker": trade.buyer_is_maker, "isBestMatch": True}


def klines(world: World, params: Params) -> list[list[Any]]:
    """Candles of any interval that the recording can make up; the forming one is the last."""
    market = world.market.of(params.symbol())
    interval = INTERVALS.get(params.text("interval"))
    if interval is None or not market.makes(interval):
        raise refusal(-1120, "Invalid interval.")
    zone = parse_time_zone(params.optional("timeZone") or "0")
    if zone is None or not market.makes(interval, zone):
        raise params.invalid("timeZone")
    query = KlineQuery(
        interval=interval,
        limit=params.limit(),
        start=params.moment("startTime"),
        end=params.moment("endTime"),
        zone=zone,
    )
    found = market.klines(query, world.clock.now_ms())
    return kline_rows(found, lambda opened: interval.end_of(opened, zone) - 1)


def kline_rows(candles: Columns, close_of: Callable[[int], int]) -> list[list[Any]]:
    """Candles as rows of twelve."""
    rows = []
    for candle in candles.T.tolist():
        opened = int(candle[OPEN_TIME])
        prices = [text(number) for number in candle[OPEN:QUOTE]]
        taker = [text(candle[TAKER_BASE]), text(candle[TAKER_QUOTE])]
        rows.append([opened, *prices, close_of(opened), text(candle[QUOTE]), int(candle[TRADES]), *taker, "0"])
    return rows


def average_price(world: World, params: Params) -> Json:
    """The volume-weighted price of the last five minutes."""
    market = world.market.of(params.symbol())
    average, last = world.exchange.average_price(market.symbol, world.clock.now_ms()), market.tape.last
    return {"mins": 5, "price": text(average or 0), "closeTime": last.time if last else 0}


def execution_rules(world: World, params: Params) -> Json:
    """The symbols' price-range rules: they have none here."""
    return {"symbolRules": [{"symbol": symbol, "rules": []} for symbol in several(world, params)]}


def rules_weight(params: Params) -> int:
    """Two a symbol, at most 40."""
    return min(2 * (count(params) or 20), 40)


def reference_price(world: World, params: Params) -> Json:
    """No symbol has a reference price here; raises -2043."""
    one(world, params)
    raise refusal(-2043, "This symbol doesn't have a reference price.")


OPERATIONS: Sequence[Operation[World]] = (
    public("ping", "ping", 1, ping),
    public("time", "time", 1, time),
    public("exchangeInfo", "exchangeInfo", 20, exchange_info),
    public("depth", "depth", depth_weight, depth),
    public("trades", "trades.recent", 25, trades),
    public("historicalTrades", "trades.historical", 25, historical_trades),
    public("aggTrades", "trades.aggregate", 4, aggregate_trades),
    public("klines", "klines", 2, klines),
    public("uiKlines", "uiKlines", 2, klines),
    public("avgPrice", "avgPrice", 2, average_price),
    public("executionRules", "executionRules", rules_weight, execution_rules),
    public("referencePrice", "referencePrice", 2, reference_price),
    public("referencePrice/calculation", "referencePrice.calculation", 2, reference_price),
    *ticker_operations.OPERATIONS,
)
