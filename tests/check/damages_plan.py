"""Damages to the plan as a whole: orders, vehicles, sums, reasons, what cannot be read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from planner.model import Balance, Measure, TimeWindow
from planner.plan import Plan, Reason, StepKind
from tests.check.spoiling import (
    Rng,
    a_route,
    damage,
    delivered,
    driven,
    hub,
    late_order,
    of,
    order_of,
    pick,
    with_reason,
    with_route,
    with_step,
    with_thing,
)

# Orders, vehicles, sums ---------------------------------------------------------------------------------------------


@damage("order_missing")
def forgets_an_order_left_out(plan: Plan, rng: Rng) -> Plan:
    gone = int(rng.integers(len(plan.unassigned)))
    return replace(plan, unassigned=plan.unassigned[:gone] + plan.unassigned[gone + 1 :])


@damage("order_missing")
def skips_a_delivery(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.DELIVERY))
    return with_route(plan, r, steps=plan.routes[r].steps[:i] + plan.routes[r].steps[i + 1 :])


@damage("order_twice")
def lists_a_delivered_order(plan: Plan, rng: Rng) -> Plan:
    listed = replace(plan.unassigned[0], order_id=delivered(plan, rng)[0].id, reason=Reason.NOT_FOUND_IN_TIME)
    return replace(plan, unassigned=(*plan.unassigned, listed))


@damage("order_twice")
def delivers_an_order_again(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.DELIVERY))
    again = replace(step, leg=None)
    return with_route(plan, r, steps=(*plan.routes[r].steps[: i + 1], again, *plan.routes[r].steps[i + 1 :]))


@damage("group_split")
def splits_a_group(plan: Plan, rng: Rng) -> Plan:
    one, other = (
        next(s.place_id for s in plan.routes[r].steps if s.serves and not order_of(plan, s).pair)
        for r in rng.permutation(3)[:2]
    )
    return with_thing(with_thing(plan, one, group="torn"), other, group="torn")


@damage("group_split")
def serves_a_group_in_part(plan: Plan, rng: Rng) -> Plan:
    order, _ = delivered(plan, rng)
    return with_thing(with_thing(plan, order.id, group="torn"), plan.unassigned[0].order_id, group="torn")


@damage("order_unknown")
def lists_a_foreign_order(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, unassigned=(*plan.unassigned, replace(plan.unassigned[0], order_id="nobody")))


@damage("order_unknown")
def delivers_a_foreign_order(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.DELIVERY))
    return with_step(plan, r, i, place_id="nobody")


@damage("vehicle_unknown")
def borrows_a_vehicle(plan: Plan, rng: Rng) -> Plan:
    return with_route(plan, a_route(plan, rng)[0], vehicle_id="nobody")


@damage("vehicle_twice")
def drives_a_vehicle_twice(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, routes=(*plan.routes, a_route(plan, rng)[1]))


@damage("counts_wrong")
def loses_a_row(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, provenance=replace(plan.provenance, rows_rejected=plan.provenance.rows_rejected - 1))


@damage("streets_hash")
def was_made_on_other_streets(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, provenance=replace(plan.provenance, streets_sha256="0" * 64))


@damage("cost_wrong")
def miscounts_money(plan: Plan, rng: Rng) -> Plan:
    r, route, _ = a_route(plan, rng)
    kind = ("vehicles", "distance", "time", "energy", "wear", "overtime", "lateness", "minimum_pay", "balance")[
        int(rng.integers(9))
    ]
    return with_route(plan, r, cost=replace(route.cost, **{kind: getattr(route.cost, kind) + 0.02}))


@damage("cost_wrong")
def is_late_too_cheaply(plan: Plan, rng: Rng) -> Plan:
    order = late_order(plan, rng)
    return with_thing(plan, order.id, late_cost_per_min=order.late_cost_per_min + 0.01)


@damage("cost_wrong")
def calls_a_stop_in_time_late(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, late_order(plan, rng).id, windows=(), late_max_s=0)


@damage("cost_wrong")
def compares_by_something_else(plan: Plan, rng: Rng) -> Plan:
    by = (Measure.STOPS, Measure.KM)[int(rng.integers(2))]
    return replace(plan, day=replace(plan.day, balance=Balance(by=by, price=1_000.0)))


@damage("cost_wrong")
def asks_no_price_for_balance(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, day=replace(plan.day, balance=None))


@damage("cost_wrong")
def pays_a_driver_for_too_few_hours(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, min_paid_s=vehicle.min_paid_s + 60)


# What cannot be read ------------------------------------------------------------------------------------------------


@damage("not_a_number")
def holds_no_number(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, lambda _: True)
    names = ("arrival_s", "begin_s", "end_s", "stored_arrival_wh", "stored_end_wh", "load_kg", "load_l", "lat", "trip")
    values = (math.nan, math.inf, 10**400, None)
    name, value = names[int(rng.integers(len(names)))], values[int(rng.integers(len(values)))]
    return with_step(plan, r, i, **{name: value})


@damage("not_a_number")
def draws_through_no_number(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, driven)
    assert step.leg is not None
    return with_step(plan, r, i, leg=replace(step.leg, geometry=(*step.leg.geometry, (math.nan, 0.0))))


@damage("route_shape")
def never_ends(plan: Plan, rng: Rng) -> Plan:
    r, route, _ = a_route(plan, rng)
    return with_route(plan, r, steps=route.steps[: int(rng.integers(len(route.steps)))])


@damage("day_invalid")
def has_a_broken_day(plan: Plan, rng: Rng) -> Plan:
    broken: tuple[tuple[str, dict[str, Any]], ...] = (
        ("v0", {"reserve_soc": math.nan}),
        ("v0", {"depot_id": "nowhere"}),
        ("v1", {"type": replace(plan.day.vehicles[1].type, battery_wh=0.0)}),
        ("hub", {"loading_s": -1}),
        ("o3", {"lat": math.inf}),
        ("o3", {"id": "o4"}),
        ("o22", {"pair": ""}),
        ("o22", {"demand_kg": 1.0}),
        ("o22", {"release_s": 1}),
        ("o22", {"group": "a"}),
        ("o22", {"depot_id": "hub"}),
    )
    thing, changes = broken[int(rng.integers(len(broken)))]
    return with_thing(plan, thing, **changes)


# Reasons ------------------------------------------------------------------------------------------------------------


@damage("reason_false")
def calls_an_order_too_heavy(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, "heavy", demand_kg=160.0)


@damage("reason_false")
def calls_an_order_too_big(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, "big", volume_l=400.0)


@damage("reason_false")
def calls_a_near_order_off_network(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, "far-off", lat=hub(plan).lat, lon=hub(plan).lon)


@damage("reason_false")
def denies_a_skill_it_has(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, a_route(plan, rng)[2].id, skills=("cold", "fragile"))


@damage("reason_false")
def denies_a_window_it_can_meet(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, "early", windows=(TimeWindow(start_s=0, end_s=20 * 3_600),))


@damage("reason_false")
def calls_a_near_order_out_of_range(plan: Plan, rng: Rng) -> Plan:
    reason = (Reason.BEYOND_RANGE, Reason.NO_PLUG)[int(rng.integers(2))]
    roomy = with_thing(plan, "v1", reserve_soc=0.1, end_soc=0.0)
    return with_reason(roomy, "full", reason)


@damage("reason_false")
def denies_a_free_vehicle(plan: Plan, rng: Rng) -> Plan:
    shift = TimeWindow(start_s=8 * 3_600, end_s=20 * 3_600)
    return with_thing(plan, "v-idle", shift=shift)


@damage("reason_false")
def denies_one_more_trip(plan: Plan, rng: Rng) -> Plan:
    vehicle = next(v for v in plan.day.vehicles if v.id == "v1")
    later = with_thing(plan, "full", windows=())
    shift = replace(vehicle.shift, end_s=vehicle.shift.end_s + 4 * 3_600)
    return with_thing(later, "v1", shift=shift, max_stops=None, reserve_soc=0.0, end_soc=0.0)
