"""The search for days of several trips: the best there is on small ones, legal on any, repeatable, and stoppable."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from planner.check_instance import audit_routes
from planner.solve.instance import Instance, RouteSet
from planner.solve.multitrip_search import search_trips
from planner.solve.options import UNLIMITED, SolveOptions
from tests.solve.instance_factories import make_instance


def trips(points: list[tuple[float, float]], *, release: list[float] | None = None, **values: Any) -> Instance:
    """Place customers around the depot at (0, 0); one vehicle, and nothing binds."""
    made = make_instance(points, kind="mtvrptwr", **{"vehicles_first": False, "fleet": 1} | values)
    whole = np.floor(made.length)
    given = np.zeros(len(points)) if release is None else np.array(release)
    return Instance(**{**vars(made), "length": whole, "time": whole, "release": given})


def search(instance: Instance, *, iterations: int = 500, seed: int = 1, threads: int = 0) -> RouteSet:
    options = SolveOptions(iterations=iterations, seed=seed, threads=threads, time_limit_s=100.0)
    found = search_trips(instance, options, on_better=lambda _: None)
    assert audit_routes(instance, found).violations == ()
    return found


def test_a_vehicle_that_is_too_small_for_all_comes_back_for_more() -> None:
    # Two to the east of two each, and one to the west: one vehicle that holds four.
    instance = trips([(10, 0), (20, 0), (-10, 0)], demand=np.array([2.0, 2.0, 2.0]), capacity=4.0)
    found = search(instance)
    assert found.length == 60
    assert sorted(map(sorted, split(instance, found.routes[0]))) == [[0, 1], [2]]


def test_goods_that_come_late_go_with_a_second_trip_that_waits_for_them() -> None:
    # The first two must be served by 30, the goods of the third come at 100 only: 40 for one trip, but not in time.
    instance = trips(
        [(10, 0), (20, 0), (15, 0)],
        release=[0.0, 0.0, 100.0],
        windows=np.array([[0.0, 30.0], [0.0, 30.0], [0.0, 115.0], [0.0, 130.0]]),
    )
    found = search(instance)
    assert (found.length, split(instance, found.routes[0])[-1]) == (70, [2])
    too_late = Instance(**{**vars(instance), "windows": np.array([[0.0, 30.0]] * 2 + [[0.0, 114.0], [0.0, 130.0]])})
    assert search(too_late).unserved == (2,)


def test_vehicles_that_are_not_needed_stay_at_home() -> None:
    found = search(trips([(10, 0), (20, 0)], fleet=5))
    assert (found.length, len(found.routes)) == (40, 1)


def test_a_fleet_too_small_for_all_serves_as_many_as_it_can() -> None:
    # Both want a vehicle at once, 100 apart; a second vehicle serves both.
    values: dict[str, Any] = {"windows": np.array([[50.0, 50.0], [50.0, 50.0], [0.0, 200.0]])}
    assert len(search(trips([(50, 0), (-50, 0)], **values)).unserved) == 1
    assert search(trips([(50, 0), (-50, 0)], fleet=2, **values)).length == 200


def split(instance: Instance, route: tuple[int, ...]) -> list[list[int]]:
    found: list[list[int]] = [[]]
    for place in route:
        if place == instance.depot:
            found.append([])
        else:
            found[-1].append(place)
    return found


def random_trips(random: np.random.Generator, customers: int) -> Instance:
    points = random.integers(0, 30, (customers, 2)).astype(float).tolist()
    opens = random.integers(0, 120, customers)
    windows = np.stack([opens, opens + random.integers(20, 200, customers)], axis=1).astype(float)
    return trips(
        points,
        depot=(15.0, 15.0),
        demand=random.integers(1, 5, customers).astype(float),
        service=random.integers(0, 5, customers).astype(float),
        windows=np.vstack([windows, [[0.0, 300.0]]]),
        capacity=float(random.integers(5, 10)),
        release=random.integers(0, 100, customers).astype(float).tolist(),
        fleet=int(random.integers(1, 3)),
    )


def all_answers(instance: Instance) -> Iterator[list[list[int]]]:
    """Yield every order of the customers, with every way to reload between two or to take the next vehicle."""
    n, fleet = instance.customers, instance.fleet or 1
    for order in permutations(range(n)):
        for gaps in product((0, 1, 2), repeat=n - 1):
            if gaps.count(2) >= fleet:
                continue
            routes = [[order[0]]]
            for customer, gap in zip(order[1:], gaps, strict=True):
                if gap == 2:
                    routes.append([])
                routes[-1] += [instance.depot, customer] if gap == 1 else [customer]
            yield routes


def shortest(instance: Instance) -> float | None:
    """Return the least length of all answers that the auditor accepts."""
    best: float | None = None
    for routes in all_answers(instance):
        length = sum(instance.length[[instance.depot, *way], [*way, instance.depot]].sum() for way in routes)
        if best is not None and length >= best:
            continue
        told = RouteSet(routes=tuple(map(tuple, routes)), length=float(length), iterations=0, stopped_by="iterations")
        if not audit_routes(instance, told).violations:
            best = float(length)
    return best


def test_no_answer_to_a_small_instance_is_shorter_than_the_one_found() -> None:
    random = np.random.default_rng(5)
    compared = left_out = 0
    while compared < 12:
        instance = random_trips(random, 4 + compared % 2)
        best, found = shortest(instance), search(instance)
        if best is None:
            left_out += 1
            assert found.unserved
        else:
            compared += 1
            assert (found.unserved, found.length) == ((), best)
    assert left_out


def test_whatever_the_instance_the_answer_is_legal_and_names_every_customer_once() -> None:
    random = np.random.default_rng(6)
    for _ in range(30):
        instance = random_trips(random, int(random.integers(1, 40)))
        found = search(instance, iterations=100)
        visited = [place for route in found.routes for place in route if place < instance.customers]
        assert sorted([*visited, *found.unserved]) == list(range(instance.customers))


def test_an_iteration_budget_gives_the_same_answer_whatever_the_number_of_threads() -> None:
    instance = random_trips(np.random.default_rng(7), 30)
    first = search(instance, iterations=300, threads=1)
    assert search(instance, iterations=300, threads=2) == first
    assert first.iterations == 300


def test_an_interrupt_gives_the_best_so_far_and_a_time_limit_ends_the_search() -> None:
    instance = random_trips(np.random.default_rng(8), 20)

    def stop(_: RouteSet) -> None:
        raise KeyboardInterrupt

    limits = SolveOptions(iterations=UNLIMITED, time_limit_s=1.0)
    stopped = search_trips(instance, limits, on_better=stop)
    assert stopped.stopped_by == "interrupt"
    assert audit_routes(instance, stopped).violations == ()
    told: list[RouteSet] = []
    found = search_trips(instance, limits, on_better=told.append)
    assert found.stopped_by == "time_limit"
    assert (len(found.unserved), found.length) <= min((len(one.unserved), one.length) for one in told)


@pytest.mark.parametrize("customers", [1, 2])
def test_one_or_two_customers_are_served(customers: int) -> None:
    assert search(trips([(10.0, 0.0), (20.0, 0.0)][:customers])).length == (20, 40)[customers - 1]
