"""Says what in a plan keeps it from being shown: faults that hands leave in a plan file, and those of the auditor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from planner.errors import Fault, InputError
from planner.model import Day
from planner.plan import Plan, Route, Step, StepKind

LONGEST_DAY_S = 10 * 86_400  # a night ends on the next day, or after a weekend
MOST, MOST_S = 1e12, 1e9  # of anything, and of seconds: what clocks and languages can still write


def refuse_unreadable(plan: Plan, *, file: str) -> None:
    """Raise `InputError` for a plan that its auditor refused (E-T01), or with names that lead nowhere (E-T02).

    One whose violations are kept on purpose is shown, with them.
    """
    if plan.violations and plan.kept is None:
        found = f"breaks {len(plan.violations)} rules, the first: {plan.violations[0].code}"
        raise InputError(Fault(code="E-T01", file=file, message=found, remedy="see planner check, and plan again"))
    if faults := [_fault(file, where, value, message) for where, value, message in _loose_ends(plan)]:
        raise InputError(faults)


def _fault(file: str, where: str, value: str, message: str) -> Fault:
    remedy = "give a plan.json as planner wrote it"
    return Fault(code="E-T02", file=file, column=where, value=value, message=message, remedy=remedy)


def _loose_ends(plan: Plan) -> Iterator[tuple[str, str, str]]:
    day = plan.day
    yield from _day_faults(day)
    for thing in (*day.orders, *day.vehicles, *day.depots, *day.stations, *plan.routes):
        yield from _immense(thing, str(getattr(thing, "id", "routes")))
    orders, vehicles = {order.id for order in day.orders}, {vehicle.id for vehicle in day.vehicles}
    for left_out in plan.unassigned:
        if left_out.order_id not in orders:
            yield "unassigned", left_out.order_id, "is no order of the day"
    for route in plan.routes:
        if route.vehicle_id not in vehicles:
            yield "routes", route.vehicle_id, "is no vehicle of the day"
        for step in route.steps:
            if step.serves and step.place_id not in orders:
                yield f"route of {route.vehicle_id}", step.place_id, "is no order of the day"
            yield from _step_faults(route, step)
        yield from _trip_faults(route)


def _day_faults(day: Day) -> Iterator[tuple[str, str, str]]:
    try:
        date.fromisoformat(day.date)
    except ValueError:
        yield "day", day.date, "is no date"
    try:
        ZoneInfo(day.time_zone)
    except (OSError, ValueError, KeyError):
        yield "day", day.time_zone, "is no time zone"
    depots = {depot.id for depot in day.depots}
    for vehicle in day.vehicles:
        if vehicle.depot_id not in depots:
            yield f"vehicle {vehicle.id}", vehicle.depot_id, "is no depot of the day"
        if vehicle.type.battery_wh <= 0:
            yield f"vehicle {vehicle.id}", str(vehicle.type.battery_wh), "is no size of a battery"
    for order in day.orders:
        for place in (order, order.kerb):
            if not _on_earth(place.lat, place.lon):
                yield f"order {order.id}", f"{place.lat}, {place.lon}", "is no position"


def _step_faults(route: Route, step: Step) -> Iterator[tuple[str, str, str]]:
    where = f"route of {route.vehicle_id}, {step.place_id}"
    if not _on_earth(step.lat, step.lon):
        yield where, f"{step.lat}, {step.lon}", "is no position"
    for seconds in (step.arrival_s, step.begin_s, step.end_s):
        if not -LONGEST_DAY_S <= seconds <= LONGEST_DAY_S:
            yield where, str(seconds), "is no second of the day"
    if step.leg is not None and not all(_on_earth(lat, lon) for lon, lat in step.leg.geometry):
        yield where, "geometry", "leaves the Earth"


def _trip_faults(route: Route) -> Iterator[tuple[str, str, str]]:
    """Yield steps whose trip is neither that of the step before nor the next one, begun by a reload."""
    trip = 1
    for step in route.steps:
        if step.trip != trip and (step.trip != trip + 1 or step.kind is not StepKind.RELOAD):
            yield f"route of {route.vehicle_id}, {step.place_id}", str(step.trip), "is not the trip of this step"
            return
        trip = step.trip


def _immense(thing: Any, where: str) -> Iterator[tuple[str, str, str]]:
    """Yield numbers anywhere inside a record that nothing in a plan can be as large as."""
    for name in (item.name for item in fields(thing)):
        value = getattr(thing, name)
        for part in value if isinstance(value, tuple) else (value,):
            if is_dataclass(part):
                yield from _immense(part, where)
            elif isinstance(part, int | float) and not abs(part) <= (MOST_S if name.endswith("_s") else MOST):
                yield where, f"{name} {part}", "is no number that a plan can hold"


def _on_earth(lat: float, lon: float) -> bool:
    return -90 <= lat <= 90 and -180 <= lon <= 180
