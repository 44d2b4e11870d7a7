"""Do two engines make the same trades?"""

import numpy as np

from benchmarks.peers.harness import Trades

PRICE_TOLERANCE = 1e-9
AGREED = 0.99  # share of equal trades from which two engines count as agreeing


def share(theirs: Trades, reference: Trades, bars: int) -> float:
    """Equal trades as a share of all that either made: same row and bars, prices and net profit within 1e-9.

    The reference is cut to the trades that were over before the last of `bars` bars.
    """
    reference = reference[reference["exit"] < bars]
    if not len(theirs) and not len(reference):
        return 1.0
    keys = [{tuple(k): i for i, k in enumerate(t[["row", "entry", "exit"]].tolist())} for t in (theirs, reference)]
    common = keys[0].keys() & keys[1].keys()
    a = theirs[[keys[0][k] for k in common]]
    b = reference[[keys[1][k] for k in common]]
    close = np.ones(len(common), np.bool_)
    for name in ("entry_price", "exit_price"):
        close &= np.abs(a[name] - b[name]) <= PRICE_TOLERANCE * b[name]
    close &= np.abs(a["net"] - b["net"]) <= PRICE_TOLERANCE
    return int(close.sum()) / (len(theirs) + len(reference) - len(common))
