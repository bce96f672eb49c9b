"""Instances small enough to try every answer, and random ones of every kind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from planner.solve.charging import charged_best
from planner.solve.instance import Corners, Instance, Kind


def make_instance(
    points: Sequence[tuple[float, float]],
    *,
    stations: Sequence[tuple[float, float]] = (),
    depot: tuple[float, float] = (0.0, 0.0),
    kind: Kind = "evrptw",
    **values: Any,
) -> Instance:
    """Place customers, a depot and stations in the plane; by default nothing binds, and distance is time and energy."""
    at = np.array([*points, depot, *stations], dtype=np.float64)
    length = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    n = len(points)
    default: dict[str, Any] = {
        "name": "made",
        "names": (*(f"C{i}" for i in range(n)), "D0", *(f"S{i}" for i in range(len(stations)))),
        "length": length,
        "time": length,
        "energy": length,
        "demand": np.ones(n),
        "service": np.zeros(n),
        "windows": np.array([[0.0, 1e6]] * (n + 1)),
        "capacity": 1e6,
        "battery": math.inf,
        "charge_rate": 0.0,
        "partial": kind in {"evrptw-pr", "evrpnl"},
        "vehicles_first": kind not in {"cevrp", "evrpnl"},
    }
    return Instance(kind=kind, **default | values)


def random_instance(random: np.random.Generator, customers: int, kind: Kind) -> Instance:
    """Scatter customers, some on one spot, with windows, loads, and stations that are needed now and then."""
    points = random.integers(0, 30, (customers, 2)).astype(float).tolist()
    stations = random.integers(0, 30, (int(random.integers(1, 4)), 2)).astype(float).tolist()
    opens = random.integers(0, 150, customers)
    windows = np.stack([opens, opens + random.integers(20, 200, customers)], axis=1).astype(float)
    timed = kind != "cevrp"
    return make_instance(
        points,
        stations=stations if kind != "vrptw" else (),
        depot=(15.0, 15.0),
        kind=kind,
        demand=random.integers(0, 5, customers).astype(float),
        service=random.integers(0, 5, customers).astype(float) if timed else np.zeros(customers),
        windows=np.vstack([windows, [[0.0, 400.0]]]) if timed else np.array([[0.0, math.inf]] * (customers + 1)),
        capacity=float(random.integers(4, 12)),
        battery=float(random.integers(45, 90)) if kind != "vrptw" else math.inf,
        charge_rate=float(random.choice([0.2, 1.0])) if timed and kind != "vrptw" else 0.0,
        **({} if timed else {"time": np.zeros((customers + 1 + len(stations),) * 2)}),
    )


def random_curved_instance(random: np.random.Generator, customers: int) -> Instance:
    """Scatter customers and stations of three speeds; batteries need a charge now and then, and days are short."""
    points = random.integers(0, 30, (customers, 2)).astype(float).tolist()
    stations = random.integers(0, 30, (int(random.integers(1, 4)), 2)).astype(float).tolist()
    battery = float(random.integers(34, 60))
    limit = float(random.integers(110, 160))
    return make_instance(
        points,
        stations=stations,
        depot=(15.0, 15.0),
        kind="evrpnl",
        demand=np.zeros(customers),
        service=random.integers(0, 5, customers).astype(float),
        windows=np.array([[0.0, math.inf]] * customers + [[0.0, limit]]),
        capacity=math.inf,
        battery=battery,
        charge_rate=0.05,
        curves=tuple(curve_of(battery, pace=float(random.choice([0.05, 0.1, 0.3]))) for _ in stations),
    )


def curve_of(battery: float, *, pace: float) -> Corners:
    """Charge at `pace` (time for each unit) up to 85 %, at a half of that up to 95 %, then at a fifth."""
    levels = (0.0, 0.85 * battery, 0.95 * battery, battery)
    first, second = pace * levels[1], 2 * pace * (levels[2] - levels[1])
    return tuple(
        zip((0.0, first, first + second, first + second + 5 * pace * (battery - levels[2])), levels, strict=True)
    )


def best_answer(instance: Instance) -> tuple[int, float] | None:
    """Try every way to part the customers and every order: fewest vehicles and least length, as the kind ranks them."""
    routes: dict[frozenset[int], float] = {}
    for group in _subsets(instance.customers):
        if instance.demand[list(group)].sum() <= instance.capacity:
            found = [charged_best(instance, order) for order in permutations(group)]
            lengths = [answer.length for answer in found if answer is not None]
            if lengths:
                routes[frozenset(group)] = min(lengths)
    totals = [
        (len(parts) if instance.vehicles_first else 0, sum(routes[part] for part in parts), len(parts))
        for parts in _partitions(tuple(range(instance.customers)))
        if all(part in routes for part in parts)
    ]
    if not totals:
        return None
    _, length, vehicles = min(totals)
    return vehicles, length


def _subsets(n: int) -> Iterator[tuple[int, ...]]:
    for mask in range(1, 2**n):
        yield tuple(i for i in range(n) if mask >> i & 1)


def _partitions(items: tuple[int, ...]) -> Iterator[list[frozenset[int]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for mask in range(2 ** len(rest)):
        part = frozenset({first, *(item for i, item in enumerate(rest) if mask >> i & 1)})
        for others in _partitions(tuple(item for item in rest if item not in part)):
            yield [part, *others]
