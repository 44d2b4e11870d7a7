"""The row of an order under reports that come late, twice and out of order."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.support.journal import FILLED, INTENT, PARTIAL, REPORT
from tradingbot.journal.bodies import OrderAbsent, OrderReported, OrderUnknown
from tradingbot.journal.orders import after_report, new_order

UNKNOWN = OrderUnknown(client_order_id="e1", reason="timeout")
ABSENT = OrderAbsent(client_order_id="e1")
CANCELED = replace(REPORT, state="CANCELED")
PARTLY_CANCELED = replace(PARTIAL, state="CANCELED")
REJECTED = replace(REPORT, state="REJECTED", reason="balance")
PENDING = replace(REPORT, state="PENDING_NEW")
MORE = replace(PARTIAL, executed_quantity=Decimal("0.002"), executed_value=Decimal("120.0002"))


@pytest.mark.parametrize(
    ("reports", "state", "executed"),
    [
        ([], "INTENT", "0"),
        ([PENDING, REPORT, PARTIAL, FILLED], "FILLED", "0.003"),
        ([PARTIAL, REPORT], "PARTIALLY_FILLED", "0.001"),
        ([MORE, PARTIAL], "PARTIALLY_FILLED", "0.002"),
        ([FILLED, PARTIAL, REPORT, CANCELED], "FILLED", "0.003"),
        ([CANCELED, REPORT, PENDING], "CANCELED", "0"),
        ([CANCELED, PARTLY_CANCELED], "CANCELED", "0.001"),
        ([PARTLY_CANCELED, PARTIAL], "CANCELED", "0.001"),
        ([PARTLY_CANCELED, MORE], "CANCELED", "0.002"),
        ([REJECTED], "REJECTED", "0"),
        ([UNKNOWN], "UNKNOWN", "0"),
        ([UNKNOWN, REPORT], "NEW", "0"),
        ([PARTIAL, UNKNOWN], "UNKNOWN", "0.001"),
        ([PARTIAL, UNKNOWN, REPORT], "UNKNOWN", "0.001"),
        ([PARTIAL, UNKNOWN, PARTIAL], "PARTIALLY_FILLED", "0.001"),
        ([FILLED, UNKNOWN], "FILLED", "0.003"),
        ([UNKNOWN, ABSENT], "ABSENT", "0"),
        ([UNKNOWN, ABSENT, REPORT], "NEW", "0"),
        ([FILLED, ABSENT], "FILLED", "0.003"),
    ],
)
def test_reports_lead_to(
    reports: Sequence[OrderReported | OrderUnknown | OrderAbsent], state: str, executed: str
) -> None:
    """What was executed never becomes less, an end is an end, and not knowing ends with what the exchange says."""
    row = new_order(INTENT, 1, 0)
    for report in reports:
        row = after_report(row, report)

    assert (row.state, row.executed_quantity) == (state, Decimal(executed))


def test_a_report_told_twice_changes_nothing() -> None:
    """The row stays the very same, whatever else the second says."""
    row = after_report(new_order(INTENT, 1, 0), REPORT)

    assert after_report(row, replace(REPORT, updated_at=REPORT.updated_at + 5, source="query")) is row


def test_the_reason_is_kept() -> None:
    """Of the report that ended the order."""
    assert after_report(new_order(INTENT, 1, 0), REJECTED).reason == "balance"
