"""The errors a caller may meet.

TradingBotError
├── InputError              exit 2: a person can mend it; names the field and the remedy
│   ├── UnknownName         a symbol, timeframe, strategy, parameter or run that does not exist
│   ├── OutOfRange          a value outside its declared range
│   ├── NoData              the store holds nothing for what was asked
│   ├── BadFile             a truncated, corrupted or foreign file
│   ├── ChecksumMismatch    a file that is not what its publisher says it is
│   ├── StoreBusy           another process is writing to the store
│   ├── StorageFull         the disk took no more; nothing half-written remains
│   └── BadStrategy         a strategy that raises, returns NaN or the wrong shape, or mutates its input
├── NetworkError            exit 1: the other side did not answer; `retryable` says whether to try again
└── InvariantBroken         exit 1: a defect of ours; the work stops rather than going on wrongly
"""


class TradingBotError(Exception):
    """Base of all expected errors."""

    exit_code = 1


class InputError(TradingBotError):
    """Something a person gave or set that cannot be used.

    `field` names what is wrong, `remedy` says what to do instead.
    """

    exit_code = 2

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem}. {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy


class UnknownName(InputError):
    """A name that nothing answers to."""


class OutOfRange(InputError):
    """A value outside its declared range."""


class NoData(InputError):
    """The store holds no candles for what was asked."""


class BadFile(InputError):
    """A truncated, corrupted or foreign file."""


class ChecksumMismatch(InputError):
    """A file whose SHA-256 is not the one its publisher states."""


class StoreBusy(InputError):
    """Another process holds the store's write lock."""


class StorageFull(InputError):
    """The disk took no more."""


class BadStrategy(InputError):
    """A strategy that broke its contract."""


class NetworkError(TradingBotError):
    """The other side did not answer as it should."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


class InvariantBroken(TradingBotError):
    """A state that must not exist: a defect of ours."""
