"""Orders and lists by their ids: the exchange's own, and the client's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from tradingbot.exchange.simulated import refusals
from tradingbot.exchange.simulated.held import Held, HeldList

Which = tuple[str, int | None, str | None]
"""A symbol, and the exchange's or the client's id of an order or list; where both are given they must agree."""


@dataclass(slots=True, eq=False)
class Register:
    """Everything there ever was. A client id names the newest order or list that has it."""

    lists: dict[int, HeldList]
    _orders: dict[str, dict[int, Held]] = field(default_factory=dict)
    _by_client: dict[tuple[str, str], Held] = field(default_factory=dict)
    _lists_by_client: dict[str, HeldList] = field(default_factory=dict)
    _order_ids: Iterator[int] = field(default_factory=lambda: count(1))
    _list_ids: Iterator[int] = field(default_factory=lambda: count(1))

    def enter(self, held: Held) -> None:
        """Give an order its id."""
        held.order_id = held.holder = next(self._order_ids)
        self._orders.setdefault(held.symbol, {})[held.order_id] = held
        self._by_client[held.symbol, held.client_order_id] = held

    def enter_list(self, found: HeldList) -> None:
        """Give a list and its orders their ids; a pair has one holder."""
        found.list_id = next(self._list_ids)
        self.lists[found.list_id] = self._lists_by_client[found.client_list_id] = found
        for held in found.members:
            self.enter(held)
            held.list_id = found.list_id
        for leg in found.legs:
            leg.holder = found.legs[0].order_id

    def rename(self, held: Held, client_order_id: str) -> None:
        """Give an order another client id."""
        del self._by_client[held.symbol, held.client_order_id]
        held.client_order_id = client_order_id
        self._by_client[held.symbol, client_order_id] = held

    def check_free(self, symbol: str, client_order_ids: Sequence[str]) -> None:
        """Raise OrderRefused where an open order has one of the ids, or two of them are the same."""
        known = (self._by_client.get((symbol, one)) for one in client_order_ids)
        if any(held and held.is_open for held in known) or len(set(client_order_ids)) < len(client_order_ids):
            raise refusals.refused(refusals.DUPLICATE)

    def check_list_free(self, client_list_id: str) -> None:
        """Raise OrderRefused where an open list has the id."""
        known = self._lists_by_client.get(client_list_id)
        if known and known.is_open:
            raise refusals.refused(refusals.DUPLICATE)

    def find(self, which: Which) -> Held:
        """An order, open or not; raises OrderNotFound, -2039 where the two ids are not of one order."""
        held = self._look(which)
        if held is None:
            raise refusals.not_found()
        if which[2] not in (None, held.client_order_id):
            raise refusals.not_found("Client order ID is not correct for this order ID", -2039)
        return held

    def find_open(self, which: Which) -> Held:
        """An open order; raises CancelRefused."""
        held = self._look(which)
        if held is None or not held.is_open or which[2] not in (None, held.client_order_id):
            raise refusals.refused(refusals.UNKNOWN, -2011)
        return held

    def find_list(self, list_id: int | None, client_list_id: str | None) -> HeldList:
        """A list, open or not; raises OrderNotFound."""
        found = self._look_list(list_id, client_list_id)
        if found is None:
            raise refusals.not_found("Order list does not exist.", -2018)
        return found

    def find_open_list(self, which: Which) -> HeldList:
        """An open list; raises CancelRefused."""
        symbol, list_id, client_list_id = which
        found = self._look_list(list_id, client_list_id)
        if found is None or found.symbol != symbol or not found.is_open:
            raise refusals.refused(refusals.UNKNOWN, -2011)
        return found

    def of(self, symbol: str) -> Sequence[Held]:
        """All orders of a symbol, oldest first."""
        return tuple(self._orders.get(symbol, {}).values())

    def _look(self, which: Which) -> Held | None:
        symbol, order_id, client_order_id = which
        if order_id is None:
            return self._by_client.get((symbol, client_order_id or ""))
        known: Mapping[int, Held] = self._orders.get(symbol, {})
        return known.get(order_id)

    def _look_list(self, list_id: int | None, client_list_id: str | None) -> HeldList | None:
        if list_id is None:
            return self._lists_by_client.get(client_list_id or "")
        return self.lists.get(list_id)
