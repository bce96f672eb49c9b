"""Pickups, releases and groups, by hand on a straight street and against all that a vehicle could do."""

from __future__ import annotations

import dataclasses
from itertools import permutations, product

import numpy as np
import pytest

from planner.solve.battery import legs_of
from planner.solve.cost import total_cost
from planner.solve.problem import Problem
from planner.solve.schedule import schedule
from planner.solve.solution import Sequence, Tour
from planner.solve.trips import has_room, loads_of
from tests.solve.factories import (
    KM_MWH,
    KWH,
    LOADING_S,
    PENALTY,
    SERVICE_S,
    any_time,
    make_problem,
    reloads,
    served,
    solved,
    within,
)


def stops(tour: Tour) -> Sequence:
    return [visit.place for visit in tour.visits]


def test_on_board_are_deliveries_to_come_and_pickups_made_and_the_depot_unloads_them() -> None:
    problem = make_problem(
        orders=(1_000, 2_000, 3_000, 4_000), demand_g=[10_000, 20_000, 30_000, 40_000], pickup=[0, 1, 0, 1]
    )
    depot = 4
    grams = [g for g, _ in loads_of(problem, depot, [0, 1, depot, 3, 2])]
    assert grams == [10_000, 0, 20_000, 30_000, 70_000, 40_000]


def test_a_pickup_costs_energy_only_on_the_way_home() -> None:
    per_kg = [[np.full((2, 2), 1_000_000)]]  # 1,000 mWh a kilogram on each leg
    problem = make_problem(orders=(1_000,), pickup=[1], energy_uwh_per_kg=per_kg)
    assert [leg.net_mwh for leg in legs_of(problem, 0, [0])] == [KM_MWH, KM_MWH + 10_000]


@pytest.mark.usefixtures("either_engine")
def test_each_pickup_of_more_than_half_a_bay_is_a_trip_of_its_own() -> None:
    problem = make_problem(demand_g=[60_000, 60_000], pickup=[1, 1])
    (tour,) = solved(problem).tours
    assert reloads(tour, problem) == 1


def test_what_is_delivered_first_leaves_its_room_to_a_pickup_farther_or_nearer() -> None:
    for pickup in ([0, 1], [1, 0]):
        problem = make_problem(demand_g=[60_000, 60_000], volume_ml=[300_000, 300_000], pickup=pickup)
        (tour,) = solved(problem).tours
        assert reloads(tour, problem) == 0
        assert stops(tour) == ([0, 1] if pickup[1] else [1, 0])


def test_a_pickup_that_must_come_first_takes_a_trip_of_its_own() -> None:
    problem = make_problem(
        demand_g=[60_000, 60_000], pickup=[1, 0], windows=[within((0, 1_000)), within((2_000, 36_000))]
    )
    (tour,) = solved(problem).tours
    assert stops(tour) == [0, 2, 1]


@pytest.mark.usefixtures("either_engine")
def test_nobody_loads_before_the_goods_are_there_nor_is_paid_for_waiting() -> None:
    problem = make_problem(orders=(1_000, 2_000), release_s=[7_200, 3_000])
    (tour,) = solved(problem).tours
    assert tour.first.begin_s == tour.start_s == 7_200
    assert tour.end_s - tour.start_s == LOADING_S + 400 + 2 * SERVICE_S


def test_an_order_that_can_not_wait_leaves_in_a_trip_before_the_goods_of_the_other_come() -> None:
    problem = make_problem(orders=(1_000, 2_000), release_s=[10_000, 0], windows=[any_time(), within((0, 3_000))])
    (tour,) = solved(problem).tours
    assert stops(tour) == [1, 2, 0]
    assert tour.visits[1].begin_s == 10_000
    # The first trip is as late as its window allows: at the stop at 3,000 s, home at 3,300 s.
    assert tour.visits[1].arrival_s == 3_000 + SERVICE_S + 200
    assert tour.start_s == 3_000 - 200 - LOADING_S


def test_a_vehicle_charges_while_it_waits_for_goods_and_comes_no_earlier_than_that_takes() -> None:
    # 5 km and back take 1 kWh, 0.1 is there: 0.9 kWh at 277 mWh a second are 3,250 s, of which 600 s pass in loading.
    problem = make_problem(
        orders=(5_000,),
        release_s=[7_200],
        windows=[within((0, 7_200 + LOADING_S + 500))],
        start_mwh=[KWH // 10],
        plugs=((0, 1_000),),
    )
    (tour,) = solved(problem).tours
    assert tour.first.begin_s == 7_200
    assert tour.first.leave_s == 7_200 + LOADING_S
    assert 7_800 - tour.start_s == pytest.approx(0.9 * KWH / 277, abs=2)


def test_a_group_goes_on_the_one_vehicle_that_may_carry_all_of_it() -> None:
    problem = make_problem(vehicles=2, group=[0, 0], allowed=[[1, 1], [0, 1]], per_day=[0])
    (tour,) = solved(problem).tours
    assert tour.vehicle == 1
    assert len(tour.visits) == 2


@pytest.mark.usefixtures("either_engine")
def test_a_group_that_no_vehicle_can_serve_as_a_whole_is_left_out_as_a_whole() -> None:
    # Both at the same moment, 2 km apart: two vehicles could, one can not; the third order is served all the same.
    windows = [within((2_000, 2_100)), within((2_000, 2_100)), any_time()]
    problem = make_problem(orders=(1_000, -1_000, 500), vehicles=2, group=[0, 0, -1], windows=windows)
    assert served(solved(problem), problem) == {2}
    alone = dataclasses.replace(problem, group=np.array([-1, -1, -1]))
    assert served(solved(alone), problem) == {0, 1, 2}


def test_a_group_may_take_several_trips_of_its_vehicle() -> None:
    problem = make_problem(orders=(1_000, -1_000, 2_000), vehicles=2, group=[0, 0, 0], demand_g=[60_000] * 3)
    (tour,) = solved(problem).tours
    assert reloads(tour, problem) == 2


def test_a_group_leaves_the_vehicle_of_others_when_that_is_what_serves_most() -> None:
    # Each vehicle has time for two of these trips (900 s, 1,800 s in all): the pairs stay together.
    problem = make_problem(
        orders=[1_000] * 4,
        vehicles=2,
        group=[0, 1, 0, 1],
        demand_g=[100_000] * 4,
        shift=[[0, 1_800]] * 2,
        penalty=[PENALTY] * 4,
    )
    solution = solved(problem, iterations=200)
    assert {frozenset(at for at in stops(tour) if at < 4) for tour in solution.tours} == {
        frozenset({0, 2}),
        frozenset({1, 3}),
    }


def random_problem(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    pickup = rng.integers(0, 2, 4)
    begins = rng.integers(0, 8_000, 4)
    return make_problem(
        orders=rng.integers(-6_000, 6_000, 4).tolist(),
        pickup=pickup,
        demand_g=rng.integers(10, 90, 4) * 1_000,
        release_s=np.where(pickup, 0, rng.integers(0, 3, 4) * 2_000),
        windows=[within((int(a), int(a) + 4_000)) if a % 2 else any_time() for a in begins],
        energy_uwh_per_kg=[[np.full((5, 5), 50_000)]],
    )


def best_of_all(problem: Problem) -> int:
    """Return the least cost of any order of the stops with any reloads between them, timed exactly."""
    costs = [total_cost(problem, [])]
    for order in permutations(range(4)):
        for cuts in product((False, True), repeat=3):
            sequence: Sequence = [order[0]]
            for at, cut in zip(order[1:], cuts, strict=True):
                sequence += [4, at] if cut else [at]
            tours = schedule(problem, {0: sequence}) if has_room(problem, 0, sequence) else None
            costs.append(total_cost(problem, tours or []))
    return min(costs)


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_the_best_of_all_days_with_pickups_and_releases(seed: int) -> None:
    problem = random_problem(seed)
    best = best_of_all(problem)
    assert best < total_cost(problem, [])
    assert solved(problem, iterations=400).cost == best
