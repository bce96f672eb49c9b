"""What fails, by how much, and the least that mends it, on days whose answers are known beforehand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from planner.catalogue import vehicle_type
from planner.check_legs import LegFinder
from planner.errors import InputError
from planner.explain.ground import open_ground
from planner.explain.orders import explain_orders
from planner.explain.repairs import Task, repairs
from planner.explained import Grade, RepairKind, Rule
from planner.model import DriverBreak, OrderKind, Packs, Plug, Priority
from planner.plan import Plan, StepKind
from tests.check.grid import make_grid
from tests.explain.street import (
    EIGHT_S,
    MINUTE_S,
    STREETS,
    day,
    explained,
    kinds,
    least,
    order,
    planned,
    repaired,
    served,
    until,
    vehicle,
    without,
)


def test_a_window_missed_by_seven_minutes_is_mended_by_ten_or_by_a_shift_that_begins_ten_earlier() -> None:
    # Loaded at 8:10, there 1 km or 100 s later, at 8:11:40. The window closes at 8:05.
    plan = planned(day(order(windows=until(5))))
    found = explained(plan)
    (short,) = found.shortfalls
    assert (found.grade, short.rule, short.amount, short.unit) == (Grade.PROVED, Rule.WINDOW, 7, "min")
    assert least(plan, RepairKind.WINDOW_LATER) == 10
    assert least(plan, RepairKind.SHIFT_EARLIER) == 10
    assert kinds(plan) == {RepairKind.WINDOW_LATER, RepairKind.SHIFT_EARLIER}


def test_of_two_windows_the_one_that_is_missed_by_less_is_moved() -> None:
    early, late = until(5)[0], until(3, since=1)[0]
    plan = planned(day(order(windows=(late, early))))
    (made,) = (one for one in repaired(plan) if one.repair.kind is RepairKind.WINDOW_LATER)
    assert made.plan.day.orders[0].windows == (late, replace(early, end_s=early.end_s + 10 * MINUTE_S))


def test_a_window_that_opens_too_late_for_the_shift_is_opened_earlier() -> None:
    # A shift of an hour; served at 8:55 it would be home at 8:59:40, so the window may open at 8:55 at the latest.
    plan = planned(day(order(windows=until(120, since=70)), vehicles=(vehicle(shift_min=60),)))
    assert explained(plan).shortfalls[0].rule is Rule.SHIFT
    assert least(plan, RepairKind.WINDOW_EARLIER) == 15
    assert least(plan, RepairKind.SHIFT_LATER) == 15


def test_a_shift_that_ends_two_minutes_before_the_return_is_five_minutes_longer() -> None:
    # 10 min to load, 100 s there, 3 min, 100 s back: home at 8:16:20, and the shift ends at 8:15.
    plan = planned(day(order(), vehicles=(vehicle(shift_min=15),)))
    (short,) = explained(plan).shortfalls
    assert (short.rule, short.amount) == (Rule.SHIFT, 2)
    assert kinds(plan) == {RepairKind.SHIFT_LATER, RepairKind.SHIFT_EARLIER}
    assert least(plan, RepairKind.SHIFT_LATER) == 5


def test_an_order_34_kg_too_heavy_is_not_made_lighter_and_needs_another_type() -> None:
    ami = replace(vehicle(), type=vehicle_type("ami-cargo"))  # 140 kg
    plan = planned(day(order(demand_kg=174.0), vehicles=(ami,)))
    found = explained(plan)
    assert (found.grade, found.shortfalls[0].rule) == (Grade.PROVED, Rule.WEIGHT)
    assert (found.shortfalls[0].amount, found.shortfalls[0].unit) == (34, "kg")
    assert kinds(plan) == {RepairKind.TYPE, RepairKind.VEHICLE}
    assert all(one.plan.day.orders == plan.day.orders for one in repaired(plan))


@pytest.mark.parametrize(
    ("changes", "rule", "amount", "unit"),
    [
        ({"volume_l": 412.5}, Rule.VOLUME, 12.5, "l"),
        ({"longest_cm": 150.0}, Rule.LENGTH, 30, "cm"),
        ({"skills": ("cold",)}, Rule.SKILL, None, ""),
        ({"vehicle_classes": ("L7e",)}, Rule.CLASS, None, ""),
        ({"north_m": 600.0}, Rule.ROAD, 450, "m"),
    ],
)
def test_the_first_hurdle_is_told_with_its_amount(
    changes: dict[str, object], rule: Rule, amount: float | None, unit: str
) -> None:
    (short,) = explained(planned(day(order(**changes)))).shortfalls  # type: ignore[arg-type]
    assert (short.type_name, short.rule, short.amount, short.unit) == ("tiny", rule, amount, unit)


def test_a_missing_skill_is_given_to_a_vehicle() -> None:
    plan = planned(day(order(skills=("cold",)), order("o2"), vehicles=(vehicle("v1"), vehicle("v2"))))
    (made,) = (one for one in repaired(plan) if one.repair.kind is RepairKind.SKILL)
    assert [v.skills for v in made.plan.day.vehicles].count(("cold",)) == 1


def test_a_battery_that_is_short_is_charged_to_the_least_step_that_is_enough() -> None:
    far = order(km=20.0)
    full = planned(day(far))
    used_wh = full.routes[0].steps[0].stored_end_wh - full.routes[0].steps[-1].stored_end_wh
    needed = 0.1 + used_wh / 5_000  # the reserve is a tenth
    start = math.floor(20 * needed) / 20 - 0.05
    plan = planned(day(far, vehicles=(vehicle(start_soc=start),)))
    found = explained(plan)
    assert (found.grade, found.shortfalls[0].rule, found.shortfalls[0].unit) == (Grade.PROVED, Rule.BATTERY, "kWh")
    assert found.shortfalls[0].amount == pytest.approx((needed - start) * 5, abs=0.011)
    assert least(plan, RepairKind.START_SOC) == pytest.approx(100 * math.ceil(20 * needed) / 20)


def test_charging_that_is_forbidden_is_allowed() -> None:
    # The first trip takes more than half the battery, and the bay holds but one of the two.
    orders = [order(id, km=20.0, demand_kg=60.0) for id in ("o1", "o2")]
    plugs = (Plug(id="p1", power_w=2_300.0),)
    plan = planned(day(*orders, plugs=plugs, charging=False))
    assert len(plan.unassigned) == 1
    assert RepairKind.CHARGING in kinds(plan, plan.unassigned[0].order_id)


def crowded() -> Plan:
    """Two vehicles that are back at 8:46, charge 28 minutes for a second trip of 36, and must be home at 10:05.

    One after the other at the only plug, the second one would be home at 10:18.
    """
    orders = [order(f"o{n}", km=10.0, demand_kg=60.0) for n in range(1, 5)]
    kind = {"battery_wh": 2_600.0}
    vehicles = tuple(vehicle(id, shift_min=125, kind=kind) for id in ("v1", "v2"))
    return planned(day(*orders, vehicles=vehicles, plugs=(Plug(id="p1", power_w=2_300.0),)))


def test_where_two_vehicles_wait_for_one_plug_the_second_plug_helps() -> None:
    plan = crowded()
    (left_out,) = plan.unassigned
    found = explained(plan, left_out.order_id)
    assert found.grade is Grade.NOT_FOUND
    assert found.shortfalls[0].rule is Rule.PLUG
    assert found.shortfalls[0].text.startswith("no plug free at hub")
    (made,) = (one for one in repaired(plan, left_out.order_id) if one.repair.kind is RepairKind.PLUG)
    assert len(made.plan.day.depots[0].plugs) == 2
    assert made.repair.text.startswith("one more plug at hub at ")


def test_a_site_limit_that_keeps_the_second_plug_idle_is_raised_by_whole_kilowatts() -> None:
    base = crowded().day
    plugs = tuple(Plug(id=f"p{n}", power_w=2_300.0) for n in (1, 2))
    plan = planned(replace(base, depots=(replace(base.depots[0], plugs=plugs, site_power_w=2_300.0),)))
    (left_out,) = plan.unassigned
    found = explained(plan, left_out.order_id)
    assert found.shortfalls[0].rule is Rule.SITE_POWER
    assert least(plan, RepairKind.SITE_POWER, left_out.order_id) == 4  # 2 kW for each of the two


def test_where_two_vehicles_wait_for_one_dock_the_second_dock_helps() -> None:
    # Loaded at 8:10, at the order 2 km away at 8:14. The second one, loaded at 8:20, is there at 8:24.
    orders = [order(f"o{n}", km=2.0, demand_kg=60.0, windows=until(20)) for n in (1, 2)]
    base = day(*orders, vehicles=(vehicle("v1"), vehicle("v2")))
    plan = planned(replace(base, depots=(replace(base.depots[0], docks=1),)))
    (left_out,) = plan.unassigned
    assert "a dock" in left_out.detail
    found = explained(plan, left_out.order_id)
    assert found.grade is Grade.NOT_FOUND
    assert (found.shortfalls[0].rule, found.shortfalls[0].text) == (Rule.DOCK, "no dock free at hub 08:00-08:10")
    (made,) = (one for one in repaired(plan, left_out.order_id) if one.repair.kind is RepairKind.DOCK)
    assert made.plan.day.depots[0].docks == 2
    assert made.repair.text == "one more dock at hub at 08:00 (now 1)"


def fixed_and_far() -> Plan:
    """One order at 8:30 sharp after 2 km; one after 20 km that the same vehicle reaches at 9:03 and not before."""
    sharp = order("o1", km=2.0, windows=until(30, since=30), priority=Priority.MUST)
    return planned(day(sharp, order("o2", km=20.0, windows=until(52.5), priority=Priority.MAY)))


def test_beside_another_order_the_nearest_miss_is_told_with_its_place_and_mended() -> None:
    plan = fixed_and_far()
    assert served(plan) == {"o1"}
    found = explained(plan, "o2")
    (short,) = found.shortfalls
    assert found.grade is Grade.NOT_FOUND
    assert (short.rule, short.amount, short.vehicle_id, short.after) == (Rule.WINDOW, 11, "v1", "o1")
    assert least(plan, RepairKind.WINDOW_LATER, "o2") == 15
    assert kinds(plan, "o2") == {RepairKind.WINDOW_LATER, RepairKind.VEHICLE}


def test_an_order_that_was_overlooked_needs_nothing_but_another_search() -> None:
    plan = without(planned(day(order("o1"))), order("o2", km=2.0))
    assert kinds(plan, "o2") == {RepairKind.REPLAN}
    (made,) = repaired(plan, "o2")
    assert made.plan.day == plan.day


def test_routes_with_pickups_breaks_and_charges_read_back_as_they_were_written() -> None:
    orders = [order(f"o{n}", km=10.0, demand_kg=60.0) for n in range(1, 4)]
    back = order("back", km=5.0, demand_kg=20.0, kind=OrderKind.PICKUP)
    pause = DriverBreak(length_s=1_800, earliest_s=EIGHT_S + 3_600, latest_s=EIGHT_S + 3 * 3_600)
    one = vehicle(kind={"battery_wh": 2_600.0}, driver_break=pause)
    plan = planned(day(*orders, back, vehicles=(one,), plugs=(Plug(id="p1", power_w=2_300.0),)))
    assert {StepKind.PICKUP, StepKind.BREAK, StepKind.CHARGE} <= {step.kind for step in plan.routes[0].steps}
    ground = open_ground(plan, STREETS, LegFinder(STREETS))
    again = ground.with_tours(plan.day, ground.problem(plan.day), ground.tours(plan.day))
    assert again.routes == plan.routes


def test_a_nearly_empty_vehicle_goes_out_with_a_spare_pack_and_reads_back_as_it_was_written() -> None:
    # A twentieth above the reserve, 2 x 20 km to drive, and no plug anywhere.
    empty = vehicle(start_soc=0.15, kind={"swap_s": 240})
    base = day(order(km=20.0), vehicles=(empty,))
    assert planned(base).routes == ()
    packs = (Packs(type_name=empty.type.name, spare=1),)
    plan = planned(replace(base, depots=(replace(base.depots[0], packs=packs),)))
    swap = plan.routes[0].steps[1]
    assert (swap.kind, swap.begin_s, swap.end_s) == (StepKind.SWAP, swap.arrival_s, swap.arrival_s + 240)
    assert swap.charged_wh == pytest.approx(0.85 * empty.type.battery_wh, abs=0.01)
    ground = open_ground(plan, STREETS, LegFinder(STREETS))
    again = ground.with_tours(plan.day, ground.problem(plan.day), ground.tours(plan.day))
    assert again.routes == plan.routes


def test_an_order_comes_in_with_its_group_or_fails_at_what_its_group_fails_at() -> None:
    pair = [order(id, km=2.0, group="pair") for id in ("o1", "o2")]
    plan = without(without(planned(day(order("o3"))), pair[0]), pair[1])
    ground = open_ground(plan, STREETS, LegFinder(STREETS))
    (found,), _ = repairs(Task(ground=ground, order=1, grade=Grade.NOT_FOUND, until_s=math.inf))
    assert found.repair.kind is RepairKind.REPLAN
    assert served(found.plan) == {"o1", "o2", "o3"}
    heavy = planned(day(pair[0], replace(pair[1], demand_kg=134.0)))
    for id in ("o1", "o2"):
        found_one = explained(heavy, id)
        assert (found_one.grade, found_one.shortfalls[0].rule) == (Grade.PROVED, Rule.WEIGHT)
    assert explained(heavy, "o1").shortfalls[0].text.startswith("order o2 of its group: 34 kg too heavy")


def test_repairs_come_cheapest_first_and_the_same_each_time() -> None:
    plan = fixed_and_far()
    once, again = (explained(plan, "o2") for _ in range(2))
    assert once == again
    costs = [repair.extra_cost for repair in once.repairs]
    assert costs == sorted(costs)


def test_a_time_limit_cuts_the_look_for_repairs_and_says_so() -> None:
    (found,) = explain_orders(fixed_and_far(), STREETS, time_limit_s=0.0)
    assert found.cut
    assert found.repairs == ()
    assert found.shortfalls


def test_a_plan_that_leaves_nothing_out_has_nothing_to_explain() -> None:
    assert explain_orders(planned(day(order())), STREETS) == ()


def test_ids_that_cannot_be_explained_are_all_refused_at_once() -> None:
    with pytest.raises(InputError) as refused:
        explain_orders(fixed_and_far(), STREETS, ["o1", "O2", "nobody"])
    planned_one, near, unknown = map(str, refused.value.faults)
    assert 'E-P02 plan.json: "o1" is planned: v1 serves it at 08:30 on trip 1' in planned_one
    assert 'E-P01 plan.json: "O2" is none of the 2 orders of this day; did you mean "o2"?' in near
    assert "E-P01" in unknown


def test_a_plan_that_does_not_hold_is_refused() -> None:
    plan = fixed_and_far()
    steps = plan.routes[0].steps
    late = replace(steps[1], begin_s=EIGHT_S + 3_600, end_s=EIGHT_S + 3_780)
    broken = replace(plan, routes=(replace(plan.routes[0], steps=(steps[0], late, *steps[2:])),))
    with pytest.raises(InputError, match=r"E-P03 .*does not hold"):
        explain_orders(broken, STREETS)
    with pytest.raises(InputError, match=r"E-P03 .*--streets"):
        explain_orders(plan, make_grid())


def test_a_pair_comes_in_with_both_its_stops_or_fails_as_a_whole() -> None:
    fetched = order("o1", km=3.0, kind=OrderKind.PICKUP, pair="p")
    brought = order("o2", km=2.0, pair="p")
    plan = without(without(planned(day(order("o3"))), fetched), brought)
    ground = open_ground(plan, STREETS, LegFinder(STREETS))
    for number in (1, 2):
        (found,), _ = repairs(Task(ground=ground, order=number, grade=Grade.NOT_FOUND, until_s=math.inf))
        assert found.repair.kind is RepairKind.REPLAN
        assert served(found.plan) == {"o1", "o2", "o3"}
        assert ground.audit(found.plan) == ()
    # Loaded at 8:10, there 3 km or 300 s later, 3 min to fetch and 100 s back to 2 km: 8:19:40.
    late = planned(day(fetched, replace(brought, windows=until(15))))
    for id in ("o1", "o2"):
        (short,) = explained(late, id).shortfalls
        assert (short.rule, short.amount) == (Rule.WINDOW, 5)
    assert least(late, RepairKind.SHIFT_EARLIER) == 5


def test_a_pair_whose_stops_ask_for_different_skills_is_told_the_one_that_is_missing() -> None:
    pair = [order("o1", kind=OrderKind.PICKUP, pair="p", skills=("cold",)), order("o2", km=2.0, pair="p")]
    plan = planned(day(*pair))
    assert [explained(plan, id).shortfalls[0].text for id in ("o1", "o2")] == ["has not cold"] * 2
    assert RepairKind.SKILL in kinds(plan, "o2")
