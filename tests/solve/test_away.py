"""Vehicles that start or end their day away from the depot, worked out by hand on one straight street.

10 m/s, 10 minutes to load, 3 for an order; the depot is at kilometre 0 and the driver lives at kilometre 3.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.check import audit
from planner.check_legs import LegFinder
from planner.explain.ground import open_ground
from planner.model import Balance, Day, Measure, OrderKind, Plug, Spot, TimeWindow
from planner.plan import Plan, Reason, Route, Step
from planner.replay import driven
from planner.robust import replay_plan, usual_scenarios
from tests.explain.street import EIGHT_S, STREETS, at, day, order, planned, vehicle
from tests.solve.test_random_days import ROUNDING_WH

HOME = Spot(**at(3))
PLUGS = (Plug(id="hub-1", power_w=2_000.0),)


def living_out(*, start: bool = False, end: bool = False, **overrides: Any) -> Any:
    return vehicle(start=HOME if start else None, end=HOME if end else None, **overrides)


def route_of(the_day: Day) -> Route:
    (route,) = planned(the_day).routes
    return route


def times(route: Route) -> list[tuple[str, str, int]]:
    """Return kind, place and seconds after 8:00 of each arrival."""
    return [(step.kind.value, step.place_id, step.arrival_s - EIGHT_S) for step in route.steps]


def used_wh(steps: tuple[Step, ...]) -> float:
    return steps[0].stored_arrival_wh - steps[-1].stored_end_wh


def test_who_starts_at_home_drives_to_the_depot_and_loads_before_the_first_delivery() -> None:
    route = route_of(day(order(km=1), vehicles=(living_out(start=True),)))
    assert times(route) == [
        ("start", "v1", 0),
        ("reload", "hub", 300),
        ("delivery", "o1", 1_000),
        ("end", "hub", 1_280),
    ]
    assert [step.trip for step in route.steps] == [1, 1, 1, 1]
    assert [step.load_kg for step in route.steps] == [0.0, 30.0, 0.0, 0.0]
    assert route.steps[1].leg is not None
    assert route.steps[1].leg.distance_m == pytest.approx(3_000, abs=1)


def test_who_ends_at_home_drives_there_straight_from_the_last_delivery() -> None:
    route = route_of(day(order(km=1), vehicles=(living_out(end=True),)))
    assert times(route) == [("start", "hub", 0), ("delivery", "o1", 700), ("end", "v1", 1_080)]


def test_what_was_picked_up_is_brought_to_the_depot_before_the_way_home() -> None:
    for kg in (30.0, 0.0):
        picked_up = order(km=1, kind=OrderKind.PICKUP, demand_kg=kg)
        route = route_of(day(picked_up, vehicles=(living_out(end=True),)))
        assert times(route) == [
            ("start", "hub", 0), ("pickup", "o1", 700), ("return", "hub", 980), ("end", "v1", 1_280),
        ]  # fmt: skip
        assert route.steps[2].load_kg == route.steps[3].load_kg == 0.0


def test_a_pickup_of_an_earlier_trip_calls_nobody_back_to_the_depot() -> None:
    first = order("o1", km=1, kind=OrderKind.PICKUP, windows=(TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + 900),))
    heavy = order("o2", km=1, demand_kg=100.0, windows=(TimeWindow(start_s=EIGHT_S + 3_600, end_s=EIGHT_S + 7_200),))
    route = route_of(day(replace(first, demand_kg=100.0), heavy, vehicles=(living_out(end=True),)))
    assert [step.kind.value for step in route.steps] == ["start", "pickup", "reload", "delivery", "end"]


@pytest.mark.parametrize(("seconds", "served"), [(1_580, True), (1_579, False)])
def test_the_shift_holds_both_ways_the_last_one_counted_by_way_of_the_depot(seconds: int, *, served: bool) -> None:
    shift = TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + seconds)
    lives_out = replace(living_out(start=True, end=True), shift=shift)
    plan = planned(day(order(km=1), vehicles=(lives_out,)))
    assert bool(plan.routes) == served
    assert [left.reason for left in plan.unassigned] == ([] if served else [Reason.WINDOW_UNREACHABLE])


def test_the_ways_take_their_energy_and_their_money() -> None:
    near, far = (route_of(day(order(km=1), vehicles=(living_out(start=out),))) for out in (False, True))
    assert far.steps[1].leg is not None
    assert used_wh(far.steps) == pytest.approx(used_wh(near.steps) + far.steps[1].leg.energy_wh, abs=0.01)
    assert far.cost.distance == pytest.approx(near.cost.distance + 0.3, abs=0.001)
    assert far.cost.time == pytest.approx(near.cost.time + 300 / 3_600, abs=0.001)


def test_the_ways_are_a_part_of_the_hours_that_are_paid_at_least() -> None:
    route = route_of(day(order(km=1), vehicles=(living_out(start=True, min_paid_s=3_600),)))
    worked_s = route.steps[-1].end_s - route.steps[0].arrival_s
    hour = route.cost.time * 3_600 / worked_s
    assert route.cost.time + route.cost.minimum_pay == pytest.approx(hour, abs=0.001)


def test_the_ways_are_a_part_of_what_is_evened_out() -> None:
    # Both serve one order at kilometre 1; the one of them that comes from kilometre 3 drives 5 km.
    orders = (order("o1", km=1), order("o2", km=1))
    vehicles = (living_out(start=True, max_stops=1), vehicle("v2", max_stops=1))
    even = replace(day(*orders, vehicles=vehicles), balance=Balance(by=Measure.KM, price=0.1))
    plan = planned(even)
    assert [route.cost.balance for route in plan.routes] == [pytest.approx(0.15, abs=0.001), 0.0]


def test_a_vehicle_that_lives_far_out_is_left_for_one_at_the_depot() -> None:
    far, near = living_out(start=True, end=True), vehicle("v2")
    route = route_of(day(order(km=1), vehicles=(far, near)))
    assert route.vehicle_id == "v2"


@pytest.mark.parametrize(("start_soc", "served"), [(0.2, True), (0.115, False)])
def test_the_reserve_is_kept_on_the_way_to_the_depot(start_soc: float, *, served: bool) -> None:
    """3 km take more than 1.5 % of 5,000 Wh, and the depot has no plug."""
    lives_out = living_out(start=True, start_soc=start_soc)
    assert bool(planned(day(order(km=1), vehicles=(lives_out,))).routes) == served


def test_who_ends_away_charges_at_the_depot_what_the_end_asks_for_and_nothing_by_night() -> None:
    asks = living_out(end=True, start_soc=0.5, end_soc=0.7)
    route = route_of(day(order(km=1), vehicles=(asks,), plugs=PLUGS))
    assert route.steps[-1].stored_end_wh >= 3_500.0
    assert sum(step.charged_wh for step in route.steps) > 1_000.0
    assert route.night is not None
    assert (route.night.charges, route.night.missing_wh) == ((), 0.0)


def test_what_who_ends_away_lacks_tomorrow_is_said_and_paid_at_the_dearest_price() -> None:
    route = route_of(day(order(km=1), vehicles=(living_out(end=True),), plugs=PLUGS))
    assert route.night is not None
    assert route.night.charges == ()
    assert route.night.missing_wh == pytest.approx(used_wh(route.steps), abs=0.01)
    assert route.cost.energy == pytest.approx(used_wh(route.steps) / 1_000 * 0.2, abs=1e-4)


def test_a_route_read_back_is_the_route_that_was_written() -> None:
    picked_up = order("o2", km=1, kind=OrderKind.PICKUP)
    for orders in ((order(km=1),), (order(km=1), picked_up)):
        plan = planned(day(*orders, vehicles=(living_out(start=True, end=True),), plugs=PLUGS))
        ground = open_ground(plan, STREETS, LegFinder(STREETS))
        again = ground.with_tours(plan.day, ground.problem(plan.day), ground.tours(plan.day))
        assert again.routes == plan.routes


def test_a_replay_sets_out_from_home_when_the_plan_says() -> None:
    plan = planned(day(order(km=1), vehicles=(living_out(start=True, end=True),)))
    (drive,) = driven(plan.day, plan.routes).values()
    assert (drive.begin_s, drive.places) == (EIGHT_S, [0])
    assert all(replay.breaks == () for replay in replay_plan(plan, STREETS, usual_scenarios(plan.day)))


# What the auditor says --------------------------------------------------------------------------------------------


def codes(plan: Plan) -> set[str]:
    return {violation.code for violation in audit(plan, STREETS)}


def with_steps(plan: Plan, *steps: Step) -> Plan:
    return replace(plan, routes=(replace(plan.routes[0], steps=steps),))


def test_a_vehicle_that_starts_or_ends_at_its_depot_instead_is_found() -> None:
    plan = planned(day(order(km=1), vehicles=(living_out(start=True, end=True),)))
    *steps, last = plan.routes[0].steps
    assert "away_wrong" in codes(with_steps(plan, replace(steps[0], place_id="hub"), *steps[1:], last))
    assert "away_wrong" in codes(with_steps(plan, *steps, replace(last, place_id="hub")))


def test_goods_that_were_never_loaded_are_found() -> None:
    plan = planned(day(order(km=1), vehicles=(living_out(start=True),)))
    start, _, *rest = plan.routes[0].steps
    assert "not_loaded" in codes(with_steps(plan, start, *rest))


def test_goods_taken_home_are_found() -> None:
    plan = planned(day(order(km=1, kind=OrderKind.PICKUP), vehicles=(living_out(end=True),)))
    *steps, _, last = plan.routes[0].steps
    assert "goods_kept" in codes(with_steps(plan, *steps, last))


def test_a_return_before_the_last_trip_is_found() -> None:
    plan = planned(day(order(km=1, kind=OrderKind.PICKUP), vehicles=(living_out(end=True),)))
    start, pickup, back, last = plan.routes[0].steps
    assert "return_misplaced" in codes(with_steps(plan, start, replace(back, leg=None), pickup, last))


def test_the_way_home_counts_for_the_shift_and_the_reserve() -> None:
    plan = planned(day(order(km=1), vehicles=(living_out(end=True),)))
    end = plan.routes[0].steps[-1]
    short = replace(plan.day.vehicles[0], shift=TimeWindow(start_s=EIGHT_S, end_s=end.end_s - 1))
    assert "shift_exceeded" in codes(replace(plan, day=replace(plan.day, vehicles=(short,))))
    full_wh = short.type.battery_wh
    asks = replace(plan.day.vehicles[0], end_soc=(end.stored_end_wh + ROUNDING_WH) / full_wh)
    assert "end_soc_short" in codes(replace(plan, day=replace(plan.day, vehicles=(asks,))))
