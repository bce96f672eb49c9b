"""Parking is spent once at an address, by hand on a straight street and on the streets of a small town."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.check import audit
from planner.model import Day, DriverBreak, TimeWindow
from planner.pipeline import plan_day
from planner.plan import Plan, StepKind
from planner.solve.options import SolveOptions
from planner.solve.problem import BadProblem, restrict, validate
from planner.solve.schedule import schedule
from tests.factories import HOUR_S, make_day, make_depot, make_order, make_provenance, make_type, make_vehicle
from tests.solve.days import MORNING_S, grid
from tests.solve.factories import LOADING_S, SERVICE_S, any_time, make_problem, served, solved, within

SETUP_S = 60


def with_setup(*spots: int) -> dict[str, Any]:
    """Every order takes SERVICE_S, of which SETUP_S for parking."""
    return {"setup_s": [[SETUP_S] * len(spots)], "spot": spots}


@pytest.mark.usefixtures("either_engine")
def test_two_orders_at_one_door_are_served_with_one_setup() -> None:
    problem = make_problem(orders=(1_000, 1_000), **with_setup(0, 0))
    (tour,) = solved(problem).tours
    assert [visit.end_s - visit.begin_s for visit in tour.visits] == [SERVICE_S, SERVICE_S - SETUP_S]
    assert tour.end_s - tour.start_s == LOADING_S + 200 + 2 * SERVICE_S - SETUP_S


@pytest.mark.usefixtures("either_engine")
def test_doors_that_face_each_other_are_two_places() -> None:
    problem = make_problem(orders=(1_000, 1_000), **with_setup(0, 1))
    (tour,) = solved(problem).tours
    assert tour.end_s - tour.start_s == LOADING_S + 200 + 2 * SERVICE_S


def test_the_setup_is_due_again_after_another_stop_a_reload_or_a_station() -> None:
    # Order 0 and 1 at one door, 2 elsewhere, depot 3, station 4.
    problem = make_problem(orders=(1_000, 1_000, 2_000), stations=(1_500,), plugs=((1, 1_000),), **with_setup(0, 0, 1))
    for between in (2, 3, 4):
        tours = schedule(problem, {0: [0, between, 1]})
        assert tours is not None
        assert tours[0].visits[2].end_s - tours[0].visits[2].begin_s == SERVICE_S


def test_a_break_at_the_door_does_not_move_the_vehicle() -> None:
    problem = make_problem(orders=(1_000, 1_000), breaks=[[600, 800, 820, 0]], **with_setup(0, 0))
    tours = schedule(problem, {0: [0, 1]}, begins={0: 0})
    assert tours is not None
    first, second = tours[0].visits
    assert first.break_end_s - first.break_begin_s == 600
    assert second.end_s - second.begin_s == SERVICE_S - SETUP_S


def test_the_time_saved_lets_a_third_order_meet_its_window() -> None:
    # Both at the door by 1,000 s, then 2 km out: loading 600, drive 100, 100 and 40 at the door, drive 100.
    windows = [within((0, 800)), within((0, 800)), within((0, 940))]
    problem = make_problem(orders=(1_000, 1_000, 2_000), windows=windows, **with_setup(0, 0, 1))
    assert served(solved(problem), problem) == {0, 1, 2}
    apart = replace(problem, spot=np.arange(3))
    assert served(solved(apart), apart) != {0, 1, 2}


def test_neighbours_stay_together_although_a_detour_between_them_is_free() -> None:
    # All three on the way out and home; only with the two at the door in a row one setup is saved.
    problem = make_problem(orders=(1_000, 2_000, 1_000), **with_setup(0, 1, 0))
    (tour,) = solved(problem).tours
    places = [visit.place for visit in tour.visits]
    assert abs(places.index(0) - places.index(2)) == 1


def test_a_part_of_a_problem_keeps_its_doors() -> None:
    problem = make_problem(orders=(1_000, 2_000, 2_000), windows=[any_time()] * 3, **with_setup(0, 1, 1))
    part = restrict(problem, [1, 2])
    assert part.standing_of(0, 0, 1) == SERVICE_S - SETUP_S
    assert part.standing_of(0, 2, 1) == SERVICE_S  # from the depot


def test_a_setup_longer_than_the_stop_is_no_problem_of_ours() -> None:
    problem = make_problem()
    with pytest.raises(BadProblem, match="setup"):
        validate(replace(problem, setup_s=problem.service_s + 1))


def doorstep_day() -> Day:
    """Two orders at one door and one elsewhere, for a vehicle that takes 1.37 times as long for everything."""
    door = {"lat": -29.9578, "lon": -71.3474}
    orders = (
        make_order("a", service_s=300, setup_s=240, **door),
        make_order("b", service_s=300, setup_s=240, **door),
        make_order("c", service_s=300, setup_s=240, lat=-29.9556, lon=-71.3422),
    )
    shift = TimeWindow(start_s=MORNING_S, end_s=MORNING_S + 4 * HOUR_S)
    rest = DriverBreak(length_s=600, earliest_s=0, latest_s=1_800, from_start=True)
    vehicle = make_vehicle(type=make_type(service_factor=1.37), shift=shift, driver_break=rest)
    depot = make_depot(vehicle.depot_id, lat=-29.96, lon=-71.35)
    return make_day(orders=orders, vehicles=(vehicle,), depots=(depot,), stations=())


def planned(day: Day) -> Plan:
    provenance = make_provenance(streets_sha256=grid().sha256, rows_read=len(day.orders))
    return plan_day(day, grid(), SolveOptions(iterations=100, time_limit_s=60.0), provenance=provenance)


def test_each_stop_is_rounded_up_by_itself_and_the_auditor_agrees() -> None:
    plan = planned(doorstep_day())
    assert plan.violations == ()
    lasts_s = [step.end_s - step.begin_s for step in plan.routes[0].steps if step.serves]
    assert sorted(lasts_s) == [411, 740, 740]  # 300 x 1.37 = 411, 540 x 1.37 = 739.8


def test_the_auditor_asks_for_the_setup_of_a_door_that_is_another_by_a_hand_s_breadth() -> None:
    plan = planned(doorstep_day())
    (short,) = [s for s in plan.routes[0].steps if s.kind is StepKind.DELIVERY and s.end_s - s.begin_s == 411]
    moved = tuple(
        replace(order, lat=order.lat + 2e-6) if order.id == short.place_id else order for order in plan.day.orders
    )
    codes = {violation.code for violation in audit(replace(plan, day=replace(plan.day, orders=moved)), grid())}
    assert "setup_skipped" in codes
