"""What `tradingbot exchange check` does."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tradingbot.cli.clock import now_ms
from tradingbot.cli.exchange_reached import reached
from tradingbot.cli.tables import table
from tradingbot.cli.workspace import console, print_json
from tradingbot.domain.symbols import parse_symbol
from tradingbot.exchange.binance.account.venue import BinanceVenue
from tradingbot.exchange.binance.market.market_data import BinanceMarketData
from tradingbot.exchange.binance.wire.clock import Reading
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.mailbox import Subscription
from tradingbot.exchange.errors import Unavailable
from tradingbot.exchange.events import StreamLost
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import Commission, KeyPermissions
from tradingbot.exchange.streams import Stream, StreamKind

STREAM_TIMEOUT = 20.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found. `assets` is how many the account has any of; `used` what is used of each limit, and the limit."""

    rest: str
    data: str
    execution: str
    clock: Reading
    key: str
    permissions: KeyPermissions
    assets: int
    instruments: Sequence[Instrument]
    commissions: Sequence[Commission]
    used: Mapping[str, tuple[int, int]]


def check_exchange(venue: str, symbols: Sequence[str], *, as_json: bool) -> None:
    """Check and show; raises InputError, KeyRefused, ClockOff and other errors of the exchange."""
    names = list(dict.fromkeys(parse_symbol(one) for one in symbols))
    endpoints = Endpoints.named(venue)
    credentials = Credentials.from_environment(os.environ)
    with reached(venue):
        found = asyncio.run(_check(endpoints, credentials, names))
    if as_json:
        print_json(_document(found))
    else:
        _show(found)


async def _check(endpoints: Endpoints, credentials: Credentials, symbols: Sequence[str]) -> Checked:
    venue = BinanceVenue(endpoints, credentials, now_ms)
    await venue.open()
    try:
        instruments = await venue.instruments(symbols)
        prices = BinanceMarketData(endpoints, now_ms, budget=venue.budget)
        await _heard("the account's events", venue.events())
        await _heard("the market's streams", prices.stream([Stream(one, StreamKind.TOP_OF_BOOK) for one in symbols]))
        clock = venue.clock.reading
        assert clock is not None
        return Checked(
            rest=endpoints.rest,
            data=venue.data,
            execution=venue.execution,
            clock=clock,
            key="Ed25519" if credentials.is_ed25519 else "HMAC",
            permissions=await venue.permissions(),
            assets=len(await venue.balances()),
            instruments=instruments,
            commissions=[await venue.commission(one) for one in symbols],
            used=venue.budget.used(),
        )
    finally:
        await venue.close()


async def _heard(what: str, events: Subscription[Any], patience: float = STREAM_TIMEOUT) -> None:
    """Wait until a stream is connected; raises what it ended with, or Unavailable with what was in the way."""
    is_heard = False
    try:
        async with asyncio.timeout(patience):
            await events.started()
            is_heard = True
    except TimeoutError:
        pass
    finally:
        await events.aclose()
    reasons = [one.reason async for one in events if isinstance(one, StreamLost)]  # raises what it ended with
    if not is_heard:
        raise Unavailable(": ".join([f"{what} could not be heard within {patience:g} s", *reasons[-1:]]))


def _document(found: Checked) -> Mapping[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(found)
    whole["clock"] = found.clock._asdict()
    whole["used"] = {name: {"used": used, "limit": limit} for name, (used, limit) in found.used.items()}
    return whole | {"streams": {"account": "heard", "market": "heard"}}


def _show(found: Checked) -> None:
    lines = [
        f"{found.data.upper()} prices, {found.execution.upper()} fills, at {found.rest}",
        f"Clock: the exchange's is {found.clock.offset:+d} ms from ours, known to {found.clock.error} ms",
        f"Key: {found.key}, {_words(found)}",
        f"Account: {found.assets} assets; its events are heard",
        "Market: its streams are heard",
    ]
    out = console()
    for line in lines:
        out.print(line, markup=False)
    made = table("SYMBOLS", "symbol", "status", ">tick", ">step", ">least value", ">maker", ">taker", ">less in BNB")
    for row, rates in zip(found.instruments, found.commissions, strict=True):
        least = row.number("NOTIONAL", "minNotional") or row.number("MIN_NOTIONAL", "minNotional")
        numbers = (row.number("PRICE_FILTER", "tickSize"), row.number("LOT_SIZE", "stepSize"), least)
        shares = (f"{share:.4%}" for share in (rates.maker, rates.taker, rates.bnb_discount))
        made.add_row(row.symbol, row.status, *(f"{number.normalize():f}" for number in numbers), *shares)
    out.print(made)
    for name, (used, limit) in found.used.items():
        out.print(f"Used of {name}: {used:,} of {limit:,}", markup=False)


def _words(found: Checked) -> str:
    may = found.permissions
    unknown = "the test network" if found.execution == "testnet" else "this exchange"
    words = ["may trade" if may.can_trade else "may not trade"]
    words.append(f"withdrawing cannot be checked on {unknown}" if may.can_withdraw is None else "may not withdraw")
    if may.is_bound_to_addresses is False:
        remedy = "" if found.execution == "simulated" else ": bind it to this machine's in Binance's API management"
        words.append(f"NOT bound to an address{remedy}")
    elif may.is_bound_to_addresses:
        words.append("bound to addresses")
    return ", ".join(words)
