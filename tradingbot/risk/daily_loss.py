"""Daily loss limit: on marked-to-market equity, against that of 00:00 UTC."""

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account
from tradingbot.risk.rules import Rules


@compiled
def daily_loss_reached(account: Account, rules: Rules) -> bool:
    """Whether today's equity has lost its limit; trips once a day."""
    if rules.daily_loss <= 0.0 or account.day_blocked:
        return False
    return account.equity <= account.day_open_equity * (1.0 - rules.daily_loss)
