"""Operations that need no signature and change nothing."""

from collections.abc import Callable
from typing import Any

from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.params import Params
from tradingbot.exchange.replay.world import World


def public(
    path: str, ws: str, weight: int | Callable[[Params], int], handle: Callable[[World, Params], Any]
) -> Operation[World]:
    """GET /api/v3/<path>, which refuses parameters that `handle` did not read."""

    def answer(world: World, params: Params) -> Any:
        found = handle(world, params)
        params.refuse_unknown()
        return found

    return Operation(
        verb="GET",
        path=f"/api/v3/{path}",
        ws=ws,
        security=Security.NONE,
        weight=weight if callable(weight) else lambda _: weight,
        handle=answer,
    )
