"""Drivers who are paid for some hours once they start, worked out by hand on a straight street."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve import day_case, day_moves
from planner.solve.cost import total_cost
from planner.solve.day_search import driven
from planner.solve.problem import MICRO
from tests.solve.factories import make_problem, solved


@pytest.mark.usefixtures("either_engine")
def test_a_driver_who_starts_is_paid_for_the_least_hours_whatever_is_worked() -> None:
    # 10 for the day, 0.2 for 2 km, 0.04 of energy; 900 s of work, of which 3,600 are paid.
    problem = make_problem(orders=(1_000,), min_paid_s=[3_600])
    solution = solved(problem)
    assert solution.cost == pytest.approx((10 + 0.2 + 3.6 + 0.04) * MICRO)
    assert solution.tours[0].end_s - solution.tours[0].start_s == 900


@pytest.mark.usefixtures("either_engine")
def test_who_works_more_than_the_least_hours_is_paid_for_what_is_worked() -> None:
    assert solved(make_problem(min_paid_s=[1_200])).cost == solved(make_problem()).cost


def test_a_vehicle_whose_hours_are_paid_anyway_is_left_at_home_where_another_is_cheaper() -> None:
    problem = make_problem(
        orders=(1_000,), vehicles=2, kinds=2, kind=[0, 1], per_day=[10 * MICRO, 12 * MICRO], min_paid_s=[14_400, 0]
    )
    solution = solved(problem)
    assert [tour.vehicle for tour in solution.tours] == [1]
    assert solution.cost == pytest.approx((12 + 0.2 + 0.9 + 0.04) * MICRO)


@pytest.mark.parametrize(("min_paid_s", "used", "cost"), [(0, [0, 1], 11.62), (14_400, [0], 24.88)])
def test_hours_that_are_paid_anyway_are_filled(min_paid_s: int, used: list[int], cost: float) -> None:
    # The order at 2 km costs 0.48 on the second vehicle, which has no price by time; on the first it costs 0.24 and
    # 300 s, which are free where they are paid anyway.
    problem = make_problem(
        vehicles=2,
        kinds=2,
        kind=[0, 1],
        allowed=[[1, 0], [1, 1]],
        per_day=[10 * MICRO, 0],
        per_s=[1_000, 0],
        min_paid_s=[min_paid_s, 0],
    )
    solution = solved(problem)
    assert sorted(tour.vehicle for tour in solution.tours) == used
    assert solution.cost == pytest.approx(cost * MICRO)


@pytest.mark.parametrize("seed", range(3))
def test_what_the_search_says_that_paid_hours_cost_is_what_they_cost(seed: int) -> None:
    problem = make_problem(
        orders=[(-1) ** i * (500 + 700 * i) for i in range(12)], vehicles=3, min_paid_s=[0, 3_000, 9_000]
    )
    case = day_case.build_day(problem)
    books = day_case.new_books(case, seed=seed)
    day_moves.restore(case, books, books.best_stops, books.best_length)
    day_moves.run(case, books, 40, 1_000.0, True)
    tours = [driven(problem, case, books, int(v)) for v in np.flatnonzero(books.best_length)]
    assert int(books.now[day_case.BEST_COST]) == pytest.approx(total_cost(problem, tours), abs=2 * len(tours))
