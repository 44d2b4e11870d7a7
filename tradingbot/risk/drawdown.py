"""Drawdown limit: on marked-to-market equity, against its highest value."""

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account
from tradingbot.risk.rules import Rules


@compiled
def drawdown_reached(account: Account, rules: Rules) -> bool:
    """Whether equity has fallen from its peak by the limit; trips once, a person releases it."""
    if rules.drawdown <= 0.0 or account.halted:
        return False
    return account.equity <= account.peak * (1.0 - rules.drawdown)
