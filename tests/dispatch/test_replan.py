"""Days replanned at some moment with events are legal as a whole, and what is on board stays where it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.check import audit
from planner.dispatch.events import Event
from planner.dispatch.replan import replan
from planner.plan import Plan
from planner.solve.options import SolveOptions
from tests.check.plans import random_plan, streets

QUICK = SolveOptions(iterations=200, time_limit_s=30)


def without_end_charge(plan: Plan) -> Plan:
    """No vehicle has to come back with a certain charge: what is kept may not be charged anew (docs/replan.md)."""
    vehicles = tuple(replace(vehicle, end_soc=0.0) for vehicle in plan.day.vehicles)
    return replace(plan, day=replace(plan.day, vehicles=vehicles))


def events_of(plan: Plan, now_s: int) -> list[Event]:
    """One vehicle is late, one order is new; both are known 5 minutes before."""
    order = replace(plan.day.orders[0], id="new", windows=(), pair="", group="", skills=(), release_s=0)
    delay = Event(kind="delay", at_s=now_s - 300, vehicle=plan.routes[0].vehicle_id, lasts_s=300)
    return [delay, Event(kind="order_new", at_s=now_s - 300, new=order)]


@pytest.mark.parametrize("seed", range(3))
def test_a_day_replanned_holds_and_trips_under_way_keep_their_stops(seed: int) -> None:
    plan = without_end_charge(random_plan(seed))
    assert audit(plan, streets()) == ()
    steps = plan.routes[0].steps
    now_s = steps[len(steps) // 2].begin_s
    found = replan(plan, streets(), QUICK, now_s=now_s, events=events_of(plan, now_s))
    assert found.plan.violations == ()
    served = {s.place_id: route.vehicle_id for route in found.plan.routes for s in route.steps if s.serves}
    for route in plan.routes:
        for step in route.steps:
            if step.serves and step.end_s <= now_s:
                assert served[step.place_id] == route.vehicle_id
