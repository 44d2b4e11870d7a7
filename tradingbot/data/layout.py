"""Where a store keeps what: folders by market, symbol, timeframe and month, one file a kind of source."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tradingbot.data.schema import PRECEDENCE, SourceLabel
from tradingbot.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of a store under `root`."""

    root: Path

    @property
    def market(self) -> Path:
        """The folder of spot candles."""
        return self.root / "candles" / "market=spot"

    def series(self, symbol: str, timeframe: Timeframe) -> Path:
        """The folder of one symbol and timeframe."""
        return self.market / f"symbol={symbol}" / f"timeframe={timeframe}"

    def month(self, symbol: str, timeframe: Timeframe, month: str) -> Path:
        """The folder of one month (YYYY-MM)."""
        return self.series(symbol, timeframe) / f"month={month}"

    def file(self, symbol: str, timeframe: Timeframe, month: str, label: SourceLabel) -> Path:
        """The file of one kind of source in a month."""
        return self.month(symbol, timeframe, month) / f"{label}.parquet"

    def symbols(self) -> Sequence[str]:
        """Symbols with a folder, sorted."""
        return _values(self.market, "symbol")

    def timeframes(self, symbol: str) -> Sequence[Timeframe]:
        """Timeframes with a folder, finest first."""
        names = _values(self.market / f"symbol={symbol}", "timeframe")
        return sorted((Timeframe.parse(name) for name in names), key=lambda timeframe: timeframe.ms)

    def months(self, symbol: str, timeframe: Timeframe) -> Sequence[str]:
        """Months with a folder, oldest first."""
        return _values(self.series(symbol, timeframe), "month")

    def files(self, symbol: str, timeframe: Timeframe, month: str) -> Sequence[tuple[SourceLabel, Path]]:
        """The files of a month, the one that takes precedence first."""
        every = ((label, self.file(symbol, timeframe, month, label)) for label in PRECEDENCE)
        return [(label, path) for label, path in every if path.exists()]


def _values(folder: Path, key: str) -> Sequence[str]:
    if not folder.is_dir():
        return ()
    # A folder without a file in it is what an interrupted first write leaves behind.
    found = (entry for entry in folder.iterdir() if entry.name.startswith(f"{key}=") and any(entry.iterdir()))
    return sorted(entry.name.removeprefix(f"{key}=") for entry in found)
