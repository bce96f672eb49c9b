"""Compile every Numba loop once, so that no user waits for a compiler: ``python -m planner.warm``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.catalogue import vehicle_type
from planner.check_legs import LegFinder, Point
from planner.roads.matrices import matrices
from planner.roads.network import build_network
from planner.roads.snap import snap
from planner.roads.streets import assemble
from planner.solve import island
from planner.solve.case import case_of
from planner.solve.day_case import build_day, new_books
from planner.solve.day_moves import put_back
from planner.solve.day_search import search_day
from planner.solve.instance import Instance
from planner.solve.multitrip_search import search_trips
from planner.solve.options import SolveOptions
from planner.solve.pace import profile
from planner.solve.problem import Problem
from planner.solve.search import search_instance

ONCE = SolveOptions(iterations=2, time_limit_s=600.0, threads=1)


def warm() -> None:
    """Go once through all that is compiled; the compiled code is cached beside the modules."""
    _warm_roads()
    search_day(_smallest_day(), ONCE, on_better=lambda _: None)
    case = build_day(_smallest_day())
    put_back(case, new_books(case, seed=1))  # which only `explain` calls
    instance = _smallest_instance()
    for each in (instance, _with_a_curve(instance)):
        search_instance(each, ONCE, on_better=lambda _: None)
        # A search calls this only where recombining helped.
        island.keep_best(island.new_island(case_of(each), seed=1, most_routes=2, longest=2), np.int64(0))
    search_trips(replace(instance, fleet=1, release=np.zeros(instance.customers)), ONCE, on_better=lambda _: None)


def _warm_roads() -> None:
    """Route on a square block, two places on one street."""
    lat, lon = np.array([0.0, 0.0, 0.001, 0.001]), np.array([0.0, 0.001, 0.001, 0.0])
    ends = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    streets = assemble(
        node_lat=lat,
        node_lon=lon,
        ends=ends,
        shapes=[np.column_stack([lat[pair], lon[pair]]) for pair in ends],
        tags=[{"highway": "residential"}] * 4,
    )
    kind = vehicle_type("ami-cargo")
    network = build_network(streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh)
    places = snap(network, lat=np.array([0.0, 0.0, 0.001]), lon=np.array([0.0002, 0.0005, 0.0005]))
    matrices(network, places, [kind])
    LegFinder(streets).leg(kind, Point(0.0, 0.0005), Point(0.001, 0.0005))
    LegFinder(streets).learn_drives(kind, Point(0.0, 0.0005), [Point(0.001, 0.0005)])


def _smallest_day() -> Problem:
    """Return two orders for one vehicle, a minute from everywhere to everywhere."""
    n, places, day_s = 2, 3, 36_000
    one, each = np.ones(1, np.int64), np.ones(n, np.int64)
    apart = 60 * (1 - np.eye(places, dtype=np.int64))
    whole_day = np.array([0, day_s], np.int64)
    return Problem(
        orders=n,
        depots=1,
        travel_s=apart[None],
        distance_m=apart[None],
        energy_mwh=apart[None, None],
        energy_uwh_per_kg=apart[None, None],
        demand_g=each,
        volume_ml=each,
        parcels=each,
        service_s=each[None],
        setup_s=each[None] * 0,
        spot=np.arange(n, dtype=np.int64),
        windows=np.tile(whole_day, (n, 3, 1)),
        penalty=each * 1_000_000,
        pickup=each * 0,
        release_s=each * 0,
        group=each * 0 - 1,
        partner=each * 0 - 1,
        allowed=np.ones((n, 1), np.int64),
        payload_g=one,
        bay_ml=one,
        battery_mwh=one * 10_000,
        knee_mwh=one * 9_000,
        charge_w=one * 1_000,
        network=one * 0,
        per_day=one,
        per_km=one,
        per_s=one,
        wear_per_kwh=one,
        per_over_s=one * 0,
        kind=one * 0,
        depot=one * n,
        shift=whole_day[None],
        regular_s=whole_day[1:],
        most_stops=one * 0,
        breaks=np.zeros((1, 4), np.int64),
        ways_s=np.zeros((1, 2), np.int64),
        ways_m=np.zeros(1, np.int64),
        ways_cost=np.zeros(1, np.int64),
        start_mwh=one * 9_000,
        reserve_mwh=one,
        end_mwh=one,
        loading_s=one * 600,
        per_parcel_ms=one * 0,
        docks=one * 0,
        swap_s=one * 0,
        packs=one[None] * 0,
        pack_per_kwh=one * 0,
        site_w=one * 0,
        price_per_kwh=one,
        night_per_kwh=one,
        apart=one * 0,
        full=one * 0,
        open=whole_day[None, None],
        plug_site=one * 0,
        plug_w=one * 1_000,
        pace=profile(()),
        punctual_s=np.full((n, 3), day_s, np.int64),
        late_per_s=each * 0,
        min_paid_s=one * 0,
        balance=np.array([-1, 0], np.int64),
    )


def _smallest_instance() -> Instance:
    """Return two customers at one time, so that a vehicle less is sought in vain; a step from each place to each."""
    n, places = 2, 4
    apart = 1.0 - np.eye(places)
    return Instance(
        name="smallest",
        kind="evrptw",
        names=("a", "b", "depot", "station"),
        length=apart,
        time=apart,
        energy=apart,
        demand=np.ones(n),
        service=np.ones(n),
        windows=np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 100.0]]),
        capacity=2.0,
        battery=10.0,
        charge_rate=1.0,
        partial=False,
        vehicles_first=True,
    )


def _with_a_curve(instance: Instance) -> Instance:
    """Return the instance with a charge curve, and without windows."""
    return replace(
        instance,
        kind="evrpnl",
        windows=np.array([[0.0, 100.0]] * 3),
        partial=True,
        vehicles_first=False,
        curves=(((0.0, 0.0), (1.0, instance.battery)),),
    )


if __name__ == "__main__":
    warm()
