"""What a plan breaks, in the words and units of a dispatcher."""

from __future__ import annotations

import math

from planner.plan import Plan, Violation

MINUTE_S, KILO = 60, 1_000

AMOUNTS = {
    "window_missed": "{amount} outside its window",
    "shift_exceeded": "{amount} after the end of the shift",
    "break_late": "break {amount} late",
    "break_early": "break {amount} early",
    "reserve_broken": "{amount} below the reserve",
    "end_soc_short": "{amount} short at the end",
    "overweight": "{amount} over",
    "overfull": "{amount} over",
    "too_long": "{amount} too long",
    "too_many_stops": "{amount} too many",
}
TITLES = {
    "no_times": "no times were found for it, however late",
    "break_missing": "a break is missing",
    "break_short": "a break is too short",
    "dock_overbooked": "more vehicles load at once than there are docks",
    "plug_overbooked": "a plug is used twice at once",
    "site_power_exceeded": "more power is drawn than the site has",
    "night_short": "the night is too short to charge",
    "packs_overdrawn": "more packs are swapped than there are",
    "station_closed": "the station is closed",
    "released_late": "goods are loaded before they are there",
    "charge_too_fast": "the charge is too short",
    "loading_short": "the loading is too short",
    "service_short": "the service is too short",
}


def broken_words(violation: Violation) -> str:
    """Return what is broken and where, by how much where the rule knows it: rounded up, so that nothing looks legal."""
    form = AMOUNTS.get(violation.code)
    told = violation.message if form is None or violation.amount is None else form.format(amount=_amount(violation))
    return f"{violation.where}: {told}"


def shown_amount(amount: float, unit: str) -> tuple[float, int, str]:
    """Return an amount as it is shown, rounded up, with its decimals and its unit."""
    if unit == "s":
        return math.ceil(amount / MINUTE_S), 0, "min"
    if unit == "Wh":
        return math.ceil(amount / KILO * 100 - 1e-9) / 100, 2, "kWh"
    if unit in {"kg", "l", "cm"}:
        return math.ceil(amount * 10 - 1e-6) / 10, 1, unit
    return amount, 0, unit


def _amount(violation: Violation) -> str:
    amount, decimals, unit = shown_amount(violation.amount or 0.0, violation.unit)
    return f"{amount:.2f} {unit}" if decimals == 2 else f"{amount:g} {unit}"


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
