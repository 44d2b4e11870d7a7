"""Answers and events in microseconds, for clients that ask for them: every time in them, and nothing else."""

from typing import Any

_TIMES = frozenset(
    {
        "serverTime",
        "time",
        "updateTime",
        "transactTime",
        "transactionTime",
        "workingTime",
        "trailingTime",
        "openTime",
        "authorizedSince",
        "connectedSince",
    }
)
_KLINES = frozenset({"/api/v3/klines", "/api/v3/uiKlines"})
_EVENT_TIMES = {
    "executionReport": ("E", "T", "W", "O", "D"),
    "listStatus": ("E", "T"),
    "outboundAccountPosition": ("E", "u"),
    "balanceUpdate": ("E", "T"),
    "serverShutdown": ("E",),
}


def micro(moment: int) -> int:
    """Milliseconds as microseconds; -1, which stands for no time, stays."""
    return moment * 1000 if moment > 0 else moment


def micro_end(moment: int) -> int:
    """The last microsecond of what ends with this millisecond."""
    return (moment + 1) * 1000 - 1


def answer_in_microseconds(path: str, body: Any) -> Any:
    """The answer of an operation on that path."""
    if path in _KLINES and isinstance(body, list):
        return [[micro(row[0]), *row[1:6], micro_end(row[6]), *row[7:]] for row in body]
    if path == "/api/v3/aggTrades" and isinstance(body, list):
        return [{**row, "T": micro(row["T"])} for row in body]
    return _converted(body)


def event_in_microseconds(frame: dict[str, Any]) -> dict[str, Any]:
    """An event of the user stream."""
    times = {name: micro(frame[name]) for name in _EVENT_TIMES.get(frame["e"], ()) if name in frame}
    return {**frame, **times}


def _converted(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_converted(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _moment(name, one) for name, one in value.items()}


def _moment(name: str, value: Any) -> Any:
    if not isinstance(value, int):
        return _converted(value)
    if name == "closeTime":
        return micro_end(value)
    return micro(value) if name in _TIMES else value
