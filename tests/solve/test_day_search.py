"""Our search for a day: repeatable, in time, and with times of its own that keep every rule."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from planner.solve import day_case, day_moves
from planner.solve.cost import total_cost
from planner.solve.day_search import driven, search_day
from planner.solve.options import SolveOptions
from planner.solve.problem import Problem
from planner.solve.solution import Solution
from tests.solve.factories import KM_MWH, charges, make_problem, served, within

PLUG = (0, 1_000)


def busy(*, orders: int = 40) -> Problem:
    """Orders up to 8 km on both sides of the depot; three vehicles with small batteries share two plugs."""
    at = [(-1) ** i * (500 + 1_900 * i % 7_600) for i in range(orders)]
    return make_problem(
        orders=at,
        vehicles=3,
        demand_g=[15_000 + 1_000 * (i % 7) for i in range(orders)],
        battery_mwh=[60 * KM_MWH],
        knee_mwh=[50 * KM_MWH],
        start_mwh=[60 * KM_MWH] * 3,
        plugs=(PLUG, PLUG),
    )


def searched(problem: Problem, *, iterations: int = 400, seed: int = 1, threads: int = 0) -> Solution:
    options = SolveOptions(iterations=iterations, seed=seed, threads=threads, time_limit_s=60.0)
    return search_day(problem, options, on_better=lambda _: None)


def test_S20_the_same_budget_and_seed_give_the_same_plan_with_any_number_of_threads() -> None:
    assert searched(busy(), threads=1) == searched(busy(), threads=2)


def test_another_seed_is_another_search() -> None:
    assert searched(busy(), seed=2).tours != searched(busy(), seed=3).tours


def test_a_time_limit_is_kept() -> None:
    searched(busy(), iterations=1)  # loaded
    begun = time.monotonic()
    found = search_day(busy(), SolveOptions(iterations=10**9, time_limit_s=2.0), on_better=lambda _: None)
    assert time.monotonic() - begun < 2.5
    assert found.stopped_by == "time_limit"


def test_better_plans_are_told_with_times_that_keep_the_plugs_and_the_battery() -> None:
    told: list[Solution] = []
    problem = busy()
    search_day(problem, SolveOptions(iterations=400, time_limit_s=60.0), on_better=told.append)
    assert told
    for solution in told:
        assert solution.cost == total_cost(problem, solution.tours)
        for a, (_, one) in enumerate(charges(solution)):
            for _, other in charges(solution)[a + 1 :]:
                assert one.plug != other.plug or one.charge_end_s <= other.charge_begin_s
        for tour in solution.tours:
            assert tour.start_s >= problem.shift[tour.vehicle, 0]
            assert tour.end_s <= problem.shift[tour.vehicle, 1]


@pytest.mark.parametrize("seed", range(5))
def test_what_the_search_says_that_its_days_cost_is_what_they_cost(seed: int) -> None:
    problem = busy(orders=15)
    case = day_case.build_day(problem)
    books = day_case.new_books(case, seed=seed)
    day_moves.restore(case, books, books.best_stops, books.best_length)
    day_moves.run(case, books, 50, 1_000.0, True)
    tours = [driven(problem, case, books, int(v)) for v in np.flatnonzero(books.best_length)]
    # Each day rounds the price of energy down twice.
    assert int(books.now[day_case.BEST_COST]) == pytest.approx(total_cost(problem, tours), abs=2 * len(tours))
    assert np.all(books.taken >= 0)
    assert np.all(books.taken <= 2)


def test_no_plan_drives_by_a_station_only_because_it_may_turn_round_there() -> None:
    # 6 kWh straight to the order, more than the battery holds, and 0.1 kWh by the station, where there is nothing to
    # charge: 50 Wh are missing, and nobody plugs in for less than 100.
    problem = make_problem(orders=(1_000,), stations=(500,), plugs=((1, 1_000),))
    energy = problem.energy_mwh.copy()
    energy[..., 1, 0] = 6_000_000
    solution = searched(replace(problem, energy_mwh=energy), iterations=60)
    assert all(visit.plug >= 0 for tour in solution.tours for visit in tour.visits if visit.place == 2)


def test_the_search_itself_puts_a_break_into_the_wait_before_a_fixed_time() -> None:
    # At 1 km until 4,100 s and due at 2 km at 8,000 s to the second: a break of 900 s between costs nothing.
    at_once = [within((4_000, 4_000)), within((8_000, 8_000))]
    costs = []
    for breaks in ([[0, 0, 0, 0]], [[900, 5_000, 6_000, 0]]):
        case = day_case.build_day(make_problem(windows=at_once, breaks=breaks))
        island = day_case.new_books(case, seed=1)
        day_moves.restore(case, island, island.best_stops, island.best_length)
        day_moves.run(case, island, 50, 0.0, False)
        assert island.now[day_case.BEST_ABSENT] == 0
        costs.append(int(island.now[day_case.BEST_COST]))
    assert costs[0] == costs[1]


def test_no_vehicle_passes_a_station_only_because_the_way_is_shorter() -> None:
    # Past the station the order is 1 km away and no charge is needed; the direct way of 5 km is more than the battery
    # holds. A plan has no word for such a stop.
    problem = make_problem(orders=(1_000,), stations=(500,), plugs=((1, 1_000),), start_mwh=[3 * KM_MWH])
    long_way = {name: getattr(problem, name).copy() for name in ("travel_s", "distance_m", "energy_mwh")}
    for table, value in zip(long_way.values(), (500, 5_000, 5 * KM_MWH), strict=True):
        table[..., 1, 0] = value
    solution = search_day(
        replace(problem, **long_way), SolveOptions(iterations=60, time_limit_s=60.0), on_better=lambda _: None
    )
    stations = [visit for tour in solution.tours for visit in tour.visits if visit.place == 2]
    assert all(visit.plug >= 0 for visit in stations)
    assert served(solution, problem) == ({0} if stations else set())
