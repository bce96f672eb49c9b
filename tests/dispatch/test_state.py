"""What is settled of a day under way: two trips of one vehicle, 8:00 to 8:42, whose times are those of `make_plan`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from planner.dispatch.state import broken_down, held, joined, under_way
from planner.explain.routes import tours_of
from planner.roads.day import day_roads
from planner.solve.problem import Problem, build_problem
from planner.solve.solution import Tour
from tests.check.plans import random_plan, streets

SEEDS = range(6)


@cache
def case(seed: int) -> tuple[Problem, Tour]:
    plan = random_plan(seed)
    roads = day_roads(plan.day, streets())
    problem = build_problem(plan.day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    return problem, max(tours_of(plan.day, plan.routes), key=lambda tour: len(tour.visits))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_vehicle_that_has_not_begun_is_free_from_now_on(seed: int) -> None:
    problem, tour = case(seed)
    state = under_way(problem, tour, int(problem.shift[tour.vehicle, 0]) - 1)
    assert state.kept is None
    assert state.free_s == problem.shift[tour.vehicle, 0]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trip_that_is_loaded_is_kept_to_its_return_and_nothing_of_the_next(seed: int) -> None:
    problem, tour = case(seed)
    state = under_way(problem, tour, tour.first.end_s)
    depot = int(problem.depot[tour.vehicle])
    first_trip = [visit.place for visit in tour.visits]
    first_trip = first_trip[: first_trip.index(depot)] if depot in first_trip else first_trip
    assert list(state.orders) == first_trip
    assert state.kept is not None
    assert state.kept.first == tour.first


@pytest.mark.parametrize("seed", SEEDS)
def test_a_delay_moves_what_follows_and_nothing_before(seed: int) -> None:
    problem, tour = case(seed)
    later = held(problem, tour, tour.first.arrival_s, 600)
    assert later.first.leave_s == tour.first.leave_s + 600
    assert later.visits[0].arrival_s >= tour.visits[0].arrival_s + 600 - 1
    assert [visit.place for visit in later.visits] == [visit.place for visit in tour.visits]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_vehicle_that_breaks_down_before_its_first_stop_has_done_nothing_and_all_is_on_board(seed: int) -> None:
    problem, tour = case(seed)
    done, aboard, _ = broken_down(problem, tour, tour.first.leave_s)
    kept = under_way(problem, tour, tour.first.leave_s).orders
    assert done is None
    assert aboard == [
        place for place in kept if place < problem.orders and not problem.pickup[place] and problem.partner[place] < 0
    ]


def test_what_is_kept_and_what_follows_make_one_day() -> None:
    problem, tour = case(0)
    state = under_way(problem, tour, tour.first.end_s)
    assert state.kept is not None
    rest = replace(tour, first=replace(tour.first, arrival_s=state.free_s))
    whole = joined(state, rest)
    assert whole is not None
    assert len(whole.visits) == len(state.kept.visits) + 1 + len(rest.visits)
    assert whole.visits[len(state.kept.visits)].arrival_s == state.kept.home.arrival_s
