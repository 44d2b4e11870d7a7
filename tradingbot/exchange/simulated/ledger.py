"""What the account has of each asset, to the last unit: free, and locked for whom."""

from collections.abc import Mapping
from decimal import Decimal

from tradingbot.exchange.orders import ZERO, Balance


class Ledger:
    """Free and locked amounts. A holder is an order, or the first order of a pair of which one leg only is locked."""

    def __init__(self, balances: Mapping[str, Decimal]) -> None:
        self._free = dict(balances)
        self._locked: dict[str, Decimal] = {}
        self._held: dict[int, tuple[str, Decimal]] = {}
        self._changed: dict[str, None] = {}

    def free(self, asset: str) -> Decimal:
        """What can be spent."""
        return self._free.get(asset, ZERO)

    def balance(self, asset: str) -> Balance:
        """Free and locked."""
        return Balance(asset, self._free.get(asset, ZERO), self._locked.get(asset, ZERO))

    def balances(self) -> tuple[Balance, ...]:
        """Every asset of which there is any, in the order in which they came."""
        return tuple(one for one in map(self.balance, self._free) if one.total)

    def held(self, holder: int) -> Decimal:
        """What is locked for a holder."""
        return self._held.get(holder, ("", ZERO))[1]

    def hold(self, holder: int, asset: str, amount: Decimal) -> None:
        """Lock exactly this much for a holder, in place of what was; 0 releases all."""
        change = amount - self.held(holder)
        if change:
            self.add(asset, -change)
            self._locked[asset] = self._locked.get(asset, ZERO) + change
        if amount:
            self._held[holder] = (asset, amount)
        else:
            self._held.pop(holder, None)

    def add(self, asset: str, change: Decimal) -> None:
        """Change what is free; ArithmeticError where it would fall below 0, for that is a fault of ours."""
        left = self._free.get(asset, ZERO) + change
        if left < ZERO:
            raise ArithmeticError(f"{asset} would fall to {left}")
        self._free[asset] = left
        self._changed[asset] = None

    def take_changed(self) -> tuple[Balance, ...]:
        """The assets that have changed since the last call, as they are now."""
        changed = tuple(self.balance(asset) for asset in self._changed)
        self._changed.clear()
        return changed
