"""Many small wins, one big trade: doubled risk for the best entries, paid by the day's own profit."""

from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account
from tradingbot.risk.rules import Rules

RECENT = 200
"""Expected values that are remembered."""

ENOUGH = 20
"""Expected values that must be known before a rank among them means anything."""


@compiled
def rank_among(recent: FloatColumn, count: int, value: float) -> float:
    """The share of remembered expected values below `value`; 0 while too few are known."""
    known = min(count, len(recent))
    if known < ENOUGH:
        return 0.0
    below = 0
    for i in range(known):
        if recent[i] < value:
            below += 1
    return below / known


@compiled
def big_win_factor(account: Account, rules: Rules, rank: float) -> float:
    """The factor on `risk_per_trade`: above 1 when the entry ranks high and today's profit covers the extra risk."""
    extra = (rules.big_win_factor - 1.0) * rules.risk_per_trade * account.equity
    if extra > 0.0 and rank >= rules.big_win_rank and account.day_realised >= extra:
        return rules.big_win_factor
    return 1.0
