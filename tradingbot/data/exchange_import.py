"""exchangeInfo files on this machine into the store's filters."""

import re
from collections.abc import Sequence
from pathlib import Path

from tradingbot.data.calendar import parse_day, stamp
from tradingbot.data.checksum import check, find_manifest, sha256
from tradingbot.data.exchange_info import FilterStore, gunzip, parse, snapshot
from tradingbot.data.outcome import Outcome
from tradingbot.domain.errors import InputError

ENDINGS = (".json", ".json.gz")

_SPOT = "exchangeInfo-spot-mainnet-*"


def exchange_files(path: Path) -> Sequence[Path]:
    """The file itself, or a folder's exchangeInfo files of the spot market, by their names."""
    if path.is_file():
        return [path] if path.name.endswith(ENDINGS) else []
    return sorted(file for file in path.rglob(_SPOT) if file.name.endswith(ENDINGS))


def import_exchange_info(store: FilterStore, path: Path, as_of: int | None, now_ms: int) -> Outcome:
    """Verify and keep the filters of a file.

    They are dated by the answer's own server time, else the folder's manifest, else `as_of` (ms UTC), else the date in
    the file's name; without any of them InputError is raised. Raises BadFile, ChecksumMismatch, StorageFull.
    """
    content = path.read_bytes()
    manifest = find_manifest(path)
    expected = manifest.sum_of(path) if manifest else None
    if expected is not None:
        check(content, expected, path.name)
    info = parse(gunzip(content, path.name) if path.suffix == ".gz" else content, path.name)
    stated = manifest.firsts.get(path.relative_to(manifest.root).as_posix()) if manifest else None
    moment = info.server_time or _day(stated) or as_of or _day(path.stem)
    if moment is None:
        raise InputError("as-of", f"{path.name} does not say when it was taken", "Give --as-of YYYY-MM-DD")
    origin = path.resolve().as_posix()
    store.save(snapshot(info, moment, origin, sha256(content), now_ms))
    verified = "manifest.json" if expected else ""
    return Outcome(origin, f"{len(info.symbols)} symbols", f"filters of {stamp(moment)}", "stored", verified)


def _day(text: str | None) -> int | None:
    """The first date in a text; a month alone counts from its first day."""
    found = re.search(r"\d{4}-\d{2}(-\d{2})?", text or "")
    if found is None:
        return None
    return parse_day(found[0] if found[1] else f"{found[0]}-01", "date")
