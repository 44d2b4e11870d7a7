"""The one place that decides how the core is compiled.

Functions marked `@compiled` become machine code on first use and are cached on disk. Numba renews a cached function
when its own file changes, but not when a function that it calls changes; so the cache folder is named by a digest of
all source files of the compiled layers, and stale code can never be loaded. `NUMBA_DISABLE_JIT=1` leaves them plain.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])

_COMPILED_LAYERS = ("domain", "risk", "engine")


def _source_digest() -> str:
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(numba.__version__.encode())
    for layer in _COMPILED_LAYERS:
        for path in sorted((package / layer).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "tradingbot" / "compiled" / _source_digest()


numba.config.CACHE_DIR = numba.config.CACHE_DIR or str(_cache_folder())


def compiled(function: _Function) -> _Function:
    """Compile with IEEE arithmetic (no fast-math), so that compiled and plain runs are equal to the last digit.

    Calls between compiled functions are inlined: a NumPy array costs seven arguments or more at every real call.
    """
    options = {"nogil": True, "error_model": "numpy", "forceinline": True, "no_cfunc_wrapper": True, "_nrt": False}
    return cast("_Function", numba.njit(cache=True, **options)(function))
