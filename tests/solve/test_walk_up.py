"""Neighbours served on foot from one kerb: planned, timed and audited."""

from __future__ import annotations

from dataclasses import replace

from planner.check import audit
from planner.model import Day, Spot, TimeWindow
from planner.pipeline import plan_day
from planner.plan import Plan
from planner.roads.walk_up import park_together
from planner.solve.options import SolveOptions
from tests.factories import HOUR_S, make_day, make_depot, make_order, make_provenance, make_type, make_vehicle
from tests.solve.days import MORNING_S, grid

STEP_LAT = 0.00027  # 30 m


def row_of_houses(*, walk_up_m: float) -> Day:
    """Three houses 30 m apart, each with four minutes to park and five to hand over."""
    houses = tuple(
        make_order(name, service_s=300, setup_s=240, lat=-29.9578 + i * STEP_LAT, lon=-71.3474)
        for i, name in enumerate("abc")
    )
    vehicle = make_vehicle(type=make_type(), shift=TimeWindow(start_s=MORNING_S, end_s=MORNING_S + 4 * HOUR_S))
    return replace(
        make_day(
            orders=park_together(houses, within_m=walk_up_m),
            vehicles=(vehicle,),
            depots=(make_depot(vehicle.depot_id, lat=-29.96, lon=-71.35),),
            stations=(),
        ),
        walk_up_m=walk_up_m,
    )


def planned(day: Day) -> Plan:
    provenance = make_provenance(streets_sha256=grid().sha256, rows_read=len(day.orders))
    return plan_day(day, grid(), SolveOptions(iterations=100, time_limit_s=60.0), provenance=provenance)


def test_three_houses_are_served_with_one_parking_and_two_walks() -> None:
    plan = planned(row_of_houses(walk_up_m=40.0))
    assert plan.violations == ()
    (route,) = plan.routes
    stops = [step for step in route.steps if step.serves]
    # There and back 2 x 1.3 x 30.02 m at 1.2 m/s are 65.05 s, rounded up.
    due_s = {"a": 300 + 66, "b": 300, "c": 300 + 66}
    lasts_s = {step.place_id: step.end_s - step.begin_s for step in stops}
    assert lasts_s.pop(stops[0].place_id) == due_s.pop(stops[0].place_id) + 240
    assert lasts_s == due_s
    assert [step.leg.drive_s for step in stops[1:] if step.leg] == [0, 0]


def test_walking_saves_the_drives_and_the_parking() -> None:
    on_foot, driven = planned(row_of_houses(walk_up_m=40.0)), planned(row_of_houses(walk_up_m=0.0))
    assert (on_foot.violations, driven.violations) == ((), ())
    assert on_foot.routes[0].cost.total < driven.routes[0].cost.total


def test_the_auditor_refuses_a_walk_that_is_too_short_in_time_or_too_long_in_metres() -> None:
    plan = planned(row_of_houses(walk_up_m=40.0))

    house, *others = plan.day.orders
    across = Spot(lat=-29.9578 + 2 * STEP_LAT, lon=-71.3474)
    for wrong in (replace(house, walk_s=60), replace(house, parks_at=across, walk_s=200)):
        day = replace(plan.day, orders=(wrong, *others))
        assert ("day_invalid", "order a") in {(v.code, v.where) for v in audit(replace(plan, day=day), grid())}


def test_the_auditor_asks_for_the_walk_at_the_stop() -> None:
    plan = planned(row_of_houses(walk_up_m=40.0))
    longer = tuple(replace(order, walk_s=order.walk_s + 30) if order.walk_s else order for order in plan.day.orders)
    codes = {v.code for v in audit(replace(plan, day=replace(plan.day, orders=longer)), grid())}
    assert "service_short" in codes
