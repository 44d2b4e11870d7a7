"""Account latches: once one is set, no lane may enter."""

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account
from tradingbot.risk import refusals


@compiled
def latch_refusal(account: Account) -> int:
    """The first latch that blocks entries, or 0."""
    if account.emergency:
        return refusals.EMERGENCY
    if account.halted:
        return refusals.HALTED
    if account.day_blocked:
        return refusals.DAY_BLOCKED
    if account.error_storm:
        return refusals.ERROR_STORM
    return refusals.NONE
