"""Every rule that can refuse an entry, with its number and its words; 0 is approval."""

NONE = 0
EMERGENCY = 1
HALTED = 2
DAY_BLOCKED = 3
ERROR_STORM = 4
STALE = 5
IN_POSITION = 6
COOLDOWN = 7
DAY_COUNT = 8
SPACING = 9
RANKING = 10
MAX_POSITIONS = 11
NO_VOLATILITY = 12
TARGET = 13
EXPECTED_VALUE = 14
ALLOCATOR = 15
CORRELATED = 16
NO_CASH = 17
KELLY = 18
MIN_NOTIONAL = 19
PERCENT_PRICE = 20

REFUSAL_NAMES = (
    "approved",
    "emergency stop",
    "drawdown limit: halted",
    "daily loss limit",
    "error storm",
    "stale data: no candle",
    "position already open",
    "cool-down after a stop",
    "entries a day",
    "order spacing",
    "symbol not among the best ranked",
    "max positions",
    "volatility unknown: no stop can be set",
    "target too near to be worth the costs",
    "expected value not positive",
    "allocator: the style has no share",
    "correlated exposure",
    "no free cash",
    "Kelly stake not positive",
    "below minimum notional or quantity",
    "percent price filter",
)
