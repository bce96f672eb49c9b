"""Where an order fits: all places, their price and what they do to others; the roads and drives behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.check import audit
from planner.check_legs import LegFinder
from planner.dispatch.desk import Desk
from planner.dispatch.edit import apply
from planner.dispatch.edits import SetLock
from planner.dispatch.insert import desk_with, merged, offers, promises, refuse_planned, take
from planner.dispatch.slots import candidates, slots_for, with_slot
from planner.errors import InputError
from planner.model import Order
from planner.plan import LockKind, Plan
from planner.roads.added import with_orders
from planner.roads.day import day_roads
from planner.roads.streets import Streets, load_streets
from planner.solve.insertion import sequences_with
from planner.solve.placing import settle
from planner.solve.trips import has_room
from tests.check.test_legs import KIND, places_on
from tests.dispatch.street import PLUGS, STREETS, begin_of, day, desk_of, make_station, order, vehicle
from tests.explain.street import EIGHT_S, at, until
from tests.factories import make_day, make_depot, make_order, make_type, make_vehicle
from tests.roads.random_towns import spots_on, towns

DEMO = Path(__file__).parents[2] / "data" / "coquimbo.streets.npz"
SMALL = {"demand_kg": 1.0, "volume_l": 1.0}


def offered(desk: Desk, *orders: Order) -> tuple[Desk, list[int]]:
    wider = desk_with(desk, orders, file="orders.csv")
    return wider, [wider.numbers[one.id] for one in orders]


def money(plan: Plan) -> float:
    return sum(route.cost.total for route in plan.routes)


def test_an_order_on_the_way_costs_its_three_minutes_and_its_stop_and_no_metre() -> None:
    desk, (new,) = offered(desk_of(day(order("far", km=5.0))), order("new", km=2.0, **SMALL))
    best = slots_for(desk, new)[0]
    assert (best.vehicle_id, best.trip, best.new_trip) == ("v1", 1, False)
    assert best.extra_m == pytest.approx(0, abs=1)
    assert best.back_by_s == pytest.approx(180, abs=4)
    # An hour costs 1, three minutes 0.05; the battery pays for a stop and a start more.
    assert best.extra_cost == pytest.approx(0.05 + best.extra_wh / 1_000 * 0.2, abs=0.004)


def test_every_place_is_offered_in_the_trip_before_it_after_it_and_on_a_vehicle_at_rest() -> None:
    the_day = day(order("a", km=5.0), vehicles=(vehicle("v1"), vehicle("v2")))
    desk, (new,) = offered(desk_of(the_day), order("new", km=2.0, **SMALL))
    (used,) = desk.routes
    slots = slots_for(desk, new)
    assert {(s.vehicle_id == used, s.trip, s.position, s.new_trip, s.new_vehicle) for s in slots} == {
        (True, 1, 1, False, False),
        (True, 1, 2, False, False),
        (True, 1, 1, True, False),
        (True, 2, 1, True, False),
        (False, 1, 1, True, True),
    }
    assert [s.extra_cost for s in slots] == sorted(s.extra_cost for s in slots)


def test_others_that_are_served_later_are_told_with_their_minutes() -> None:
    desk, (new,) = offered(desk_of(day(order("far", km=5.0, windows=until(30, since=25)))), order("new", **SMALL))
    before = begin_of(desk.plan, "far")
    for slot in slots_for(desk, new):
        plan = with_slot(desk, slot)
        moved = {one.order_id: one.by_s for one in slot.moved}
        assert begin_of(plan, "far") - before == moved.get("far", 0)


@pytest.mark.parametrize("windows", [(), until(100, since=40)])
def test_every_slot_holds_costs_what_it_says_and_is_the_plan_that_is_written(windows: object) -> None:
    the_day = day(*(order(f"o{n}", km=2.0 * n + 1, demand_kg=30.0) for n in range(6)), plugs=PLUGS)
    desk, (new,) = offered(desk_of(the_day), order("new", km=4.5, windows=windows, **SMALL))
    slots = slots_for(desk, new)
    assert slots
    for slot in slots:
        plan = with_slot(desk, slot)
        assert audit(plan, STREETS, legs=LegFinder(STREETS)) == plan.violations == ()
        assert money(plan) - money(desk.plan) == pytest.approx(slot.extra_cost, abs=1e-5)
        assert begin_of(plan, "new") == slot.begin_s


def test_no_place_is_missed_at_which_the_exact_schedule_finds_one() -> None:
    # Three vehicles, one plug, loads and ranges that ask for charges: places hang together through the plug.
    orders = [
        order(f"o{n}", km=3.0 * n % 16 + 6, demand_kg=45.0, windows=until(540, since=60 * (n % 3))) for n in range(9)
    ]
    the_day = day(
        *orders,
        vehicles=tuple(vehicle(f"v{n}") for n in range(3)),
        plugs=PLUGS[:1],
        stations=(make_station("s", **at(12.0)),),
    )
    desk, (new,) = offered(desk_of(the_day), order("new", km=11.0, demand_kg=5.0, volume_l=5.0))
    p, found, exact = desk.problem, set(), set()
    for one in candidates(desk, new):
        found.add((one.vehicle, tuple(visit.place for visit in one.tours[one.vehicle].visits)))
    for v in range(p.vehicles):
        base = [visit.place for visit in desk.tours[v].visits] if v in desk.tours else []
        others = [tour for w, tour in desk.tours.items() if w != v]
        for sequence in sequences_with(base, [new], depot=int(p.depot[v])):
            if has_room(p, v, sequence) and settle(p, {v: sequence}, taken=others) is not None:
                exact.add((v, tuple(sequence)))
    assert len(exact) > 10
    # The exact schedule may leave out a stop at a station; a slot keeps it if there is something to charge.
    missed = {(v, s) for v, s in exact - found if all(at < p.orders + p.depots for at in s)}
    assert missed == set()


def test_a_locked_vehicle_is_offered_to_nobody() -> None:
    desk = desk_of(day(order("a")))
    locked = apply(desk, [SetLock(kind=LockKind.VEHICLE, id="v1")]).plan
    wider, (new,) = offered(desk.after(locked), order("new", km=2.0, **SMALL))
    assert slots_for(wider, new) == ()


def test_an_order_that_is_left_out_is_found_by_its_id_and_one_that_is_planned_is_refused() -> None:
    desk = desk_of(day(order("a"), order("heavy", demand_kg=900.0)))
    (offer,) = offers(desk, ["heavy"])
    assert offer.slots == ()
    with pytest.raises(InputError, match="E-D53"):
        take(desk, ["heavy"], nth=None)
    for id, code in (("a", "E-D52"), ("x", "E-D41")):
        with pytest.raises(InputError, match=code):
            refuse_planned(desk, id)
    with pytest.raises(InputError, match="E-D51"):
        desk_with(desk, [order("a")], file="orders.csv")


def test_several_orders_are_taken_one_after_the_other() -> None:
    desk, _ = offered(desk_of(day(order("a", km=4.0))), order("b", km=2.0, **SMALL), order("c", km=3.0, **SMALL))
    plan, slots = take(desk, ["b", "c"], nth=None)
    assert audit(plan, STREETS, legs=LegFinder(STREETS)) == ()
    assert plan.unassigned == ()
    assert money(plan) - money(desk.plan) == pytest.approx(sum(slot.extra_cost for slot in slots), abs=1e-5)
    assert plan.provenance.rows_read == 3


def test_both_stops_of_a_pair_go_in_at_once() -> None:
    pair = (
        order("p", km=2.0, pair="x", kind="pickup", parcels=0, **SMALL),
        order("d", km=3.0, pair="x", parcels=0, **SMALL),
    )
    desk = desk_with(
        desk_of(day(order("a", km=4.0))), [replace(pair[0], kind=type(pair[1].kind)("pickup")), pair[1]], file=""
    )
    (offer,) = offers(desk, ["p", "d"])
    plan = with_slot(desk, offer.slots[0])
    assert plan.violations == ()
    assert begin_of(plan, "p") < begin_of(plan, "d")


def test_windows_are_promised_where_the_plan_holds_with_them_and_not_outside_the_order_s_own() -> None:
    the_day = day(order("a", km=5.0, windows=until(60, since=30)))
    desk, (new,) = offered(desk_of(the_day), order("new", km=2.0, windows=until(240), **SMALL))
    windows = promises(desk, new)
    assert windows
    assert all(w.begin_s >= EIGHT_S and w.begin_s < EIGHT_S + 240 * 60 for w in windows)
    for window in windows:
        begin_s = begin_of(with_slot(desk, window.slot), "new")
        assert window.begin_s <= begin_s < window.end_s
        assert money(with_slot(desk, window.slot)) - money(desk.plan) == pytest.approx(window.price, abs=1e-5)
    # Nobody is at the first door before 8:13:20: loaded at 8:10, 2 km or 200 s away.
    assert windows[0].begin_s == EIGHT_S
    assert promises(desk, new, every_s=600)[0].begin_s == EIGHT_S + 600
    (span,) = merged(windows)
    assert (span.begin_s, span.end_s) == (windows[0].begin_s, windows[-1].end_s)
    assert span.least_price == min(w.price for w in windows)


def test_roads_measured_for_new_orders_alone_are_those_of_the_whole_day() -> None:
    streets, chance = load_streets(DEMO), np.random.default_rng(5)
    spots = spots_on(streets, chance, count=24)
    orders = tuple(make_order(f"o{i}", lat=float(lat), lon=float(lon)) for i, (lat, lon) in enumerate(spots))
    depot = make_depot(lat=orders[0].lat, lon=orders[0].lon)
    kinds = (make_type(), make_type("fast", top_speed_kmh=30.0), make_type("strong", payload_kg=300.0))
    vehicles = tuple(make_vehicle(kind.name, type=kind) for kind in kinds)
    whole = make_day(orders=orders, vehicles=vehicles, depots=(depot,), stations=())
    expected = day_roads(whole, streets)
    found = with_orders(day_roads(replace(whole, orders=orders[:18]), streets), whole, before=18)
    for a, b in zip(found.matrices, expected.matrices, strict=True):
        for name in vars(b):
            assert np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True), name
    for one, other in zip(found.snapped, expected.snapped, strict=True):
        for name in vars(other):
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name


@given(streets=towns(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_drives_that_the_auditor_learns_at_once_are_those_it_finds_one_by_one(streets: Streets, seed: int) -> None:
    hub, *others = places_on(streets, np.random.default_rng(seed), count=6)
    together, alone = LegFinder(streets), LegFinder(streets)
    together.learn_drives(KIND, hub, others)
    for other in others:
        for pair in ((hub, other), (other, hub)):
            assert together.leg(KIND, *pair) == alone.leg(KIND, *pair)
