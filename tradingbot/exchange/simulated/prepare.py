"""What the first order would otherwise wait for."""

from tradingbot.domain.state import LANE, Bar, new_account, records
from tradingbot.engine.apply import apply_fill
from tradingbot.engine.costs import COST_CASES, CostSettings, terms_table
from tradingbot.engine.match import BUY, MARKET, Order, match


def prepare() -> None:
    """Load the core's compiled rules, a second or more of work, by matching and booking an order of nothing."""
    terms = terms_table(["NONE"], CostSettings(), COST_CASES["central"], [None])
    nothing = match(Order(BUY, MARKET, 0.0, 0.0, 0.0), Bar(1.0, 1.0, 1.0, 1.0, 1.0), terms[0], 0.0)
    apply_fill(new_account(0.0)[0], records(1, LANE)[0], nothing)
