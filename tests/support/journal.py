"""A story for journals: a session in which every kind of entry occurs, told by hand."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, get_args

from msgspec.structs import replace

from tradingbot.journal import bodies as b
from tradingbot.journal.entry import Draft

START = 1_700_000_000_000
SESSION = b.SessionStarted(
    session="s1", account="main", data="live", execution="simulated", config_hash="c0ffee", version="0.1.0"
)
CANDLE = b.ClosedCandle(
    symbol="BTCUSDT",
    timeframe="1m",
    open_time=START - 60_000,
    open=0.1,
    high=0.30000000000000004,
    low=5e-324,
    close=0.2,
    volume=1e22,
    quote_volume=2.5,
    trades=3,
    taker_buy_base=1.5,
    taker_buy_quote=0.75,
)
INTENT = b.Intent(
    client_order_id="e1",
    trade="t1",
    lane="sma-cross BTCUSDT",
    symbol="BTCUSDT",
    side="BUY",
    type="LIMIT",
    purpose="entry",
    quantity=Decimal("0.00300000"),
    price=Decimal("60000.10"),
    time_in_force="GTC",
)
STOP = replace(INTENT, client_order_id="x1", side="SELL", purpose="protection", client_list_id="l1")
REPORT = b.OrderReported(
    client_order_id="e1",
    symbol="BTCUSDT",
    order_id=11,
    state="NEW",
    executed_quantity=Decimal(0),
    executed_value=Decimal(0),
    updated_at=START + 20,
    source="answer",
)
FILL = b.FillReported(
    client_order_id="e1",
    symbol="BTCUSDT",
    trade_id=101,
    order_id=11,
    side="BUY",
    price=Decimal("60000.10"),
    quantity=Decimal("0.00100000"),
    commission=Decimal("0.00000100"),
    commission_asset="BTC",
    is_maker=True,
    traded_at=START + 30,
)
PARTIAL = replace(
    REPORT, state="PARTIALLY_FILLED", executed_quantity=Decimal("0.001"), executed_value=Decimal("60.0001")
)
FILLED = replace(
    REPORT, state="FILLED", executed_quantity=Decimal("0.003"), executed_value=Decimal("180.0003"), source="stream"
)
EQUITY = b.EquityMark(
    asset="USDT", equity=Decimal("10000.10"), cash=Decimal(9820), peak=Decimal(10100), day_open=Decimal("9900.5")
)


def told(*bodies: b.Body, start: int = START) -> Sequence[Draft]:
    """Drafts a second apart."""
    return [Draft(start + 1_000 * number, body) for number, body in enumerate(bodies)]


def decision(**changes: Any) -> b.Decision:
    """To enter."""
    plain = b.Decision(
        lane="sma-cross BTCUSDT", symbol="BTCUSDT", candle_time=CANDLE.open_time, action="enter", reason="signal"
    )
    return replace(plain, **changes)


STORY: Sequence[b.Body] = (
    SESSION,
    b.Command(name="resume", by="anna", reason="after lunch", arguments={"b": "2", "a": "1"}),
    CANDLE,
    b.Refusal(lane="sma-cross ETHUSDT", symbol="ETHUSDT", candle_time=CANDLE.open_time, rule="cool-down"),
    decision(quantity=Decimal("0.003"), stop=Decimal(59000), target=Decimal("62000.00")),
    INTENT,
    b.OrderUnknown(client_order_id="e1", reason="no answer in 10 s"),
    REPORT,
    FILL,
    PARTIAL,
    replace(FILL, trade_id=102, quantity=Decimal("0.00200000"), commission=Decimal("0.00000200")),
    FILLED,
    STOP,
    b.ListReported(
        client_list_id="l1",
        symbol="BTCUSDT",
        list_id=5,
        contingency="OCO",
        status="EXECUTING",
        updated_at=START,
        orders=("x1", "x2"),
    ),
    b.ProtectionPlaced(trade="t1", client_id="l1", stop=Decimal(59000), target=Decimal(62000)),
    EQUITY,
    b.LatchSet(latch="daily loss", reason="equity 8999 of 10000"),
    b.CancelIntent(client_order_id="x1", reason="daily loss"),
    b.ProtectionLost(trade="t1", reason="cancelled"),
    replace(STOP, client_order_id="x3", purpose="exit", type="MARKET", client_list_id=None),
    replace(
        FILL,
        client_order_id="x3",
        trade_id=103,
        side="SELL",
        price=Decimal("58999.99"),
        quantity=Decimal("0.00299"),
        commission=Decimal("0.05"),
        commission_asset="USDT",
    ),
    b.TradeClosed(trade="t1", reason="daily_loss", dust=Decimal("0.000007")),
    replace(INTENT, client_order_id="e2", trade="t2", quantity=None, quote_quantity=Decimal(50)),
    b.OrderAbsent(client_order_id="e2"),
    b.LatchReleased(latch="daily loss", by="rule", reason="next UTC day"),
    b.Trouble(where="feed", error="StreamLost", message='closed: "no pong" \u2603'),
    b.SessionEnded(session="s1", reason="stopped by a person"),
)
KINDS: Sequence[type[b.Kind]] = get_args(b.Body)
