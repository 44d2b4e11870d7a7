"""What an indicator does with a value that is not known inside a column: it starts anew after it."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar, cast

import numpy as np

from tradingbot.domain.candles import FloatColumn

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result", bound=FloatColumn | tuple[FloatColumn, ...])


def restarting(indicator: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Run the indicator on each stretch in which all of its columns are known; NaN between and during each warm-up.

    TA-Lib passes over a NaN at the start only. One further in makes its averages NaN for ever, while extremes, ranks,
    RSI and ADX go on with numbers that mean nothing.
    """

    @wraps(indicator)
    def on_known_values(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        columns = [given for given in (*args, *kwargs.values()) if isinstance(given, np.ndarray)]
        stretches = _stretches(columns)
        if stretches is None:
            return indicator(*args, **kwargs)

        def part(span: slice) -> _Result:
            cut, named = [_cut(given, span) for given in args], {key: _cut(kwargs[key], span) for key in kwargs}
            return cast("Callable[..., _Result]", indicator)(*cut, **named)

        return _joined([(span, part(span)) for span in stretches], len(columns[0]), part(slice(0, 0)))

    return on_known_values


def _cut(given: object, span: slice) -> object:
    return given[span] if isinstance(given, np.ndarray) else given


def _stretches(columns: Sequence[FloatColumn]) -> Sequence[slice] | None:
    """Where all columns are known; None where that is everywhere. A minimum is the quickest way to see a NaN."""
    if not any(len(column) and np.isnan(column.min()) for column in columns):
        return None
    known = np.logical_not(np.isnan(columns).any(axis=0))
    edges = np.flatnonzero(np.diff(known, prepend=False, append=False)).tolist()
    return [slice(first, end) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _joined(parts: Sequence[tuple[slice, _Result]], size: int, empty: _Result) -> _Result:
    """One column, or one for each field of a named tuple, of that size; NaN outside the parts."""
    if isinstance(empty, tuple):
        fields = [_column([(span, part[at]) for span, part in parts], size) for at in range(len(empty))]
        return cast("_Result", type(empty)(*fields))
    return cast("_Result", _column(cast("Sequence[tuple[slice, FloatColumn]]", parts), size))


def _column(parts: Sequence[tuple[slice, FloatColumn]], size: int) -> FloatColumn:
    result = np.full(size, np.nan)
    for span, values in parts:
        result[span] = values
    return result
