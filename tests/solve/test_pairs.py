"""Pairs, by hand on a straight street and against all that a vehicle could do."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from planner.model import OrderKind
from planner.roads.day import day_roads
from planner.solve.battery import legs_of
from planner.solve.cost import total_cost
from planner.solve.problem import NO_PARTNER, BadProblem, Problem, build_problem, restrict
from planner.solve.reasons import impossible
from planner.solve.schedule import schedule
from planner.solve.solution import Sequence, Tour
from planner.solve.trips import has_room, loads_of
from tests.check.grid import SOUTH, WEST
from tests.factories import make_day, make_depot, make_order
from tests.solve.days import grid
from tests.solve.factories import (
    KM_MWH,
    LOADING_S,
    PENALTY,
    SERVICE_S,
    any_time,
    make_problem,
    served,
    solved,
    within,
)


def paired(pairs: list[tuple[int, int]], n: int) -> dict[str, Any]:
    """Return the arrays of orders of which some are (fetched, brought)."""
    pickup, partner, parcels = [0] * n, [NO_PARTNER] * n, [1] * n
    for fetched, brought in pairs:
        pickup[fetched], partner[fetched], partner[brought] = 1, brought, fetched
        parcels[fetched] = parcels[brought] = 0
    return {"pickup": pickup, "partner": partner, "parcels": parcels}


def stops(tour: Tour) -> Sequence:
    return [visit.place for visit in tour.visits]


def test_the_goods_of_a_pair_are_on_board_between_its_stops_only() -> None:
    # A delivery of 10 kg, a pair of 20 kg from 1 to 2, a pickup of 40 kg for the depot.
    arrays = paired([(1, 2)], 4)
    arrays["pickup"][3] = 1
    problem = make_problem(orders=(1_000, 2_000, 3_000, 4_000), demand_g=[10_000, 20_000, 20_000, 40_000], **arrays)
    grams = [g for g, _ in loads_of(problem, 4, [1, 0, 3, 2])]
    assert grams == [10_000, 30_000, 20_000, 60_000, 40_000]


def test_a_pair_costs_energy_for_its_load_only_between_its_stops() -> None:
    per_kg = [[np.full((3, 3), 1_000_000)]]  # 1,000 mWh a kilogram on each leg
    problem = make_problem(orders=(1_000, 2_000), energy_uwh_per_kg=per_kg, **paired([(0, 1)], 2))
    assert [leg.net_mwh for leg in legs_of(problem, 0, [0, 1])] == [KM_MWH, KM_MWH + 10_000, 2 * KM_MWH]


@pytest.mark.usefixtures("either_engine")
def test_goods_are_fetched_before_they_are_brought_although_the_way_leads_past_the_other_stop_first() -> None:
    problem = make_problem(orders=(2_000, 1_000), **paired([(0, 1)], 2))
    (tour,) = solved(problem).tours
    assert stops(tour) == [0, 1]
    assert tour.end_s - tour.start_s == LOADING_S + 400 + 2 * SERVICE_S


@pytest.mark.usefixtures("either_engine")
def test_two_pairs_that_each_fill_the_bay_follow_each_other_in_one_trip() -> None:
    problem = make_problem(orders=(1_000, 2_000, 3_000, 4_000), demand_g=[100_000] * 4, **paired([(0, 1), (2, 3)], 4))
    (tour,) = solved(problem).tours
    assert stops(tour) == [0, 1, 2, 3]


def test_a_pair_waits_until_a_full_load_from_the_depot_is_delivered() -> None:
    # The way to the delivery leads past the pair, but the bay is full until there.
    problem = make_problem(orders=(1_000, 2_000, 3_000), demand_g=[60_000, 60_000, 60_000], **paired([(0, 1)], 3))
    (tour,) = solved(problem).tours
    assert stops(tour) == [2, 0, 1]
    assert tour.end_s - tour.start_s == LOADING_S + 800 + 3 * SERVICE_S
    (tour,) = solved(make_problem(orders=(1_000, 2_000, 3_000), **paired([(0, 1)], 3))).tours
    assert tour.end_s - tour.start_s == LOADING_S + 600 + 3 * SERVICE_S


def test_no_reload_comes_between_although_another_order_then_takes_a_trip_of_its_own() -> None:
    # Fetched by 1,000 s, brought from 5,000 s on; the delivery fills the bay and is due between the two.
    windows = [within((0, 1_000)), within((5_000, 36_000)), within((2_500, 3_000))]
    problem = make_problem(
        orders=(1_000, 2_000, -1_000),
        demand_g=[10_000, 10_000, 100_000],
        windows=windows,
        vehicles=2,
        **paired([(0, 1)], 3),
    )
    solution = solved(problem)
    assert sorted(stops(tour) for tour in solution.tours) == [[0, 1], [2]]


@pytest.mark.usefixtures("either_engine")
def test_a_pair_that_no_vehicle_has_time_for_is_left_out_as_a_whole() -> None:
    # Two vehicles could each serve one of the stops; the third order is served all the same.
    windows = [within((2_000, 2_100)), within((2_000, 2_100)), any_time()]
    problem = make_problem(orders=(1_000, -1_000, 500), vehicles=2, windows=windows, **paired([(0, 1)], 3))
    solution = solved(problem)
    assert served(solution, problem) == {2}
    assert solution.fits_nowhere == (0, 1)


def test_a_pair_goes_on_the_one_vehicle_that_may_serve_both_stops_and_counts_as_two() -> None:
    allowed = [[1, 1, 0], [0, 1, 1]]
    problem = make_problem(vehicles=3, allowed=allowed, **paired([(0, 1)], 2))
    assert [tour.vehicle for tour in solved(problem).tours] == [1]
    once = make_problem(most_stops=[1], **paired([(0, 1)], 2))
    assert solved(once).tours == ()


def test_a_pair_goes_with_its_group() -> None:
    windows = [any_time(), any_time(), within((0, 1_500)), within((0, 1_500))]
    arrays = paired([(0, 1)], 4)
    problem = make_problem(
        orders=(1_000, 2_000, 6_000, -6_000), vehicles=2, windows=windows, group=[0, 0, 0, -1], **arrays
    )
    together = next(tour for tour in solved(problem).tours if 2 in stops(tour))
    assert {0, 1} <= set(stops(together))


def test_a_pair_is_weighed_by_both_its_stops_when_something_has_to_stay_behind() -> None:
    # Time for one trip of 1,000 s of driving: the pair of twice 400 or the order of 700.
    problem = make_problem(
        orders=(4_000, 5_000, -5_000),
        shift=[[0, LOADING_S + 1_000 + 2 * SERVICE_S]],
        penalty=[400 * PENALTY // 1000, 400 * PENALTY // 1000, 700 * PENALTY // 1000],
        **paired([(0, 1)], 3),
    )
    assert served(solved(problem), problem) == {0, 1}


def test_a_pair_without_its_other_stop_or_with_other_goods_is_a_defect() -> None:
    for wrong in (
        {"partner": [1, NO_PARTNER]},
        {"pickup": [0, 0]},
        {"demand_g": [10_000, 10_001]},
        {"release_s": [0, 1]},
        {"parcels": [0, 1]},
    ):
        with pytest.raises(BadProblem):
            make_problem(**(paired([(0, 1)], 2) | wrong))


def test_a_part_of_a_problem_numbers_its_pairs_anew() -> None:
    problem = make_problem(orders=(1_000, 2_000, 3_000, 4_000), **paired([(3, 1)], 4))
    assert restrict(problem, [1, 2, 3]).partner.tolist() == [2, NO_PARTNER, 0]


def test_a_day_makes_a_pair_as_dear_to_leave_out_as_its_weightier_stop_and_loads_nothing_for_it() -> None:
    here = {"lat": SOUTH, "lon": WEST, "pair": "p", "parcels": 7}
    orders = (
        make_order("a", kind=OrderKind.PICKUP, priority="must", **here),
        make_order("b", priority="may", **here),
    )
    day = make_day(orders=orders, depots=(make_depot(lat=SOUTH, lon=WEST),), stations=())
    roads = day_roads(day, grid())
    problem = build_problem(day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    assert problem.penalty[0] == problem.penalty[1]
    assert problem.parcels.tolist() == [0, 0]
    assert impossible(day, problem, roads.snapped) == {}


def random_problem(seed: int) -> Problem:
    """Two pairs, and a delivery or a pickup."""
    rng = np.random.default_rng(seed)
    arrays = paired([(0, 1), (2, 3)], 5)
    arrays["pickup"][4] = int(rng.integers(2))
    grams = np.repeat(rng.integers(10, 95, 3) * 1_000, 2)[:5]
    begins = rng.integers(0, 9_000, 5)
    return make_problem(
        orders=rng.integers(-6_000, 6_000, 5).tolist(),
        demand_g=grams,
        windows=[within((int(a), int(a) + 5_000)) if a % 2 else any_time() for a in begins],
        energy_uwh_per_kg=[[np.full((6, 6), 50_000)]],
        **arrays,
    )


def best_of_all(problem: Problem) -> int:
    """Return the least cost of some of the stops in any order with any reloads between them, timed exactly."""
    n = problem.orders
    costs = [total_cost(problem, [])]
    for chosen in ([0, 1, 2, 3, 4], [0, 1, 2, 3], [0, 1, 4], [2, 3, 4], [0, 1], [2, 3], [4]):
        for order in permutations(chosen):
            for cuts in product((False, True), repeat=len(order) - 1):
                sequence: Sequence = [order[0]]
                for at, cut in zip(order[1:], cuts, strict=True):
                    sequence += [n, at] if cut else [at]
                tours = schedule(problem, {0: sequence}) if has_room(problem, 0, sequence) else None
                costs.append(total_cost(problem, tours or []))
    return min(costs)


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_the_best_of_all_days_with_pairs(seed: int) -> None:
    problem = random_problem(seed)
    best = best_of_all(problem)
    assert best < total_cost(problem, [])
    assert solved(problem, iterations=400).cost == best


@pytest.mark.parametrize("seed", range(3))
def test_the_search_finds_the_best_of_all_days_with_pairs_where_a_vehicle_parks_once(seed: int) -> None:
    rng, apart = np.random.default_rng(seed), random_problem(seed)
    spot = np.array([0, 1, 1, 0, 4])
    travel = apart.travel_s.copy()
    travel[..., :4, :4] = 0
    setup = rng.integers(0, SERVICE_S, (1, 5))
    problem = replace(apart, spot=spot, setup_s=setup, travel_s=travel)
    assert solved(problem, iterations=400).cost == best_of_all(problem)


def test_the_same_budget_gives_the_same_plan_with_pairs() -> None:
    problem = random_problem(3)
    assert solved(problem) == solved(problem)
