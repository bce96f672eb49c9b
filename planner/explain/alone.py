"""What each vehicle type fails at with an order alone, on a fresh vehicle: exact, whatever the plan."""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.explain.ground import Ground
from planner.explained import Phrase, Rule, Shortfall, phrase
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
    rule, amount, unit, said = _words(orders, vehicle, least)
    return Shortfall(
        type_name=vehicle.type.name, rule=rule, amount=amount, unit=unit, phrases=(said,), vehicle_id=vehicle.id
    )


def minutes(seconds: float) -> int:
    """Return whole minutes, rounded up."""
    return math.ceil(seconds / 60)


def kwh(wh: float) -> float:
    """Return kilowatt-hours with two decimals, rounded up."""
    return math.ceil(wh / 10 - 1e-9) / 100


def _words(orders: Sequence[Order], vehicle: Vehicle, at: Hurdle) -> tuple[Rule, float | None, str, Phrase]:
    """Return the rule, the amount with its unit, and both in a sentence."""
    if at.reason is Reason.WRONG_DEPOT:
        return Rule.DEPOT, None, "", _of_depots(vehicle.depot_id, orders[0].depot_id)
    if at.reason is Reason.NO_SKILL:
        return _not_admitted(orders, vehicle)
    if at.reason in {Reason.TOO_HEAVY, Reason.TOO_BIG}:
        return _too_large(vehicle, at)
    if at.reason is Reason.OFF_NETWORK:
        return _off_network(at)
    if at.reason is Reason.WINDOW_UNREACHABLE:
        return _too_late(at)
    short = kwh(at.amount)
    if at.reason is Reason.BEYOND_RANGE:
        said = phrase("{number} kWh short there and back, and no station lies right to help", number=short)
    else:
        said = phrase("{number} kWh short there and back, and no plug on the way may be used", number=short)
    return Rule.BATTERY, short, "kWh", said


def _of_depots(own: str, other: str) -> Phrase:
    return phrase("belongs to depot {own}, the goods to {other}", own=own, other=other)


def _not_admitted(orders: Sequence[Order], vehicle: Vehicle) -> tuple[Rule, None, str, Phrase]:
    missing = [skill for order in orders for skill in order.skills if skill not in vehicle.skills]
    if missing:
        return Rule.SKILL, None, "", phrase("has not {skills}", skills=tuple(dict.fromkeys(missing)))
    asked = (order.vehicle_classes for order in orders)
    classes = next("/".join(names) for names in asked if names and vehicle.type.road_class.name not in names)
    own = vehicle.type.road_class.name
    return Rule.CLASS, None, "", phrase("is of class {own}, wanted is {classes}", own=own, classes=classes)


def _too_large(vehicle: Vehicle, at: Hurdle) -> tuple[Rule, float, str, Phrase]:
    kind, amount = vehicle.type, round(at.amount, 3)
    if at.reason is Reason.TOO_HEAVY:
        said = phrase("{number} kg too heavy: it carries {most} kg", number=amount, most=float(kind.payload_kg))
        return Rule.WEIGHT, amount, "kg", said
    if at.of_length:
        said = phrase("{number} cm too long: it takes {most} cm", number=amount, most=float(kind.longest_cm))
        return Rule.LENGTH, amount, "cm", said
    said = phrase("{number} l too big: it takes {most} l", number=amount, most=float(kind.volume_l))
    return Rule.VOLUME, amount, "l", said


def _off_network(at: Hurdle) -> tuple[Rule, float | None, str, Phrase]:
    if at.amount <= MAX_GAP_M:
        return Rule.ROAD, None, "", phrase("no road leads there and back")
    far_m = round(at.amount - MAX_GAP_M)
    said = phrase(
        "{number} m too far from a street it may use: the most is {most} m", number=far_m, most=int(MAX_GAP_M)
    )
    return Rule.ROAD, far_m, "m", said


def _too_late(at: Hurdle) -> tuple[Rule, float, str, Phrase]:
    late = minutes(at.amount)
    if at.of_shift:
        said = phrase("back {number} min after the end of its shift, even with nothing else to do", number=late)
        return Rule.SHIFT, late, "min", said
    return Rule.WINDOW, late, "min", phrase("{number} min late, even as its only trip", number=late)
