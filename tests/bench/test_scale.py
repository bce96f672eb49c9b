"""An iteration costs about as much with 1,000 customers as with 100, and memory stays small."""

from __future__ import annotations

import math
import resource
import time

import numpy as np
import pytest

from planner.solve.case import case_of, usual_leg
from planner.solve.instance import Instance, Kind
from planner.solve.island import ABSENT, new_island
from planner.solve.ruin_recreate import run

PER_CUSTOMER = 100.0  # units of area
ITERATIONS = 10_000
MOST_GROWTH = 2.0
MOST_MB = 2_000


def scattered(customers: int, kind: Kind) -> Instance:
    """Scatter customers at the same density whatever their number, with a station for every ten."""
    random, side = np.random.default_rng(1), math.sqrt(PER_CUSTOMER * customers)
    stations = customers // 10 if kind != "cvrp" else 0
    at = np.vstack([random.uniform(0, side, (customers, 2)), [[side / 2, side / 2]]])
    at = np.vstack([at, random.uniform(0, side, (stations, 2))])
    length = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    timed = kind == "evrptw-pr"
    opens = random.uniform(0, 600, customers)
    windows = np.vstack([np.stack([opens, opens + 200], axis=1), [[0, 2_000]]])
    return Instance(
        name="scattered",
        kind=kind,
        names=tuple(map(str, range(len(at)))),
        length=length,
        time=length if timed else np.zeros_like(length),
        energy=length if stations else np.zeros_like(length),
        demand=random.integers(1, 20, customers).astype(float),
        service=np.zeros(customers),
        windows=windows if timed else np.array([[0.0, math.inf]] * (customers + 1)),
        capacity=100.0,
        battery=1.6 * side if stations else math.inf,
        charge_rate=0.5 if timed else 0.0,
        partial=timed,
        vehicles_first=False,
    )


def microseconds(instance: Instance) -> float:
    """Return what an iteration costs after some thousand of them, in processor time."""
    case = case_of(instance)
    island = new_island(case, seed=3, most_routes=instance.customers // 4 + 50, longest=25)
    most, leg = len(island.slot_of) - 1, usual_leg(case.cost, instance.customers)
    for temperature, iterations in ((0.0, 5), (leg, 3_000)):
        run(case, island, iterations, temperature, most, False)
    begun = time.process_time()
    run(case, island, ITERATIONS, 0.2 * leg, most, False)
    assert island.now[ABSENT] < instance.customers / 100
    return (time.process_time() - begun) / ITERATIONS * 1e6


@pytest.mark.bench
@pytest.mark.parametrize("kind", ["cvrp", "cevrp", "evrptw-pr"])
def test_an_iteration_costs_twice_as_much_at_most_with_ten_times_the_customers(kind: Kind) -> None:
    cost = {customers: microseconds(scattered(customers, kind)) for customers in (100, 200, 400, 1_000)}
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(kind, {customers: round(us, 1) for customers, us in cost.items()}, f"{memory_mb:.0f} MB")
    assert cost[1_000] <= MOST_GROWTH * cost[100]
    assert memory_mb <= MOST_MB
