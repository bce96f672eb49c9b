"""Two plans side by side: every difference is known beforehand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.dispatch.compare import Promise, compare
from planner.model import TimeWindow
from planner.plan import Cost, Lock, LockKind, Plan, Reason, Route, Step, Unassigned
from tests.factories import make_day, make_order, make_plan, make_vehicle


def shifted(plan: Plan, *, later_s: int) -> Plan:
    """Return a plan whose vehicles do all so much later."""
    return replace(
        plan, routes=tuple(replace(r, steps=tuple(_later(s, later_s) for s in r.steps)) for r in plan.routes)
    )


def _later(step: Step, by_s: int) -> Step:
    return replace(step, arrival_s=step.arrival_s + by_s, begin_s=step.begin_s + by_s, end_s=step.end_s + by_s)


def without(plan: Plan, id: str) -> Plan:
    routes = tuple(
        replace(route, steps=tuple(step for step in route.steps if step.place_id != id)) for route in plan.routes
    )
    left = Unassigned(order_id=id, reason=Reason.NOT_FOUND_IN_TIME, detail="")
    return replace(plan, routes=routes, unassigned=(*plan.unassigned, left))


def on_another_vehicle(plan: Plan) -> Plan:
    (route,) = plan.routes
    day = replace(plan.day, vehicles=(make_vehicle(), make_vehicle("v2")))
    return replace(plan, day=day, routes=(replace(route, vehicle_id="v2"),))


def test_a_plan_does_not_differ_from_itself() -> None:
    found = compare(make_plan(), make_plan())
    assert (found.moved, found.broken, found.left_out_in_a, found.left_out_in_b) == ((), (), (), ())
    assert all(one.difference == 0 for one in (*found.figures, *found.money))
    assert found.common == 3


def test_stops_that_moved_are_told_with_vehicle_trip_and_minutes() -> None:
    found = compare(make_plan(), on_another_vehicle(shifted(make_plan(), later_s=300)))
    assert [(one.order_id, one.a.vehicle_id, one.b.vehicle_id, one.later_s) for one in found.moved] == [
        ("o1", "v1", "v2", 300),
        ("o2", "v1", "v2", 300),
    ]
    assert all(one.vehicle_changed and one.trip_changed for one in found.moved)


def test_an_arrival_is_a_promise_that_more_than_the_tolerance_breaks() -> None:
    later = shifted(make_plan(), later_s=600)
    assert compare(make_plan(), later, tolerance_s=600).broken == ()
    broken = compare(make_plan(), later, tolerance_s=599).broken
    assert [(one.promise, one.id, one.by_s) for one in broken] == [
        (Promise.ARRIVAL, "o1", 600),
        (Promise.ARRIVAL, "o2", 600),
    ]


def test_a_window_that_was_met_and_is_missed_is_broken_by_its_seconds() -> None:
    # o2 is served from 8:35 to 10:00; two hours later it is 37 minutes and more too late.
    begin_s = next(s.begin_s for r in make_plan().routes for s in r.steps if s.place_id == "o2")
    broken = compare(make_plan(), shifted(make_plan(), later_s=7_200), tolerance_s=10_000).broken
    assert [(one.promise, one.id, one.by_s) for one in broken] == [(Promise.WINDOW, "o2", begin_s + 7_200 - 36_000)]


def test_an_order_served_in_one_and_left_out_in_the_other_is_told_and_a_promise_broken() -> None:
    found = compare(make_plan(), without(make_plan(), "o1"))
    assert (found.left_out_in_b, found.left_out_in_a) == (("o1",), ())
    assert [(one.promise, one.id) for one in found.broken] == [(Promise.SERVED, "o1")]
    assert compare(without(make_plan(), "o1"), make_plan()).left_out_in_a == ("o1",)


def test_a_lock_of_the_first_plan_is_a_promise() -> None:
    locks = (Lock(kind=LockKind.ORDER, id="o1"), Lock(kind=LockKind.VEHICLE, id="v1"))
    broken = compare(replace(make_plan(), locks=locks), on_another_vehicle(make_plan())).broken
    assert [(one.promise, one.id) for one in broken] == [(Promise.LOCK, "o1"), (Promise.LOCK, "v1")]


def test_money_is_told_by_kind_and_in_all() -> None:
    plan = make_plan()
    (route,) = plan.routes
    dearer = replace(plan, routes=(_with_cost(route, replace(route.cost, time=1.7, overtime=2.0)),))
    found = {one.name: one.difference for one in compare(plan, dearer).money}
    assert found["time"] == pytest.approx(1.0)
    assert found["overtime"] == pytest.approx(2.0)
    assert found["total"] == pytest.approx(3.0)
    assert found["distance"] == 0


def _with_cost(route: Route, cost: Cost) -> Route:
    return replace(route, cost=cost)


def test_plans_of_different_days_are_compared_in_what_they_have_in_common() -> None:
    other = make_plan(day=make_day(date="2026-05-13", orders=(make_order("o1"), make_order("o9"))))
    other = without(other, "o2")
    found = compare(make_plan(), replace(other, unassigned=()))
    assert found.days == ("2026-05-12", "2026-05-13")
    assert (found.common, found.only_in_a, found.only_in_b) == (1, ("o2", "o3"), ("o9",))
    assert found.left_out_in_b == ()
    assert found.broken == ()


def test_a_window_that_only_the_first_day_had_is_judged_by_that_day() -> None:
    windows = (TimeWindow(start_s=0, end_s=29_600),)
    plan = make_plan()
    narrow = replace(plan, day=replace(plan.day, orders=(make_order("o1", windows=windows), *plan.day.orders[1:])))
    broken = compare(narrow, shifted(plan, later_s=120)).broken
    assert [(one.promise, one.id, one.by_s) for one in broken] == [(Promise.WINDOW, "o1", 29_520 + 120 - 29_600)]
