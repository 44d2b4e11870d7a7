"""The smallest orders that a symbol's filters allow, for `order/test`: nothing is placed."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from tradingbot.exchange.instruments import Instrument

_ROOM = Decimal("1.25")  # over the least value, as the prices below are up to 10 % off the last one
_OFFSETS = {"below": Decimal("0.97"), "far_below": Decimal("0.96"), "above": Decimal("1.03")}


def sizes(instrument: Instrument, last: Decimal) -> Mapping[str, str]:
    """What stands for `{quantity}`, `{value}`, `{below}`, `{far_below}` and `{above}` around a last price."""
    least = max(
        instrument.number("NOTIONAL", "minNotional"), instrument.number("MIN_NOTIONAL", "minNotional"), Decimal(1)
    )
    step, tick = instrument.number("LOT_SIZE", "stepSize"), instrument.number("PRICE_FILTER", "tickSize")
    quantity = _on(least * _ROOM / last, step, ROUND_CEILING)
    found = {"quantity": max(quantity, instrument.number("LOT_SIZE", "minQty")), "value": least * _ROOM}
    found |= {name: _on(last * offset, tick, ROUND_FLOOR) for name, offset in _OFFSETS.items()}
    return {name: f"{value.normalize():f}" for name, value in found.items()}


def filled_in(params: Mapping[str, str], values: Mapping[str, str]) -> Mapping[str, str]:
    """Parameters with `{name}` replaced."""
    return {name: text.format_map(values) for name, text in params.items()}


def _on(value: Decimal, grid: Decimal, rounding: str) -> Decimal:
    return (value / grid).to_integral_value(rounding) * grid if grid else value
