"""From what a person asked to what research needs: configuration, folders, settings, dates."""

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from tradingbot import config
from tradingbot.cli.options import Asked, split_spec
from tradingbot.data.calendar import parse_day
from tradingbot.data.store import CandleStore, no_candles
from tradingbot.domain.errors import NoData, OutOfRange
from tradingbot.domain.symbols import DEFAULT_UNIVERSE, parse_symbol
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.research.laboratory import Laboratory, Progress
from tradingbot.research.settings import RunSettings, StrategySpec
from tradingbot.strategies.params import build
from tradingbot.strategies.registry import find

PLAIN_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Workspace:
    """The configuration with its folders, and the laboratory in them."""

    config: config.Config
    runs: Path
    strategy_paths: Sequence[Path]
    laboratory: Laboratory

    @classmethod
    def of(cls, asked: Asked) -> "Workspace":
        """Options go before the configuration."""
        held = config.current(asked.config)
        store = asked.store or Path(held.folders.store)
        runs = asked.runs or Path(held.folders.runs)
        paths = tuple(asked.strategy_paths) or tuple(Path(path) for path in held.folders.strategies)
        return cls(held, runs, paths, Laboratory.at(store, runs, paths))

    def settings(self, asked: Asked) -> RunSettings:
        """The run that was asked for; raises InputError and its kin."""
        given = None if asked.symbols is None else [parse_symbol(one) for one in asked.symbols.split(",")]
        symbols = given or DEFAULT_UNIVERSE
        start, end = period(self.laboratory.store, symbols, asked.start, asked.end)
        return RunSettings(
            strategies=self.specs(asked.strategies),
            symbols=list(symbols),
            start=start,
            end=end,
            cash=_cash(self.config.account.cash if asked.cash is None else asked.cash),
            base=asked.base,
            risk=self.config.risk,
            costs=self.config.costs,
            styles=self.config.styles,
            universe=self.config.universe,
            regime=self.config.regime,
        )

    def specs(self, texts: Sequence[str]) -> Sequence[StrategySpec]:
        """Named strategies with their parameters, checked; 'all' stands for every built-in and own one."""
        known = self.laboratory.catalogue.known
        names = [name for text in texts for name in (sorted(known) if text == "all" else [text])]
        specs = []
        for text in names:
            name, values = split_spec(text)
            build(find(name, known), values)
            specs.append(StrategySpec(name, values))
        return specs


def _cash(value: float) -> float:
    if not (math.isfinite(value) and value > 0.0):
        raise OutOfRange("cash", f"{value:g} is no equity to begin with", "Give an amount above 0")
    return value


def period(store: CandleStore, symbols: Sequence[str], start: str | None, end: str | None) -> tuple[int, int]:
    """First and last moment (ms, exclusive) of a run; the defaults are the last year of what all symbols have."""
    to = parse_day(end, "to") if end is not None else min(_end_of(store, one) for one in symbols) // DAY_MS * DAY_MS
    return (parse_day(start, "from") if start is not None else to - 365 * DAY_MS), to


def _end_of(store: CandleStore, symbol: str) -> int:
    ends = []
    for timeframe in store.timeframes(symbol):
        try:
            ends.append(store.span(symbol, timeframe)[1])
        except NoData:
            continue
    if not ends:
        raise no_candles(symbol)
    return max(ends)


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere; on stderr, so that stdout stays clean."""
    if quiet or not sys.stderr.isatty():
        yield lambda _label, _done, _total: None
        return
    label = TextColumn("{task.description}")
    columns = (label, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda text, done, total: bar.update(task, description=text, completed=done, total=total)


def console() -> Console:
    """Standard output: as wide as the terminal; elsewhere wide enough that no figure is cut off or folded."""
    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def say(text: str) -> None:
    """A line for people, on stderr."""
    typer.echo(text, err=True)


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
