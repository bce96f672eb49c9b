"""Battery swaps, worked out by hand on a straight street: when they happen, how often, and what they cost.

A battery of 2.2 kWh lasts for 22 km. Two orders lie at 10 km, each as heavy as the bay: 20 km and 2 kWh a trip.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.solve.battery import left_mwh
from planner.solve.day_search import _Search
from planner.solve.options import SolveOptions
from planner.solve.problem import MICRO, Problem
from planner.solve.schedule import schedule
from planner.solve.solution import Solution, Tour, Visit
from tests.solve.factories import KWH, LOADING_S, SHIFT_S, make_problem, served, solved, within

BATTERY = 2_200_000
TRIP_S = 2 * 1_000 + 100


def trips(number: int = 2, **changes: Any) -> Problem:
    """So many orders at 10 km, each a trip of its own; no plug, a swap of 300 s, one spare pack."""
    given: dict[str, Any] = {
        "orders": [10_000] * number,
        "demand_g": [90_000] * number,
        "battery_mwh": [BATTERY],
        "knee_mwh": [2_000_000],
        "start_mwh": [BATTERY] * changes.get("vehicles", 1),
        "swap_s": [300],
        "packs": [[1]],
    }
    return make_problem(**given | changes)


def swaps(solution: Solution) -> list[Visit]:
    return [visit for tour in solution.tours for visit in tour.all_visits if visit.swap_end_s]


@pytest.mark.usefixtures("either_engine")
def test_the_second_trip_goes_with_a_full_pack_and_loses_no_time() -> None:
    problem = trips()
    solution = solved(problem)
    (swapped,) = swaps(solution)
    (tour,) = solution.tours
    assert served(solution, problem) == {0, 1}
    assert (swapped.place, swapped.charge_mwh) == (2, 2 * KWH)
    assert swapped.swap_end_s - swapped.swap_begin_s == 300
    assert tour.end_s - tour.start_s == 2 * (LOADING_S + TRIP_S)
    assert left_mwh(problem, tour) == BATTERY - 2 * KWH


@pytest.mark.usefixtures("either_engine")
def test_without_a_pack_or_without_a_swap_the_second_trip_is_left_out() -> None:
    for changes in ({"packs": [[0]]}, {"swap_s": [0]}):
        problem = trips(**changes)
        assert len(served(solved(problem), problem)) == 1


@pytest.mark.usefixtures("either_engine")
def test_each_pack_serves_once() -> None:
    for spare in (1, 2, 3):
        problem = trips(5, packs=[[spare]])
        solution = solved(problem)
        assert len(served(solution, problem)) == 1 + spare
        assert len(swaps(solution)) == spare


@pytest.mark.usefixtures("either_engine")
def test_packs_are_shared_by_the_vehicles_of_a_type_and_of_no_other() -> None:
    problem = trips(4, vehicles=2, shift=[[0, 2 * (LOADING_S + TRIP_S)]] * 2)
    assert len(served(solved(problem), problem)) == 3
    two_kinds = trips(
        4,
        vehicles=2,
        kinds=2,
        kind=[0, 1],
        battery_mwh=[BATTERY] * 2,
        knee_mwh=[BATTERY] * 2,
        swap_s=[300, 300],
        packs=[[3, 0]],
        shift=[[0, 2 * (LOADING_S + TRIP_S)]] * 2,
    )
    solution = solved(two_kinds)
    assert len(served(solution, two_kinds)) == 3
    assert [tour.vehicle for tour in solution.tours for visit in tour.all_visits if visit.swap_end_s] == [0]


@pytest.mark.usefixtures("either_engine")
def test_a_swap_longer_than_the_loading_holds_the_vehicle_up() -> None:
    solution = solved(trips(swap_s=[1_000]))
    (tour,) = solution.tours
    assert tour.end_s - tour.start_s == LOADING_S + 1_000 + 2 * TRIP_S


@pytest.mark.usefixtures("either_engine")
def test_an_empty_vehicle_swaps_before_its_first_trip() -> None:
    problem = trips(1, start_mwh=[500_000])
    solution = solved(problem)
    (swapped,) = swaps(solution)
    assert served(solution, problem) == {0}
    assert (solution.tours[0].first, swapped.charge_mwh) == (swapped, BATTERY - 500_000)


@pytest.mark.usefixtures("either_engine")
def test_a_swap_costs_the_energy_of_the_pack_that_is_taken_out() -> None:
    # 40 km at 0.10, 1.5 h at 3.60, a day for 10: and 2 of the 4 kWh are those of a pack, at 0.70 instead of 0.20.
    cheap, dear = (solved(trips(pack_per_kwh=[price])).cost for price in (200_000, 700_000))
    assert cheap == round((10 + 4 + 2 * (LOADING_S + TRIP_S) * 0.001 + 4 * 0.2) * MICRO)
    assert dear - cheap == MICRO


@pytest.mark.usefixtures("either_engine")
def test_where_a_charge_takes_no_longer_the_pack_stays_where_it_is() -> None:
    # 1.8 kWh in 600 s of loading at 11 kW.
    problem = trips(plugs=((0, 11_000),), charge_w=[11_000], knee_mwh=[2_100_000], pack_per_kwh=[300_000])
    solution = solved(problem)
    assert served(solution, problem) == {0, 1}
    assert swaps(solution) == []


def test_a_swap_beats_a_charge_that_takes_longer() -> None:
    solution = solved(trips(plugs=((0, 2_000),)))
    assert len(swaps(solution)) == 1
    assert solution.tours[0].end_s - solution.tours[0].start_s == 2 * (LOADING_S + TRIP_S)


def test_beside_a_settled_tour_its_pack_is_gone() -> None:
    problem = trips(4, vehicles=2)
    (first,) = schedule(problem, {0: [0, 4, 1]}) or []
    assert schedule(problem, {1: [2, 4, 3]}, taken=[first]) is None
    assert schedule(trips(4, vehicles=2, packs=[[2]]), {1: [2, 4, 3]}, taken=[first]) is not None


def random_problem(seed: int) -> Problem:
    """Fourteen orders within 8 km, small batteries of two types, a plug or none, packs, docks, releases and breaks."""
    rng = np.random.default_rng(seed)
    n = 14
    opens = rng.integers(0, 20_000, n)
    return make_problem(
        orders=[int(at) for at in rng.integers(500, 8_000, n)],
        vehicles=4,
        kinds=2,
        kind=[0, 0, 1, 1],
        battery_mwh=[1_700_000, 2_500_000],
        knee_mwh=[1_500_000, 2_250_000],
        start_mwh=[1_700_000, 900_000, 2_500_000, 400_000],
        end_mwh=[0, 500_000, 0, 0],
        demand_g=[int(g) for g in rng.integers(20_000, 90_000, n)],
        windows=[within((int(at), int(at) + 7_200)) for at in opens],
        release_s=[int(at) * (k % 4 == 0) // 2 for k, at in enumerate(opens)],
        docks=[seed % 3],
        plugs=((0, 1_000),) * (seed % 2),
        apart=[seed % 5 == 0],
        breaks=[[0, 0, 0, 0], [900, 0, 9_000, 1], [0, 0, 0, 0], [900, 4_000, 8_000, 0]],
        swap_s=[300, 900],
        packs=[[1 + seed % 3, 2]],
        per_day=[MICRO, MICRO],
    )


@pytest.mark.parametrize("seed", range(15))
def test_the_days_of_the_search_use_no_more_packs_than_there_are(seed: int) -> None:
    problem = random_problem(seed)
    search = _Search(problem, SolveOptions(iterations=300, seed=seed, time_limit_s=60.0), lambda _: None)
    search.run()
    tours = search._tours()
    used = [int(problem.kind[tour.vehicle]) for tour in tours for visit in tour.all_visits if visit.swap_end_s]
    assert all(used.count(kind) <= problem.packs[0, kind] for kind in (0, 1))
    for tour in tours:
        follow(problem, tour)
    island = search._best()
    assert sum(int(island.best_fact[v, 1]) for v in range(4)) + penalties(problem, tours) == pytest.approx(
        search._solution(tours).cost, abs=2_000
    )


def follow(problem: Problem, tour: Tour) -> None:
    """Drive a tour once more: each thing after the one before, the battery never empty, full after a swap."""
    kind = problem.kind[tour.vehicle]
    stored, before = int(problem.start_mwh[tour.vehicle]), None
    for visit in tour.all_visits:
        if before is not None:
            metres = int(problem.distance_m[0, before.place, visit.place])
            assert visit.arrival_s == before.leave_s + metres // 10
            stored -= metres * 100
            assert stored >= 0
        stored += visit.charge_mwh
        assert visit.arrival_s <= visit.begin_s
        assert stored <= problem.battery_mwh[kind]
        assert not visit.swap_end_s or stored == problem.battery_mwh[kind]
        before = visit
    assert tour.end_s <= SHIFT_S
    assert stored >= problem.end_mwh[tour.vehicle]


def penalties(problem: Problem, tours: list[Tour]) -> int:
    visited = {visit.place for tour in tours for visit in tour.visits}
    return sum(int(problem.penalty[i]) for i in range(problem.orders) if i not in visited)
