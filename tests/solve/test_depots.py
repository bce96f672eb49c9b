"""A few depots on one straight street: at kilometre 0 and at kilometre 10, each with a vehicle of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.check import audit
from planner.explained import Rule
from planner.model import Day, Order, Plug, TimeWindow
from planner.pipeline import plan_day
from planner.plan import Plan, Reason
from planner.solve.options import SolveOptions
from tests.explain.street import EIGHT_S, STREETS, at, day, explained, order, planned, vehicle
from tests.factories import make_depot, make_provenance

FREE = {"cost_per_day": 0.0}  # so that nobody stays at home to save a vehicle


def two_depots(*orders: Order, **overrides: Any) -> Day:
    west = make_depot("west", **at(0), plugs=(Plug(id="west-1", power_w=2_000.0),))
    east = make_depot("east", **at(10), plugs=(Plug(id="east-1", power_w=2_000.0),), site_power_w=1_000.0)
    fleet = tuple(vehicle(id, depot_id=depot, kind=FREE) for id, depot in (("w", "west"), ("e", "east")))
    return replace(day(*orders), **{"depots": (west, east), "vehicles": fleet} | overrides)


def served_by(plan: Plan) -> dict[str, str]:
    return {step.place_id: route.vehicle_id for route in plan.routes for step in route.steps if step.serves}


def test_an_order_goes_from_the_depot_that_is_nearer() -> None:
    plan = planned(two_depots(order("o1", km=2), order("o2", km=8)))
    assert served_by(plan) == {"o1": "w", "o2": "e"}


def test_an_order_whose_goods_lie_at_one_depot_goes_from_there_however_far_it_is() -> None:
    plan = planned(two_depots(order("o1", km=2, depot_id="east"), order("o2", km=8, depot_id="west")))
    assert served_by(plan) == {"o1": "e", "o2": "w"}


def test_the_baseline_too_takes_goods_from_their_depot() -> None:
    the_day = two_depots(order("o1", km=2, depot_id="east"), order("o2", km=8, depot_id="west"))
    provenance = make_provenance(streets_sha256=STREETS.sha256, rows_read=2)
    options = SolveOptions(engine="ortools", iterations=50, time_limit_s=60.0)
    plan = plan_day(the_day, STREETS, options, provenance=provenance)
    assert plan.violations == ()
    assert served_by(plan) == {"o1": "e", "o2": "w"}


def test_each_vehicle_charges_at_the_plugs_and_within_the_power_of_its_own_depot() -> None:
    plan = planned(two_depots(order("o1", km=2), order("o2", km=8)))
    nights = {route.vehicle_id: route.night for route in plan.routes}
    assert {v: {c.plug_id for c in night.charges} for v, night in nights.items() if night} == {
        "w": {"west-1"}, "e": {"east-1"},
    }  # fmt: skip
    assert all(charge.power_w <= 1_000.0 for charge in nights["e"].charges) if nights["e"] else False


def test_an_order_of_a_depot_without_a_vehicle_is_left_out_for_that_reason() -> None:
    lost = two_depots(order("o1", km=2, depot_id="east"), order("o2", km=3), vehicles=(vehicle("w", depot_id="west"),))
    plan = planned(lost)
    assert [(left.order_id, left.reason) for left in plan.unassigned] == [("o1", Reason.WRONG_DEPOT)]
    (shortfall,) = explained(plan).shortfalls
    assert (shortfall.rule, shortfall.text) == (Rule.DEPOT, "belongs to depot west, the goods to east")


def test_a_skill_counts_only_at_the_depot_of_the_goods() -> None:
    fleet = (vehicle("w", depot_id="west", skills=("lift",)), vehicle("e", depot_id="east"))
    plan = planned(two_depots(order("o1", km=2, depot_id="east", skills=("lift",)), vehicles=fleet))
    assert [left.reason for left in plan.unassigned] == [Reason.NO_SKILL]
    assert "of depot east" in plan.unassigned[0].detail


def test_a_window_that_only_the_other_depot_could_meet_is_not_met() -> None:
    early = (TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + 1_000),)
    plan = planned(two_depots(order("o1", km=1, depot_id="east", windows=early)))
    assert [left.reason for left in plan.unassigned] == [Reason.WINDOW_UNREACHABLE]
    assert served_by(planned(two_depots(order("o1", km=1, windows=early)))) == {"o1": "w"}


def test_goods_of_another_depot_on_board_and_a_false_claim_about_depots_are_found() -> None:
    plan = planned(two_depots(order("o1", km=2), order("o2", km=8)))
    moved = replace(plan.day, orders=tuple(replace(o, depot_id="east") for o in plan.day.orders))
    assert [v.code for v in audit(replace(plan, day=moved), STREETS)] == ["depot_refused"]
    nowhere = replace(plan.day, orders=tuple(replace(o, depot_id="north") for o in plan.day.orders))
    assert {v.code for v in audit(replace(plan, day=nowhere), STREETS)} == {"day_invalid"}
    lost = planned(two_depots(order("o1", km=2, depot_id="east"), vehicles=(vehicle("w", depot_id="west"),)))
    found = replace(lost.day, orders=(order("o1", km=2),))
    assert [v.code for v in audit(replace(lost, day=found), STREETS)] == ["reason_false"]
