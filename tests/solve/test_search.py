"""The search for instances: the best there is on small ones, legal on any, repeatable, and stoppable."""

from __future__ import annotations

import csv
import math
import time
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from planner.check_instance import audit_routes
from planner.instances.read import read_instance
from planner.solve.case import build_case
from planner.solve.charging import charged
from planner.solve.instance import Instance, Kind, RouteSet
from planner.solve.island import new_island, restore
from planner.solve.labels import NONE
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.search import search_instance
from tests.solve.instance_factories import best_answer, make_instance, random_curved_instance, random_instance

KINDS: tuple[Kind, ...] = ("evrptw", "evrptw-pr", "cevrp", "vrptw")
SMALL = ("evrptw", "evrptw_pr")


def search(instance: Instance, *, iterations: int = 2_000, seed: int = 1, threads: int = 0) -> RouteSet:
    options = SolveOptions(iterations=iterations, seed=seed, threads=threads, time_limit_s=100.0)
    return search_instance(instance, options, on_better=lambda _: None)


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_to_a_small_instance_is_better_than_the_one_found(kind: Kind) -> None:
    random = np.random.default_rng(KINDS.index(kind))
    compared = 0
    while compared < 8:
        instance = random_instance(random, 5, kind)
        best = best_answer(instance)
        if best is None:
            continue
        found = search(instance)
        assert audit_routes(instance, found).violations == ()
        assert len(found.routes) == best[0]
        assert found.length == pytest.approx(best[1], abs=1e-4)
        compared += 1


def test_no_answer_with_charge_curves_is_better_than_the_one_found() -> None:
    random = np.random.default_rng(5)
    compared = charges = 0
    while compared < 20:
        instance = random_curved_instance(random, 5)
        best = best_answer(instance)
        if best is None:
            continue
        found = search(instance)
        assert audit_routes(instance, found).violations == ()
        assert found.length == pytest.approx(best[1], abs=1e-4)
        compared += 1
        charges += sum(charge > 0 for charges_ in found.charges for charge in charges_)
    assert charges > 10


@pytest.mark.parametrize("folder", SMALL)
def test_the_published_small_instances_are_solved_to_their_optimum(folder: str, shared: Path) -> None:
    with (shared / "bench" / folder / "bks.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["proven_optimal"] == "yes"]
    assert len(rows) >= 14
    for row in rows:
        file_of = shared / "bench" / "evrptw" / "instances" / f"{row['instance']}.txt"
        instance = read_instance(file_of, recharge="partial" if folder == "evrptw_pr" else "full")
        found = search(instance, iterations=4_000)
        assert audit_routes(instance, found).violations == ()
        assert len(found.routes) == int(row["vehicles"]), row["instance"]
        assert found.length == pytest.approx(float(row["distance"]), abs=0.01), row["instance"]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_instance_the_answer_is_legal_and_names_every_customer_once(kind: Kind) -> None:
    random = np.random.default_rng(100 + KINDS.index(kind))
    for _ in range(25):
        instance = random_instance(random, int(random.integers(1, 30)), kind)
        found = search(instance, iterations=100)
        assert audit_routes(instance, found).violations == ()
        visited = [place for route in found.routes for place in route if place < instance.customers]
        assert sorted([*visited, *found.unserved]) == list(range(instance.customers))


def test_every_kind_is_searched() -> None:
    # A CVRP as cevrp, with a battery that never ends; curves above; several trips by a search of their own.
    assert set(get_args(Kind)) - set(KINDS) == {"cvrp", "evrpnl", "mtvrptwr"}


def test_a_route_never_costs_less_in_the_search_than_it_does_exactly_and_nearly_always_the_same() -> None:
    random = np.random.default_rng(7)
    same = compared = 0
    while compared < 300:
        kind = KINDS[compared % 3]
        instance = random_instance(random, 6, kind)
        case = build_case(instance)
        if (case.alone >= NONE).any() or instance.demand.sum() > instance.capacity:
            continue
        island = new_island(case, seed=1, most_routes=6, longest=6)
        order = random.permutation(6)
        restore(case, island, order[None, :].copy(), np.array([6]), 1)
        cost = int(island.routes.cost[island.slot_of[0]])
        exact = charged(instance, tuple(order.tolist()))
        compared += 1
        if exact is None:
            assert cost >= NONE
        else:
            assert cost >= exact.length * 1e6 - 10
            same += cost <= exact.length * 1e6 + 10
            continue
        same += 1
    assert same >= 0.97 * compared


def test_the_same_budget_and_seed_give_the_same_answer_with_any_number_of_threads() -> None:
    instance = random_instance(np.random.default_rng(3), 40, "evrptw-pr")
    answers = [search(instance, iterations=1_500, threads=threads) for threads in (1, 2, 2)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0].stopped_by == "iterations"


def test_another_seed_is_another_search() -> None:
    instance = random_instance(np.random.default_rng(4), 60, "evrptw-pr")
    assert search(instance, iterations=20, seed=1).routes != search(instance, iterations=20, seed=2).routes


def test_a_time_limit_is_kept() -> None:
    instance = random_instance(np.random.default_rng(5), 50, "evrptw")
    search(instance, iterations=10)  # compiled by now
    begun = time.monotonic()
    options = SolveOptions(iterations=UNLIMITED, time_limit_s=1.0)
    assert search_instance(instance, options, on_better=lambda _: None).stopped_by == "time_limit"
    assert time.monotonic() - begun < 2.0


def test_S12_an_interrupt_ends_the_search_with_the_best_so_far() -> None:
    heard: list[RouteSet] = []

    def interrupt(better: RouteSet) -> None:
        heard.append(better)
        raise KeyboardInterrupt

    instance = random_instance(np.random.default_rng(6), 50, "evrptw")
    options = SolveOptions(iterations=UNLIMITED, time_limit_s=60.0)
    begun = time.monotonic()
    found = search_instance(instance, options, on_better=interrupt)
    assert time.monotonic() - begun < 30.0
    assert found.stopped_by == "interrupt"
    assert found.routes == heard[0].routes


def test_a_customer_beyond_any_chain_of_stations_is_left_out_and_the_others_are_served() -> None:
    instance = make_instance(
        [(1.0, 0.0), (100.0, 0.0), (0.0, 2.0)], stations=[(5.0, 0.0)], battery=10.0, charge_rate=1.0, kind="evrptw-pr"
    )
    found = search(instance)
    assert found.unserved == (1,)
    assert sorted(place for route in found.routes for place in route) == [0, 2]
    assert math.isclose(found.length, 1.0 + math.sqrt(5.0) + 2.0)
