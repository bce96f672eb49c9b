"""Who drives what: decided before the search, by what each pair could do in its common hours.

One driver has one vehicle for the whole day. Of all pairings that put as many drivers as possible at a wheel it is the
one of the greatest sum of hours, each times what the orders that the pair may serve weigh and what its bay holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from planner.model import Day, Driver, Order, TimeWindow, Vehicle
from planner.plan import Plan
from planner.solve.problem import PENALTY_RATE, is_at_home, may_serve

EACH_PAIR = 10.0  # what any pair is worth beside the best of values, which are shares


def pair_up(day: Day, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the driver of each vehicle that gets one; those already `known` stay."""
    crew = dict(known or {})
    vehicles = [vehicle for vehicle in day.vehicles if vehicle.id not in crew]
    drivers = [driver for driver in day.drivers if driver.id not in crew.values()]
    if not vehicles or not drivers:
        return crew
    of_alike: dict[Vehicle, float] = {}  # a large fleet has thousands of pairs, of a few kinds

    def worth_of(driver: Driver, vehicle: Vehicle) -> float:
        """Return what a pair could do, 0 for one that may not be."""
        if not driver.may_drive(vehicle):
            return 0.0
        alike = replace(driver.at(vehicle), id="", driver_id="")
        if alike not in of_alike:
            of_alike[alike] = _worth(day, alike)
        return of_alike[alike]

    worth = np.array([[worth_of(driver, vehicle) for vehicle in vehicles] for driver in drivers])
    most = worth.max()
    value = np.where(worth > 0, EACH_PAIR + worth / (most or 1.0), 0.0)
    rows, columns = linear_sum_assignment(value, maximize=True)
    pairs = {vehicles[int(v)].id: drivers[int(d)].id for d, v in zip(rows, columns, strict=True) if worth[d, v] > 0}
    return crew | pairs


def crew_of(plan: Plan) -> dict[str, str]:
    """Return who drives what in a plan."""
    return {route.vehicle_id: route.driver_id for route in plan.routes if route.driver_id}


def manned(plan: Plan) -> Plan:
    """Return a plan on its day with its drivers at the wheel, and those who have nothing to do at what is left."""
    return replace(plan, day=plan.day.manned(pair_up(plan.day, crew_of(plan)))) if plan.day.drivers else plan


def every_pair(day: Day) -> tuple[Vehicle, ...]:
    """Return each vehicle with each driver who may drive it."""
    return tuple(driver.at(vehicle) for vehicle in day.vehicles for driver in day.drivers if driver.may_drive(vehicle))


def _in_hours(order: Order, pair: Vehicle) -> bool:
    """Say whether an order has a window that touches the hours of a pair, and its goods are there by then."""
    begin_s, end_s = max(pair.shift.start_s, order.release_s), pair.latest_s
    windows = order.windows or (TimeWindow(start_s=begin_s, end_s=end_s),)
    return begin_s <= end_s and any(w.start_s <= end_s and w.end_s + order.late_max_s >= begin_s for w in windows)


def _worth(day: Day, pair: Vehicle) -> float:
    """Return what a pair could do; even one without any order for it has its hours."""
    served = sum(
        PENALTY_RATE[order.priority]
        for order in day.orders
        if is_at_home(order, pair) and may_serve(order, pair.type, pair.skills) and _in_hours(order, pair)
    )
    return (pair.latest_s - pair.shift.start_s) * (1.0 + served) * pair.type.volume_l
