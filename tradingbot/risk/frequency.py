"""How often: entries a day, time between orders, cool-down after a stop."""

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account, Lane
from tradingbot.risk import refusals
from tradingbot.risk.rules import Rules


@compiled
def frequency_refusal(account: Account, lane: Lane, rules: Rules, now: int, until: int) -> int:
    """The frequency rule that blocks an entry decided at `now` and sent before `until`, or 0."""
    if now < lane.cooldown_until:
        return refusals.COOLDOWN
    if rules.max_entries_day > 0 and account.entries_today >= rules.max_entries_day:
        return refusals.DAY_COUNT
    if rules.order_spacing_ms > 0 and account.next_order_time >= until:
        return refusals.SPACING
    return refusals.NONE


@compiled
def take_order_slot(account: Account, rules: Rules, now: int) -> None:
    """Count an entry order, which takes the next free moment at or after `now`."""
    account.entries_today += 1
    account.next_order_time = max(account.next_order_time, now) + rules.order_spacing_ms


@compiled
def cooldown_until(lane: Lane, rules: Rules, now: int) -> int:
    """The moment from which a lane that was stopped out at `now` may enter again."""
    return now + rules.cooldown_candles * lane.timeframe_ms
