"""SHA-256 sums that publishers state: CHECKSUM files and manifests."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tradingbot.domain.errors import BadFile, ChecksumMismatch

MANIFEST = "manifest.json"


class _Entry(msgspec.Struct, frozen=True):
    path: str
    sha256: str
    first: str | None = None


class _Manifest(msgspec.Struct, frozen=True):
    files: list[_Entry]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The sums, and the first moment (ISO date or time) covered, of a folder's files by their path in it."""

    root: Path
    sums: Mapping[str, str]
    firsts: Mapping[str, str]

    def sum_of(self, path: Path) -> str | None:
        """The stated sum of a file; None where it is not listed."""
        return self.sums.get(path.relative_to(self.root).as_posix())


def sha256(content: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def parse_checksum(text: str, name: str) -> str:
    """The sum in a CHECKSUM file (`<sha256>  <file>`); raises BadFile where it is not one for that file."""
    match = re.fullmatch(r"([0-9a-fA-F]{64})\s+\*?(\S+)\s*", text)
    if match is None or match[2] != name:
        raise BadFile(f"{name}.CHECKSUM", "not a SHA-256 sum of that file", "Check --archive-url")
    return match[1].lower()


def check(content: bytes, expected: str, name: str) -> None:
    """Raise ChecksumMismatch, naming the file, unless its SHA-256 is the expected one."""
    found = sha256(content)
    if found != expected:
        raise ChecksumMismatch(
            name,
            f"its SHA-256 is {found}, its publisher states {expected}",
            "Get the file again; if it stays so, do not use it",
        )


def find_manifest(path: Path) -> Manifest | None:
    """The manifest of a file or folder: in it or in the nearest folder above that has one; None without."""
    start = path if path.is_dir() else path.parent
    for folder in (start, *start.parents):
        file = folder / MANIFEST
        if not file.is_file():
            continue
        try:
            entries = msgspec.json.decode(file.read_bytes(), type=_Manifest).files
        except msgspec.MsgspecError:
            continue  # another program's file of that name
        sums = {entry.path: entry.sha256.lower() for entry in entries}
        return Manifest(folder, sums, {entry.path: entry.first for entry in entries if entry.first})
    return None
