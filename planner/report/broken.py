"""What a plan breaks, in the words and units of a dispatcher."""

from __future__ import annotations

import math

from planner.plan import Plan, Violation

MINUTE_S, KILO = 60, 1_000

AMOUNTS = {
    "window_missed": "{} outside its window",
    "shift_exceeded": "{} after the end of the shift",
    "break_late": "break {} late",
    "break_early": "break {} early",
    "reserve_broken": "{} below the reserve",
    "end_soc_short": "{} short at the end",
    "overweight": "{} over",
    "overfull": "{} over",
    "too_long": "{} too long",
    "too_many_stops": "{} too many",
}


def broken_words(violation: Violation) -> str:
    """Return what is broken and where, by how much where the rule knows it: rounded up, so that nothing looks legal."""
    form = AMOUNTS.get(violation.code)
    told = violation.message if form is None or violation.amount is None else form.format(_amount(violation))
    return f"{violation.where}: {told}"


def _amount(violation: Violation) -> str:
    amount, unit = violation.amount or 0.0, violation.unit
    if unit == "s":
        return f"{math.ceil(amount / MINUTE_S)} min"
    if unit == "Wh":
        return f"{math.ceil(amount / KILO * 100 - 1e-9) / 100:.2f} kWh"
    if unit in {"kg", "l", "cm"}:
        return f"{math.ceil(amount * 10 - 1e-6) / 10:g} {unit}"
    return f"{amount:g} {unit}"


def verdict(plan: Plan) -> str:
    """Return how many rules a plan breaks, and whether that is kept on purpose."""
    found = len(plan.violations)
    told = f"audited: {found} violation{'' if found == 1 else 's'}"
    return f"{told}, {kept_words(plan)}" if found and plan.kept else told


def kept_words(plan: Plan) -> str:
    """Return that violations are kept on purpose, by whom and when where that is known; nothing where they are not."""
    if plan.kept is None:
        return ""
    by = f" by {plan.kept.by}" if plan.kept.by else ""
    at = f" at {plan.kept.at}" if plan.kept.at else ""
    return f"kept on purpose{by}{at}"
