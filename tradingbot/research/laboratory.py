"""Where runs find candles, filters and strategies, and where they are counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tradingbot.data.exchange_info import FilterStore
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.errors import InputError, NoData, OutOfRange
from tradingbot.domain.filters import SymbolFilters
from tradingbot.domain.provenance import DataProvenance
from tradingbot.domain.symbols import split_symbol
from tradingbot.research.catalogue import Catalogue, full_specs
from tradingbot.research.ledger import Ledger
from tradingbot.research.prepare import Prepared, prepare
from tradingbot.research.settings import RunSettings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and of how many."""


def silent(_label: str, _done: int, _total: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Where runs find candles, filters and strategies, and where they are counted."""

    store: ParquetStore
    catalogue: Catalogue
    ledger: Ledger

    @classmethod
    def at(cls, store: Path, runs: Path, strategy_paths: Sequence[Path] = ()) -> "Laboratory":
        """The laboratory of these folders."""
        return cls(ParquetStore(store), Catalogue.of(strategy_paths), Ledger(runs / "ledger.sqlite"))

    @property
    def provenance(self) -> DataProvenance:
        """Of the stored candles: recorded ones are a replay."""
        return "synthetic" if self.store.provenance() == "synthetic" else "replay"

    def prepare(self, settings: RunSettings) -> Prepared:
        """Everything that all cases of a run share."""
        _check(settings)
        return prepare(self.store, settings, self.catalogue.build(settings.strategies))

    def filters(self, settings: RunSettings) -> Sequence[SymbolFilters | None]:
        """The exchange's filters of each symbol, None where they are not known."""
        known = FilterStore(self.store.root)
        return [_filters(known, symbol, settings.end) for symbol in settings.symbols]

    def config(self, settings: RunSettings, prepared: Prepared) -> Mapping[str, Any]:
        """All settings of a run as plain values, defaults and a person's own code included."""
        config: dict[str, Any] = msgspec.to_builtins(settings)
        config["strategies"] = full_specs(prepared.strategies)
        config["base"] = str(prepared.base)
        config["strategy_files_sha256"] = self.catalogue.fingerprint()
        return config


def _check(settings: RunSettings) -> None:
    for name, given in (("strategies", settings.strategies), ("symbols", settings.symbols)):
        if not given:
            raise InputError(name, "none is given", f"Name at least one of the {name}")
    if len(set(settings.symbols)) < len(settings.symbols):
        raise InputError("symbols", "one is given twice", "Name each symbol once")
    quotes = sorted({split_symbol(symbol)[1] for symbol in settings.symbols})
    if len(quotes) > 1:
        problem = f"they are quoted in {' and '.join(quotes)}, and an account has one currency"
        raise InputError("symbols", problem, "Name symbols of one quote asset")
    if settings.start >= settings.end:
        raise OutOfRange("from/to", "the range is empty or reversed", "Give --from before --to")


def _filters(known: FilterStore, symbol: str, at: int) -> SymbolFilters | None:
    try:
        return known.get(symbol, at)
    except NoData:
        return None
