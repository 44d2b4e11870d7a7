"""What `tradingbot exchange drift` does."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from tradingbot.cli.clock import now_ms
from tradingbot.cli.exchange_reached import reached
from tradingbot.cli.workspace import console, print_json, say
from tradingbot.data.atomic import put
from tradingbot.data.calendar import day_of
from tradingbot.domain.errors import InputError
from tradingbot.domain.provenance import DataProvenance
from tradingbot.domain.symbols import parse_symbol
from tradingbot.exchange.binance.wire.credentials import FILE, KEY, SECRET, Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.provenance import Provenance
from tradingbot.exchange.drift.ask import Asker
from tradingbot.exchange.drift.check import Check
from tradingbot.exchange.drift.contract import recorded
from tradingbot.exchange.drift.findings import Difference, Findings


def check_exchange(venue: str, symbols: Sequence[str], record: Path | None, patience: float, *, as_json: bool) -> bool:
    """Check, show, and perhaps keep the answers; whether the contract holds. Raises InputError, ExchangeError."""
    names = list(dict.fromkeys(parse_symbol(one) for one in symbols))
    if record is not None and record.exists():
        raise InputError("record", f"{record} exists already", "Name a new file")
    endpoints, credentials = Endpoints.named(venue), _credentials(os.environ)
    with reached(venue):
        findings, answers, data = asyncio.run(_check(endpoints, names, credentials, patience))
    if record is not None:
        kept = {"venue": findings.venue, "data": data, "at": findings.at, "answers": answers}
        put(record, msgspec.json.format(msgspec.json.encode(kept)))
        say(f"Answers kept in {record}")
    if as_json:
        print_json({"data": data, "holds": findings.holds, **msgspec.to_builtins(findings)})
    else:
        _show(data, findings)
    return findings.holds


def _credentials(environment: Mapping[str, str]) -> Credentials | None:
    """None where no variable names any."""
    given = any(environment.get(name) for name in (FILE, KEY, SECRET))
    return Credentials.from_environment(environment) if given else None


async def _check(
    endpoints: Endpoints, symbols: Sequence[str], credentials: Credentials | None, patience: float
) -> tuple[Findings, Mapping[str, Any], DataProvenance]:
    provenance = Provenance(endpoints, patience)
    async with aiohttp.ClientSession() as session:
        check = Check(recorded(), Asker(session, endpoints, credentials, now_ms, patience))
        findings = await check.run(symbols)
    await provenance.learn()
    return findings, check.answers, provenance.data


def _show(data: DataProvenance, findings: Findings) -> None:
    lines = [f"{data.upper()} {findings.venue} on {day_of(findings.at)}, held against {findings.contract}"]
    lines += [_line(one) for one in findings.differences]
    left: dict[str, list[str]] = {}
    for one in findings.unchecked:
        left.setdefault(one.why, []).append(one.where)
    lines += [f"Not looked at, as {why}: {', '.join(where)}" for why, where in left.items()]
    verdict = "Nothing breaks us." if findings.holds else "Do not trade with this version before this is mended."
    lines.append(f"{len(findings.checked)} parts looked at, {len(findings.differences)} differences. {verdict}")
    console().print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _line(one: Difference) -> str:
    stated = [f"{word} {value}" for word, value in (("expected", one.expected), ("found", one.found)) if value]
    user = f" (used by {one.used_by})" if one.used_by else ""
    return f"{one.severity.upper()}: {one.where}: {'; '.join([one.what, *stated])}{user}"
