"""Which symbols a market question is about: `symbol`, `symbols`, or all; and those in a given state."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.world import World

_LIST = re.compile(r'\[("[\w\-.]{1,50}"(,"[\w\-.]{1,50}"){0,}){0,1}\]')
_LEGAL = r'^\[("[\w-._&&[^a-z]]{1,50}"(,"[\w-._&&[^a-z]]{1,50}"){0,}){0,1}\]$'


class SymbolStatus(StrEnum):
    """The states that can be asked for."""

    TRADING = "TRADING"
    HALT = "HALT"
    BREAK = "BREAK"


def conflict() -> ExchangeError:
    """The error for parameters that exclude each other."""
    return refusal(-1128, "Combination of optional parameters invalid.")


def named(params: Params) -> Sequence[str] | None:
    """The symbols that were named, None where none were; raises -1100, -1128, -1151."""
    if "symbols" not in params:
        return [params.symbol()] if "symbol" in params else None
    if "symbol" in params:
        raise conflict()
    text = params.text("symbols")
    if not _LIST.fullmatch(text):
        raise refusal(-1100, f"Illegal characters found in parameter 'symbols'; legal range is '{_LEGAL}'.")
    found = msgspec.json.decode(text, type=list[str])
    if len(set(found)) < len(found):
        raise refusal(-1151, "Symbol is present multiple times in the list.")
    return found


def status_of(params: Params) -> SymbolStatus | None:
    """The state that was asked for, None where none was; raises -1122."""
    return params.choice("symbolStatus", SymbolStatus, -1122, "Invalid symbolStatus.")


def one(world: World, params: Params) -> str:
    """The mandatory symbol; raises -1121, -1220 where it is in another state than asked for."""
    symbol = params.symbol()
    status = status_of(params) if "symbolStatus" in params else None
    world.market.of(symbol)
    if status is not None and world.exchange.instrument(symbol).status != status:
        raise refusal(-1220, "The symbol's status does not match the requested symbolStatus.")
    return symbol


def several(world: World, params: Params) -> Sequence[str]:
    """The symbols that were named, else all; raises -1121. Those in another state than asked for are left out."""
    asked = named(params)
    status = status_of(params)
    symbols = world.market.symbols if asked is None else asked
    for symbol in symbols:
        world.market.of(symbol)
    return [symbol for symbol in symbols if status in (None, world.exchange.instrument(symbol).status)]


def answer_each(world: World, params: Params, answer: Any) -> Any:
    """One object for `symbol`, a list for `symbols` or for all."""
    if "symbol" in params and "symbols" not in params:
        return answer(one(world, params))
    return [answer(symbol) for symbol in several(world, params)]


def count(params: Params) -> int | None:
    """How many symbols were named; None where none were."""
    asked = named(params)
    return None if asked is None else len(asked)
