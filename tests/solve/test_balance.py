"""The price of vehicles doing more than others, worked out by hand on a straight street."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve import day_case, day_moves
from planner.solve.cost import total_cost
from planner.solve.day_search import driven
from planner.solve.problem import MICRO, Problem
from tests.solve.factories import make_problem, solved

STOPS, KM, HOURS = range(3)


def two_sides(by: int, price: float) -> Problem:
    """Three orders 1 km to one side, of which the first vehicle has to take one; the second has to go the other way.

    All three on the first cost 11.34 + 11.14. To move one saves it 100 s, and costs the second 2 km and 300 s: 0.44.
    """
    return make_problem(
        orders=(1_000, -1_000, 1_000, 1_000),
        vehicles=2,
        allowed=[[1, 0], [0, 1], [1, 1], [1, 1]],
        balance=[by, int(price * MICRO)],
    )


@pytest.mark.parametrize(
    ("by", "price", "stops", "cost"),
    [
        (STOPS, 0.3, [3, 1], 22.48 + 0.3),  # one stop above the mean of two
        (STOPS, 0.6, [2, 2], 22.92),
        (KM, 100.0, [3, 1], 22.48),  # both drive 2 km
        (HOURS, 36.0, [3, 1], 22.48 + 1.0),  # 1,100 and 900 s of work: 100 s above the mean at 0.01
    ],
)
def test_what_is_done_above_the_mean_is_evened_out_where_it_costs_more_than_the_detour(
    by: int, price: float, stops: list[int], cost: float
) -> None:
    solution = solved(two_sides(by, price))
    assert [len(tour.visits) for tour in sorted(solution.tours, key=lambda tour: tour.vehicle)] == stops
    assert solution.cost == pytest.approx(cost * MICRO)


def test_a_vehicle_that_stays_at_home_is_not_compared_with() -> None:
    problem = make_problem(vehicles=2, balance=[STOPS, 5 * MICRO])
    solution = solved(problem)
    assert len(solution.tours) == 1
    assert solution.cost == solved(make_problem(vehicles=2)).cost


@pytest.mark.parametrize("by", [STOPS, KM, HOURS])
def test_what_the_search_says_that_uneven_days_cost_is_what_they_cost(by: int) -> None:
    problem = make_problem(
        orders=[(-1) ** i * (500 + 700 * i) for i in range(12)],
        vehicles=3,
        per_day=[MICRO],
        most_stops=[5, 5, 5],
        balance=[by, 2 * MICRO],
        ways_s=[[0, 0], [300, 200], [0, 700]],
        ways_m=[0, 5_000, 7_000],
    )
    case = day_case.build_day(problem)
    books = day_case.new_books(case, seed=1)
    day_moves.restore(case, books, books.best_stops, books.best_length)
    day_moves.run(case, books, 40, 1_000.0, True)
    tours = [driven(problem, case, books, int(v)) for v in np.flatnonzero(books.best_length)]
    assert len(tours) == 3
    assert int(books.now[day_case.BEST_COST]) == pytest.approx(total_cost(problem, tours), abs=2 * len(tours))
