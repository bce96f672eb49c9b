"""Fleets of several kinds, worked out by hand or by trying everything: which kinds a plan should use.

The shift leaves time for one trip. Loading takes 1,000 s, so that nobody reloads; the small, middle and large kind take
one, two and four orders of 10 kg.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from planner.solve.problem import MICRO, Problem
from tests.solve.factories import SERVICE_S, make_problem, served, solved

LOADING_S, SHIFT_S = 1_000, 2_300
CARRIES = (1, 2, 4)


def fleet(orders: Sequence[int], *, per_day: Sequence[int], each: int = 8) -> Problem:
    """Place orders of 10 kg at metres along the street, and so many vehicles of each of the three kinds."""
    kind = [k for k in range(3) for _ in range(each)]
    return make_problem(
        orders=orders,
        kinds=3,
        vehicles=len(kind),
        kind=kind,
        payload_g=[10_000 * carried for carried in CARRIES],
        per_day=[cost * MICRO for cost in per_day],
        shift=[[0, SHIFT_S]] * len(kind),
        loading_s=[LOADING_S],
        price_per_kwh=[0],
    )


def kinds_of(orders: Sequence[int], *, per_day: Sequence[int]) -> Counter[int]:
    """Return how many vehicles of each kind a plan uses that serves all."""
    problem = fleet(orders, per_day=per_day)
    solution = solved(problem, iterations=300)
    assert served(solution, problem) == set(range(len(orders)))
    return Counter(int(problem.kind[tour.vehicle]) for tour in solution.tours)


def test_four_orders_go_with_one_large_vehicle_that_costs_less_than_two_of_the_next_size() -> None:
    assert kinds_of([1_000] * 4, per_day=[10, 15, 18]) == {2: 1}


def test_what_does_not_fill_a_large_vehicle_goes_with_the_kind_that_just_holds_it() -> None:
    assert kinds_of([1_000] * 5, per_day=[10, 15, 18]) == {2: 1, 0: 1}
    assert kinds_of([1_000] * 6, per_day=[10, 15, 18]) == {2: 1, 1: 1}


def test_small_vehicles_stay_where_a_larger_one_costs_more_than_all_of_them() -> None:
    assert kinds_of([1_000] * 4, per_day=[10, 30, 90]) == {0: 4}


@pytest.mark.parametrize("seed", range(6))
def test_the_plan_of_a_small_day_is_the_best_of_all_that_there_are(seed: int) -> None:
    draw = random.Random(seed)
    orders = [draw.randrange(5, 31) * 100 for _ in range(6)]
    per_day = sorted(draw.randrange(2, 25) for _ in range(3))
    problem = fleet(orders, per_day=per_day)
    best = min(sum(trip_cost(trip, per_day) for trip in plan) for plan in ways_to_part(orders))
    assert solved(problem, iterations=400).cost == best


def trip_cost(trip: Sequence[int], per_day: Sequence[int]) -> int:
    """Return what a trip out along the street and back costs with the cheapest kind that carries it."""
    fixed = min(cost for cost, most in zip(per_day, CARRIES, strict=True) if len(trip) <= most)
    driven_s = 2 * max(trip) // 10
    return fixed * MICRO + 2 * max(trip) * MICRO // 10_000 + (LOADING_S + driven_s + SERVICE_S * len(trip)) * 1_000


def ways_to_part(orders: Sequence[int]) -> Iterator[list[list[int]]]:
    """Yield every way to part orders into trips of at most four."""
    if not orders:
        yield []
        return
    for parts in ways_to_part(orders[1:]):
        yield [[orders[0]], *parts]
        for i, part in enumerate(parts):
            if len(part) < max(CARRIES):
                yield [*parts[:i], [orders[0], *part], *parts[i + 1 :]]
