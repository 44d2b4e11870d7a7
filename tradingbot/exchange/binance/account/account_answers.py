"""Binance's REST answers about an account and a key, typed, and what they are in our words.

Source: "Account endpoints" of Binance's REST documentation, "Wallet" for what a key may do.
"""

from decimal import Decimal

from msgspec import Struct

from tradingbot.exchange.binance.wire.answers import Number
from tradingbot.exchange.orders import Balance, Commission


class BalanceAnswer(Struct):
    """One asset of GET account."""

    asset: str
    free: Number
    locked: Number


class AccountAnswer(Struct, rename="camel"):
    """GET account. Its canWithdraw is the account's, not the key's, and says nothing about the key: it is not read."""

    can_trade: bool
    balances: list[BalanceAnswer]

    def owned(self) -> tuple[Balance, ...]:
        """The assets of which there is any."""
        every = (Balance(one.asset, Decimal(one.free), Decimal(one.locked)) for one in self.balances)
        return tuple(balance for balance in every if balance.total)


class RestrictionsAnswer(Struct, rename="camel"):
    """GET account/apiRestrictions: what the key itself may do."""

    ip_restrict: bool
    enable_withdrawals: bool
    enable_spot_and_margin_trading: bool


class RatesAnswer(Struct):
    """One part of a commission."""

    maker: Number
    taker: Number
    buyer: Number
    seller: Number

    def rates(self) -> tuple[Decimal, Decimal]:
        """As maker and as taker, with the dearer of buyer and seller: our rates do not tell the sides apart."""
        side = max(Decimal(self.buyer), Decimal(self.seller))
        return Decimal(self.maker) + side, Decimal(self.taker) + side


class DiscountAnswer(Struct, rename="camel"):
    """Paying in BNB. `discount` is what the standard commission is multiplied by (0.75: a quarter is taken off)."""

    enabled_for_account: bool
    enabled_for_symbol: bool
    discount: Number

    @property
    def taken_off(self) -> Decimal:
        """The share of the standard commission that need not be paid."""
        return 1 - Decimal(self.discount) if self.enabled_for_account and self.enabled_for_symbol else Decimal(0)


class CommissionAnswer(Struct, rename="camel"):
    """GET account/commission."""

    symbol: str
    standard_commission: RatesAnswer
    tax_commission: RatesAnswer
    discount: DiscountAnswer
    special_commission: RatesAnswer | None = None

    def commission(self) -> Commission:
        """Ours. The discount is on the standard part alone, so of the whole it is the smaller share of both roles.

        Source: "Commission Rates" among the FAQs of Binance's spot documentation.
        """
        parts = [self.standard_commission, self.tax_commission]
        parts += [self.special_commission] if self.special_commission else []
        maker, taker = (sum(rates, Decimal(0)) for rates in zip(*(part.rates() for part in parts), strict=True))
        standard = self.standard_commission.rates()
        shares = [part / whole for part, whole in zip(standard, (maker, taker), strict=True) if whole]
        return Commission(
            symbol=self.symbol,
            maker=maker,
            taker=taker,
            bnb_discount=self.discount.taken_off * min(shares, default=Decimal(0)),
        )
