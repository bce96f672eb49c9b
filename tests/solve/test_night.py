"""The night of a depot, worked by hand: batteries of 5 kWh, 2 kW up to 4 kWh and 1 kW from there.

Shifts begin at 08:00, so that tomorrow's start is hour 32.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.answer import route_cost
from planner.check import audit
from planner.check_legs import LegFinder
from planner.clock import same_clock_tomorrow
from planner.model import Day, Depot, Plug, PlugOut, PriceFrom, Vehicle
from planner.plan import Night, Route, Step, StepKind
from planner.solve.night import plan_nights
from planner.solve.night_slots import assign_slots
from tests.check.plans import streets
from tests.factories import (
    DEPOT_LAT,
    DEPOT_LON,
    HOUR_S,
    make_day,
    make_depot,
    make_plan,
    make_provenance,
    make_step,
    make_type,
    make_vehicle,
)

CHEAP = tuple(PriceFrom(from_s=h * HOUR_S, price_per_kwh=p) for h, p in ((0, 0.1), (6, 0.4), (22, 0.1), (30, 0.4)))
LEGS = LegFinder(streets())

Evening = tuple[Vehicle, tuple[Step, ...]]


def plugs(count: int, power_w: float = 2_300.0) -> tuple[Plug, ...]:
    return tuple(Plug(id=f"hub-{i}", power_w=power_w) for i in range(1, count + 1))


def back(vehicle: Vehicle, *, hour: float, stored_wh: float, charge: dict[str, Any] | None = None) -> Evening:
    """Return a vehicle that stands at the hub from the start of its shift until the hour; `charge` is one by day."""
    where = {"place_id": "hub", "lat": DEPOT_LAT, "lon": DEPOT_LON, "leg": None, "load_kg": 0.0, "load_l": 0.0}
    start_wh = vehicle.start_soc * vehicle.type.battery_wh
    begin_s, end_s = vehicle.shift.start_s, round(hour * HOUR_S)
    at = {"arrival_s": begin_s, "begin_s": begin_s, "end_s": begin_s}
    start = make_step(StepKind.START, **where, **at, stored_arrival_wh=start_wh, stored_end_wh=start_wh)
    at = {"arrival_s": end_s, "begin_s": end_s, "end_s": end_s}
    end = make_step(StepKind.END, **where, **at, stored_arrival_wh=stored_wh, stored_end_wh=stored_wh)
    if charge is None:
        return vehicle, (start, end)
    by_day = make_step(StepKind.CHARGE, **where, arrival_s=begin_s, stored_arrival_wh=0.0, **charge)
    return vehicle, (start, by_day, end)


def slept(depot: Depot, *evenings: Evening) -> list[Night]:
    return plan_nights(make_day(depots=(depot,), vehicles=tuple(v for v, _ in evenings)), evenings)


def test_two_vehicles_share_the_plug_that_is_left_when_the_other_is_out_from_noon_on() -> None:
    evenings = [back(make_vehicle(id_), hour=17, stored_wh=3_000.0) for id_ in ("v1", "v2")]
    day = make_day(depots=(make_depot(plugs=plugs(2)),), vehicles=tuple(v for v, _ in evenings))
    together = plan_nights(day, evenings)
    apart = plan_nights(replace(day, plugs_out=(PlugOut(plug_id="hub-2", from_s=12 * HOUR_S),)), evenings)
    assert {c.begin_s for night in together for c in night.charges if c.wh > 999} >= {17 * HOUR_S}
    assert {c.plug_id for night in apart for c in night.charges} == {"hub-1"}
    (a, b), (c, d) = ((night.charges[0].begin_s, night.charges[-1].end_s) for night in apart)
    assert b <= c or d <= a
    assert all(night.missing_wh == 0 for night in apart)


def spans(night: Night) -> list[tuple[float, float, float]]:
    """Return (hour, hour, kWh) of the charges of a night."""
    return [(c.begin_s / HOUR_S, c.end_s / HOUR_S, c.wh / 1_000) for c in night.charges]


def test_at_one_price_a_vehicle_charges_at_once_and_slower_when_nearly_full() -> None:
    (night,) = slept(make_depot(), back(make_vehicle(), hour=17, stored_wh=2_000.0))
    assert spans(night) == [(17, 18, 2.0), (18, 19, 1.0)]
    assert [charge.power_w for charge in night.charges] == [2_000.0, 1_000.0]
    assert (night.until_s, night.missing_wh) == (32 * HOUR_S, 0.0)


def test_with_a_tariff_it_waits_for_the_cheap_hours() -> None:
    (night,) = slept(make_depot(tariff=CHEAP), back(make_vehicle(), hour=17, stored_wh=2_000.0))
    assert spans(night) == [(22, 23, 2.0), (23, 24, 1.0)]
    assert sum(charge.cost for charge in night.charges) == pytest.approx(0.3)


def test_a_charge_that_does_not_fit_into_the_cheap_hours_goes_on_in_the_next_cheapest() -> None:
    tariff = tuple(
        PriceFrom(from_s=h * HOUR_S, price_per_kwh=p) for h, p in ((0, 0.3), (20, 0.1), (21, 0.2), (22, 0.3))
    )
    (night,) = slept(make_depot(tariff=tariff), back(make_vehicle(), hour=17, stored_wh=1_000.0))
    # Two hours and a half: one at 0.1, one at 0.2, and of the many at 0.3 the first half hour.
    assert spans(night) == [(17, 17.5, 1.0), (20, 21, 2.0), (21, 22, 1.0)]
    assert sum(charge.cost for charge in night.charges) == pytest.approx(1.0 * 0.3 + 2.0 * 0.1 + 1.0 * 0.2)


def test_two_vehicles_at_one_plug_charge_one_after_the_other_in_the_cheap_hours() -> None:
    evenings = [back(make_vehicle(f"v{i}"), hour=17, stored_wh=2_000.0) for i in range(2)]
    first, second = slept(make_depot(plugs=plugs(1), tariff=CHEAP), *evenings)
    assert [spans(first)[0][0], spans(first)[-1][1]] == [22, 24]
    assert [spans(second)[0][0], spans(second)[-1][1]] == [24, 26]


def test_the_site_lets_one_of_two_charge_at_a_time() -> None:
    evenings = [back(make_vehicle(f"v{i}"), hour=17, stored_wh=3_000.0) for i in range(2)]
    first, second = slept(make_depot(plugs=plugs(2), site_power_w=3_900.0), *evenings)
    assert spans(first)[-1][1] <= spans(second)[0][0]


def test_a_site_weaker_than_its_plug_charges_as_fast_as_it_can() -> None:
    (night,) = slept(make_depot(site_power_w=500.0), back(make_vehicle(), hour=17, stored_wh=3_000.0))
    assert spans(night) == [(17, 19, 1.0), (19, 23, 1.0)]


def test_who_is_home_early_leaves_the_plug_to_who_charges_between_its_trips() -> None:
    charge = {
        "begin_s": 18 * HOUR_S,
        "end_s": 19 * HOUR_S,
        "plug_id": "hub-1",
        "power_w": 2_000.0,
        "stored_end_wh": 2_000.0,
    }
    home = back(make_vehicle("home"), hour=17, stored_wh=1_000.0)
    out = back(make_vehicle("out"), hour=20, stored_wh=5_000.0, charge=charge)
    night, late = slept(make_depot(plugs=plugs(1)), home, out)
    assert spans(night) == [(17, 18, 2.0), (19, 19.5, 1.0), (19.5, 20.5, 1.0)]
    assert late.charges == ()


def test_a_vehicle_changes_plugs_for_one_that_comes_back_to_charge() -> None:
    charge = {"begin_s": 18 * HOUR_S, "end_s": 19 * HOUR_S, "power_w": 2_000.0, "stored_end_wh": 2_000.0}
    home = back(make_vehicle("home"), hour=17, stored_wh=500.0)
    both = [
        back(make_vehicle(f"out-{i}"), hour=20 + i, stored_wh=5_000.0, charge=charge | {"plug_id": f"hub-{i}", **when})
        for i, when in ((1, {}), (2, {"begin_s": 17 * HOUR_S, "end_s": 18 * HOUR_S}))
    ]
    night, *_ = slept(make_depot(plugs=plugs(2)), home, *both)
    assert [charge.plug_id for charge in night.charges][:2] == ["hub-1", "hub-2"]
    assert spans(night)[0][:2] == (17, 18)


def test_what_does_not_fit_before_tomorrow_is_missing_and_shared() -> None:
    # One plug, two hours, two empty vehicles: two hours at 2 kW are 4 of 10 kWh.
    shift = replace(make_vehicle().shift, end_s=30 * HOUR_S)
    evenings = [back(make_vehicle(f"v{i}", shift=shift), hour=30, stored_wh=0.0) for i in range(2)]
    nights = slept(make_depot(plugs=plugs(1)), *evenings)
    assert [night.charged_wh for night in nights] == [2_000.0, 2_000.0]
    assert [night.missing_wh for night in nights] == [3_000.0, 3_000.0]


@pytest.mark.parametrize(("hour", "count"), [(17, 0), (32, 1), (40, 1)])
def test_without_a_plug_or_a_night_all_is_missing(hour: int, count: int) -> None:
    (night,) = slept(make_depot(plugs=plugs(count)), back(make_vehicle(), hour=hour, stored_wh=1_500.0))
    assert (night.charges, night.missing_wh) == ((), 3_500.0)


def test_a_vehicle_that_comes_home_with_its_start_charge_sleeps_unplugged() -> None:
    (night,) = slept(make_depot(), back(make_vehicle(start_soc=0.5), hour=17, stored_wh=2_600.0))
    assert (night.charges, night.missing_wh) == ((), 0.0)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 23), (date(2026, 3, 29), 24), (date(2026, 10, 24), 25), (date(2026, 1, 1), 24)],
)
def test_tomorrow_begins_when_the_clock_shows_the_same_again(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert same_clock_tomorrow(8 * HOUR_S, day=day, zone=zone) == (8 + hours) * HOUR_S


def test_energy_is_paid_by_its_hour_and_what_is_missing_at_the_dearest() -> None:
    # 1 kWh from 05:30 to 06:30, half of it at 0.1 and half at 0.4; a quarter of 2 kWh missing stays so.
    vehicle = make_vehicle(type=make_type(wear_per_kwh=0.5))
    charge = {"begin_s": 19_800, "end_s": 23_400, "plug_id": "hub-1", "power_w": 1_000.0, "stored_end_wh": 1_000.0}
    _, steps = back(vehicle, hour=17, stored_wh=3_000.0, charge=charge)
    (night,) = slept(make_depot(tariff=CHEAP), (vehicle, steps))
    day = make_day(depots=(make_depot(tariff=CHEAP),), vehicles=(vehicle,))
    cut = replace(night, charges=night.charges[:1], missing_wh=1_000.0)
    assert route_cost(day, vehicle, steps, night).energy == pytest.approx(0.25 + 2 * 0.1)
    assert route_cost(day, vehicle, steps, cut).energy == pytest.approx(0.25 + 1 * 0.1 + 1 * 0.4)
    # 5 kWh at first, 1 charged, 3 left: 3 were taken.
    assert route_cost(day, vehicle, steps, night).wear == pytest.approx(1.5)


@st.composite
def evenings(draw: st.DrawFn) -> tuple[Day, list[Evening]]:
    """Draw up to six vehicles of two types at up to three plugs, some of which charge by day when others are home."""
    count = draw(st.integers(1, 3))
    tariff = draw(st.sampled_from([(), CHEAP, (PriceFrom(from_s=0, price_per_kwh=0.0), *CHEAP[1:])]))
    site_w = draw(st.sampled_from([None, 700.0, 2_000.0, 3_500.0, 5_100.0]))
    depot = make_depot(plugs=plugs(count, draw(st.sampled_from([800.0, 2_300.0]))), site_power_w=site_w, tariff=tariff)
    kinds = (make_type("small"), make_type("large", battery_wh=12_000.0, charge_w=3_000.0))
    found: list[Evening] = []
    busy = dict.fromkeys((plug.id for plug in depot.plugs), 10 * HOUR_S)
    for i in range(draw(st.integers(1, 6))):
        shift_h = draw(st.integers(5, 9))
        vehicle = make_vehicle(f"v{i}", type=draw(st.sampled_from(kinds)), start_soc=draw(st.sampled_from([0.7, 1.0])))
        vehicle = replace(vehicle, shift=replace(vehicle.shift, start_s=shift_h * HOUR_S))
        stored_wh = draw(st.integers(0, 1_000)) / 1_000 * vehicle.start_soc * vehicle.type.battery_wh
        hour, charge = draw(st.integers(15 * 60, 24 * 60)) / 60, None
        plug_id = draw(st.sampled_from(sorted(busy)))
        begin_s = busy[plug_id] + draw(st.integers(0, 12_000))
        if draw(st.booleans()) and begin_s + 1_800 <= hour * HOUR_S and len(found) == 0:
            power_w = min(700.0, site_w or 700.0)
            charge = {"begin_s": begin_s, "end_s": begin_s + 1_800, "plug_id": plug_id, "power_w": power_w}
            charge["stored_end_wh"] = 350.0
            busy[plug_id] = begin_s + 1_800
        found.append(back(vehicle, hour=hour, stored_wh=round(stored_wh, 3), charge=charge))
    return make_day(depots=(depot,), vehicles=tuple(v for v, _ in found), stations=()), found


NIGHTLY = {"night_short", "night_misplaced", "plug_overbooked", "site_power_exceeded", "not_a_number"}


@given(drawn=evenings())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_whatever_the_evening_the_auditor_has_nothing_to_say_about_the_night(drawn: tuple[Day, list[Evening]]) -> None:
    day, found = drawn
    nights = plan_nights(day, found)
    routes = tuple(
        Route(vehicle_id=v.id, steps=steps, cost=route_cost(day, v, steps, night), night=night)
        for (v, steps), night in zip(found, nights, strict=True)
    )
    plan = make_plan(day=day, routes=routes, provenance=make_provenance(streets_sha256=streets().sha256))
    violations = audit(plan, streets(), legs=LEGS)
    assert [v for v in violations if v.code in NIGHTLY or "night" in v.where or "energy" in v.message] == []


def cheapest(cost: Any, there: Any, need: list[int], room: list[int]) -> tuple[int, int]:
    """Return (slots used, cost) of the best of all assignments: the most slots, then the least money."""
    vehicles, slots = cost.shape
    best = (0, 0)
    for chosen in product((0, 1), repeat=vehicles * slots):
        used = np.array(chosen).reshape(vehicles, slots)
        if (used <= there).all() and (used.sum(axis=1) <= need).all() and (used.sum(axis=0) <= room).all():
            best = max(best, (int(used.sum()), -int((cost * used).sum())))
    return best[0], -best[1]


@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_no_other_choice_of_slots_is_fuller_or_cheaper(data: st.DataObject) -> None:
    vehicles, slots = data.draw(st.sampled_from([(1, 6), (2, 4), (3, 3)]))
    numbers = st.lists(st.integers(0, 9), min_size=slots, max_size=slots)
    cost = np.array([data.draw(numbers) for _ in range(vehicles)], dtype=np.int64)
    there = np.array([[n < 8 for n in data.draw(numbers)] for _ in range(vehicles)])
    need = [data.draw(st.integers(0, slots)) for _ in range(vehicles)]
    room = [data.draw(st.integers(0, 2)) for _ in range(slots)]
    used = assign_slots(
        cost=cost, usable_s=there * 900, need_s=np.array(need) * 900, room=np.array(room, dtype=np.int64)
    )
    got = used.sum(axis=1)
    assert (got <= need).all()
    assert int(used.sum()) == cheapest(cost, there, need, room)[0]
    assert int((cost * used).sum()) == cheapest(cost, there, got.tolist(), room)[1]
