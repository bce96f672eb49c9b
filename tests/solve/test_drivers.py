"""Drivers apart from vehicles, by hand on one straight street: 10 m/s, 10 minutes to load, 3 for an order."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from planner.check import audit
from planner.model import Day, Driver, DriverBreak, OrderKind, Priority, TimeWindow
from planner.pipeline import with_drivers_in_mind
from planner.plan import Plan, Reason, StepKind, Unassigned
from planner.robust import replay_plan, usual_scenarios
from planner.solve.crew import pair_up
from tests.explain.street import EIGHT_S, STREETS, day, explained, order, planned, vehicle
from tests.factories import HOUR_S

CAR, MOPED = {"licence": "B"}, {"licence": "AM"}


def driver(id: str = "ana", *, begin_h: float = 8, end_h: float = 17, **overrides: Any) -> Driver:
    shift = TimeWindow(start_s=round(begin_h * HOUR_S), end_s=round(end_h * HOUR_S))
    return Driver(id=id, shift=shift, **overrides)


def driven(plan: Plan) -> dict[str, str]:
    return {route.vehicle_id: route.driver_id for route in plan.routes}


def reasons(plan: Plan) -> dict[str, Reason]:
    return {left.order_id: left.reason for left in plan.unassigned}


def two_orders(**overrides: Any) -> Day:
    """Two orders of 80 kg at the same time, each enough for one vehicle of 100 kg."""
    at_once = (TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + 900),)
    both = [order(id, km=1, demand_kg=80.0, windows=at_once) for id in ("o1", "o2")]
    return day(*both, **{"vehicles": (vehicle("v1"), vehicle("v2"))} | overrides)


def test_without_drivers_nobody_is_named() -> None:
    assert driven(planned(two_orders())) == {"v1": "", "v2": ""}


def test_as_many_vehicles_are_on_the_road_as_there_are_drivers() -> None:
    plan = planned(two_orders(drivers=(driver("ana"), driver("ben"))))
    assert set(driven(plan)) == {"v1", "v2"}
    assert set(driven(plan).values()) == {"ana", "ben"}
    plan = planned(two_orders(drivers=(driver("ana"),)))
    assert list(driven(plan).values()) == ["ana"]
    assert len(plan.unassigned) == 1


def test_nobody_drives_without_the_licence() -> None:
    fleet = (vehicle("v1", kind=CAR), vehicle("v2", kind=MOPED))
    assert driven(planned(two_orders(vehicles=fleet, drivers=(driver(licences=("AM",)),)))) == {"v2": "ana"}


def test_drivers_are_paired_so_that_all_of_them_drive() -> None:
    fleet = (vehicle("v1", kind=MOPED), vehicle("v2", kind=CAR))
    both, moped = driver("ana", licences=("AM", "B")), driver("ben", licences=("AM",), begin_h=12)
    for drivers in ((both, moped), (moped, both)):
        assert pair_up(two_orders(vehicles=fleet, drivers=drivers)) == {"v1": "ben", "v2": "ana"}


def test_thousands_of_pairs_that_are_alike_are_weighed_once() -> None:
    fleet = tuple(vehicle(f"v{n}") for n in range(60))
    drivers = tuple(driver(f"d{n}") for n in range(60))
    the_day = day(*(order(f"o{n}") for n in range(2_000)), vehicles=fleet, drivers=drivers)
    begun_s = time.process_time()
    assert sorted(pair_up(the_day).values()) == sorted(driver.id for driver in drivers)
    assert time.process_time() - begun_s < 8.0  # each for itself they take half a minute


def test_who_has_more_hours_gets_the_vehicle_that_can_use_them() -> None:
    fleet = (vehicle("v1", shift_min=60), vehicle("v2"))
    drivers = (driver("ana"), driver("ben", end_h=9))
    assert pair_up(two_orders(vehicles=fleet, drivers=drivers)) == {"v1": "ben", "v2": "ana"}


def test_the_vehicle_is_driven_that_may_bring_what_weighs_most() -> None:
    cold = order("o1", skills=("cold",), priority=Priority.MUST)
    fleet = (vehicle("v1"), vehicle("v2", skills=("cold",)))
    assert pair_up(day(cold, order("o2"), vehicles=fleet, drivers=(driver(),))) == {"v2": "ana"}


def test_who_works_when_the_orders_are_due_gets_the_vehicle() -> None:
    evening = order("o1", windows=(TimeWindow(start_s=16 * HOUR_S, end_s=17 * HOUR_S),))
    drivers = (driver("ana", end_h=14), driver("ben", begin_h=15))
    assert pair_up(day(evening, drivers=drivers)) == {"v1": "ben"}


def test_work_lies_in_the_hours_of_vehicle_and_driver() -> None:
    (route,) = planned(day(order(km=1), drivers=(driver(begin_h=9.5, end_h=20),))).routes
    assert route.steps[0].arrival_s == round(9.5 * HOUR_S)
    late = order(km=1, windows=(TimeWindow(start_s=17 * HOUR_S, end_s=18 * HOUR_S),))
    assert reasons(planned(day(late, drivers=(driver(end_h=20),)))) == {"o1": Reason.WINDOW_UNREACHABLE}


def test_skills_of_the_driver_count_as_those_of_the_vehicle() -> None:
    heavy = order(skills=("lift", "cold"))
    fleet = (vehicle("v1", skills=("cold",)),)
    assert driven(planned(day(heavy, vehicles=fleet, drivers=(driver(skills=("lift",)),)))) == {"v1": "ana"}
    assert reasons(planned(day(heavy, vehicles=fleet, drivers=(driver(),)))) == {"o1": Reason.NO_SKILL}


def test_the_drivers_pay_replaces_that_of_the_vehicle() -> None:
    plain, dear = (planned(day(order(km=1), drivers=(driver(cost_per_hour=pay),))) for pay in (None, 36.0))
    hours = 980 / 3_600  # 600 to load, 100 out, 180 there and 100 back
    assert plain.routes[0].cost.time == pytest.approx(hours * 1.0, abs=0.001)
    assert dear.routes[0].cost.time == pytest.approx(hours * 36.0, abs=0.001)


def test_the_driver_takes_a_break_of_his_own() -> None:
    rests = driver(driver_break=DriverBreak(length_s=600, earliest_s=0, latest_s=900, from_start=True))
    (route,) = planned(day(order(km=1), drivers=(rests,))).routes
    assert [step.end_s - step.begin_s for step in route.steps if step.kind is StepKind.BREAK] == [600]


def test_an_order_that_only_a_vehicle_without_driver_could_bring_says_so() -> None:
    long = order("o1", longest_cm=200.0)
    urgent = order("o2", priority=Priority.MUST)
    fleet = (vehicle("v1", kind={"longest_cm": 250.0, "volume_l": 100.0}), vehicle("v2"))
    plan = planned(day(long, urgent, vehicles=fleet, drivers=(driver(),)))
    assert driven(plan) == {"v2": "ana"}
    assert reasons(plan) == {"o1": Reason.NO_DRIVER}
    both = planned(day(long, urgent, vehicles=fleet, drivers=(driver(), driver("ben"))))
    assert "o1" not in reasons(both)


def test_nobody_claims_that_the_fleet_is_full_while_a_driver_and_a_vehicle_are_idle() -> None:
    plan = planned(two_orders(drivers=(driver("ana"), driver("ben"))))
    left = Unassigned(order_id="o2", reason=Reason.FLEET_FULL, detail="")
    alone = replace(plan, routes=plan.routes[:1], unassigned=(left,))
    assert [one.reason for one in with_drivers_in_mind(alone, STREETS)] == [Reason.NOT_FOUND_IN_TIME]
    assert "reason_false" in {v.code for v in audit(alone, STREETS)}


def test_an_order_left_out_of_thousands_is_judged_without_a_table_of_all_pairs() -> None:
    many = [order(f"o{n}", km=1 + n / 1_000) for n in range(3_000)]
    heavy = order("heavy", demand_kg=900.0, group="g")
    mate = order("mate", group="g")
    the_day = day(*many, heavy, mate, drivers=(driver(),))
    told = {"heavy": Reason.TOO_HEAVY, "mate": Reason.GROUP_INCOMPLETE}
    left = tuple(Unassigned(order_id=id, reason=reason, detail="") for id, reason in told.items())
    plan = replace(planned(two_orders(drivers=(driver(),))), day=the_day, routes=(), unassigned=left)
    tracemalloc.start()
    judged = with_drivers_in_mind(plan, STREETS)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {one.order_id: one.reason for one in judged} == told
    assert judged[1].detail == "order heavy of its group can not be served (too_heavy)"
    assert peak_bytes < len(many) ** 2 * 8  # one table of all pairs


def test_a_plan_with_drivers_is_explained_and_replayed() -> None:
    plan = planned(two_orders(drivers=(driver("ana"),)))
    (left,) = plan.unassigned
    assert explained(plan, left.order_id).shortfalls != ()
    assert all(replay.breaks == () for replay in replay_plan(plan, STREETS, usual_scenarios(plan.day)[:3]))


# What the auditor says --------------------------------------------------------------------------------------------


def codes(plan: Plan, **driver_of: str) -> set[str]:
    routes = tuple(replace(r, driver_id=driver_of.get(r.vehicle_id, r.driver_id)) for r in plan.routes)
    return {violation.code for violation in audit(replace(plan, routes=routes), STREETS)}


def test_a_route_without_a_driver_or_two_with_one_are_found() -> None:
    plan = planned(two_orders(drivers=(driver("ana"), driver("ben"))))
    assert codes(plan) == set()
    assert "driver_missing" in codes(plan, v1="")
    assert "driver_missing" in codes(plan, v1="zoe")
    assert "driver_twice" in codes(plan, v1="ana", v2="ana")


def test_a_driver_without_licence_or_out_of_hours_is_found() -> None:
    fleet = (vehicle("v1", kind=MOPED),)
    one, other = driver("ana", licences=("AM",)), driver("ben", begin_h=9)
    plan = planned(day(order(km=1), vehicles=fleet, drivers=(one, other)))
    assert driven(plan) == {"v1": "ana"}
    assert codes(plan, v1="ben") >= {"licence_missing", "shift_early"}


def test_a_false_claim_that_a_driver_is_missing_is_found() -> None:
    plan = planned(day(order("o1", kind=OrderKind.PICKUP), drivers=(driver(), driver("ben"))))
    left = Unassigned(order_id="o1", reason=Reason.NO_DRIVER, detail="")
    assert "reason_false" in codes(replace(plan, routes=(), unassigned=(left,)))
    free = replace(plan.day, drivers=())
    assert "reason_false" in codes(replace(plan, day=free, routes=(), unassigned=(left,)))
