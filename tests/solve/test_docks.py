"""Docks, worked out by hand on a straight street: who loads when, and what waiting for a dock costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.solve.day_search import _Search
from planner.solve.options import SolveOptions
from planner.solve.problem import Problem
from planner.solve.schedule import schedule
from planner.solve.solution import Tour
from tests.solve.factories import LOADING_S, SHIFT_S, make_problem, served, solved, within


def loadings(problem: Problem, tours: list[Tour]) -> list[tuple[int, int]]:
    visits = [(tour, visit) for tour in tours for visit in (tour.first, *tour.visits)]
    return sorted((v.begin_s, v.end_s) for tour, v in visits if v.place == problem.depot[tour.vehicle])


def most_at_once(problem: Problem, tours: list[Tour]) -> int:
    spans = loadings(problem, tours)
    return max((sum(begin <= at < end for begin, end in spans) for at, _ in spans), default=0)


def lasts_s(tours: list[Tour]) -> int:
    return sum(tour.end_s - tour.start_s for tour in tours)


def two_trips(latest_s: int, **changes: Any) -> Problem:
    """Two full trips of 1 km, both due by the same second: 600 s of loading and 100 s of driving each."""
    windows = [within((0, latest_s))] * 2
    return make_problem(orders=(1_000, 1_000), vehicles=2, demand_g=[90_000] * 2, windows=windows, **changes)


@pytest.mark.usefixtures("either_engine")
def test_at_one_dock_the_second_vehicle_loads_when_the_first_is_loaded() -> None:
    problem = two_trips(1_300, docks=[1])
    solution = solved(problem)
    assert served(solution, problem) == {0, 1}
    assert loadings(problem, list(solution.tours)) == [(0, 600), (600, 1_200)]


@pytest.mark.usefixtures("either_engine")
def test_a_second_less_and_only_a_second_dock_would_serve_both() -> None:
    assert len(served(solved(two_trips(1_299, docks=[1])), two_trips(1_299))) == 1
    assert served(solved(two_trips(1_299, docks=[2])), two_trips(1_299)) == {0, 1}


@pytest.mark.usefixtures("either_engine")
def test_who_waits_for_the_first_loading_comes_later_and_is_not_paid_for_it() -> None:
    few, many = solved(two_trips(1_300, docks=[1])), solved(two_trips(1_300))
    assert few.cost == many.cost
    assert lasts_s(list(few.tours)) == 2 * (LOADING_S + 100 + 100 + 100)


def test_a_vehicle_that_comes_back_waits_for_the_dock_and_is_paid() -> None:
    # Back at 900 s for a trip due at 2,400 s, while the other one loads from 1,000 s on for 1,700 s sharp. Whichever
    # goes first at the only dock, 700 s are lost.
    lost_s = {}
    for docks in (0, 1, 2):
        problem = make_problem(
            orders=(1_000, 1_000, 1_000),
            vehicles=2,
            demand_g=[90_000] * 3,
            windows=[within((1_700, 1_700)), within((700, 700)), within((0, 2_400))],
            docks=[docks],
        )
        tours = schedule(problem, {0: [1, int(problem.depot[0]), 2], 1: [0]})
        assert tours is not None
        lost_s[docks] = lasts_s(tours) - (1_800 + 900)
        assert docks == 0 or most_at_once(problem, tours) <= docks
    assert lost_s == {0: 0, 1: 700, 2: 0}


def test_beside_a_settled_tour_its_dock_is_taken() -> None:
    problem = two_trips(SHIFT_S, docks=[1])
    (first,) = schedule(problem, {0: [0]}, begins={0: 1_000}) or []
    both = schedule(problem, {1: [1]}, taken=[first], begins={1: 900})
    assert both is not None
    assert loadings(problem, both) == [(1_000, 1_600), (1_600, 2_200)]


def test_charging_alone_takes_no_dock() -> None:
    # The first one is back at 900 s and charges 0.19 kWh before it goes home, while the second one loads until 1,200 s.
    problem = two_trips(1_300, docks=[1], plugs=((0, 1_000),), end_mwh=[4_990_000, 0])
    tours = schedule(problem, {0: [0], 1: [1]}, begins={0: 0, 1: 600})
    assert tours is not None
    charged = next(tour for tour in tours if tour.vehicle == 0).home
    assert charged.charge_begin_s == 900
    assert loadings(problem, tours) == [(0, 600), (600, 1_200)]


def test_loading_beside_a_charge_takes_dock_and_plug() -> None:
    # Both need a charge before they can leave, and there is a plug for each, but one dock.
    problem = two_trips(SHIFT_S, docks=[1], plugs=((0, 1_000), (0, 1_000)), start_mwh=[100_000] * 2)
    solution = solved(problem)
    assert served(solution, problem) == {0, 1}
    assert most_at_once(problem, list(solution.tours)) == 1


def random_problem(seed: int) -> Problem:
    """Twelve orders of half a bay or more, windows of an hour, four vehicles at one dock or two, plugs and breaks."""
    rng = np.random.default_rng(seed)
    n = 12
    opens = rng.integers(0, 15_000, n)
    return make_problem(
        orders=[int(at) for at in rng.integers(200, 4_000, n)],
        vehicles=4,
        demand_g=[int(g) for g in rng.integers(30_000, 90_000, n)],
        parcels=[int(k) for k in rng.integers(0, 9, n)],
        per_parcel_ms=[30_000],
        windows=[within((int(at), int(at) + 3_600)) for at in opens],
        release_s=[int(at) * (k % 3 == 0) // 2 for k, at in enumerate(opens)],
        docks=[1 + seed % 2],
        plugs=((0, 2_000),),
        start_mwh=[400_000, 700_000, 5_000_000, 5_000_000],
        apart=[seed % 3 == 0],
        breaks=[[0, 0, 0, 0], [900, 0, 9_000, 1], [0, 0, 0, 0], [900, 4_000, 8_000, 0]],
        per_day=[1_000_000],
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_days_of_the_search_fit_its_docks_before_any_exact_timing(seed: int) -> None:
    problem = random_problem(seed)
    search = _Search(problem, SolveOptions(iterations=300, seed=seed, time_limit_s=60.0), lambda _: None)
    search.run()
    tours = search._tours()
    assert sum(visit.place < problem.orders for tour in tours for visit in tour.visits) >= 6
    assert most_at_once(problem, tours) <= problem.docks[0]
    for tour in tours:
        for visit in tour.all_visits:
            assert visit.arrival_s <= visit.begin_s
            assert visit.place != problem.depot[0] or visit.end_s - visit.begin_s >= LOADING_S or visit is tour.home
        assert tour.end_s <= SHIFT_S
    island = search._best()
    cost = sum(int(island.best_fact[v, 1]) for v in range(4))
    assert cost == pytest.approx(search._solution(tours).cost - penalties(problem, tours), abs=2_000)


def penalties(problem: Problem, tours: list[Tour]) -> int:
    visited = {visit.place for tour in tours for visit in tour.visits}
    return sum(int(problem.penalty[i]) for i in range(problem.orders) if i not in visited)
