"""KPIs of a plan whose sums are known by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.plan import Plan, Step, StepKind
from planner.report.kpis import kpis
from tests.factories import make_day, make_plan, make_vehicle


def test_the_day_is_counted_as_by_hand() -> None:
    measured = kpis(make_plan())
    assert (measured.orders_planned, measured.orders_total, measured.orders_unassigned) == (2, 3, 1)
    assert (measured.vehicles_used, measured.vehicles_of) == (1, 1)
    assert (measured.trips, measured.reloads, measured.charges) == (2, 1, 1)


def test_distance_hours_and_energy_are_the_sums_by_hand() -> None:
    measured = kpis(make_plan())
    assert measured.distance_km == pytest.approx(6.0)
    assert measured.drive_hours == pytest.approx(720 / 3600)
    assert measured.service_hours == pytest.approx(360 / 3600)
    assert measured.wait_hours == pytest.approx(240 / 3600)
    assert measured.charge_hours == pytest.approx(600 / 3600)
    assert measured.energy_kwh == pytest.approx(0.365875)
    assert measured.charged_kwh == pytest.approx(0.1)
    assert measured.night_kwh == pytest.approx(0.265875)


def test_cost_is_summed_by_kind_and_divided_by_planned_orders() -> None:
    measured = kpis(make_plan())
    assert measured.cost.total == pytest.approx(11.373175)
    assert measured.cost_per_order == pytest.approx(11.373175 / 2)


def test_the_lowest_charge_names_vehicle_and_place() -> None:
    lowest = kpis(make_plan()).lowest
    assert lowest is not None
    assert (lowest.vehicle_id, lowest.place_id) == ("v1", "hub")
    assert lowest.soc == pytest.approx(4_734.125 / 5_000)


def test_a_plan_without_routes_has_no_cost_per_order_and_no_lowest_charge() -> None:
    measured = kpis(make_plan(routes=()))
    assert (measured.orders_planned, measured.vehicles_used, measured.vehicles_of) == (0, 0, 1)
    assert (measured.cost_per_order, measured.lowest, measured.lines) == (None, None, ())


def test_a_vehicle_that_stays_home_is_not_used() -> None:
    plan = make_plan(day=make_day(vehicles=(make_vehicle("v1"), make_vehicle("v2"))))
    assert (kpis(plan).vehicles_used, kpis(plan).vehicles_of) == (1, 2)


def test_waiting_for_a_plug_counts_only_after_loading_has_ended() -> None:
    """The charge moves from 29,820..30,420 to 30,480..31,080: 60 s idle after loading, then 600 s of charging."""
    assert kpis(_with_later_charge(make_plan(), by_s=660)).wait_hours == pytest.approx((240 + 60) / 3600)


def _with_later_charge(plan: Plan, *, by_s: int) -> Plan:
    """Delay the charge, and everything after it."""
    route = plan.routes[0]
    at = next(i for i, step in enumerate(route.steps) if step.kind is StepKind.CHARGE)
    charge = replace(route.steps[at], begin_s=route.steps[at].begin_s + by_s, end_s=route.steps[at].end_s + by_s)
    later = tuple(_shifted(step, by_s) for step in route.steps[at + 1 :])
    return replace(plan, routes=(replace(route, steps=(*route.steps[:at], charge, *later)),))


def _shifted(step: Step, by_s: int) -> Step:
    return replace(step, arrival_s=step.arrival_s + by_s, begin_s=step.begin_s + by_s, end_s=step.end_s + by_s)
