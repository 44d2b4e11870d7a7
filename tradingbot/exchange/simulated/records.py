"""The core's own account beside the exact ledger: equity, turnover, fees and slippage come from `apply_fill`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tradingbot.domain.state import LANE, Records, new_account, records
from tradingbot.engine.apply import apply_fill
from tradingbot.engine.match import Fill as CoreFill
from tradingbot.exchange.instruments import Instrument


@dataclass(frozen=True, slots=True)
class Figures:
    """An account in one quote asset: `equity` is cash and what its symbols' base assets are worth at the last price."""

    cash: float
    equity: float
    turnover: float
    fees: float
    slippage: float


class CoreRecords:
    """One account record a quote asset and one lane record a symbol.

    What the account began with is in the account of its quote asset, or in the first lane that has it as base. The core
    charges fees in quote; where the exchange charged another asset, the record buys it at the price of that moment.
    """

    def __init__(self, instruments: Sequence[Instrument], balances: Mapping[str, Decimal]) -> None:
        self._accounts: dict[str, Records] = {}
        self._lanes: dict[str, Records] = {}
        self._quotes: dict[str, str] = {}
        self._homes: dict[str, str] = {}
        self.add(instruments)
        for asset, amount in balances.items():
            self.transfer(asset, amount)

    def add(self, instruments: Sequence[Instrument]) -> None:
        """Make room for symbols that are new."""
        for one in instruments:
            self._accounts.setdefault(one.quote_asset, new_account(0.0))
            self._lanes.setdefault(one.symbol, records(1, LANE))
            self._quotes[one.symbol] = one.quote_asset
            self._homes.setdefault(one.base_asset, one.symbol)

    def transfer(self, asset: str, change: Decimal) -> None:
        """A deposit or withdrawal; an asset of no symbol is not kept here."""
        if asset in self._accounts:
            self._accounts[asset][0].cash += float(change)
        elif asset in self._homes:
            self._lanes[self._homes[asset]][0].quantity += float(change)

    def book(self, symbol: str, fill: CoreFill) -> None:
        """Book a fill, its fee in quote."""
        apply_fill(self._accounts[self._quotes[symbol]][0], self._lanes[symbol][0], fill)

    def buy_fee(self, quote: str, symbol: str, fee: float, amount: Decimal) -> None:
        """The fee was paid with `amount` of a symbol's base asset instead of `fee` in quote."""
        self._accounts[quote][0].cash += fee
        self._lanes[symbol][0].quantity -= float(amount)

    def quantity(self, symbol: str) -> float:
        """Base asset in the symbol's lane."""
        return float(self._lanes[symbol][0].quantity)

    def figures(self, quote: str, last: Callable[[str], float]) -> Figures:
        """The account of a quote asset; `last` gives the last price of a symbol, 0 where there is none."""
        account = self._accounts[quote][0]
        symbols = [symbol for symbol, its in self._quotes.items() if its == quote]
        held = sum(self.quantity(symbol) * last(symbol) for symbol in symbols if self.quantity(symbol))
        cash = float(account.cash)
        return Figures(cash, cash + held, float(account.turnover), float(account.fees), float(account.slippage))
