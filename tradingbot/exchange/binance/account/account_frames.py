"""The frames of the user stream, typed, and what they are in our words. Source: user-data-stream.md of the spot API.

Prices and quantities stay exact. A value that the documentation does not know (a new order status) fails to decode.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec
from msgspec import Struct, field

from tradingbot.exchange.binance.wire.answers import Number, Prevention, expiry_reason_of, moment_of, prevention_of
from tradingbot.exchange.events import BalancesEvent, OrderEvent, TransferEvent
from tradingbot.exchange.orders import (
    Balance,
    Contingency,
    ExecutionType,
    Fill,
    ListStatus,
    OrderReport,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)


class ExecutionReport(Struct, frozen=True, kw_only=True, tag_field="e", tag="executionReport"):
    """An order changed."""

    time: int = field(name="E")
    symbol: str = field(name="s")
    client_id: str = field(name="c")  # of a cancel: the cancel's own, and the order's is `original_client_id`
    original_client_id: str = field(name="C", default="")
    side: Side = field(name="S")
    type: OrderType = field(name="o")
    time_in_force: TimeInForce = field(name="f")
    quantity: Number = field(name="q")
    price: Number = field(name="p")
    stop_price: Number = field(name="P")
    iceberg_quantity: Number = field(name="F")
    quote_quantity: Number = field(name="Q")
    list_id: int = field(name="g")
    execution: ExecutionType = field(name="x")
    status: OrderStatus = field(name="X")
    reject_reason: str = field(name="r")
    order_id: int = field(name="i")
    execution_id: int = field(name="I")
    last_quantity: Number = field(name="l")
    last_price: Number = field(name="L")
    executed_quantity: Number = field(name="z")
    executed_value: Number = field(name="Z")
    commission: Number | None = field(name="n")
    commission_asset: str | None = field(name="N")
    transaction_time: int = field(name="T")
    trade_id: int = field(name="t")
    is_maker: bool = field(name="m")
    created_at: int = field(name="O")
    working_since: int | None = field(name="W", default=None)
    trailing_delta: int | None = field(name="d", default=None)
    trailing_since: int | None = field(name="D", default=None)
    strategy_id: int | None = field(name="j", default=None)
    strategy_type: int | None = field(name="J", default=None)
    self_trade_prevention: Prevention = field(name="V", default="NONE")
    prevented_quantity: Number = field(name="A", default="0")
    prevented_match_id: int | None = field(name="v", default=None)
    expiry_reason: str | None = field(name="eR", default=None)

    def event(self) -> OrderEvent:
        """Ours."""
        return OrderEvent(
            execution=self.execution,
            execution_id=self.execution_id,
            report=self.report(),
            time=self.time,
            fill=self.fill() if self.execution is ExecutionType.TRADE else None,
            reject_reason=self.reject_reason,
            cancel_id=self.client_id if self.original_client_id else None,
        )

    def report(self) -> OrderReport:
        """The order as it is after this."""
        return OrderReport(
            symbol=self.symbol,
            order_id=self.order_id,
            client_order_id=self.original_client_id or self.client_id,
            side=self.side,
            type=self.type,
            status=self.status,
            quantity=Decimal(self.quantity),
            executed_quantity=Decimal(self.executed_quantity),
            executed_value=Decimal(self.executed_value),
            price=Decimal(self.price),
            stop_price=Decimal(self.stop_price),
            quote_quantity=Decimal(self.quote_quantity),
            time_in_force=self.time_in_force,
            list_id=self.list_id,
            created_at=self.created_at,
            updated_at=self.transaction_time,
            working_since=moment_of(self.working_since),
            trailing_delta=self.trailing_delta,
            trailing_since=moment_of(self.trailing_since),
            iceberg_quantity=Decimal(self.iceberg_quantity),
            self_trade_prevention=prevention_of(self.self_trade_prevention),
            prevented_quantity=Decimal(self.prevented_quantity),
            prevented_match_id=self.prevented_match_id,
            strategy_id=self.strategy_id,
            strategy_type=self.strategy_type,
            expiry_reason=expiry_reason_of(self.expiry_reason),
        )

    def fill(self) -> Fill:
        """The trade."""
        return Fill(
            symbol=self.symbol,
            trade_id=self.trade_id,
            order_id=self.order_id,
            side=self.side,
            price=Decimal(self.last_price),
            quantity=Decimal(self.last_quantity),
            commission=Decimal(self.commission or "0"),
            commission_asset=self.commission_asset or "",
            time=self.transaction_time,
            is_maker=self.is_maker,
        )


class AssetBalance(Struct, frozen=True):
    """What the account has of one asset."""

    asset: str = field(name="a")
    free: Number = field(name="f")
    locked: Number = field(name="l")


class AccountPosition(Struct, frozen=True, tag_field="e", tag="outboundAccountPosition"):
    """Balances that may have changed."""

    time: int = field(name="E")
    balances: list[AssetBalance] = field(name="B")

    def event(self) -> BalancesEvent:
        """Ours."""
        balances = tuple(Balance(one.asset, Decimal(one.free), Decimal(one.locked)) for one in self.balances)
        return BalancesEvent(balances=balances, time=self.time)


class BalanceUpdate(Struct, frozen=True, tag_field="e", tag="balanceUpdate"):
    """A deposit, withdrawal or transfer."""

    time: int = field(name="E")
    asset: str = field(name="a")
    change: Number = field(name="d")
    cleared_at: int = field(name="T")

    def event(self) -> TransferEvent:
        """Ours."""
        return TransferEvent(asset=self.asset, change=Decimal(self.change), time=self.time)


class ListMember(Struct, frozen=True):
    """An order of a list."""

    symbol: str = field(name="s")
    order_id: int = field(name="i")


class ListStatusFrame(Struct, frozen=True, tag_field="e", tag="listStatus"):
    """An order list changed."""

    time: int = field(name="E")
    symbol: str = field(name="s")
    list_id: int = field(name="g")
    contingency: Contingency = field(name="c")
    status: ListStatus = field(name="L")
    client_list_id: str = field(name="C")
    transaction_time: int = field(name="T")
    members: list[ListMember] = field(name="O")


class StreamTerminated(Struct, frozen=True, tag_field="e", tag="eventStreamTerminated"):
    """The exchange ended the subscription."""


class ExternalLock(Struct, frozen=True, tag_field="e", tag="externalLockUpdate"):
    """Something outside spot trading locked or freed a balance; an outboundAccountPosition tells the new one."""


class Shutdown(Struct, frozen=True, tag_field="e", tag="serverShutdown"):
    """The connection ends soon."""


AccountFrame = (
    ExecutionReport | AccountPosition | BalanceUpdate | ListStatusFrame | StreamTerminated | ExternalLock | Shutdown
)
KNOWN = frozenset(kind.__struct_config__.tag for kind in AccountFrame.__args__)


class ErrorData(Struct, frozen=True, rename="camel"):
    """What a limit says besides."""

    retry_after: int | None = None


class AnswerError(Struct, frozen=True):
    """Why a request was refused."""

    code: int
    msg: str
    data: ErrorData | None = None


class Envelope(Struct, frozen=True):
    """An event, or the answer to a request."""

    event: AccountFrame | None = None
    id: int | str | None = None
    status: int | None = None
    error: AnswerError | None = None


decode: Callable[[str], Envelope] = msgspec.json.Decoder(Envelope).decode
