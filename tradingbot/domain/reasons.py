"""Why a position was closed: numbers for the core, words for people."""

SIGNAL = 1
STOP = 2
TRAILING = 3
TARGET = 4
HORIZON = 5
ROTATION = 6
DAILY_LOSS = 7
DRAWDOWN = 8
DUST = 9
END = 10

REASON_NAMES = (
    "",
    "signal",
    "stop",
    "trailing",
    "target",
    "horizon",
    "rotation",
    "daily_loss",
    "drawdown",
    "dust",
    "end",
)
