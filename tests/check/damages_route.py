"""Damages to one route: places, load, clock, battery, drives."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from planner.model import DriverBreak, PlugOut, Station, TimeWindow, Traffic
from planner.plan import Plan, Step, StepKind
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
    station_charge,
    vehicle_of,
    with_leg,
    with_route,
    with_step,
    with_thing,
)

# Places, load, fit --------------------------------------------------------------------------------------------------


@damage("depot_wrong")
def uses_another_depot(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.START, StepKind.RELOAD, StepKind.END))
    return with_step(plan, r, i, place_id=("yard", "nowhere")[int(rng.integers(2))])


@damage("depot_refused")
def carries_goods_of_another_depot(plan: Plan, rng: Rng) -> Plan:
    order, _ = delivered(plan, rng)
    return with_thing(plan, order.id, depot_id="yard")


@damage("place_moved")
def stands_beside_its_place(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda _: True)
    return with_step(plan, r, i, lat=step.lat + 2e-5)


@damage("trip_wrong")
def miscounts_trips(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda _: True)
    return with_step(plan, r, i, trip=step.trip + 1)


@damage("overweight")
def carries_too_much(plan: Plan, rng: Rng) -> Plan:
    order, vehicle = delivered(plan, rng)
    return with_thing(plan, order.id, demand_kg=vehicle.type.payload_kg + 0.1)


@damage("overfull")
def packs_too_much(plan: Plan, rng: Rng) -> Plan:
    order, vehicle = delivered(plan, rng)
    return with_thing(plan, order.id, volume_l=vehicle.type.volume_l + 0.1)


@damage("overfull")
def picks_up_too_much(plan: Plan, rng: Rng) -> Plan:
    r, _, step = pick(plan, rng, lambda step: step.kind is StepKind.PICKUP and not order_of(plan, step).pair)
    return with_thing(plan, step.place_id, volume_l=vehicle_of(plan, r).type.volume_l + 0.1)


@damage("order_kind_wrong")
def picks_up_a_delivery(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.DELIVERY, StepKind.PICKUP))
    other = StepKind.PICKUP if step.kind is StepKind.DELIVERY else StepKind.DELIVERY
    return with_step(plan, r, i, kind=other)


@damage("released_late")
def loads_before_the_goods_are_there(plan: Plan, rng: Rng) -> Plan:
    order, _ = delivered(plan, rng)
    return with_thing(plan, order.id, release_s=order.release_s + 1)


@damage("too_long")
def takes_a_plank(plan: Plan, rng: Rng) -> Plan:
    order, vehicle = delivered(plan, rng)
    return with_thing(plan, order.id, longest_cm=vehicle.type.longest_cm + 1)


@damage("skill_missing")
def lacks_a_skill(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, delivered(plan, rng)[0].id, skills=("cold",))


@damage("class_refused")
def is_of_another_class(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, delivered(plan, rng)[0].id, vehicle_classes=("cargo-bike",))


@damage("load_wrong")
def misstates_its_load(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda _: True)
    name = ("load_kg", "load_l")[int(rng.integers(2))]
    return with_step(plan, r, i, **{name: getattr(step, name) + 0.1})


# The clock ----------------------------------------------------------------------------------------------------------


@damage("window_missed")
def comes_too_late(plan: Plan, rng: Rng) -> Plan:
    _, _, step = pick(plan, rng, of(StepKind.DELIVERY))
    windows = (TimeWindow(start_s=0, end_s=60), TimeWindow(start_s=step.begin_s - 900, end_s=step.begin_s - 1))
    return with_thing(plan, step.place_id, windows=windows, late_max_s=0)


@damage("window_missed")
def comes_later_than_lateness_allows(plan: Plan, rng: Rng) -> Plan:
    order = late_order(plan, rng)
    return with_thing(plan, order.id, late_max_s=order.late_max_s - 1)


@damage("window_missed")
def comes_too_early(plan: Plan, rng: Rng) -> Plan:
    _, _, step = pick(plan, rng, of(StepKind.DELIVERY))
    return with_thing(plan, step.place_id, windows=(TimeWindow(start_s=step.begin_s + 1, end_s=step.begin_s + 900),))


@damage("service_short")
def hurries_a_delivery(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.DELIVERY))
    return with_step(plan, r, i, end_s=step.end_s - 1)


@damage("setup_skipped")
def hands_over_without_having_parked(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.DELIVERY))
    order = next(order for order in plan.day.orders if order.id == step.place_id)
    lasts_s = math.ceil(order.service_s * vehicle_of(plan, r).type.service_factor)
    return with_step(plan, r, i, end_s=step.begin_s + lasts_s)


@damage("loading_short")
def hurries_its_loading(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.START, StepKind.RELOAD))
    return with_step(plan, r, i, end_s=step.end_s - 1)


@damage("shift_exceeded")
def works_past_its_overtime(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, overtime_s=vehicle.overtime_s - 1)


@damage("too_many_stops")
def stops_once_too_often(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    assert vehicle.max_stops is not None
    return with_thing(plan, vehicle.id, max_stops=vehicle.max_stops - 1)


@damage("loading_short")
def loads_more_parcels_in_the_same_time(plan: Plan, rng: Rng) -> Plan:
    order, _ = delivered(plan, rng)
    return with_thing(plan, order.id, parcels=order.parcels + 1)


@damage("break_missing")
def takes_no_break(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.BREAK))
    steps = plan.routes[r].steps
    return with_route(plan, r, steps=(*steps[:i], *steps[i + 1 :]))


@damage("break_missing")
def rests_before_work(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.BREAK))
    start, *rest = plan.routes[r].steps
    early = replace(step, place_id=start.place_id, lat=start.lat, lon=start.lon)
    return with_route(plan, r, steps=(start, early, *rest[: i - 1], *rest[i:]))


@damage("break_late")
def rests_too_late(plan: Plan, rng: Rng) -> Plan:
    due, vehicle_id = _break_of(plan, rng)
    return with_thing(plan, vehicle_id, driver_break=replace(due, earliest_s=0, latest_s=due.latest_s - 1))


@damage("break_early")
def rests_too_early(plan: Plan, rng: Rng) -> Plan:
    due, vehicle_id = _break_of(plan, rng)
    later = replace(due, earliest_s=due.earliest_s + 1, latest_s=due.latest_s + 1)
    return with_thing(plan, vehicle_id, driver_break=later)


@damage("break_short")
def rests_too_briefly(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.BREAK))
    return with_step(plan, r, i, end_s=step.end_s - 1)


@damage("overlap")
def delivers_while_it_rests(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.BREAK))
    return with_step(plan, r, i, begin_s=step.begin_s - 1)


@damage("place_moved")
def rests_elsewhere(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.BREAK))
    return with_step(plan, r, i, place_id="nowhere")


def _break_of(plan: Plan, rng: Rng) -> tuple[DriverBreak, str]:
    _, _, vehicle = a_route(plan, rng)
    assert vehicle.driver_break is not None
    return vehicle.driver_break, vehicle.id


@damage("shift_exceeded")
def comes_home_after_the_shift(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, shift=replace(vehicle.shift, end_s=vehicle.shift.end_s - 1))


@damage("shift_early")
def begins_before_the_shift(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, shift=replace(vehicle.shift, start_s=vehicle.shift.start_s + 1))


@damage("time_travel")
def arrives_before_it_can(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, driven)
    return with_step(plan, r, i, arrival_s=step.arrival_s - 2)


@damage("time_lost")
def loses_time_on_the_road(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, driven)
    return with_step(plan, r, i, arrival_s=step.arrival_s + 2)


@damage("negative_wait")
def begins_before_it_arrives(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda _: True)
    return with_step(plan, r, i, begin_s=step.arrival_s - 1)


@damage("negative_duration")
def ends_before_it_begins(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda _: True)
    return with_step(plan, r, i, end_s=step.begin_s - 1)


@damage("overlap")
def loads_twice_at_once(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.RELOAD))
    again = replace(step, leg=None, begin_s=step.end_s - 1)
    return with_route(plan, r, steps=(*plan.routes[r].steps[: i + 1], again, *plan.routes[r].steps[i + 1 :]))


# The battery --------------------------------------------------------------------------------------------------------


@damage("start_soc_wrong")
def starts_fuller_than_it_is(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, start_soc=vehicle.start_soc - 0.01)


@damage("energy_wrong")
def finds_energy_on_the_way(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, driven)
    return with_step(plan, r, i, stored_arrival_wh=step.stored_arrival_wh + 0.1)


@damage("energy_wrong")
def gains_energy_without_a_charge(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.DELIVERY, StepKind.RELOAD, StepKind.START))
    return with_step(plan, r, i, stored_end_wh=step.stored_end_wh + 0.1)


@damage("reserve_broken")
def eats_its_reserve(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, reserve_soc=vehicle.reserve_soc + 1e-4)


@damage("end_soc_short")
def comes_home_too_empty(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, end_soc=vehicle.end_soc + 1e-4)


@damage("overcharged")
def holds_more_than_its_battery(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.CHARGE))
    return with_step(plan, r, i, stored_end_wh=vehicle_of(plan, r).type.battery_wh + 0.1)


@damage("charge_too_fast")
def charges_in_no_time(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.CHARGE))
    return with_step(plan, r, i, end_s=step.end_s - 2)


@damage("charge_partial")
def unplugs_early_on_a_day_of_full_charges(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.CHARGE))
    kind = vehicle_of(plan, r).type
    spoilt = with_step(plan, r, i, stored_end_wh=kind.charge_curve[0].until_soc * kind.battery_wh - 2)
    return replace(spoilt, day=replace(spoilt.day, full_charges=True))


@damage("overlap")
def charges_beside_its_loading_where_it_may_not(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda step: step.kind is StepKind.CHARGE and step.leg is None)
    spoilt = with_step(plan, r, i, begin_s=step.arrival_s)
    return replace(spoilt, day=replace(spoilt.day, charge_while_loading=False))


@damage("charge_power_wrong")
def draws_more_than_the_plug_gives(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.CHARGE))
    values = (None, 0.0, -5.0, 2_301.0)
    return with_step(plan, r, i, power_w=values[int(rng.integers(len(values)))])


@damage("plug_unknown")
def charges_at_no_plug(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.CHARGE))
    changes: tuple[dict[str, Any], ...] = ({"plug_id": None}, {"plug_id": "x"}, {"place_id": "x"}, {"place_id": "yard"})
    return with_step(plan, r, i, **changes[int(rng.integers(len(changes)))])


@damage("plug_overbooked")
def shares_a_plug(plan: Plan, rng: Rng) -> Plan:
    _, _, step = pick(plan, rng, of(StepKind.CHARGE))
    others = [
        (r, i)
        for r, route in enumerate(plan.routes)
        for i, s in enumerate(route.steps)
        if s.kind is StepKind.CHARGE and s is not step
    ]
    r, i = others[int(rng.integers(len(others)))]
    changes = {"place_id": step.place_id, "plug_id": step.plug_id, "begin_s": step.end_s - 1, "end_s": step.end_s + 600}
    return with_step(plan, r, i, **changes)


@damage("plug_out")
def charges_at_a_plug_that_is_out(plan: Plan, rng: Rng) -> Plan:
    _, _, step = pick(plan, rng, of(StepKind.CHARGE))
    assert step.plug_id is not None
    out = PlugOut(plug_id=step.plug_id, from_s=step.begin_s)
    return replace(plan, day=replace(plan.day, plugs_out=(out,)))


@damage("dock_overbooked")
def loads_where_another_loads(plan: Plan, rng: Rng) -> Plan:
    r, _, step = pick(plan, rng, of(StepKind.START))
    other, i, _ = pick(plan, rng, lambda s: s.kind is StepKind.RELOAD and s not in plan.routes[r].steps)
    spoilt = with_step(plan, other, i, begin_s=step.end_s - 1, end_s=step.end_s + 600)
    return with_thing(spoilt, hub(plan).id, docks=1)


@damage("site_power_exceeded")
def draws_more_than_the_site_gives(plan: Plan, rng: Rng) -> Plan:
    depot = hub(plan)
    assert depot.site_power_w is not None
    return with_thing(plan, depot.id, site_power_w=depot.site_power_w - 1)


@damage("station_closed")
def charges_at_a_closed_station(plan: Plan, rng: Rng) -> Plan:
    _, _, step = station_charge(plan, rng)
    station: Station = next(s for s in plan.day.stations if s.id == step.place_id)
    spans = (TimeWindow(start_s=span.start_s + 1, end_s=span.end_s) for span in station.hours)
    return with_thing(plan, station.id, hours=tuple(spans))


@damage("charging_forbidden")
def charges_on_a_day_without_charging(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, day=replace(plan.day, charging=False))


@damage("charge_misplaced")
def charges_at_the_depot_on_tour(plan: Plan, rng: Rng) -> Plan:
    def reloaded(step: Step) -> bool:
        return step.kind is StepKind.RELOAD

    r, i, step = pick(plan, rng, reloaded)
    steps = plan.routes[r].steps
    charge = replace(steps[i + 1], leg=step.leg)
    return with_route(plan, r, steps=(*steps[:i], charge, *steps[i + 2 :]))


@damage("swap_impossible")
def swaps_a_battery_that_is_built_in(plan: Plan, rng: Rng) -> Plan:
    r, _, _ = pick(plan, rng, of(StepKind.SWAP))
    vehicle = vehicle_of(plan, r)
    return with_thing(plan, vehicle.id, type=replace(vehicle.type, swap_s=None))


@damage("swap_impossible")
def swaps_where_there_are_no_packs(plan: Plan, rng: Rng) -> Plan:
    return with_thing(plan, hub(plan).id, packs=())


@damage("swap_impossible")
def swaps_on_a_day_without_charging(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, day=replace(plan.day, charging=False))


@damage("packs_overdrawn")
def swaps_once_more_than_there_are_packs(plan: Plan, rng: Rng) -> Plan:
    packs = tuple(replace(packs, spare=packs.spare - 1) for packs in hub(plan).packs)
    return with_thing(plan, hub(plan).id, packs=packs)


@damage("swap_misplaced")
def swaps_on_tour(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.SWAP))
    steps = plan.routes[r].steps
    later = next(n for n in range(i, len(steps)) if steps[n].leg is not None)
    return with_route(plan, r, steps=(*steps[:i], *steps[i + 1 : later + 1], step, *steps[later + 1 :]))


@damage("swap_misplaced")
def swaps_twice_at_once(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.SWAP))
    steps = plan.routes[r].steps
    return with_route(plan, r, steps=(*steps[:i], step, *steps[i:]))


@damage("swap_short")
def swaps_in_no_time(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.SWAP))
    return with_step(plan, r, i, end_s=step.end_s - 1)


@damage("swap_not_full")
def leaves_with_less_than_a_full_pack(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.SWAP))
    return with_step(plan, r, i, stored_end_wh=step.stored_end_wh - 0.1)


# The drives ---------------------------------------------------------------------------------------------------------


@damage("leg_missing")
def appears_without_a_drive(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, driven)
    return with_step(plan, r, i, leg=None)


@damage("leg_unexpected")
def drives_to_its_start(plan: Plan, rng: Rng) -> Plan:
    r, route, _ = a_route(plan, rng)
    return with_step(plan, r, 0, leg=route.steps[-1].leg or route.steps[1].leg or route.steps[-2].leg)


@damage("leg_impossible")
def delivers_off_the_streets(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, of(StepKind.DELIVERY))
    moved = {"lat": -20.0, "lon": step.lon}
    return with_step(with_thing(plan, step.place_id, **moved), r, i, **moved)


@damage("leg_distance")
def shortens_a_drive(plan: Plan, rng: Rng) -> Plan:
    return with_leg(plan, rng, distance_m=lambda metres: metres - 1.1)


@damage("leg_time")
def speeds(plan: Plan, rng: Rng) -> Plan:
    return with_leg(plan, rng, drive_s=lambda seconds: seconds - 3)


@damage("traffic_wrong")
def takes_no_note_of_traffic(plan: Plan, rng: Rng) -> Plan:
    pace = (0.7, 1.4)[int(rng.integers(2))]
    return replace(plan, day=replace(plan.day, traffic=(Traffic(start_s=0, end_s=86_400, speed=pace),)))


@damage("leg_energy")
def drives_for_less(plan: Plan, rng: Rng) -> Plan:
    return with_leg(plan, rng, energy_wh=lambda wh: wh - 1.1)


@damage("leg_shape")
def draws_a_straight_line(plan: Plan, rng: Rng) -> Plan:
    def bent(step: Step) -> bool:
        if step.leg is None or step.leg.distance_m < 300:
            return False
        (x1, y1), (x2, y2) = step.leg.geometry[0], step.leg.geometry[-1]
        return math.hypot((x2 - x1) * 96_000, (y2 - y1) * 111_000) < 0.9 * step.leg.distance_m

    r, i, step = pick(plan, rng, bent)
    assert step.leg is not None
    line = step.leg.geometry
    return with_step(plan, r, i, leg=replace(step.leg, geometry=(line[0], line[-1])))


@damage("leg_shape")
def draws_a_line_elsewhere(plan: Plan, rng: Rng) -> Plan:
    return with_leg(plan, rng, geometry=lambda line: tuple((lon, lat + 5e-5) for lon, lat in line))


@damage("leg_shape")
def cuts_through_a_house(plan: Plan, rng: Rng) -> Plan:
    def bend(line: Any) -> Any:
        middle = len(line) // 2
        lon, lat = line[middle]
        return (*line[:middle], (lon + 5e-5, lat + 5e-5), *line[middle + 1 :])

    return with_leg(plan, rng, geometry=bend)


@damage("leg_shape")
def draws_nothing(plan: Plan, rng: Rng) -> Plan:
    return with_leg(plan, rng, geometry=lambda _: ())
