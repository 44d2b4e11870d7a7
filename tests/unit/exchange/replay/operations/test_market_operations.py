"""What anyone may ask about the market."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.replay import BTC, ETH, FIRST, Bench, bench, rising, store_of
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS
from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.gate.faults import Faults
from tradingbot.exchange.replay.gate.keys import KeyRing
from tradingbot.exchange.replay.gate.limits import Limits, LimitSettings
from tradingbot.exchange.replay.operations.market_operations import OPERATIONS
from tradingbot.exchange.replay.params import Params
from tradingbot.exchange.replay.users import Users
from tradingbot.exchange.replay.world import World

START = FIRST + 2 * DAY_MS
BY_PATH = {one.path.removeprefix("/api/v3/"): one for one in OPERATIONS}


@dataclass
class Asked:
    """A market that can be asked."""

    bench: Bench
    world: World

    def ask(self, path: str, **params: Any) -> Any:
        """The answer of an operation."""
        return BY_PATH[path].handle(self.world, Params(_texts(params)))

    def code(self, path: str, **params: Any) -> int | None:
        """The code that it refuses with."""
        with pytest.raises(ExchangeError) as refused:
            self.ask(path, **params)
        return refused.value.code


def _texts(params: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: str(value) for name, value in params.items()}


def world_of(replayed: Bench) -> World:
    """The replay as operations see it."""
    parts = replayed.replay
    return World(
        exchange=replayed.exchange,
        market=parts.market,
        clock=parts.clock,
        hub=parts.hub,
        feed=parts.feed,
        keys=KeyRing([]),
        limits=Limits(LimitSettings()),
        faults=Faults(),
        users=Users(),
        candles=parts.data,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of two symbols."""
    folder = tmp_path_factory.mktemp("market")
    store_of(folder, rising(3 * 1440), BTC, ETH)
    return folder


@pytest.fixture
def market(folder: Path) -> Asked:
    """At the third day's beginning."""
    replayed = bench(store_of(folder, [], BTC), start=START, symbols=(BTC, ETH))
    return Asked(replayed, world_of(replayed))


def test_time_and_ping(market: Asked) -> None:
    """The market's time is the server's."""
    assert market.ask("time") == {"serverTime": START}
    assert market.ask("ping") == {}


def test_klines_without_bounds_are_the_newest(market: Asked) -> None:
    """Oldest first, twelve columns."""
    rows = market.ask("klines", symbol=BTC, interval="1m", limit=2)

    assert [row[0] for row in rows] == [START - 2 * MINUTE_MS, START - MINUTE_MS]
    assert rows[1] == [
        START - MINUTE_MS,
        "78790.00000000",
        "78800.00000000",
        "78785.00000000",
        "78800.00000000",
        "4.00000000",
        START - 1,
        "315175.00000000",
        4,
        "3.00000000",
        "236390.00000000",
        "0",
    ]


def test_the_earliest_kline_is_found_from_time_zero(market: Asked) -> None:
    """As clients look for the beginning of history."""
    assert [row[0] for row in market.ask("klines", symbol=BTC, interval="1m", startTime=0, limit=1)] == [FIRST]


def test_both_bounds_are_inclusive_and_about_open_times(market: Asked) -> None:
    """A start between two opens means the later one."""
    rows = market.ask("klines", symbol=BTC, interval="5m", startTime=FIRST + 1, endTime=FIRST + 10 * MINUTE_MS)

    assert [(row[0] - FIRST) // MINUTE_MS for row in rows] == [5, 10]


def test_an_end_alone_gives_the_newest_up_to_it(market: Asked) -> None:
    """Pages go backwards too."""
    rows = market.ask("klines", symbol=BTC, interval="1m", endTime=FIRST + 90_000, limit=500)

    assert [(row[0] - FIRST) // MINUTE_MS for row in rows] == [0, 1]


def test_pages_by_the_last_open_meet_without_gap_or_overlap(market: Asked) -> None:
    """The way that clients read history."""
    opens: list[int] = []
    while page := market.ask("klines", symbol=BTC, interval="3m", startTime=opens[-1] + 1 if opens else 0, limit=300):
        opens += [row[0] for row in page]

    assert opens == list(range(FIRST, START, 3 * MINUTE_MS))


def test_nothing_after_now_is_known(market: Asked) -> None:
    """A question about the future is answered with nothing."""
    assert market.ask("klines", symbol=BTC, interval="1m", startTime=START + MINUTE_MS) == []
    assert market.ask("klines", symbol=BTC, interval="1m", startTime=START, endTime=START - 5) == []


@pytest.mark.anyio
async def test_the_forming_kline_is_the_last(market: Asked) -> None:
    """History, what was told since, and what is forming make one kline."""
    await market.bench.replay.feed.advance(2)
    market.bench.replay.feed.inject_trade(BTC, 90_000, 1)  # type: ignore[arg-type]
    (row,) = market.ask("klines", symbol=BTC, interval="1w", limit=1)

    assert row[1:6] == [
        "50000.00000000",
        "90000.00000000",
        "49995.00000000",
        "90000.00000000",
        f"{4 * (2 * 1440 + 2) + 1}.00000000",
    ]
    assert row[6] == FIRST + 7 * DAY_MS - 1


def test_a_time_zone_moves_the_days(market: Asked) -> None:
    """Bounds stay UTC."""
    rows = market.ask("klines", symbol=BTC, interval="1d", timeZone="8:00")

    assert [(row[0] - FIRST) // 3_600_000 for row in rows] == [-8, 16, 40]


def test_klines_refuse_what_they_cannot_answer(market: Asked) -> None:
    """With the exchange's codes; finer candles than the recording's do not exist."""
    assert market.code("klines", symbol=BTC, interval="7m") == -1120
    assert market.code("klines", symbol=BTC, interval="1s") == -1120
    assert market.code("klines", symbol="NOPEUSDT", interval="1m") == -1121
    assert market.code("klines", symbol=BTC, interval="1m", timeZone="15:00") == -1130
    assert market.code("klines", symbol=BTC) == -1102
    assert market.code("klines", symbol=BTC, interval="1m", colour="red") == -1104


def test_trades_continue_from_recorded_candles_into_the_present(market: Asked) -> None:
    """Ids rise by one without a break."""
    market.bench.replay.feed.inject_trade(BTC, 90_000, 1)  # type: ignore[arg-type]
    rows = market.ask("trades", symbol=BTC, limit=6)

    assert [row["id"] - rows[0]["id"] for row in rows] == list(range(6))
    assert [row["price"] for row in rows[-2:]] == ["78800.00000000", "90000.00000000"]
    assert rows[-2]["time"] == START - 1
    assert rows[-1]["quoteQty"] == "90000.00000000"


def test_old_trades_are_found_by_their_id(market: Asked) -> None:
    """From it on, oldest first."""
    newest = market.ask("historicalTrades", symbol=BTC, limit=1)[0]["id"]
    rows = market.ask("historicalTrades", symbol=BTC, fromId=newest - 2_000, limit=3)

    assert [row["id"] for row in rows] == [newest - 2_000, newest - 1_999, newest - 1_998]
    assert len(market.ask("historicalTrades", symbol=BTC, fromId=newest - 2_000, limit=5_000)) == 1_000


def test_aggregate_trades_by_time(market: Asked) -> None:
    """Both bounds inclusive; from a start the oldest, up to an end the newest."""
    first = market.ask("aggTrades", symbol=BTC, startTime=FIRST, endTime=FIRST + 39_999)
    until = market.ask("aggTrades", symbol=BTC, endTime=FIRST + 60_000, limit=2)

    assert [row["T"] - FIRST for row in first] == [0, 19_999, 39_999]
    assert [row["T"] - FIRST for row in until] == [59_999, 60_000]
    assert set(first[0]) == {"a", "p", "q", "f", "l", "T", "m", "M"}
    assert market.code("aggTrades", symbol=BTC, fromId=1, startTime=0) == -1128


def test_the_book_is_derived_from_price_spread_and_participation(market: Asked) -> None:
    """Half a basis point around 78,800; a tenth of the last candle's 4 BTC."""
    book = market.ask("depth", symbol=BTC)

    assert book["bids"] == [["78796.06000000", "0.40000000"]]
    assert book["asks"] == [["78803.94000000", "0.40000000"]]
    assert market.ask("ticker/bookTicker", symbol=BTC) == {
        "symbol": BTC,
        "bidPrice": "78796.06000000",
        "bidQty": "0.40000000",
        "askPrice": "78803.94000000",
        "askQty": "0.40000000",
    }


def test_the_24_hour_ticker_sums_up_a_day(market: Asked) -> None:
    """1,440 candles of 4 BTC that rose by 10 each."""
    row = market.ask("ticker/24hr", symbol=BTC)

    assert (row["openPrice"], row["lastPrice"], row["prevClosePrice"]) == (
        "64400.00000000",
        "78800.00000000",
        "64400.00000000",
    )
    assert (row["priceChange"], row["priceChangePercent"]) == ("14400.00000000", "22.360")
    assert (row["volume"], row["count"]) == ("5760.00000000", 5_760)
    assert row["lastId"] - row["firstId"] == 5_759
    assert "bidPrice" not in market.ask("ticker/24hr", symbol=BTC, type="MINI")


def test_one_symbol_gives_an_object_and_several_a_list(market: Asked) -> None:
    """All of them where none is named."""
    assert market.ask("ticker/price", symbol=ETH) == {"symbol": ETH, "price": "78800.00000000"}
    assert [row["symbol"] for row in market.ask("ticker/price")] == [BTC, ETH]
    assert [row["symbol"] for row in market.ask("ticker/24hr", symbols=f'["{ETH}"]')] == [ETH]
    assert [row["symbol"] for row in market.ask("ticker", symbols=f'["{ETH}","{BTC}"]', windowSize="4h")] == [ETH, BTC]


def test_lists_of_symbols_are_judged(market: Asked) -> None:
    """Their form, repeats, unknown ones, and both ways at once."""
    assert market.code("ticker/price", symbols="BTCUSDT") == -1100
    assert market.code("ticker/price", symbols=f'["{BTC}","{BTC}"]') == -1151
    assert market.code("ticker/price", symbols='["NOPEUSDT"]') == -1121
    assert market.code("ticker/price", symbol=BTC, symbols=f'["{BTC}"]') == -1128
    assert market.code("ticker") == -1102


def test_a_state_that_a_symbol_is_not_in(market: Asked) -> None:
    """An error for one symbol, left out of many."""
    assert market.code("depth", symbol=BTC, symbolStatus="HALT") == -1220
    assert market.ask("ticker/price", symbolStatus="HALT") == []
    assert market.code("ticker/price", symbolStatus="CLOSED") == -1122


def test_windows(market: Asked) -> None:
    """Two hours are 120 candles; a window has at most two digits and a unit."""
    row = market.ask("ticker", symbol=BTC, windowSize="2h")

    assert row["count"] == 480
    assert row["openTime"] == START - 2 * 3_600_000
    assert market.code("ticker", symbol=BTC, windowSize="60m") == -1130
    assert market.code("ticker", symbol=BTC, windowSize="1w") == -1130


def test_the_trading_day_begins_at_midnight(market: Asked) -> None:
    """Nothing was traded yet in UTC's; in Beijing's eight hours have passed."""
    assert market.ask("ticker/tradingDay", symbol=BTC)["count"] == 0
    assert market.ask("ticker/tradingDay", symbol=BTC, timeZone="8")["count"] == 8 * 60 * 4


def test_the_average_price_is_of_five_minutes(market: Asked) -> None:
    """The one that has just begun, and four candles that closed at 78,770 to 78,800."""
    assert market.ask("avgPrice", symbol=BTC) == {"mins": 5, "price": "78785.00000000", "closeTime": START - 1}


def test_exchange_info_states_rules_and_limits(market: Asked) -> None:
    """As they are on the live exchange in 2026."""
    info = market.ask("exchangeInfo")

    assert [row["symbol"] for row in info["symbols"]] == [BTC, ETH]
    assert [one["limit"] for one in info["rateLimits"]] == [6_000, 100, 200_000, 300_000]
    assert list(info["symbols"][0]["permissions"]) == []
    assert [one["filterType"] for one in info["symbols"][0]["filters"]][:2] == ["PRICE_FILTER", "LOT_SIZE"]


def test_exchange_info_can_be_narrowed(market: Asked) -> None:
    """By symbol, permission and state, but not all at once."""
    assert [row["symbol"] for row in market.ask("exchangeInfo", symbol=ETH)["symbols"]] == [ETH]
    assert market.ask("exchangeInfo", permissions="LEVERAGED")["symbols"] == []
    assert market.ask("exchangeInfo", symbolStatus="BREAK")["symbols"] == []
    assert "permissionSets" not in market.ask("exchangeInfo", showPermissionSets="false")["symbols"][0]
    assert market.code("exchangeInfo", symbol="NOPEUSDT") == -1121
    assert market.code("exchangeInfo", symbol=BTC, symbolStatus="TRADING") == -1128
    assert market.code("exchangeInfo", symbol=BTC, permissions="SPOT") == -1128


def test_reference_prices_do_not_exist_here(market: Asked) -> None:
    """As for most symbols of the exchange."""
    assert market.code("referencePrice", symbol=BTC) == -2043
    assert market.code("referencePrice/calculation", symbol=BTC) == -2043
    assert market.ask("executionRules", symbol=BTC)["symbolRules"] == [{"symbol": BTC, "rules": []}]


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        ("depth", {}, 5),
        ("depth", {"limit": "500"}, 25),
        ("depth", {"limit": "501"}, 50),
        ("depth", {"limit": "9999"}, 250),
        ("exchangeInfo", {}, 20),
        ("klines", {}, 2),
        ("aggTrades", {}, 4),
        ("trades", {}, 25),
        ("ticker/24hr", {"symbol": BTC}, 2),
        ("ticker/24hr", {"symbols": str([f"A{n}" for n in range(21)]).replace("'", '"').replace(" ", "")}, 40),
        ("ticker/24hr", {}, 80),
        ("ticker/price", {"symbol": BTC}, 2),
        ("ticker/price", {}, 4),
        ("ticker", {"symbols": '["A","B"]'}, 8),
        ("executionRules", {"symbol": BTC}, 2),
        ("executionRules", {}, 40),
    ],
)
def test_weights(path: str, params: dict[str, str], weight: int) -> None:
    """By what is asked."""
    assert BY_PATH[path].weight(Params(params)) == weight
