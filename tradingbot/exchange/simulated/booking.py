"""A trade of an order: into the ledger, into the order, into the core's records, with its commission."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from tradingbot.engine.match import Fill as CoreFill
from tradingbot.exchange.orders import Fill
from tradingbot.exchange.simulated.held import Held
from tradingbot.exchange.simulated.ledger import Ledger
from tradingbot.exchange.simulated.market import Market
from tradingbot.exchange.simulated.pricing import Execution
from tradingbot.exchange.simulated.records import CoreRecords

BNB = "BNB"


@dataclass(frozen=True, slots=True)
class _Charge:
    """A commission, and what it is worth in quote; `lane` is the symbol whose base asset it was paid in."""

    asset: str
    amount: Decimal
    value: Decimal
    lane: str | None


class Books:
    """The ledger and the core's records, which say the same."""

    def __init__(self, ledger: Ledger, records: CoreRecords, price: Callable[[str], Decimal | None]) -> None:
        self.ledger = ledger
        self.records = records
        self._price = price

    def funds(self, market: Market, held: Held) -> Decimal:
        """What an order can spend: what is locked for it and what is free."""
        instrument = market.instrument
        asset = instrument.quote_asset if held.buys else instrument.base_asset
        return self.ledger.held(held.holder) + self.ledger.free(asset)

    def book(self, market: Market, held: Held, execution: Execution, trade_id: int, now: int) -> Fill:
        """Exchange the assets, charge the commission and add the trade to the order. Locks of its holder are gone."""
        base, quote = market.instrument.base_asset, market.instrument.quote_asset
        quantity, value = execution.quantity, execution.quantity * execution.price
        self.ledger.hold(held.holder, quote if held.buys else base, Decimal(0))
        spent, received = ((quote, value), (base, quantity)) if held.buys else ((base, quantity), (quote, value))
        self.ledger.add(spent[0], -spent[1])
        self.ledger.add(received[0], received[1])
        held.executed += quantity
        held.value += value
        charge = self._charge(market, held, execution)
        self.ledger.add(charge.asset, -charge.amount)
        self._record(market, held, execution, charge)
        fill = Fill(
            symbol=held.symbol,
            trade_id=trade_id,
            order_id=held.order_id,
            side=held.order.side,
            price=execution.price,
            quantity=quantity,
            commission=charge.amount,
            commission_asset=charge.asset,
            time=now,
            is_maker=execution.is_maker,
        )
        held.fills.append(fill)
        return fill

    def _charge(self, market: Market, held: Held, execution: Execution) -> _Charge:
        """In BNB at the discount where the account pays so and has enough, else in what was received.

        Source: commission_faq.md of Binance's spot API.
        """
        rates, instrument = market.commission, market.instrument
        rate = rates.maker if execution.is_maker else rates.taker
        value = execution.quantity * execution.price * rate
        if rates.bnb_discount:
            lane = None if instrument.quote_asset == BNB else f"{BNB}{instrument.quote_asset}"
            price = Decimal(1) if lane is None else self._price(lane)
            value_off = value * (1 - rates.bnb_discount)
            amount = _rounded(value_off / price, 8) if price else Decimal("Infinity")
            if amount <= self._spare(BNB, instrument.quote_asset if held.buys else instrument.base_asset, held):
                return _Charge(BNB, amount, value_off, lane)
        if held.buys:
            amount = _rounded(execution.quantity * rate, instrument.base_commission_precision)
            return _Charge(instrument.base_asset, amount, amount * execution.price, held.symbol)
        amount = _rounded(value, instrument.quote_commission_precision)
        return _Charge(instrument.quote_asset, amount, amount, None)

    def _spare(self, asset: str, spent: str, held: Held) -> Decimal:
        """What is free of an asset, but for what the rest of an order that spends it needs."""
        return self.ledger.free(asset) - (held.need() if asset == spent else Decimal(0))

    def _record(self, market: Market, held: Held, execution: Execution, charge: _Charge) -> None:
        quantity, price, fee = float(execution.quantity), float(execution.price), float(charge.value)
        slippage = quantity * abs(price - execution.reference)
        self.records.book(held.symbol, CoreFill(held.sign, quantity, price, fee, slippage))
        if charge.lane is not None:
            self.records.buy_fee(market.instrument.quote_asset, charge.lane, fee, charge.amount)


def _rounded(amount: Decimal, digits: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_UP)
