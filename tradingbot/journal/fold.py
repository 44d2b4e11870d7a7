"""From entries to read models: the one place that says what an entry changes."""

from functools import singledispatch
from typing import Protocol, TypeVar

from msgspec.structs import replace

from tradingbot.domain.errors import BadFile, InvariantBroken
from tradingbot.journal import bodies as b
from tradingbot.journal.entry import Entry
from tradingbot.journal.orders import after_report, new_order
from tradingbot.journal.rows import (
    AccountRow,
    DecisionRow,
    EquityRow,
    FillRow,
    LatchRow,
    OrderRow,
    RefusalRow,
    Row,
    SessionRow,
    TradeRow,
)
from tradingbot.journal.trades import after_fill, new_trade

R = TypeVar("R", bound=Row)


class Rows(Protocol):
    """Rows that can be found by their key, and put in the place of those with the same key."""

    def find(self, kind: type[R], *key: str | int) -> R | None:
        """The row with this key."""
        ...

    def put(self, row: Row) -> None:
        """Add the row, or replace the one with its key."""
        ...


def apply(rows: Rows, entry: Entry) -> None:
    """Change the rows as the entry says.

    Raises InvariantBroken for what cannot have happened (an order intended twice, a trade that ends without a fill),
    BadFile for a session of another account or provenance. A report of an order that no intent names is somebody
    else's: it stays an entry and changes no row.
    """
    if not isinstance(entry.body, b.SessionStarted) and rows.find(AccountRow, 1) is None:
        raise InvariantBroken(f"entry {entry.number} ({entry.kind}) comes before any session")
    _change(entry.body, rows, entry)


@singledispatch
def _change(_body: object, _rows: Rows, _entry: Entry) -> None:
    """Candles, cancel intents, lists, commands and errors are entries only."""


def _known(row: R | None, what: str, entry: Entry) -> R:
    if row is None:
        raise InvariantBroken(f"entry {entry.number} ({entry.kind}) is about {what}, of which no entry tells")
    return row


@_change.register
def _session_started(body: b.SessionStarted, rows: Rows, entry: Entry) -> None:
    known = rows.find(AccountRow, 1)
    if known is None:
        account = AccountRow(entry=entry.number, account=body.account, data=body.data, execution=body.execution)
        rows.put(account)
    elif (known.account, known.data, known.execution) != (body.account, body.data, body.execution):
        raise BadFile(
            "journal",
            f"it is of account {known.account}, {known.data} data and {known.execution} execution, "
            f"not of {body.account}, {body.data} and {body.execution}",
            "Give every account and every mode a journal of its own",
        )
    if rows.find(SessionRow, body.session) is not None:
        raise InvariantBroken(f"session {body.session} has started already")
    rows.put(
        SessionRow(
            entry=entry.number,
            first=entry.number,
            session=body.session,
            started_at=entry.time,
            config_hash=body.config_hash,
            version=body.version,
        )
    )


@_change.register
def _session_ended(body: b.SessionEnded, rows: Rows, entry: Entry) -> None:
    row = _known(rows.find(SessionRow, body.session), f"session {body.session}", entry)
    rows.put(replace(row, entry=entry.number, ended_at=entry.time, reason=body.reason))


@_change.register
def _decision(body: b.Decision, rows: Rows, entry: Entry) -> None:
    rows.put(
        DecisionRow(
            entry=entry.number,
            time=entry.time,
            lane=body.lane,
            symbol=body.symbol,
            candle_time=body.candle_time,
            action=body.action,
            reason=body.reason,
            quantity=body.quantity,
            stop=body.stop,
            target=body.target,
        )
    )


@_change.register
def _refusal(body: b.Refusal, rows: Rows, entry: Entry) -> None:
    rows.put(
        RefusalRow(
            entry=entry.number,
            time=entry.time,
            lane=body.lane,
            symbol=body.symbol,
            candle_time=body.candle_time,
            rule=body.rule,
        )
    )


@_change.register
def _intent(body: b.Intent, rows: Rows, entry: Entry) -> None:
    if rows.find(OrderRow, body.client_order_id) is not None:
        raise InvariantBroken(f"order {body.client_order_id} has been intended already")
    rows.put(new_order(body, entry.number, entry.time))


@_change.register(b.OrderReported | b.OrderUnknown | b.OrderAbsent)
def _report(body: b.OrderReported | b.OrderUnknown | b.OrderAbsent, rows: Rows, entry: Entry) -> None:
    row = rows.find(OrderRow, body.client_order_id)
    if row is not None and (after := after_report(row, body)) != row:
        rows.put(replace(after, entry=entry.number))


@_change.register
def _fill(body: b.FillReported, rows: Rows, entry: Entry) -> None:
    order = rows.find(OrderRow, body.client_order_id)
    if order is None or rows.find(FillRow, body.symbol, body.trade_id) is not None:
        return  # somebody else's, or told twice
    fill = FillRow(
        entry=entry.number,
        symbol=body.symbol,
        trade_id=body.trade_id,
        client_order_id=body.client_order_id,
        trade=order.trade,
        side=body.side,
        price=body.price,
        quantity=body.quantity,
        commission=body.commission,
        commission_asset=body.commission_asset,
        is_maker=body.is_maker,
        traded_at=body.traded_at,
    )
    rows.put(fill)
    trade = rows.find(TradeRow, order.trade) or new_trade(fill, order.lane)
    rows.put(after_fill(trade, fill))


@_change.register
def _protected(body: b.ProtectionPlaced, rows: Rows, entry: Entry) -> None:
    row = _known(rows.find(TradeRow, body.trade), f"trade {body.trade}", entry)
    rows.put(replace(row, entry=entry.number, protected_by=body.client_id, stop=body.stop, target=body.target))


@_change.register
def _unprotected(body: b.ProtectionLost, rows: Rows, entry: Entry) -> None:
    row = _known(rows.find(TradeRow, body.trade), f"trade {body.trade}", entry)
    rows.put(replace(row, entry=entry.number, protected_by=None, stop=None, target=None))


@_change.register
def _trade_closed(body: b.TradeClosed, rows: Rows, entry: Entry) -> None:
    row = _known(rows.find(TradeRow, body.trade), f"trade {body.trade}", entry)
    ended = replace(row, entry=entry.number, closed_at=entry.time, reason=body.reason, dust=body.dust)
    rows.put(replace(ended, protected_by=None, stop=None, target=None))


@_change.register
def _equity(body: b.EquityMark, rows: Rows, entry: Entry) -> None:
    rows.put(
        EquityRow(
            entry=entry.number,
            time=entry.time,
            asset=body.asset,
            equity=body.equity,
            cash=body.cash,
            peak=body.peak,
            day_open=body.day_open,
        )
    )


@_change.register
def _latch_set(body: b.LatchSet, rows: Rows, entry: Entry) -> None:
    held = rows.find(LatchRow, body.latch, body.symbol)
    if held is None or held.released_at is not None:  # a latch that holds keeps its first reason
        row = LatchRow(entry=entry.number, latch=body.latch, symbol=body.symbol, set_at=entry.time, reason=body.reason)
        rows.put(row)


@_change.register
def _latch_released(body: b.LatchReleased, rows: Rows, entry: Entry) -> None:
    row = _known(rows.find(LatchRow, body.latch, body.symbol), f"latch {body.latch} {body.symbol}".strip(), entry)
    rows.put(replace(row, entry=entry.number, released_at=entry.time, released_by=body.by, release_reason=body.reason))
