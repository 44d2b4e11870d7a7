"""What every operation of the replay exchange works on, and how it is put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.provenance import DataProvenance
from tradingbot.exchange.events import AccountEvent
from tradingbot.exchange.replay.gate.faults import Faults
from tradingbot.exchange.replay.gate.keys import ApiKey, KeyRing
from tradingbot.exchange.replay.gate.limits import Limits
from tradingbot.exchange.replay.market.replay_market import ReplayMarket
from tradingbot.exchange.replay.playing.clock import ReplayClock
from tradingbot.exchange.replay.playing.feed import Feed
from tradingbot.exchange.replay.playing.opening import ReplaySettings, open_replay
from tradingbot.exchange.replay.rules import find_rules
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.streams.hub import Hub
from tradingbot.exchange.replay.users import Users
from tradingbot.exchange.simulated.exchange import SimulatedExchange


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One account at one exchange; `caller` is the key of the request at hand, None for a public one.

    `candles` tells whether the recording itself is real ("replay") or generated ("synthetic"), `rules` where the
    filters of each symbol come from.
    """

    exchange: SimulatedExchange
    market: ReplayMarket
    clock: ReplayClock
    hub: Hub
    feed: Feed
    keys: KeyRing
    limits: Limits
    faults: Faults
    users: Users
    candles: DataProvenance
    rules: Mapping[str, str] = field(default_factory=dict)
    caller: ApiKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the account begins with, and under whose rules: of the exchangeInfo file where one is given."""

    balances: Mapping[str, Decimal] = field(default_factory=dict)
    exchange_info: Path | None = None


def open_world(
    store: ParquetStore, replay: ReplaySettings, account: Account, serve: ServeSettings, wall: Callable[[], int]
) -> World:
    """Everything, ready to be served; `wall` is the wall clock in ms UTC.

    Raises NoData for a symbol without candles, UnknownName for one without rules, BadFile.
    """
    rules = find_rules(store, replay.symbols, account.exchange_info, replay.start)
    instruments = [one.instrument for one in rules]
    exchange = SimulatedExchange(instruments, account.balances, replay.costs)
    opened = open_replay(store, exchange, replay, wall)
    limits, users = Limits(serve.limits), Users()

    def hear(event: AccountEvent) -> None:
        limits.account(event, opened.clock.now_ms())
        users.publish(event)

    exchange.listener = hear
    return World(
        exchange=exchange,
        market=opened.market,
        clock=opened.clock,
        hub=opened.hub,
        feed=opened.feed,
        keys=KeyRing(serve.keys),
        limits=limits,
        faults=Faults(serve.chaos),
        users=users,
        candles=opened.data,
        rules={one.instrument.symbol: one.source for one in rules},
    )
