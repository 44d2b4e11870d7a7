"""Our engine's trades in the form of its peers'."""

from tests.support.peers import Case, PeerTrade


def our_trades(case: Case) -> list[PeerTrade]:
    """Closed trades of one lane on one pair, with every rule off but the position cap, which is the stake."""
    raise NotImplementedError
