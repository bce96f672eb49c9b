"""What an order costs beside its way in the search: lateness, and another vehicle than was told; by `DayCase`."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import BROUGHT, KEEPER, MOVE_COST, PUNCTUAL, WINDOWS


@inner
def punctual_until(order, place, begin):  # type: ignore[no-untyped-def]
    """Return until when service in the span of a begin is in time."""
    for k in range(3):
        if order[place, WINDOWS + 2 * k] <= begin <= order[place, WINDOWS + 2 * k + 1]:
            return order[place, PUNCTUAL + k]
    return begin


@inner
def move_cost(order, place, v):  # type: ignore[no-untyped-def]
    """Return the price of an order's change to a vehicle, 0 where it was to serve it anyway or none was."""
    return np.int64(0) if order[place, KEEPER] in (-1, v) else order[place, MOVE_COST]


@inner
def move_cost_with_pair(order, place, v):  # type: ignore[no-untyped-def]
    """Return the price of an order's change to a vehicle, with that of the delivery of a pair."""
    cost, brought = move_cost(order, place, v), order[place, BROUGHT]
    return cost + move_cost(order, brought, v) if brought >= 0 else cost
