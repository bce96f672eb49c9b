"""Orders served late at a price, worked out by hand on a straight street."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.model import TimeWindow
from planner.solve import day_case, day_moves
from planner.solve.cost import late_s, total_cost
from planner.solve.day_search import driven
from planner.solve.problem import MICRO, open_spans
from tests.factories import make_order
from tests.solve.factories import SHIFT_S, make_problem, served, solved, within


def one_at_1_km(*, until: int, **changes: Any) -> dict[str, Any]:
    """One order at 1 km, reached after 700 s at the earliest; in time until 400 s, 0.001 for each second past that."""
    late: dict[str, Any] = {"windows": [within((0, until))], "punctual_s": [[400] * 3], "late_per_s": [1_000]}
    return {"orders": (1_000,)} | late | changes


@pytest.mark.usefixtures("either_engine")
def test_an_order_is_late_as_far_as_it_allows_and_pays_for_it() -> None:
    # 10 for the day, 0.2 for 2 km, 0.9 for 900 s, 0.04 of energy, and 300 s of lateness.
    problem = make_problem(**one_at_1_km(until=700))
    assert solved(problem).cost == pytest.approx((10 + 0.2 + 0.9 + 0.04 + 0.3) * MICRO)


@pytest.mark.usefixtures("either_engine")
def test_an_order_is_never_later_than_it_allows() -> None:
    problem = make_problem(**one_at_1_km(until=699))
    assert served(solved(problem), problem) == set()


def test_of_two_that_can_not_both_be_in_time_the_dearer_goes_first() -> None:
    # The first is reached at 700 s in time, the other one 100 + 200 s later.
    problem = make_problem(
        orders=(1_000, -1_000),
        windows=[within((0, 5_000))] * 2,
        punctual_s=[[700] * 3] * 2,
        late_per_s=[1_000, 9_000],
    )
    solution = solved(problem)
    assert [visit.place for visit in solution.tours[0].visits] == [1, 0]
    assert solution.cost == pytest.approx((10 + 0.4 + 1.2 + 0.08 + 0.3) * MICRO)


@pytest.mark.parametrize(("late_per_s", "start_s", "lateness"), [(2_000, 300, 0.0), (500, 1_300, 0.5)])
def test_a_vehicle_starts_late_at_the_price_of_lateness_only_where_the_hours_saved_pay_for_it(
    late_per_s: int, start_s: int, lateness: float
) -> None:
    # Home at 3,300 s whenever it starts, at 0.001 a second; the order at 1 km is in time until 1,000 s.
    problem = make_problem(
        windows=[within((0, 2_000)), within((3_000, 3_000))],
        punctual_s=[[1_000] * 3, [3_000] * 3],
        late_per_s=[late_per_s, 0],
    )
    solution = solved(problem)
    assert solution.tours[0].start_s == start_s
    assert solution.cost == pytest.approx((10 + 0.4 + (3_300 - start_s) / 1_000 + 0.08 + lateness) * MICRO)


def test_a_later_window_is_waited_for_where_that_is_cheaper_than_to_be_late() -> None:
    problem = make_problem(
        **one_at_1_km(until=0, windows=[[(0, 1_000), (2_000, 3_000), (0, 1_000)]], punctual_s=[[400, 3_000, 400]])
    )
    solution = solved(problem)
    assert solution.tours[0].start_s >= 1_300
    assert solution.cost == pytest.approx((10 + 0.2 + 0.9 + 0.04) * MICRO)


def test_lateness_counts_from_the_window_that_ended_last_and_stops_where_the_next_one_opens() -> None:
    order = make_order(
        windows=(TimeWindow(start_s=0, end_s=400), TimeWindow(start_s=800, end_s=900)),
        late_max_s=600,
        late_cost_per_min=1.0,
    )
    assert [order.late_s(begin) for begin in (0, 400, 401, 600, 800, 900, 1_500)] == [0, 0, 1, 200, 0, 0, 600]
    assert open_spans(order) == [(0, 799, 400), (800, 1_500, 900)]


def test_an_order_without_windows_is_never_late() -> None:
    assert open_spans(make_order(windows=(), late_max_s=60)) == []
    assert make_order(windows=(), late_max_s=60).late_s(1_000) == 0


def test_windows_that_overlap_are_one_where_an_order_may_be_late() -> None:
    spans = (TimeWindow(start_s=500, end_s=600), TimeWindow(start_s=0, end_s=700))
    assert open_spans(make_order(windows=spans, late_max_s=60)) == [(0, 760, 700)]


@pytest.mark.parametrize("seed", range(4))
def test_what_the_search_says_that_late_days_cost_is_what_they_cost(seed: int) -> None:
    """Waits, late stops and late starts of 12 orders on two vehicles, priced by the search and by the tours."""
    n, drawn = 12, np.random.default_rng(seed)
    begins = drawn.integers(600, 6_000, n)
    ends = begins + drawn.integers(0, 900, n)
    hard = ends + drawn.integers(0, 3_000, n)
    problem = make_problem(
        orders=[(-1) ** i * (500 + 700 * i) for i in range(n)],
        vehicles=2,
        windows=[within((int(a), int(b))) for a, b in zip(begins, hard, strict=True)],
        punctual_s=np.repeat(ends[:, None], 3, axis=1),
        late_per_s=drawn.integers(1, 3_000, n),
    )
    case = day_case.build_day(problem)
    books = day_case.new_books(case, seed=seed)
    day_moves.restore(case, books, books.best_stops, books.best_length)
    day_moves.run(case, books, 60, 1_000.0, True)
    tours = [driven(problem, case, books, int(v)) for v in np.flatnonzero(books.best_length)]
    assert any(late_s(problem, v.place, v.begin_s) for tour in tours for v in tour.visits if v.place < n)
    assert all(tour.end_s <= SHIFT_S for tour in tours)
    assert int(books.now[day_case.BEST_COST]) == pytest.approx(total_cost(problem, tours), abs=2 * len(tours))
