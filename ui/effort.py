"""How long to search, in words a dispatcher would use."""

from __future__ import annotations

import os

from planner.demo import OPTIONS
from planner.solve.options import SolveOptions

EFFORTS = {"Quick": 8_000, "Normal": SolveOptions().iterations, "Thorough": 4 * SolveOptions().iterations}
USUAL = "Normal"
SETTING = "PLANNER_UI_ITERATIONS"  # one budget for every plan, for a slow machine or a test


def efforts() -> dict[str, int]:
    """Return the choices with their search budgets."""
    budget = fixed()
    return EFFORTS if budget is None else {USUAL: budget}


def usual(*, demo: bool) -> int:
    """Return the budget of a plan for which nothing was chosen; the demo's is that of ``planner demo``."""
    return OPTIONS.iterations if demo and fixed() is None else efforts()[USUAL]


def fixed() -> int | None:
    """Return the one budget of every search, None where there is none."""
    text = os.environ.get(SETTING, "")
    return int(text) if text.isdecimal() and int(text) > 0 else None
