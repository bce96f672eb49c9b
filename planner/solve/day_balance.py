"""What it costs that some vehicles do more than others, from the books of the search."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import LENGTH, METRES_DRIVEN, VISITS, WORKED
from planner.solve.problem import UNITS

AMOUNTS = np.array([VISITS, METRES_DRIVEN, WORKED])  # columns of `Books.fact`, in the order of `MEASURES`


@inner
def balance_cost(case, books):  # type: ignore[no-untyped-def]
    """Return the price of what vehicles in use do above their mean."""
    fact, slot_of, by, price = books.fact, books.slot_of, case.balance[0], case.balance[1]
    column, unit = AMOUNTS[by], UNITS[by]
    used = total = cost = np.int64(0)
    for v in range(len(slot_of)):
        if fact[slot_of[v], LENGTH]:
            used += 1
            total += fact[slot_of[v], column]
    for v in range(len(slot_of)):
        if fact[slot_of[v], LENGTH]:
            cost += max(used * fact[slot_of[v], column] - total, np.int64(0)) // used * price // unit
    return cost
