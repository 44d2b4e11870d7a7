"""What `tradingbot exchange serve` does: from words to a running server."""

import asyncio
import contextlib
import ipaddress
import math
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec
import typer

from tradingbot.cli.clock import now_ms
from tradingbot.config import current
from tradingbot.data.calendar import parse_day
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.errors import BadFile, InputError, OutOfRange, UnknownName
from tradingbot.domain.symbols import parse_symbol
from tradingbot.exchange.replay.gate.keys import ApiKey
from tradingbot.exchange.replay.gate.signature import HmacSecret, Verifier, public_key
from tradingbot.exchange.replay.playing.clock import MAX_SPEED
from tradingbot.exchange.replay.playing.opening import ReplaySettings
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.transport.admin import DERIVED, MOST_AMOUNT
from tradingbot.exchange.replay.transport.server import Running, serving
from tradingbot.exchange.replay.world import Account, World, open_world
from tradingbot.exchange.simulated.prepare import prepare

_MOST_SPEED = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Access:
    """Where it is reached, and by whom."""

    port: int
    host: str
    allow_remote: bool
    api_key: str | None
    api_secret: str | None
    ed25519_key: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked for."""

    access: Access
    symbols: str
    data: Path | None
    start: str | None
    wall_clock: bool
    speed: str
    paused: bool
    frames: tuple[Path, ...]
    balances: tuple[str, ...]
    exchange_info: Path | None
    chaos: int | None
    config: Path | None


def run(wanted: Wanted, *, as_json: bool) -> None:
    """Serve until interrupted; raises InputError and its kin."""
    access = wanted.access
    _check_host(access)
    _check_frames(wanted)
    settings = ServeSettings(
        keys=keys(access.api_key, access.api_secret, access.ed25519_key, now_ms()),
        host=access.host,
        port=access.port,
        chaos=wanted.chaos,
    )
    asyncio.run(_serve(_world(wanted, settings), settings, as_json=as_json))


def _world(wanted: Wanted, settings: ServeSettings) -> World:
    held = current(wanted.config)
    replay = ReplaySettings(
        symbols=symbols_of(wanted.symbols),
        start=None if wanted.start is None else parse_day(wanted.start, "start"),
        speed=speed_of(wanted.speed),
        wall_clock=wanted.wall_clock,
        paused=wanted.paused,
        frames=wanted.frames,
        costs=held.costs,
    )
    account = Account(balances=balances_of(wanted.balances), exchange_info=wanted.exchange_info)
    folder = wanted.data or Path(held.folders.store)
    if not folder.is_dir():
        remedy = (
            "Name a candle store with --data, or fill one with 'tradingbot data download' or 'tradingbot data import'"
        )
        raise InputError("data", f"{folder} is no folder", remedy)
    world = open_world(ParquetStore(folder), replay, account, settings, now_ms)
    _check_told(world, wanted.frames)
    prepare()
    return world


def _check_frames(wanted: Wanted) -> None:
    if wanted.frames and wanted.start is not None:
        raise InputError("start", "frames begin when they were recorded", "Leave out --start, or --frames")


def _check_told(world: World, frames: Sequence[Path]) -> None:
    """Each file of frames drives a symbol of its own, or it would be left out without a word."""
    driven = [symbol for symbol, one in world.feed.status()["symbols"].items() if one["drivenBy"] != "candles"]
    if len(driven) < len(frames):
        problem = f"{len(frames)} given, but they drive {', '.join(driven) or 'none'} of the symbols"
        raise InputError("frames", problem, "Give one file a symbol, and name its symbol in --symbols")


async def _serve(world: World, settings: ServeSettings, *, as_json: bool) -> None:
    async with serving(settings, world) as running:
        typer.echo(msgspec.json.encode(banner(running)) if as_json else words(running))
        ended = asyncio.ensure_future(running.forever())
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, ended.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await ended


def banner(running: Running) -> dict[str, Any]:
    """What is being served."""
    world = running.world
    return {
        "url": running.url,
        "data": world.candles,
        "execution": "simulated",
        "candles": world.candles,
        "balances": {one.asset: str(one.total) for one in world.exchange.balances()},
        "rules": dict(world.rules),
        "derived": DERIVED,
        "faults": world.faults.seed,
        **world.feed.status(),
    }


def words(running: Running) -> str:
    """The banner for people."""
    told = banner(running)
    socket = running.url.replace("http", "ws", 1)
    data = "SYNTHETIC" if told["data"] == "synthetic" else "replay"
    lines = [
        f"Replay exchange: {data} data, simulated fills. Ctrl-C ends it, and its state with it.",
        f"  REST           {running.url}/api/v3",
        f"  streams        {socket}/ws, {socket}/stream",
        f"  WebSocket API  {socket}/ws-api/v3",
        f"  steering       {running.url}/replay/status",
        f"  market         {told['market']} at {told['speed']} times, {told['base']} candles, now {told['time']}",
        f"  timestamps     {'checked' if told['checksTimestamps'] else 'not checked: no clock can follow'}",
        f"  trades         {DERIVED['trades']}",
        f"  book           {DERIVED['book']}",
    ]
    for symbol, one in told["symbols"].items():
        driven = "" if one["drivenBy"] == "candles" else f"driven by {one['drivenBy']}; "
        lines.append(f"  {symbol:<14} {one['recordedFrom']} to {one['recordedTo']}; {driven}{told['rules'][symbol]}")
    if world_seed := told["faults"]:
        lines.append(f"  faults         on a schedule, seed {world_seed}")
    return "\n".join(lines)


def keys(name: str | None, secret: str | None, pem: Path | None, now: int) -> Sequence[ApiKey]:
    """The key that was given, none where none was; raises InputError, BadFile."""
    if name is None:
        if secret is not None or pem is not None:
            raise InputError("api-key", "a secret or public key without its API key", "Give --api-key too")
        return ()
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
        raise InputError("api-key", "not a key", "Use letters, digits, - and _ only")
    if secret == "":
        raise InputError("api-secret", "empty, so that anybody could sign", "Give the secret, or leave the option out")
    verifiers: list[Verifier] = [] if secret is None else [HmacSecret(secret)]
    if pem is not None:
        verifiers.append(public_key(_read(pem), "ed25519-key"))
    if not verifiers:
        raise InputError("api-secret", "an API key that nothing signs for", "Give --api-secret, --ed25519-key or both")
    return (ApiKey(name=name, verifiers=tuple(verifiers), created_at=now),)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFile("ed25519-key", f"{path}: {error.strerror}", "Give the PEM file of a public key") from None


def symbols_of(text: str) -> Sequence[str]:
    """Comma-separated symbols, each once; raises UnknownName, InputError."""
    found = [parse_symbol(one) for one in text.split(",")]
    twice = next((one for one in found if found.count(one) > 1), None)
    if twice is not None:
        raise InputError("symbols", f"{twice} is given twice", "Give each symbol once")
    return found


def balances_of(texts: Sequence[str]) -> Mapping[str, Decimal]:
    """ASSET=AMOUNT, each asset once; raises InputError."""
    found: dict[str, Decimal] = {}
    for text in texts:
        asset, _, amount = text.partition("=")
        if not re.fullmatch(r"[A-Z0-9]{1,20}", asset) or asset in found:
            raise InputError("balance", f"'{text}' does not name a new asset", "Write each asset once, as in BTC=0.05")
        found[asset] = _amount(text, amount)
    return found


def _amount(text: str, amount: str) -> Decimal:
    try:
        found = Decimal(amount)
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 <= found < MOST_AMOUNT) or found != round(found, 8):
        raise InputError(
            "balance", f"'{text}' has no amount", f"Write an amount from 0 to {MOST_AMOUNT:,}, at most 8 decimals"
        )
    return found


def speed_of(text: str) -> float:
    """Times real time, or 'max'; raises OutOfRange."""
    if text == "max":
        return MAX_SPEED
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0.0 < found <= _MOST_SPEED:
        raise OutOfRange(
            "speed", f"'{text}' is no speed", f"Give a number above 0, at most {_MOST_SPEED:,.0f}, or 'max'"
        )
    return found


def _check_host(access: Access) -> None:
    try:
        is_local = access.host == "localhost" or ipaddress.ip_address(access.host).is_loopback
    except ValueError:
        raise UnknownName("host", f"'{access.host}' is no address", "Give an IP address, as 127.0.0.1") from None
    if not is_local and not access.allow_remote:
        problem = f"{access.host} lets in whoever reaches it, over connections that nothing encrypts"
        raise InputError("host", problem, "Add --allow-remote if that is meant")
