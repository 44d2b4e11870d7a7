"""Holding exchangeInfo against what we count on: a symbol's order types, flags and filters, and the rate limits."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tradingbot.exchange.drift.contract import Contract, FilterPart, SymbolPart
from tradingbot.exchange.drift.findings import Difference, Severity
from tradingbot.exchange.drift.judge import of_body

Row = Mapping[str, Any]


def of_symbol(contract: Contract, row: Row) -> Iterator[Difference]:
    """What is different in a symbol's row."""
    where = f"exchangeInfo {row.get('symbol')}"
    if row.get("status") != "TRADING":
        yield Difference(
            severity=Severity.LOOK, where=where, what="symbol is not trading", found=str(row.get("status"))
        )
    yield from _of_order_types(contract.symbol, where, row)
    yield from _of_flags(contract.symbol, where, row)
    yield from _of_filters(contract, where, row)


def of_rate_limits(contract: Contract, where: str, rows: Sequence[Any]) -> Iterator[Difference]:
    """What is different in the exchange's rate limits."""
    stated = {_limit_name(row): row.get("limit") for row in rows if isinstance(row, dict)}
    for one in contract.rate_limits:
        name = f"{one.kind} per {one.number} {one.interval}"
        found = stated.pop(name, None)
        if not isinstance(found, int):
            yield _gone(where, f"rate limit {name} is gone", Severity.LOOK, one.used_by)
        elif found != one.limit:
            severity = Severity.LOOK if found < one.limit else Severity.INFORMATION
            yield _changed(where, f"rate limit {name}", severity, (str(one.limit), str(found)), one.used_by)
    for name, limit in stated.items():
        yield Difference(severity=Severity.LOOK, where=where, what=f"rate limit {name} is new", found=str(limit))


def _limit_name(row: Row) -> str:
    return f"{row.get('rateLimitType')} per {row.get('intervalNum')} {row.get('interval')}"


def _of_order_types(part: SymbolPart, where: str, row: Row) -> Iterator[Difference]:
    allowed = row.get("orderTypes")
    if not isinstance(allowed, list):
        return  # the shape has said so
    for name in part.order_types:
        if name not in allowed:
            yield _gone(where, f"order type {name} is not allowed any more", Severity.BREAKS, part.used_by)
    for name in allowed:
        if name not in part.known_order_types:
            yield Difference(severity=Severity.INFORMATION, where=where, what=f"order type {name} is new")


def _of_flags(part: SymbolPart, where: str, row: Row) -> Iterator[Difference]:
    for name in part.flags:
        if row.get(name) is False:
            yield _gone(where, f"{name} is off", Severity.BREAKS, part.used_by)


def _of_filters(contract: Contract, where: str, row: Row) -> Iterator[Difference]:
    rows = row.get("filters")
    if not isinstance(rows, list):
        return
    stated = {str(one.get("filterType")): one for one in rows if isinstance(one, dict)}
    for name, part in contract.filters.items():
        found = stated.pop(name, None)
        if found is not None:
            yield from of_body(part, f"{where} {name}", [found], contract.known)
            yield from _of_limits(part, f"{where} {name}", found)
        elif part.if_gone is not None:
            yield _gone(where, f"filter {name} is gone", part.if_gone, part.used_by)
    for unknown, found in stated.items():
        yield Difference(severity=Severity.LOOK, where=where, what=f"filter {unknown} is new", found=str(found))


def _of_limits(part: FilterPart, where: str, found: Row) -> Iterator[Difference]:
    for words, limits in (("at least", part.at_least), ("at most", part.at_most)):
        for name, limit in limits.items():
            value = _number(found.get(name))
            if value is not None and (value < Decimal(limit) if words == "at least" else value > Decimal(limit)):
                stated = (f"{words} {limit}", str(found[name]))
                yield _changed(where, f"limit {name}", Severity.LOOK, stated, part.used_by)


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _gone(where: str, what: str, severity: Severity, used_by: str) -> Difference:
    return Difference(severity=severity, where=where, what=what, used_by=used_by)


def _changed(where: str, what: str, severity: Severity, stated: tuple[str, str], used_by: str) -> Difference:
    return Difference(
        severity=severity, where=where, what=f"{what} has changed", expected=stated[0], found=stated[1], used_by=used_by
    )
