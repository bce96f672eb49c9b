"""One name for what is compiled in two ways: where batteries charge at one rate, and where they charge along curves.

Numba chooses by the kind of case when it compiles a loop, so that neither way pays for the other.
"""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from planner.solve.curve_pricing import CurvedCase, renew_curved
from planner.solve.pricing import renew

COMPILED: Any = {"nogil": True, "_nrt": False}


def is_curved(case: Any) -> bool:
    """Say whether Numba's type of a case is that of one with charge curves."""
    return getattr(case, "instance_class", None) is CurvedCase


def renew_route(case: Any, routes: Any, slot: int, first: int, last: int, bound: Any) -> None:
    """Work the labels of a slot out again, see `planner.solve.pricing.renew`; for compiled loops only."""
    raise NotImplementedError


@overload(renew_route, jit_options=COMPILED)
def _renew_route(case, routes, slot, first, last, bound):  # type: ignore[no-untyped-def]
    if is_curved(case):
        return lambda case, routes, slot, first, last, bound: renew_curved(case, routes, slot, first, last, bound)
    return lambda case, routes, slot, first, last, bound: renew(case, routes, slot, first, last, bound)
