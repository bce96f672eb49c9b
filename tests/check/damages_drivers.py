"""Damages to who drives what, on days that get a driver for each route first."""

from __future__ import annotations

from dataclasses import replace

from planner.model import Driver, TimeWindow
from planner.plan import Plan
from tests.check.spoiling import Rng, a_route, damage, with_route, with_thing

ALL_DAY = TimeWindow(start_s=0, end_s=86_400)


def with_drivers(plan: Plan) -> Plan:
    """Let a driver of his own drive each route, at any time."""
    drivers = tuple(Driver(id=f"d{r}", shift=ALL_DAY, licences=("B",)) for r in range(len(plan.routes)))
    routes = tuple(replace(route, driver_id=f"d{r}") for r, route in enumerate(plan.routes))
    return replace(plan, day=replace(plan.day, drivers=drivers), routes=routes)


@damage("driver_missing")
def has_no_driver(plan: Plan, rng: Rng) -> Plan:
    r, _, _ = a_route(plan, rng)
    return with_route(with_drivers(plan), r, driver_id=("", "nobody")[int(rng.integers(2))])


@damage("driver_twice")
def drives_two_vehicles(plan: Plan, rng: Rng) -> Plan:
    return with_route(with_drivers(plan), 0, driver_id="d1")


@damage("licence_missing")
def drives_without_the_licence(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(with_drivers(plan), vehicle.id, type=replace(vehicle.type, licence="C1"))


@damage("shift_exceeded")
def works_longer_than_the_driver(plan: Plan, rng: Rng) -> Plan:
    r, route, _ = a_route(plan, rng)
    whole = with_drivers(plan)
    ends_s = route.steps[-1].end_s
    drivers = tuple(
        replace(d, shift=TimeWindow(start_s=0, end_s=ends_s - 3_600)) if d.id == f"d{r}" else d
        for d in whole.day.drivers
    )
    return replace(whole, day=replace(whole.day, drivers=drivers))
