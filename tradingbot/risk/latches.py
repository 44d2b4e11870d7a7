"""Account latches: once one is set, no lane may enter."""

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account
from tradingbot.risk.refusals import Refusal


@compiled
def latch_refusal(account: Account) -> int:
    """The first latch that blocks entries, or 0."""
    if account.emergency:
        return Refusal.EMERGENCY
    if account.halted:
        return Refusal.HALTED
    if account.day_blocked:
        return Refusal.DAY_BLOCKED
    if account.error_storm:
        return Refusal.ERROR_STORM
    return Refusal.NONE
