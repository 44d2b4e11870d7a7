"""Options that research verbs share, and what they mean together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

Config = Annotated[Path | None, typer.Option("-c", "--config", help="TOML file; default tradingbot.toml if there.")]
Store = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="Folder of the candle store.")]
Runs = Annotated[Path | None, typer.Option("--runs", metavar="DIR", help="Folder of runs and of the ledger.")]
StrategyPath = Annotated[list[Path] | None, typer.Option("--strategy-path", help="Folder with your own strategies.")]
Strategies = Annotated[
    list[str] | None,
    typer.Option("-s", "--strategy", help="A strategy, as in sma-cross or sma-cross:fast=10,slow=40; 'all' for all."),
]
Symbols = Annotated[str | None, typer.Option("--symbols", help="Comma-separated; default the configured universe.")]
From = Annotated[str | None, typer.Option("--from", help="First UTC day, YYYY-MM-DD; default a year before --to.")]
To = Annotated[str | None, typer.Option("--to", help="UTC day after the last; default the end of what is stored.")]
Base = Annotated[str | None, typer.Option("--base", help="Base clock; default the finest common timeframe.")]
Cash = Annotated[float | None, typer.Option("--cash", help="Equity at the start, in the quote currency.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for, before the configuration fills in the rest."""

    config: Path | None = None
    store: Path | None = None
    runs: Path | None = None
    strategy_paths: Sequence[Path] = ()
    strategies: Sequence[str] = ("all",)
    symbols: str | None = None
    start: str | None = None
    end: str | None = None
    base: str | None = None
    cash: float | None = None


def single(strategy: str) -> Sequence[str]:
    """The one strategy that a verb is about; raises InputError for 'all'."""
    from tradingbot.domain.errors import InputError

    if strategy == "all":
        raise InputError("strategy", "'all' is more than one", "Name one; 'tradingbot list-strategies' shows them")
    return (strategy,)


def split_spec(text: str) -> tuple[str, Mapping[str, Any]]:
    """`name:a=1,b=2` as name and parameters; raises InputError."""
    from tradingbot.domain.errors import InputError

    name, _, rest = text.partition(":")
    values: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise InputError("strategy", f"'{part}' has no value", "Write name:parameter=value,parameter=value")
        if key.strip() in values:
            raise InputError("strategy", f"{key.strip()} is given twice", "Give each parameter once")
        values[key.strip()] = value.strip()
    return name, values
