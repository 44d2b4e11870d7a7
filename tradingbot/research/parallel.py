"""The same work on several things at once."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def each(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> Sequence[_Result]:
    """What `work` returns for each item, in their order; raises what the first failing one raises.

    On threads: reading, decoding and hashing candles run without the interpreter's lock.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, items))
