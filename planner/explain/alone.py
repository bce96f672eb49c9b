"""What each vehicle type fails at with an order alone, on a fresh vehicle: exact, whatever the plan."""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.explain.ground import Ground
from planner.explained import Rule, Shortfall
from planner.model import Order, Vehicle
from planner.plan import Reason
from planner.roads.snap import MAX_GAP_M
from planner.solve.reasons import Hurdle, hurdle

# Who comes further has less to mend.
HURDLES = (
    Reason.WRONG_DEPOT,
    Reason.NO_SKILL,
    Reason.TOO_HEAVY,
    Reason.TOO_BIG,
    Reason.OFF_NETWORK,
    Reason.WINDOW_UNREACHABLE,
    Reason.NO_PLUG,
    Reason.BEYOND_RANGE,
)


def hurdles(ground: Ground, order: int) -> dict[int, Hurdle | None]:
    """Return for each vehicle the first hurdle at which it fails alone, None where it does not."""
    day = ground.day
    problem, snapped = ground.problem(day), ground.roads(day).snapped
    return {v: hurdle(day, problem, snapped, vehicle=v, order=order) for v in range(len(day.vehicles))}


def shortfall_alone(orders: Sequence[Order], failing: list[tuple[Vehicle, Hurdle]]) -> Shortfall:
    """Return the shortfall of the vehicle of one type that comes furthest with an order, or with the two of a pair."""
    vehicle, least = min(failing, key=lambda one: (-HURDLES.index(one[1].reason), one[1].amount))
    rule, amount, unit, text = _words(orders, vehicle, least)
    return Shortfall(type_name=vehicle.type.name, rule=rule, amount=amount, unit=unit, text=text, vehicle_id=vehicle.id)


def minutes(seconds: float) -> int:
    """Return whole minutes, rounded up."""
    return math.ceil(seconds / 60)


def kwh(wh: float) -> float:
    """Return kilowatt-hours with two decimals, rounded up."""
    return math.ceil(wh / 10 - 1e-9) / 100


def _words(orders: Sequence[Order], vehicle: Vehicle, at: Hurdle) -> tuple[Rule, float | None, str, str]:
    """Return the rule, the amount with its unit, and both in a sentence."""
    if at.reason is Reason.WRONG_DEPOT:
        return Rule.DEPOT, None, "", f"belongs to depot {vehicle.depot_id}, the goods to {orders[0].depot_id}"
    if at.reason is Reason.NO_SKILL:
        return _not_admitted(orders, vehicle)
    if at.reason in {Reason.TOO_HEAVY, Reason.TOO_BIG}:
        return _too_large(vehicle, at)
    if at.reason is Reason.OFF_NETWORK:
        return _off_network(at)
    if at.reason is Reason.WINDOW_UNREACHABLE:
        return _too_late(at)
    short = kwh(at.amount)
    help_ = "no station lies right to help" if at.reason is Reason.BEYOND_RANGE else "no plug on the way may be used"
    return Rule.BATTERY, short, "kWh", f"{short:g} kWh short there and back, and {help_}"


def _not_admitted(orders: Sequence[Order], vehicle: Vehicle) -> tuple[Rule, None, str, str]:
    missing = [skill for order in orders for skill in order.skills if skill not in vehicle.skills]
    if missing:
        return Rule.SKILL, None, "", f"has not {' and '.join(dict.fromkeys(missing))}"
    asked = (order.vehicle_classes for order in orders)
    classes = next("/".join(names) for names in asked if names and vehicle.type.road_class.name not in names)
    return Rule.CLASS, None, "", f"is of class {vehicle.type.road_class.name}, wanted is {classes}"


def _too_large(vehicle: Vehicle, at: Hurdle) -> tuple[Rule, float, str, str]:
    kind, amount = vehicle.type, round(at.amount, 3)
    if at.reason is Reason.TOO_HEAVY:
        return Rule.WEIGHT, amount, "kg", f"{amount:g} kg too heavy: it carries {kind.payload_kg:g} kg"
    if at.of_length:
        return Rule.LENGTH, amount, "cm", f"{amount:g} cm too long: it takes {kind.longest_cm:g} cm"
    return Rule.VOLUME, amount, "l", f"{amount:g} l too big: it takes {kind.volume_l:g} l"


def _off_network(at: Hurdle) -> tuple[Rule, float | None, str, str]:
    if at.amount <= MAX_GAP_M:
        return Rule.ROAD, None, "", "no road leads there and back"
    far_m = round(at.amount - MAX_GAP_M)
    return Rule.ROAD, far_m, "m", f"{far_m:,} m too far from a street it may use: the most is {MAX_GAP_M:.0f} m"


def _too_late(at: Hurdle) -> tuple[Rule, float, str, str]:
    late = minutes(at.amount)
    if at.of_shift:
        return Rule.SHIFT, late, "min", f"back {late} min after the end of its shift, even with nothing else to do"
    return Rule.WINDOW, late, "min", f"{late} min late, even as its only trip"
