"""Files that are either wholly there or not at all."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tradingbot.domain.errors import StorageFull

OpenFile = Callable[[Path], IO[bytes]]

_FULL = (errno.ENOSPC, errno.EDQUOT)


def open_for_writing(path: Path) -> IO[bytes]:
    """The file at `path`, emptied."""
    return path.open("wb")


def put(path: Path, content: bytes, open_file: OpenFile = open_for_writing) -> None:
    """Write a file beside its place, flush it to the disk and move it there; raises StorageFull.

    A reader sees the old file or the new one, also after a power cut, and nothing half-written remains.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_file(part) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                "store",
                f"the disk is full while writing {path}",
                "Free some space and run the command again: it continues where it stopped",
            ) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows cannot open a folder; its rename is durable by itself
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
