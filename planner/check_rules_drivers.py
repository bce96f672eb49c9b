"""Rules of drivers, where a fleet names them: one for each vehicle on the road, who may drive it and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.check_case import Case
from planner.plan import Violation


def has_a_driver_who_may_drive(case: Case) -> Iterator[Violation]:
    """Each route has a driver of the day with the licence that its vehicle asks for."""
    for route in case.plan.routes if case.drivers else ():
        driver, vehicle = case.drivers.get(route.driver_id), case.vehicles.get(route.vehicle_id)
        where = f"vehicle {route.vehicle_id}"
        if driver is None:
            message = f"the day has no driver {route.driver_id}" if route.driver_id else "nobody drives it"
            yield Violation(code="driver_missing", where=where, message=message)
        elif vehicle is not None and vehicle.type.licence and vehicle.type.licence not in driver.licences:
            message = f"{driver.id} has no licence {vehicle.type.licence}"
            yield Violation(code="licence_missing", where=where, message=message)


def drives_one_vehicle(case: Case) -> Iterator[Violation]:
    """A driver has one vehicle for the whole day."""
    driven = defaultdict(list)
    for route in case.plan.routes:
        if route.driver_id in case.drivers:
            driven[route.driver_id].append(route.vehicle_id)
    for driver_id, vehicles in driven.items():
        if len(vehicles) > 1:
            message = f"drives {', '.join(vehicles)}"
            yield Violation(code="driver_twice", where=f"driver {driver_id}", message=message)


PLAN_RULES = (has_a_driver_who_may_drive, drives_one_vehicle)
