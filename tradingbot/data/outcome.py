"""What became of each original that was downloaded or imported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tradingbot.data.clean import Cleaned
from tradingbot.data.store import WriteReport
from tradingbot.domain.errors import InputError

State = Literal["stored", "unchanged", "absent"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One original: what it was verified against, and how many candles it gave."""

    origin: str
    symbol: str
    timeframe: str
    state: State
    verified: str = ""  # "CHECKSUM" | "manifest.json" | "" where nobody publishes a sum
    rows: int = 0
    new: int = 0
    replaced: int = 0
    duplicates: int = 0
    unclosed: int = 0
    off_grid: int = 0
    contradictions: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """All originals of a run; `failures` are those refused, the rest was stored."""

    outcomes: Sequence[Outcome]
    failures: Sequence[InputError]
    notes: Sequence[str] = field(default=())


# Called with the originals done, those known of so far, and the name of the last one.
Progress = Callable[[int, int, str], None]


def stored(origin: str, series: tuple[str, str], verified: str, cleaned: Cleaned, written: WriteReport) -> Outcome:
    """The outcome of an original whose candles are in the store."""
    return Outcome(
        origin=origin,
        symbol=series[0],
        timeframe=series[1],
        state="stored",
        verified=verified,
        rows=written.rows,
        new=written.new,
        replaced=written.replaced,
        duplicates=cleaned.duplicates,
        unclosed=cleaned.unclosed,
        off_grid=cleaned.off_grid,
        contradictions=cleaned.contradictions,
    )
