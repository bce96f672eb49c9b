"""Two thousand random instances: none crashes the search, and every answer passes the auditor."""

from __future__ import annotations

import numpy as np
import pytest

from planner.check_instance import audit_routes
from planner.solve.instance import Kind
from planner.solve.options import SolveOptions
from planner.solve.search import search_instance
from tests.solve.instance_factories import random_instance

MANY = 500  # of each kind
KINDS: tuple[Kind, ...] = ("evrptw", "evrptw-pr", "cevrp", "vrptw")

pytestmark = pytest.mark.bench


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("kind", KINDS)
def test_no_random_instance_crashes_the_search_or_gets_a_wrong_answer(kind: Kind) -> None:
    random = np.random.default_rng(10_000 + KINDS.index(kind))
    for number in range(MANY):
        instance = random_instance(random, int(random.integers(1, 60)), kind)
        options = SolveOptions(iterations=200, seed=number, time_limit_s=60.0)
        found = search_instance(instance, options, on_better=lambda _: None)
        assert audit_routes(instance, found).violations == (), number
        visited = [place for route in found.routes for place in route if place < instance.customers]
        assert sorted([*visited, *found.unserved]) == list(range(instance.customers)), number
