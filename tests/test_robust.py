"""A plan on a small town replayed on other days, with the auditor's word on what breaks; known answers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from planner.check_legs import LegFinder, Point
from planner.errors import InputError
from planner.model import Day, Order, Scenario, TimeWindow
from planner.pipeline import plan_day
from planner.plan import Plan, Replay, StepKind, share_held
from planner.robust import replay_plan, usual_scenarios
from planner.solve.options import SolveOptions
from tests.check.grid import make_grid
from tests.factories import make_day, make_depot, make_order, make_provenance, make_vehicle

STREETS = make_grid()
NEAR, FAR = (
    make_order("near"),
    make_order("far", lat=-29.947, lon=-71.329, demand_kg=40.0, volume_l=80.0),
)
USUAL = Scenario(name="as planned")


def planned(day: Day) -> Plan:
    provenance = make_provenance(streets_sha256=STREETS.sha256, rows_read=len(day.orders))
    return plan_day(day, STREETS, SolveOptions(iterations=20, threads=1), provenance=provenance)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Both orders in one trip of one vehicle that starts full."""
    found = planned(make_day(orders=(NEAR, FAR), stations=()))
    assert [step.kind for step in found.routes[0].steps].count(StepKind.DELIVERY) == 2
    return found


def replayed(plan: Plan, **scenario: Any) -> Replay:
    (replay,) = replay_plan(plan, STREETS, [replace(USUAL, **scenario)])
    return replay


def with_order(plan: Plan, order: Order) -> Plan:
    orders = tuple(order if order.id == other.id else other for other in plan.day.orders)
    return replace(plan, day=replace(plan.day, orders=orders))


def test_a_plan_holds_on_the_day_it_was_made_for(plan: Plan) -> None:
    assert replayed(plan) == Replay(scenario=USUAL, breaks=(), orders_hit=())


def test_a_window_holds_until_slow_traffic_eats_its_slack_and_is_then_missed_by_the_rest(plan: Plan) -> None:
    first = next(step for step in plan.routes[0].steps if step.kind is StepKind.DELIVERY)
    assert first.leg is not None
    depot = plan.day.depots[0]
    leg = LegFinder(STREETS).leg(plan.day.vehicles[0].type, Point(depot.lat, depot.lon), Point(first.lat, first.lon))
    assert leg is not None
    later_s = math.ceil(1.5 * leg.seconds) - first.leg.drive_s
    order = next(order for order in plan.day.orders if order.id == first.place_id)
    for short_s in (0, 1):
        closes = TimeWindow(start_s=first.begin_s, end_s=first.begin_s + later_s - short_s)
        slow = replayed(with_order(plan, replace(order, windows=(closes,))), travel_factor=1.5)
        assert slow.holds == (short_s == 0)
    assert (slow.breaks[0].code, slow.breaks[0].place_id) == ("window_missed", order.id)
    assert slow.breaks[0].message == "1 s outside the nearest window"
    assert slow.orders_hit == (order.id,)
    assert slow.breaks[0].at_s == closes.end_s + 1


def test_half_the_battery_falls_below_the_reserve_by_what_the_day_uses_beyond_its_margin(plan: Plan) -> None:
    steps = plan.routes[0].steps
    used_wh = sum(step.leg.energy_wh for step in steps if step.leg)
    # Half of 5,000 Wh, less the reserve, is 20 Wh too little; the way home alone takes more than that.
    vehicle = make_vehicle(reserve_soc=1 - (used_wh - 20) / 2_500)
    aged = replayed(replace(plan, day=replace(plan.day, vehicles=(vehicle,))), state_of_health=0.5)
    assert [(found.code, found.step) for found in aged.breaks] == [("reserve_broken", len(steps))]
    assert aged.breaks[0].message.startswith("20.00 Wh below")
    assert aged.orders_hit == ()  # all were handed over before


def test_a_bay_loaded_too_heavily_spoils_its_trip(plan: Plan) -> None:
    assert replayed(plan, load_factor=1.4).holds  # 98 of 100 kg
    heavy = replayed(plan, load_factor=1.5)
    assert [found.code for found in heavy.breaks] == ["overweight"]
    assert heavy.orders_hit == ("near", "far")


def test_the_cold_is_felt_in_the_battery(plan: Plan) -> None:
    used_wh = sum(step.leg.energy_wh for step in plan.routes[0].steps if step.leg)
    for margin_wh in (5, -5):
        vehicle = make_vehicle(reserve_soc=1 - (used_wh + margin_wh) / 3_750)
        cold = replayed(replace(plan, day=replace(plan.day, vehicles=(vehicle,))), temperature_c=-10.0)
        assert cold.holds == (margin_wh > 0)


def test_an_only_plug_that_is_out_is_missed_by_a_day_that_needs_it() -> None:
    orders = tuple(replace(FAR, id=f"far{i}", demand_kg=60.0) for i in range(2))  # a trip each
    hub = make_depot(plugs=make_depot().plugs[:1])
    used_wh = sum(s.leg.energy_wh for s in planned(make_day(orders=orders, depots=(hub,))).routes[0].steps if s.leg)
    vehicle = make_vehicle(start_soc=0.5, reserve_soc=0.5 - (used_wh - 150) / 5_000)
    found = planned(make_day(orders=orders, depots=(hub,), vehicles=(vehicle,), stations=()))
    assert found.violations == ()
    usual, *_, out = replay_plan(found, STREETS, [USUAL, *usual_scenarios(found.day)])
    assert usual.holds
    assert out.scenario.plugs_out == ("hub-1",)
    assert {code.code for code in out.breaks} == {"reserve_broken"}
    assert out.breaks[-1].message.startswith("150.00 Wh below")
    assert share_held([usual, out]) == 0.5


def test_the_usual_scenarios_put_each_kind_of_depot_plug_out_once() -> None:
    plugs = [scenario.plugs_out for scenario in usual_scenarios(make_day())]
    assert plugs == [(), (), (), (), ("hub-1",)]
    assert len(usual_scenarios(make_day(charging=False))) == 4


@pytest.mark.parametrize("code", ["E-R02", "E-R04"])
def test_a_plug_that_is_not_there_and_a_plan_that_fails_as_it_is_are_refused(plan: Plan, code: str) -> None:
    window = (TimeWindow(start_s=0, end_s=60),)
    spoilt = with_order(plan, replace(NEAR, windows=window)) if code == "E-R04" else plan
    with pytest.raises(InputError, match=code):
        replayed(spoilt, plugs_out=("hub-9",) if code == "E-R02" else ())
