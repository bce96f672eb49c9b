"""Whatever day comes, the plan passes the auditor and names each order once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from planner.model import Day
from planner.pipeline import plan_day
from planner.plan import Plan, Route
from planner.roads.day import DayRoads, day_roads
from planner.roads.streets import Streets
from planner.solve.options import SolveOptions
from tests.factories import make_provenance
from tests.solve.days import days, driven_days, grid, hilly_grid, ruled_days

ROUNDING_WH = 0.2  # of up to a hundred legs and loads


def planned(day: Day, streets: Streets) -> Plan:
    provenance = make_provenance(streets_sha256=streets.sha256, rows_read=len(day.orders))
    return plan_day(day, streets, SolveOptions(iterations=60, time_limit_s=60.0), provenance=provenance)


@pytest.mark.parametrize("town", [grid, hilly_grid])
@given(day=days())
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_S17_a_plan_of_any_small_day_breaks_no_rule_and_loses_no_order(town: Callable[[], Streets], day: Day) -> None:
    plan = planned(day, town())
    assert plan.violations == ()
    assert plan.provenance.stopped_by == "iterations"
    served = [step.place_id for route in plan.routes for step in route.steps if step.serves]
    listed = [order.order_id for order in plan.unassigned]
    assert Counter(served + listed) == Counter(order.id for order in day.orders)


@given(day=ruled_days())
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_plan_of_any_small_day_keeps_the_rules_of_its_vehicles_and_depots(day: Day) -> None:
    plan = planned(day, grid())
    assert plan.violations == ()


@given(day=driven_days())
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_plan_of_any_small_day_with_drivers_breaks_no_rule(day: Day) -> None:
    assert planned(day, grid()).violations == ()


@given(day=days())
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_on_hills_no_battery_sinks_below_its_reserve_on_any_leg_nor_is_fuller_than_full(day: Day) -> None:
    day = replace(day, traffic=())  # in which more is counted than what is measured at the usual pace
    roads = day_roads(day, hilly_grid())
    for route in planned(day, hilly_grid()).routes:
        follow_battery(day, roads, route)


def follow_battery(day: Day, roads: DayRoads, route: Route) -> None:
    """Drive a route once more with the measured energies, and compare what the plan says is stored."""
    vehicle = next(vehicle for vehicle in day.vehicles if vehicle.id == route.vehicle_id)
    number = roads.types.index(vehicle.type)
    measured = roads.matrices[roads.network_of_type[number]]
    layer = roads.network_of_type[:number].count(roads.network_of_type[number])
    places = [place.id for place in (*day.orders, *day.sites)]
    full_wh = vehicle.type.battery_wh
    stored_wh, at, load_kg = vehicle.start_soc * full_wh, route.steps[0].place_id, route.steps[0].load_kg
    for step in route.steps:
        if step.leg:
            leg = layer, places.index(at), places.index(step.place_id)
            whole_wh = measured.wh_empty[leg] + measured.wh_per_kg[leg] * load_kg
            peak_wh = measured.wh_peak[leg] + measured.wh_peak_per_kg[leg] * load_kg
            from_full_wh = measured.wh_from_full[leg] + measured.wh_from_full_per_kg[leg] * load_kg
            assert stored_wh - peak_wh >= vehicle.reserve_soc * full_wh - 1e-6
            stored_wh = min(stored_wh - whole_wh, full_wh - from_full_wh)
        assert 0.0 <= stored_wh - step.stored_arrival_wh + 1e-6 <= ROUNDING_WH
        stored_wh += step.charged_wh
        assert step.stored_end_wh <= full_wh
        at, load_kg = step.place_id, step.load_kg
    assert stored_wh >= max(vehicle.end_soc, vehicle.reserve_soc) * full_wh - 1e-6
